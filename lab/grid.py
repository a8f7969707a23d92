"""Which cases a session is about: the one enumerator of dataset x strategy x model."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from lab import datasets, models, strategies
from lab.cases import Case, Protocol, ProtocolError
from lab.datasets.fetching.download import fetch
from lab.errors import TableError, UnknownNameError
from lab.models import MODELS
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Grid:
    """The selected names, and every case that a test of them may need.

    Attributes
    ----------
    datasets, strategies, models : list of str
        Selected names.
    protocol : Protocol
        How the cases are cross-validated.
    """

    datasets: list[str]
    strategies: list[str]
    models: list[str]
    protocol: Protocol = field(default_factory=Protocol)

    @classmethod
    def select(
        cls,
        dataset_patterns: Sequence[str] = (),
        strategy_patterns: Sequence[str] = (),
        model_patterns: Sequence[str] = (),
        protocol: Protocol | None = None,
        own_datasets: Sequence[str] = (),
    ) -> Grid:
        """Return the grid that names and globs pick; without any, the core of each kind.

        Datasets of the user's own, by name, take the place of the core.

        Raises
        ------
        UnknownNameError
            A pattern matches nothing.
        ProtocolError
            A dataset has too few rows of a class for the folds, or the protocol is not one.
        TableError
            A dataset of the user's own is called as another that is selected.
        """
        protocol = protocol or Protocol()
        picked = datasets.select(dataset_patterns or (() if own_datasets else datasets.CORE))
        for name in own_datasets:
            if name in picked:
                raise TableError(
                    f"--data and --dataset both name {name!r}: rename the file, or leave one out"
                )
        grid = cls(
            [*own_datasets, *picked],
            STRATEGIES.select(strategy_patterns or strategies.CORE),
            MODELS.select(model_patterns or models.CORE),
            protocol,
        )
        if protocol.folds < 2 or protocol.repeats < 1 or not 0 <= protocol.seed < 2**32:
            raise ProtocolError(
                "--folds takes 2 or more, --repeats 1 or more, --seed 0 to 4294967295"
            )
        grid.check_folds()
        return grid

    def check_folds(self) -> None:
        """Check that each class of each dataset has a row for every fold.

        Raises
        ------
        ProtocolError
            Of one it has not.
        """
        for entry in map(datasets.entry, self.datasets):
            if entry.available:  # else these are not its own figures yet
                self.protocol.check(entry.name, entry.minority_rows, entry.rows)

    def download(self, say: Callable[[str], None]) -> None:
        """Download the datasets that are not on this machine yet, or damaged.

        Raises
        ------
        DatasetError
            One of them cannot be had.
        """
        for name in self.datasets:
            if datasets.is_remote(name):
                fetch(name, say)  # which looks whether it is here, and whole
        self.check_folds()

    def cases(self, only: Sequence[str] | None = None) -> list[Case]:
        """Return the selected cases, in order; of the given strategies only, if any are given."""
        wanted = [name for name in self.strategies if only is None or name in only]
        return [Case(*names) for names in product(self.datasets, wanted, self.models)]

    def case(self, case_id: str) -> Case | None:
        """Return the case of an id, of a selected dataset with whatever it may be compared with."""
        try:
            case = Case.parse(case_id)
        except UnknownNameError:
            return None
        return case if all(map(operator.contains, self._places, _names(case))) else None

    def place(self, case: Case) -> tuple[int, ...]:
        """Return what cases are sorted by to stand in order."""
        return tuple(map(operator.getitem, self._places, _names(case)))

    @cached_property
    def _places(self) -> list[dict[str, int]]:
        kinds = (self.datasets, [*STRATEGIES, *self.strategies], MODELS)
        return [{name: i for i, name in enumerate(dict.fromkeys(kind))} for kind in kinds]

    @property
    def has_default_protocol(self) -> bool:
        """Whether cases are cross-validated as without any option."""
        return self.protocol == Protocol()

    @property
    def is_core(self) -> bool:
        """Whether datasets and protocol are those of a session without any option."""
        collections = {datasets.entry(name).collection for name in self.datasets}
        return (
            self.has_default_protocol
            and set(self.datasets) == set(datasets.CORE)
            and collections == {datasets.CORE_COLLECTION}  # a user's own may be called alike
        )

    def is_marked(self, dataset: str) -> bool:
        """Whether marks in the benchmarks say what to expect of a dataset: a bundled one."""
        bundled = (datasets.CORE_COLLECTION, datasets.LARGE)
        return self.has_default_protocol and datasets.entry(dataset).collection in bundled


def _names(case: Case) -> tuple[str, str, str]:
    return case.dataset, case.strategy, case.model
