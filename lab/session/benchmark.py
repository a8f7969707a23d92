"""A test of a benchmark module: what it is about, and which verdict is expected of it."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, product
from typing import TYPE_CHECKING, Any

from lab import datasets, models, strategies
from lab.cases import Case
from lab.errors import LabError, UnknownNameError
from lab.models import MODELS
from lab.observations.effects import ALPHA, Expectation, OverallEffect
from lab.observations.observation import Observation, overall_gain
from lab.observations.statistics import values_needed
from lab.observations.verdict import Verdict
from lab.strategies import STRATEGIES
from lab.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.baseline.verdicts import Record
    from lab.grid import Grid
    from lab.store.store import Store

BUNDLED = (*datasets.COLLECTIONS["core"], *datasets.COLLECTIONS["large"])
MARK = str(Verdict.CONTRADICTED)
MARK_IT = f"on bundled data a contradiction takes a mark `{MARK}` with the reason"


class NoClaimError(LabError):
    """No claim can be made on the selection."""


def claims_problem(grid: Grid) -> str:
    """Return why the selection allows no claim over datasets; nothing if it allows some."""
    if len(grid.datasets) >= values_needed(1, ALPHA):
        return ""
    return _too_few(len(grid.models), grid.datasets)


def _too_few(models: int, names: Sequence[str]) -> str:
    return f"{_needed(models)}, selected: {', '.join(names) or 'none'}"


def _needed(models: int) -> str:
    across = f"{models} models" if models > 1 else "one model"
    return f"a claim on {across} needs {values_needed(models, ALPHA)} datasets for a verdict"


class Benchmark:
    """A test of a benchmark module.

    With the fixture ``run`` it is about a case. With the fixture ``overall`` it is a claim: it is
    about a model over all selected datasets.

    Parameters
    ----------
    node : pytest item or definition
        The test.
    grid : Grid
        The selected cases.

    Attributes
    ----------
    key : str
        Module and name, under which its verdicts are recorded.
    sentence : str
        The first line of its docstring.
    family : dict of str to None
        The models that marks speak of: those of its mark ``models``, else the core.
    """

    def __init__(self, node: Any, grid: Grid) -> None:
        self.grid = grid
        self.name = getattr(node, "originalname", node.name).removeprefix("test_")
        module = getattr(node, "nodeid", "").partition("::")[0].rpartition("/")[2]
        self.key = f"{module.removesuffix('.py')}.{self.name}"
        self.is_claim = "overall" in node.fixturenames
        self.is_about_a_case = "run" in node.fixturenames
        self.strategies = getattr(getattr(node, "module", None), "STRATEGIES", None)
        function = getattr(node, "function", None)
        self.sentence = (getattr(function, "__doc__", None) or "").strip().partition("\n")[0]
        self._fixtures = set(node.fixturenames)
        self._is_parametrized = any(node.iter_markers("parametrize"))
        self._about = [mark.args for mark in node.iter_markers("models")]
        named = [name for name in chain.from_iterable(self._about) if self._is_about(name)]
        self.family = dict.fromkeys(named or models.CORE)
        self.models = [name for name in grid.models if self._is_about(name)]
        self._marks = [mark.args for mark in node.iter_markers(MARK)]

    def problem(self) -> str:
        """Return what is wrong with the test; nothing if it is valid."""
        if not (self.is_claim or self.is_about_a_case):
            return "`observe` needs `result` or `overall`" if "observe" in self._fixtures else ""
        if self._is_parametrized:
            return "a benchmark test has no parameters but its case or model"
        try:
            for model in chain.from_iterable(self._about):
                MODELS[model]
            for strategy in self.strategies or ():
                STRATEGIES[strategy]
        except LabError as error:
            return str(error)
        keys: list[str] = []
        for arguments in self._marks:
            if len(arguments) != 1 or not isinstance(arguments[0], dict):
                return f"the mark `{MARK}` takes a dictionary of reasons"
            keys += arguments[0]
        for key in keys:
            if self.is_claim and key not in MODELS:
                return f"the mark `{MARK}` names {key!r}, which is not a model"
            if not self.is_claim and not self._is_markable(key):
                return f"the mark `{MARK}` names {key!r}, which is neither DATASET-MODEL nor a case"
            if keys.count(key) > 1:
                return f"two marks `{MARK}` name {key!r}"
        return ""

    def _is_about(self, model: str) -> bool:
        return all(model in names for names in self._about)

    def cases(self, of: Sequence[str] | None = None) -> list[Case]:
        """Return the selected cases that it is about, or those of the given strategies."""
        cases = self.grid.cases(of or self.strategies)
        return [case for case in cases if case.model in self.models]

    def claimed(self) -> list[str]:
        """Return the models to judge the claim on; none if the selection allows no verdict."""
        about = self.strategies is None or any(n in self.grid.strategies for n in self.strategies)
        return self.models if about and not claims_problem(self.grid) else []

    def observation(
        self, subject: Case | str, expectation: Expectation, record: Record
    ) -> Observation:
        """Return an observation with the verdict expected of it.

        That is ``contradicted`` where a mark says so, else the recorded one. Bundled data under
        the default protocol are guarded: a contradiction without a mark fails, and so does a
        verdict that should have been recorded. Without mark or record nothing is expected.

        Parameters
        ----------
        subject : Case or str
            The case, or the model of a claim.
        expectation : Expectation
            What the test states.
        record : Record
            What the baseline has.
        """
        guarded = self._is_guarded(subject, expectation)
        expected, reason, missing = self._expected(subject, expectation, record, guarded=guarded)
        return Observation(
            self.name,
            subject.id if isinstance(subject, Case) else subject,
            expectation,
            expected,
            reason,
            self.key,
            self.sentence,
            guarded=guarded,
            missing=missing,
        )

    def _expected(
        self, subject: Case | str, expectation: Expectation, record: Record, *, guarded: bool
    ) -> tuple[Verdict | None, str, bool]:
        """Return the expected verdict, the reason, and whether its record is missing."""
        if guarded and (marked := self._contradiction(subject)):
            return Verdict.CONTRADICTED, marked, False
        unexplained = record.verdict in (None, Verdict.CONTRADICTED)
        if guarded and unexplained and expectation.verdict is Verdict.CONTRADICTED:
            return Verdict.HOLDS, MARK_IT, False
        if record.verdict is not None:
            return record.verdict, "as recorded in the baseline", False
        if guarded and record.missing:
            return None, f"verdict {record.missing}: --update-baseline records it", True
        return None, record.missing or "no verdict is recorded", False

    def _is_guarded(self, subject: Case | str, expectation: Expectation) -> bool:
        """Return whether the committed baseline and marks decide what is expected."""
        if not isinstance(subject, Case):
            # Every model that is judged adds to the family of a claim.
            everything = self.grid.is_core and set(self.models) == set(self.family)
            return everything and len(expectation.effect.values) == len(datasets.CORE)
        large = datasets.entry(subject.dataset).collection == datasets.LARGE
        # The other strategies take hours on large datasets.
        about = strategies.CORE if large else self.strategies or strategies.CORE
        return (
            self.grid.is_marked(subject.dataset)
            and subject.model in self.family
            and subject.strategy in about
        )

    def _contradiction(self, subject: Case | str) -> str:
        """Return the reason of the mark that expects a contradiction; nothing without one."""
        keys = [subject]
        if isinstance(subject, Case):
            keys = [subject.id, f"{subject.dataset}-{subject.model}"]  # its own mark first
        found = (reasons[key] for key, (reasons,) in product(keys, self._marks) if key in reasons)
        return next(found, "")

    @staticmethod
    def _is_markable(key: str) -> bool:
        """Return whether a key names a bundled dataset and a model, or a case of one."""
        dataset, _, model = key.rpartition("-")
        if model in MODELS and dataset in BUNDLED:
            return True
        with suppress(UnknownNameError):
            return Case.parse(key).dataset in BUNDLED
        return False

    def overall(
        self, store: Store, model: str, metric: str, strategy: str, other: str, *more: str
    ) -> OverallEffect:
        """Return the gain of a strategy over the best of others on all selected datasets.

        Raises
        ------
        NoClaimError
            A strategy is not selected, or too few datasets are left for a verdict: cases of the
            others are refused, or the metric is undefined there.
        """
        compared = (strategy, other, *more)
        missing = [name for name in compared if name not in self.grid.strategies]
        if missing:
            raise NoClaimError(f"strategy {' and '.join(missing)} is not selected")
        family = [
            name
            for name in self.models
            if not any(STRATEGIES[one].unsuited(MODELS[name]) for one in compared)
        ]
        if model not in family:
            raise NoClaimError(f"{', '.join(compared)}: not all of them support {model}")
        cases = [case for case in self.grid.cases(compared) if case.model in family]
        refused = {case.dataset for case in cases if case.problem(self.grid.protocol)}
        self._check_number(refused, family)
        results = store.all_results([case for case in cases if case.dataset not in refused])
        # Some cases turn out not to be applicable only when they are evaluated.
        refused |= {case.dataset for case in cases if case not in results}
        self._check_number(refused, family)
        found = [result for case, result in results.items() if case.dataset not in refused]
        effect = overall_gain(found, model, metric, strategy)
        if len(effect.values) < values_needed(len(family), ALPHA):
            without = refused | {Case.parse(one).dataset for one in effect.cases}
            names = listed(name for name in self.grid.datasets if name not in without)
            reason = f"{metric} of {model} is undefined on {names} for lack of alarms"
            raise NoClaimError(f"{reason}, and {_needed(len(family))}")
        return effect

    def _check_number(self, refused: set[str], family: Sequence[str]) -> None:
        """Check that the family can be judged on the datasets that are not refused."""
        names = [name for name in self.grid.datasets if name not in refused]
        if len(names) < values_needed(len(family), ALPHA):
            raise NoClaimError(_too_few(len(family), names))
