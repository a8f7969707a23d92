"""What a benchmark test is about, by its fixtures and marks."""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING, Any

from lab import datasets
from lab.errors import LabError
from lab.experiment import Case
from lab.models import MODELS
from lab.names import unknown
from lab.observations import (
    Expectation,
    Observation,
    OverallEffect,
    Verdict,
    datasets_needed,
    overall_gain,
)
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.grid import Grid
    from lab.store import Store

EXCEPTIONS = (Verdict.INCONCLUSIVE, Verdict.CONTRADICTED)  # the names of marks, too


class NoClaimError(LabError):
    """A selection on which no claim can be made."""


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
    """

    def __init__(self, node: Any, grid: Grid) -> None:
        self.grid = grid
        self.name = getattr(node, "originalname", node.name).removeprefix("test_")
        module = getattr(node, "nodeid", "").partition("::")[0].rpartition("/")[2]
        self.key = f"{module.removesuffix('.py')}.{self.name}"
        self.is_claim = "overall" in node.fixturenames
        self.is_about_a_case = "run" in node.fixturenames
        self.strategies = getattr(getattr(node, "module", None), "STRATEGIES", None)
        self._fixtures = set(node.fixturenames)
        self._is_parametrized = any(node.iter_markers("parametrize"))
        self._about = [mark.args for mark in node.iter_markers("models")]
        self.models = [name for name in grid.models if all(name in names for names in self._about)]
        self._marks = {
            verdict: [mark.args for mark in node.iter_markers(verdict)] for verdict in EXCEPTIONS
        }

    def problem(self) -> str:
        """Return what is wrong with it, in words; nothing if all is well."""
        if not (self.is_claim or self.is_about_a_case):
            return "`observe` needs `result` or `overall`" if "observe" in self._fixtures else ""
        if self._is_parametrized:
            return "a benchmark takes no parameter but its case or model"
        for kind, given, known in (
            ("model", chain.from_iterable(self._about), MODELS),
            ("strategy", self.strategies or (), STRATEGIES),
        ):
            for name in given:
                if name not in known:
                    return unknown(name, list(known), kind)
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

    def cases(self, strategies: Sequence[str] | None = None) -> list[Case]:
        """Return the selected cases that it is about, or those of some strategies."""
        cases = self.grid.cases(strategies or self.strategies)
        return [case for case in cases if case.model in self.models]

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
        if expected is None and in_file is not None:
            expected, reason = in_file, "as recorded in the baseline"
        name = subject.id if isinstance(subject, Case) else subject
        return Observation(self.name, name, expectation, expected, reason, self.key)

    def _recorded(self, subject: Case | str) -> tuple[Verdict | None, str]:
        """Return the verdict that marks expect, if they may, and why it is not ``holds``."""
        if isinstance(subject, Case):
            is_recorded, what = self.grid.is_marked(subject.dataset), "this dataset"
            keys = [subject.id, f"{subject.dataset}-{subject.model}"]
        else:
            is_recorded = self.grid.is_core and self.grid.has_default_protocol
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
        bundled = (*datasets.GROUPS["core"], *datasets.GROUPS["large"])
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
        cases = self.cases(compared)
        left_out = {case.dataset for case in cases if case.problem(self.grid.protocol)}
        names = [name for name in self.grid.datasets if name not in left_out]
        needed = datasets_needed(len(self.models))
        if len(names) < needed:
            across = f"{len(self.models)} models" if len(self.models) > 1 else "one model"
            raise NoClaimError(
                f"a claim on {across} takes {needed} datasets for a verdict, "
                f"selected: {', '.join(names)}"
            )
        results = store.all_results([case for case in cases if case.dataset in names])
        return overall_gain(results, model, metric, strategy)
