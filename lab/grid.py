"""Which cases a session is about: the one enumerator of dataset x strategy x model."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from lab import datasets, models, strategies
from lab.errors import LabError
from lab.experiment import Case, Protocol
from lab.models import MODELS
from lab.names import pick
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Sequence


def _names(kind: str, default: str) -> dict[str, Any]:
    text = f"a {kind} by name or glob, repeatable (default: {default})"
    return {"action": "append", "default": [], "metavar": "NAME", "help": text}


def _number(default: int, text: str) -> dict[str, Any]:
    return {"type": int, "default": default, "metavar": "N", "help": f"{text} (default: {default})"}


OPTIONS: dict[str, dict[str, Any]] = {
    "dataset": _names("dataset", "the core datasets"),
    "strategy": _names("strategy", ", ".join(strategies.CORE)),
    "model": _names("model", ", ".join(models.CORE)),
    "folds": _number(Protocol.folds, "folds of the cross-validation"),
    "repeats": _number(Protocol.repeats, "how often the folds are drawn anew"),
    "seed": _number(Protocol.seed, "seed of folds, resampling and models"),
    "reuse": {
        "action": "store_true",
        "help": "take results of earlier sessions where data, case, protocol, code and package "
        "versions are the same",
    },
    "update-baseline": {
        "action": "store_true",
        "help": "record the scores of the cases that run in benchmarks/baseline.json",
    },
}
"""Command line options, as keywords of ``argparse``."""


class ProtocolError(LabError):
    """A protocol that the selected data do not allow."""


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
    ) -> Grid:
        """Return the grid that names and globs pick; without any, the core of each kind.

        Raises
        ------
        UnknownNameError
            A pattern matches nothing.
        ProtocolError
            A dataset has too few rows of a class for the folds, or the protocol is not one.
        """
        protocol = protocol or Protocol()
        grid = cls(
            datasets.select(dataset_patterns or datasets.CORE),
            pick(strategy_patterns or strategies.CORE, STRATEGIES, "strategy"),
            pick(model_patterns or models.CORE, MODELS, "model"),
            protocol,
        )
        if protocol.folds < 2 or protocol.repeats < 1 or not 0 <= protocol.seed < 2**32:
            raise ProtocolError(
                "--folds takes 2 or more, --repeats 1 or more, --seed 0 to 4294967295"
            )
        for name in grid.datasets:
            rows = datasets.entry(name).minority_rows
            if rows < protocol.folds:
                raise ProtocolError(
                    f"dataset {name!r} has {rows} minority rows, too few for "
                    f"{protocol.folds} folds: use --folds {rows} or fewer"
                )
        return grid

    @classmethod
    def from_options(cls, options: Any) -> Grid:
        """Return the grid that parsed command line options ask for; see :meth:`select`."""
        protocol = Protocol(options.folds, options.repeats, options.seed)
        return cls.select(options.dataset, options.strategy, options.model, protocol)

    def cases(self, only: Sequence[str] | None = None) -> list[Case]:
        """Return the selected cases, in order; of the given strategies only, if any are given."""
        wanted = [name for name in self.strategies if only is None or name in only]
        return [Case(*names) for names in product(self.datasets, wanted, self.models)]

    def reachable(self) -> dict[str, Case]:
        """Return, by id, every case of the selected datasets: any may be compared with."""
        every = product(self.datasets, STRATEGIES, MODELS)
        return {case.id: case for case in (Case(*names) for names in every)}

    @property
    def has_default_protocol(self) -> bool:
        """Whether cases are cross-validated as without any option."""
        return self.protocol == Protocol()

    @property
    def is_core(self) -> bool:
        """Whether datasets and models are those of a session without any option."""
        return set(self.datasets) == set(datasets.CORE) and set(self.models) == set(models.CORE)

    @staticmethod
    def is_bundled(dataset: str) -> bool:
        """Whether a dataset is the same for everybody who names it."""
        return datasets.entry(dataset).group != datasets.GENERATED
