"""Protocol: how every case is cross-validated."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.splits import (
    COPIES,
    DROP,
    GROUP,
    KEEP,
    RANDOM,
    SPLITS,
    TIME,
    TOGETHER,
    Gap,
    GroupSplit,
    InnerFolds,
    ProtocolError,
    Rows,
    divide,
    stratified_folds,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset, Entry
    from lab.splits import Fold, Split

AUTO = "auto"
MOST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Protocol:
    """How every case is cross-validated.

    Attributes
    ----------
    folds : int
        Number of folds, 2 or more.
    repeats : int
        Number of times that the rows are split into folds.
    seed : int
        Seed of folds, resampling and models.
    split : {"auto", "random", "group", "time"}
        How rows are divided. By default by time if the dataset has a time column, else by group
        if it has a group column, else at random.
    gap : str
        Amount that is left out between training and test rows in time, see
        :class:`lab.splits.Gap`.
    copies : {"keep", "together", "drop"}
        What is done with rows that equal another in all features and the target.
    new_groups : bool
        Whether, in time, only test rows of groups without a training row are tested.

    Examples
    --------
    >>> Protocol(folds=10, repeats=3).pairs
    30
    """

    folds: int = 5
    repeats: int = 1
    seed: int = 0
    split: str = AUTO
    gap: str = ""
    copies: str = KEEP
    new_groups: bool = False

    @property
    def pairs(self) -> int:
        """Number of pairs of training and test rows: the folds of all repeats."""
        return self.folds * self.repeats

    @property
    def is_default(self) -> bool:
        """Whether a session without options has this protocol, for some dataset."""
        return replace(self, split=AUTO) == Protocol()

    @property
    def test_to_train(self) -> float:
        """Mean ratio of test rows to training rows; before a dataset is known, of random folds."""
        return self._split.test_to_train(self.folds)

    @property
    def freedom(self) -> int | None:
        """Degrees of freedom of intervals; None for one less than the number of folds."""
        return self._split.freedom(self.folds, self.repeats)

    @property
    def _split(self) -> Split:
        return SPLITS[RANDOM if self.split == AUTO else self.split]

    @property
    def _gap(self) -> Gap | None:
        return Gap.parse(self.gap) if self.gap else None

    @property
    def params(self) -> dict[str, Any]:
        """Split, folds, repeats and seed, and the other fields that are not at their defaults."""
        always = {name: getattr(self, name) for name in ("split", "folds", "repeats", "seed")}
        return always | self.to_json()

    def to_json(self) -> dict[str, Any]:
        """Return the fields that differ from those of a file written before they existed."""
        return {name: value for name, value in vars(self).items() if value != WITHOUT_FIELD[name]}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Protocol:
        """Return the protocol of :meth:`to_json`.

        Raises
        ------
        TypeError
            A field is unknown: another version of the lab wrote it.
        """
        return cls(**{**WITHOUT_FIELD, **content})

    def __str__(self) -> str:
        """Return the protocol in words."""
        basic = {name: getattr(self, name) for name in ("folds", "repeats", "seed")}
        words = {**basic, **self.to_json()}
        return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in words.items())

    def validate(self) -> None:
        """Check the values, whatever the data.

        Raises
        ------
        ProtocolError
            A value is invalid, or two exclude each other.
        """
        if self.folds < 2 or self.repeats < 1 or not 0 <= self.seed <= MOST_SEED:
            raise ProtocolError(
                f"--folds must be 2 or more, --repeats 1 or more, and --seed from 0 to {MOST_SEED}"
            )
        for option, value, values in (
            ("split", self.split, (AUTO, *SPLITS)),
            ("copies", self.copies, COPIES),
        ):
            if value not in values:
                raise ProtocolError(f"--{option} {value!r}: choose {', '.join(values)}")
        if self.gap:
            Gap.parse(self.gap)

    def on(self, known: Entry | Dataset) -> Protocol:
        """Return the protocol for one dataset: with its split, without options for others.

        Parameters
        ----------
        known : Entry or Dataset
            The dataset, or the facts about it.

        By default windows in time are not repeated, and there are no more of them than distinct
        times allow; :meth:`lab.grid.Grid.check_folds` checks that this is not all of a session.

        Raises
        ------
        ProtocolError
            The dataset lacks the column that the split needs, or the split has no repeats.
        """
        split, repeats, folds = self.split, self.repeats, self.folds
        if split == AUTO:
            split = TIME if known.time_column else GROUP if known.group_column else RANDOM
            if split == TIME:
                repeats, folds = 1, max(2, min(folds, known.times - 1))
        if (needed := SPLITS[split].needs) and not getattr(known, f"{needed}_column"):
            raise ProtocolError(
                f"--split {split}: dataset {known.name!r} has no {needed} column: name one of your "
                f"table with --{needed} COLUMN, or use --split random"
            )
        if split == TIME and repeats > 1:
            raise ProtocolError(
                f"--repeats {self.repeats}: dataset {known.name!r} is split in time, where there "
                "is nothing to repeat: leave --repeats out, or use another --split"
            )
        in_time = split == TIME
        return replace(
            self,
            folds=folds,
            repeats=repeats,
            split=split,
            gap=self.gap if in_time else "",
            new_groups=self.new_groups and in_time and bool(known.group_column),
        )

    def at_random(self) -> Protocol:
        """Return the protocol with folds at random, whatever groups, times and copies there are."""
        return replace(self, split=RANDOM, gap="", copies=KEEP, new_groups=False)

    @property
    def needs_rows(self) -> bool:
        """Whether folds depend on more than class counts."""
        return self.split != RANDOM or self.copies != KEEP

    def folds_of(self, dataset: Dataset) -> Sequence[Fold]:
        """Return the training and test rows of all folds; for a protocol of one dataset.

        Raises
        ------
        ProtocolError
            The rows cannot be divided so often.
        """
        return _folds(dataset, self)

    def divide(self, rows: Rows) -> list[Fold]:
        """Return the training and test rows of all folds; see :func:`lab.splits.divide`."""
        return divide(
            rows,
            self.split,
            self.folds,
            repeats=self.repeats,
            seed=self.seed,
            gap=self._gap,
            copies=self.copies,
            new_groups=self.new_groups,
        )

    def rows_of(self, dataset: Dataset) -> Rows:
        """Return what the folds depend on; for a protocol of one dataset."""
        return dataset.split_rows(copies=self.copies != KEEP)

    def groups_of(self, dataset: Dataset) -> int:
        """Return the number of groups, where copies join those that they are in; 0 without any."""
        if self.split != GROUP:
            return 0
        rows = self.rows_of(dataset)
        joined = rows if self.copies == TOGETHER else replace(rows, copy=None)
        return len(np.unique(GroupSplit().together(joined)))

    def training_rows(self, rows: Rows, start: float | None = None) -> NDArray[np.int64]:
        """Return the rows that a single fit is made to.

        Parameters
        ----------
        rows : Rows
            All rows.
        start : float, optional
            First time that is tested: with a gap, rows within it before this time are left out.
        """
        train = rows.first_copies() if self.copies == DROP else np.arange(len(rows))
        gap = self._gap
        if gap is None or start is None or rows.time is None:
            return train
        time = np.sort(rows.time[train])
        place = int(np.searchsorted(time, start))
        known = gap.known(np.insert(time, place, start), place, rows.unit)
        return train[rows.time[train] < (time[known] if known < len(time) else np.inf)]

    def inner_folds(self, rows: Rows) -> Any:
        """Return the splitter of a training fold, of the same kind as the folds around it.

        Parameters
        ----------
        rows : Rows
            The training rows.
        """
        if self.split == RANDOM and self.copies != TOGETHER:
            return stratified_folds(rows.y, self.seed)
        return InnerFolds(
            rows,
            self.split,
            self.seed,
            self._gap,
            self.copies,
            new_groups=self.new_groups,
        )


# Values that stand for fields which a file lacks.
WITHOUT_FIELD: dict[str, Any] = {one.name: one.default for one in fields(Protocol)} | {
    "split": RANDOM
}


@lru_cache(maxsize=16)  # all cases of a dataset have the same folds
def _folds(dataset: Dataset, protocol: Protocol) -> tuple[Fold, ...]:
    try:
        return tuple(protocol.divide(protocol.rows_of(dataset)))
    except ProtocolError as error:
        raise ProtocolError(f"dataset {dataset.name!r}: {error}") from None
