"""Expected costs of cases: measured in earlier sessions, or estimated by strategy and model.

They decide the order of cases and the estimate of the time left, never a score.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from statistics import fmean, median
from typing import TYPE_CHECKING

from lab.files import lock, write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from lab.cases import Case, Protocol, Result

# Seconds of a fold without its fit: scores, predictions, and its share of the picture.
OVERHEAD = 0.02
MAX_KNOWN = 20_000  # the latest cases and kinds that are kept
MIN_SECONDS = 1e-6  # keeps the ratio of measured to estimated seconds finite


@dataclass
class Costs:
    """Seconds of a fold's fit and prediction.

    Attributes
    ----------
    cases : dict of str to float
        Measured seconds of a fold, by case id.
    kinds : dict of str to float
        Ratio of measured to estimated seconds, by "strategy-model".
    """

    cases: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Costs:
        """Return the costs in a file; none if it is missing or invalid."""
        with suppress(OSError, ValueError, TypeError, KeyError, OverflowError):
            content = json.loads(path.read_bytes())
            known = [
                {str(name): float(value) for name, value in dict(content[kind]).items()}
                for kind in ("cases", "kinds")
            ]
            if all(0 < value < inf for one in known for value in one.values()):
                return cls(*known)
        return cls()

    def write(self, path: Path) -> None:
        """Write a file for :meth:`read`."""
        write_bytes(path, json.dumps(vars(self)).encode())

    def about(self, is_wanted: Callable[[str], object]) -> Costs:
        """Return the costs of the cases whose ids are wanted, and of all kinds."""
        known = {name: seconds for name, seconds in self.cases.items() if is_wanted(name)}
        return Costs(known, self.kinds)

    def of(self, case: Case) -> float:
        """Return the expected seconds of one fold of a case, without loading data."""
        if case.id in self.cases:
            return self.cases[case.id]
        # A kind without measurements is assumed to be off as much as the others.
        usual = median(self.kinds.values()) if self.kinds else 1.0
        return case.cost() * self.kinds.get(_kind(case), usual)

    def seconds(self, case: Case, protocol: Protocol) -> float:
        """Return the expected seconds of all folds of a case, overhead included."""
        return protocol.folds * protocol.repeats * (OVERHEAD + self.of(case))

    def learn(self, results: Iterable[Result]) -> None:
        """Record the measured seconds of cases."""
        ratios: dict[str, list[float]] = {}
        for result in results:
            case = result.case
            took = max(fmean(map(sum, zip(*result.seconds.values(), strict=True))), MIN_SECONDS)
            self.cases.pop(case.id, None)  # moves it to the end
            self.cases[case.id] = took
            ratios.setdefault(_kind(case), []).append(took / max(case.cost(), MIN_SECONDS))
        for kind, found in ratios.items():
            self.kinds.pop(kind, None)
            self.kinds[kind] = median(found)
        self.cases, self.kinds = (
            dict(list(known.items())[-MAX_KNOWN:]) for known in (self.cases, self.kinds)
        )


def keep(path: Path, results: Iterable[Result]) -> None:
    """Add measured costs to a file; it is not an error if the file cannot be written."""
    # Sessions may end at the same time.
    with suppress(OSError), lock(path.with_suffix(".lock")):
        costs = Costs.read(path)
        costs.learn(results)
        costs.write(path)


def _kind(case: Case) -> str:
    return f"{case.strategy}-{case.model}"
