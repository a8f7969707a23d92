"""Grid of a session: the one enumerator of cases, dataset x strategy x model."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from lab import datasets, models, strategies
from lab.cases import Case, Protocol, ProtocolError, check_folds
from lab.datasets.fetching.download import fetch
from lab.errors import TableError, UnknownNameError
from lab.models import MODELS
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Grid:
    """Selected datasets, strategies and models, and the cases that they make up.

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
        """Return the grid that names and globs select, by default the core of each kind.

        Parameters
        ----------
        dataset_patterns, strategy_patterns, model_patterns : sequence of str
            Names, globs, and collections or groups.
        protocol : Protocol, optional
            How the cases are cross-validated.
        own_datasets : sequence of str
            The user's own datasets, all of which are selected. They replace the default datasets.

        Raises
        ------
        UnknownNameError
            A pattern matches nothing.
        ProtocolError
            The protocol is invalid, or a dataset does not allow it.
        TableError
            One of the user's own datasets has the name of another that is selected.
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
        protocol.validate()
        grid.check_folds()
        return grid

    def check_folds(self) -> None:
        """Check that every dataset can be divided, with a row of each class for every fold.

        Raises
        ------
        ProtocolError
            A dataset has too few rows of a class, or an option concerns none of the datasets.
        """
        entries = [one for one in map(datasets.entry, self.datasets) if one.available]
        own = [self.protocol.on(entry) for entry in entries]
        for entry, protocol in zip(entries, own, strict=True):
            check_folds(protocol, datasets.load(entry.name) if protocol.needs_rows else entry)
        asked = self.protocol
        if own and asked.repeats > max(one.repeats for one in own):
            raise ProtocolError(
                f"--repeats {asked.repeats}: windows in time cannot be repeated: leave the option "
                "out, or use another --split"
            )
        if own and asked.folds > (most := max(one.folds for one in own)):
            times = max(entry.times for entry in entries)
            raise ProtocolError(
                f"--folds {asked.folds}: {times} distinct times allow {most} windows: use --folds "
                f"{most} or fewer, or another --split"
            )
        # Those that are not available have no times.
        if self.protocol.gap and not any(one.gap for one in own):
            raise ProtocolError(
                "--gap needs a split in time, and no dataset has one: name a --time"
            )
        if self.protocol.new_groups and not any(one.new_groups for one in own):
            raise ProtocolError(
                "--new-groups needs a split in time and groups, and no dataset has both: name a "
                "--time and a --group"
            )

    def download(self, say: Callable[[str], None]) -> None:
        """Download the selected datasets that have no intact copy on this machine.

        Parameters
        ----------
        say : callable
            Called with one line before each download.

        Raises
        ------
        DatasetError
            A dataset cannot be downloaded, used or stored.
        ProtocolError
            A downloaded dataset has too few rows of a class.
        """
        for name in self.datasets:
            if datasets.is_remote(name):
                fetch(name, say)  # returns at once if there is an intact copy
        self.check_folds()

    def cases(self, only: Sequence[str] | None = None) -> list[Case]:
        """Return the selected cases in order, optionally of some strategies only."""
        wanted = [name for name in self.strategies if only is None or name in only]
        return [Case(*names) for names in product(self.datasets, wanted, self.models)]

    def case(self, case_id: str) -> Case | None:
        """Return the case of an id, or None if its dataset is not selected.

        Its strategy and model need not be selected, since selected cases are compared with others.
        """
        try:
            case = Case.parse(case_id)
        except UnknownNameError:
            return None
        return case if all(map(operator.contains, self._places, _names(case))) else None

    def place(self, case: Case) -> tuple[int, ...]:
        """Return the sort key of a case, by dataset, strategy and model."""
        return tuple(map(operator.getitem, self._places, _names(case)))

    @cached_property
    def _places(self) -> list[dict[str, int]]:
        kinds = (self.datasets, [*STRATEGIES, *self.strategies], MODELS)
        return [{name: i for i, name in enumerate(dict.fromkeys(kind))} for kind in kinds]

    @property
    def has_default_protocol(self) -> bool:
        """Whether the protocol is the default."""
        return self.protocol == Protocol()

    @property
    def is_core(self) -> bool:
        """Whether datasets and protocol are the defaults."""
        # A file of the user's own may have the name of a core dataset.
        collections = {datasets.entry(name).collection for name in self.datasets}
        return (
            self.has_default_protocol
            and set(self.datasets) == set(datasets.CORE)
            and collections == {datasets.CORE_COLLECTION}
        )

    def is_marked(self, dataset: str) -> bool:
        """Return whether the benchmarks' marks state the expected verdicts on a dataset.

        They do on bundled datasets, under the default protocol.
        """
        bundled = (datasets.CORE_COLLECTION, datasets.LARGE)
        return self.has_default_protocol and datasets.entry(dataset).collection in bundled


def _names(case: Case) -> tuple[str, str, str]:
    return case.dataset, case.strategy, case.model
