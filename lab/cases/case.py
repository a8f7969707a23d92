"""Case: one combination of a dataset, a strategy and a model."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from lab import datasets
from lab.cases.data_fit import situation
from lab.errors import UnknownNameError
from lab.models import MODELS
from lab.strategies import STRATEGIES, Situation

if TYPE_CHECKING:
    from lab.cases.protocol import Protocol
    from lab.datasets.dataset import Dataset, Entry


@dataclass(frozen=True, order=True)
class Case:
    """A dataset under a strategy with a model, each by name.

    Examples
    --------
    >>> case = Case("car_crash", "smote", "xgboost")
    >>> case.id
    'car_crash-smote-xgboost'
    >>> case.under("raw")
    Case(dataset='car_crash', strategy='raw', model='xgboost')
    """

    dataset: str
    strategy: str
    model: str

    @property
    def id(self) -> str:
        """Permanent id, ``dataset-strategy-model``."""
        return f"{self.dataset}-{self.strategy}-{self.model}"

    @classmethod
    def parse(cls, case_id: str) -> Case:
        """Return the case of an id.

        Names of datasets and options of strategies may contain hyphens: the registries decide
        where a name ends.

        Raises
        ------
        UnknownNameError
            The id does not end in a registered strategy and model.

        Examples
        --------
        >>> Case.parse("churn-2026-smote-xgboost")
        Case(dataset='churn-2026', strategy='smote', model='xgboost')
        """
        parts = case_id.split("-")
        places = combinations(range(1, len(parts)), 2)
        splits = (map("-".join, (parts[:i], parts[i:j], parts[j:])) for i, j in places)
        found = [case for case in (cls(*names) for names in splits) if case._is_registered()]
        if not found:
            raise UnknownNameError(
                f"{case_id!r} is not the id of a case: DATASET-STRATEGY-MODEL with a registered "
                "strategy and model"
            )
        return found[-1]

    def _is_registered(self) -> bool:
        """Return whether both names are permanent names of a strategy and a model."""
        is_known = STRATEGIES.is_permanent(self.strategy) and self.model in MODELS
        return bool(self.dataset) and is_known

    def under(self, strategy: str) -> Case:
        """Return the case of the same dataset and model under another strategy."""
        return Case(self.dataset, strategy, self.model)

    def problem(self, protocol: Protocol) -> str:
        """Return why the case cannot be evaluated, to follow a colon; empty if it can."""
        situation = self._situation(protocol)
        return self.unsuited or (self.problem_in(situation) if situation else "")

    @property
    def unsuited(self) -> str:
        """Why the strategy does not apply to the model, whatever the data; empty if it does."""
        return STRATEGIES[self.strategy].unsuited(MODELS[self.model])

    def problem_in(self, situation: Situation) -> str:
        """Return why strategy or model do not apply to some data; empty if they do."""
        needed = MODELS[self.model].minority_rows
        if situation.fewest < needed:
            has = f"a training fold has {situation.fewest}"
            return f"{self.model} needs {needed} minority rows, and {has}"
        return STRATEGIES[self.strategy].problem(situation)

    def remark(self, protocol: Protocol) -> str:
        """Return how the strategy departs from its usual way on the dataset; empty if not."""
        situation = self._situation(protocol)
        return STRATEGIES[self.strategy].note(situation) if situation else ""

    def _situation(self, protocol: Protocol) -> Situation | None:
        entry = datasets.entry(self.dataset)
        if not entry.available or entry.categorical is None:
            return None  # its figures are not known until it is downloaded
        needs_rows = protocol.on(entry).needs_rows
        return self.situation(protocol, datasets.load(self.dataset) if needs_rows else entry)

    def situation(self, protocol: Protocol, known: Entry | Dataset) -> Situation:
        """Return the situation of the strategy.

        Parameters
        ----------
        protocol : Protocol
            Protocol of the session.
        known : Entry or Dataset
            The dataset; facts about it are enough unless its protocol ``needs_rows``.
        """
        at_random = not protocol.on(known).needs_rows
        found = situation(self.protocol(protocol, known), known)
        return replace(found, at_random=at_random)

    def protocol(self, protocol: Protocol, known: Entry | Dataset) -> Protocol:
        """Return the case's own protocol, given that of the session and its dataset."""
        own = protocol.on(known)
        return own.at_random() if STRATEGIES[self.strategy].random_folds else own

    @property
    def value_columns(self) -> tuple[str, ...]:
        """Value columns of the rows that it tests; synthetic rows have none."""
        is_synthetic = STRATEGIES[self.strategy].resamples_first
        return () if is_synthetic else datasets.entry(self.dataset).value_columns

    def cost(self) -> float:
        """Return a rough estimate of the seconds to fit a fold, without loading the data."""
        entry = datasets.entry(self.dataset)
        # Measured: a fit of no rows takes a fifth of the time of 100,000 rows of one column, and
        # columns cost less than rows.
        size = 0.2 + entry.rows * math.sqrt(entry.columns) / 1e5
        return 0.2 * size * STRATEGIES[self.strategy].cost * MODELS[self.model].cost
