"""What a benchmark test is about, by its fixtures and marks."""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING, Any

from lab import datasets, models, strategies
from lab.cases import Case
from lab.errors import LabError
from lab.models import MODELS
from lab.observations.effects import ALPHA, Expectation, OverallEffect, Verdict
from lab.observations.observation import Observation, overall_gain
from lab.observations.statistics import values_needed
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.grid import Grid
    from lab.store.store import Store

EXCEPTIONS = (Verdict.INCONCLUSIVE, Verdict.CONTRADICTED)  # the names of marks, too


class NoClaimError(LabError):
    """A selection on which no claim can be made."""


def claims_problem(grid: Grid) -> str:
    """Return why no claim over datasets can be made at all, in words; nothing if some can."""
    if len(grid.datasets) >= values_needed(1, ALPHA):
        return ""
    return _takes(len(grid.models), grid.datasets)


def _takes(models: int, names: Sequence[str]) -> str:
    across = f"{models} models" if models > 1 else "one model"
    return (
        f"a claim on {across} takes {values_needed(models, ALPHA)} datasets for a verdict, "
        f"selected: {', '.join(names) or 'none'}"
    )


class Benchmark:
    """A test of a benchmark module.

    One with the fixture ``run`` is about a case. One with the fixture ``overall`` is a claim: it
    is about a model over all selected datasets.

    Parameters
    ----------
    node : pytest item or definition
        The test.
    grid : Grid
        What is selected.

    Attributes
    ----------
    key : str
        Module and name: what its verdicts are recorded under.
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
        self._marks = {
            verdict: [mark.args for mark in node.iter_markers(verdict)] for verdict in EXCEPTIONS
        }

    def problem(self) -> str:
        """Return what is wrong with it, in words; nothing if all is well."""
        if not (self.is_claim or self.is_about_a_case):
            return "`observe` needs `result` or `overall`" if "observe" in self._fixtures else ""
        if self._is_parametrized:
            return "a benchmark takes no parameter but its case or model"
        try:
            for model in chain.from_iterable(self._about):
                MODELS[model]
            for strategy in self.strategies or ():
                STRATEGIES[strategy]
        except LabError as error:
            return str(error)
        keys: list[str] = []
        for verdict, marks in self._marks.items():
            for arguments in marks:
                if len(arguments) != 1 or not isinstance(arguments[0], dict):
                    return f"the mark `{verdict}` takes a dict of reasons"
                keys += arguments[0]
        for key in keys:
            if self.is_claim and key not in MODELS:
                return f"{key!r} is not a model"
            if not self.is_claim and key not in self._keys():
                return f"{key!r} is not a dataset and a model, nor a case"
            if keys.count(key) > 1:
                return f"{key!r} has two exceptions"
        return ""

    def _is_about(self, model: str) -> bool:
        return all(model in names for names in self._about)

    def cases(self, of: Sequence[str] | None = None) -> list[Case]:
        """Return the selected cases that it is about, or those of some strategies."""
        cases = self.grid.cases(of or self.strategies)
        return [case for case in cases if case.model in self.models]

    def claimed(self) -> list[str]:
        """Return the models to make its claim on: none if no verdict can come of it."""
        about = self.strategies is None or any(n in self.grid.strategies for n in self.strategies)
        return self.models if about and not claims_problem(self.grid) else []

    def observation(
        self, subject: Case | str, expectation: Expectation, in_file: Verdict | None = None
    ) -> Observation:
        """Return an expectation with what is recorded of it.

        Parameters
        ----------
        subject : Case or str
            The case, or the model of a claim.
        expectation : Expectation
            What the test states.
        in_file : Verdict, optional
            What a baseline's file has recorded of the case.
        """
        expected, reason = self._recorded(subject)
        if not isinstance(subject, Case) and len(expectation.effect.values) != len(datasets.CORE):
            expected, reason = None, "no verdict is recorded for a part of the datasets"
        if expected is None and in_file is not None:
            expected, reason = in_file, "as recorded in the baseline"
        name = subject.id if isinstance(subject, Case) else subject
        return Observation(self.name, name, expectation, expected, reason, self.key, self.sentence)

    def _recorded(self, subject: Case | str) -> tuple[Verdict | None, str]:
        """Return the verdict that marks expect, if they may, and why it is not ``holds``."""
        if isinstance(subject, Case):
            large = datasets.entry(subject.dataset).collection == datasets.LARGE
            # The other strategies take hours on large datasets.
            about = strategies.CORE if large else self.strategies or strategies.CORE
            is_recorded = (
                self.grid.is_marked(subject.dataset)
                and subject.model in self.family
                and subject.strategy in about
            )
            what, keys = "this case", [subject.id, f"{subject.dataset}-{subject.model}"]
        else:
            # Every model that is judged adds to the family of a claim.
            is_recorded = self.grid.is_core and set(self.models) == set(self.family)
            what, keys = "these datasets and models", [subject]
        if not is_recorded:
            return None, f"no verdict is recorded for {what} and protocol"
        for key, (verdict, marks) in product(keys, self._marks.items()):  # a case's own one first
            for (reasons,) in marks:
                if key in reasons:
                    return verdict, reasons[key]
        return Verdict.HOLDS, ""

    @staticmethod
    def _keys() -> Iterator[str]:
        """Yield what an exception may be about: a dataset and a model, or a case."""
        bundled = (*datasets.COLLECTIONS["core"], *datasets.COLLECTIONS["large"])
        for dataset, model in product(bundled, MODELS):
            yield f"{dataset}-{model}"
            yield from (Case(dataset, strategy, model).id for strategy in STRATEGIES)

    def overall(
        self, store: Store, model: str, metric: str, strategy: str, other: str, *more: str
    ) -> OverallEffect:
        """Return by how much a strategy exceeds the best of others, over all selected datasets.

        Raises
        ------
        NoClaimError
            A strategy is not selected, or too few datasets for any verdict.
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
            raise NoClaimError(f"not every one of {', '.join(compared)} is for {model}")
        cases = [case for case in self.grid.cases(compared) if case.model in family]
        refused = {case.dataset for case in cases if case.problem(self.grid.protocol)}
        self._check_number(refused, family)
        results = store.all_results([case for case in cases if case.dataset not in refused])
        # What cannot be done may show only when it is tried.
        refused |= {case.dataset for case in cases if case not in results}
        self._check_number(refused, family)
        found = [result for case, result in results.items() if case.dataset not in refused]
        return overall_gain(found, model, metric, strategy)

    def _check_number(self, refused: set[str], family: Sequence[str]) -> None:
        """Check that so many models can be judged on the datasets that are not refused."""
        names = [name for name in self.grid.datasets if name not in refused]
        if len(names) < values_needed(len(family), ALPHA):
            raise NoClaimError(_takes(len(family), names))
