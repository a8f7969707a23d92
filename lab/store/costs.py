"""What cases cost: what they took in earlier sessions, or a guess by their kind.

It decides the order of cases and what is said of the time left, never a score.
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

# Seconds that any fold takes beside its fit: scores, predictions, and its share of the picture.
OVERHEAD = 0.02
MOST = 20_000  # cases, and kinds, that are kept, the latest
LEAST = 1e-6  # seconds, of which a model that costs nothing may be a guess


@dataclass
class Costs:
    """Seconds of a fold's fit and prediction.

    Attributes
    ----------
    cases : dict of str to float
        What a fold of a case took, by case ids.
    kinds : dict of str to float
        How many times what is guessed cases of a strategy and a model took, by "strategy-model".
    """

    cases: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Costs:
        """Return what a file says; nothing is known if there is none, or none of ours."""
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
        """Write a file that :meth:`read` reads."""
        write_bytes(path, json.dumps(vars(self)).encode())

    def about(self, is_wanted: Callable[[str], object]) -> Costs:
        """Return what is known of the cases whose ids are wanted."""
        known = {name: seconds for name, seconds in self.cases.items() if is_wanted(name)}
        return Costs(known, self.kinds)

    def of(self, case: Case) -> float:
        """Return what a fold of a case is expected to take, in seconds, without loading data."""
        if case.id in self.cases:
            return self.cases[case.id]
        # Of a kind that was never met, the guess is as far off as others are.
        usual = median(self.kinds.values()) if self.kinds else 1.0
        return case.cost() * self.kinds.get(_kind(case), usual)

    def seconds(self, case: Case, protocol: Protocol) -> float:
        """Return what all folds of a case are expected to take, with what comes beside the fits."""
        return protocol.folds * protocol.repeats * (OVERHEAD + self.of(case))

    def learn(self, results: Iterable[Result]) -> None:
        """Take note of what cases took."""
        ratios: dict[str, list[float]] = {}
        for result in results:
            case = result.case
            took = max(fmean(map(sum, zip(*result.seconds.values(), strict=True))), LEAST)
            self.cases.pop(case.id, None)  # to stand last
            self.cases[case.id] = took
            ratios.setdefault(_kind(case), []).append(took / max(case.cost(), LEAST))
        for kind, found in ratios.items():
            self.kinds.pop(kind, None)
            self.kinds[kind] = median(found)
        self.cases, self.kinds = (
            dict(list(known.items())[-MOST:]) for known in (self.cases, self.kinds)
        )


def keep(path: Path, results: Iterable[Result]) -> None:
    """Add to a file what cases took; no session fails if that cannot be written."""
    # One session at a time, of those that end at once.
    with suppress(OSError), lock(path.with_suffix(".lock")):
        costs = Costs.read(path)
        costs.learn(results)
        costs.write(path)


def _kind(case: Case) -> str:
    return f"{case.strategy}-{case.model}"
