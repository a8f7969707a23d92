"""Answers: for each goal what to use, with which cutoff, and what that comes to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from lab.observations.answer_parts import Estimate, Gain, Plain, Reached
from lab.observations.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping


SCHEMA = 1
UNUSABLE, SHORTAGE, NO_CASE = "unusable", "shortage", "no_case"
WARNING = "WARNING: "  # beginning of a note of a result
IDEAL = {"calibration_intercept": 0.0, "calibration_slope": 1.0}
CALIBRATION = (*IDEAL, "expected_calibration_error", "calibration_error_by_chance")


@dataclass(frozen=True)
class Answer:
    """What to use for a goal on a dataset, or on average over several.

    Attributes
    ----------
    dataset : str or None
        Name of the dataset; None over several.
    datasets : int
        Number of datasets that it is about.
    protocol : dict
        How cases were cross-validated.
    goal, title : str
        The goal with its options, and its heading.
    metric, unit : str
        Name and unit of the value.
    digits : int
        Number of decimals shown.
    greater_is_better : bool
        Direction of the value.
    standing : str
        How the best choice compares with raw data: the name of a :class:`Standing` in lower case;
        ``unusable`` if the choice is not shown to be better than the floor; ``shortage`` with too
        few positives or groups; ``no_case`` if no pair has a result on every dataset.
    reason : str
        The same in words.
    choice, best, raw : Choice or None
        What would be used, what has the best score, and the best on raw data.
    also : list of Choice
        Other pairs within the goal's tolerance of ``choice``, fastest first.
    floor : float or None
        Value of the same prediction for every row; with a constraint, of as many alarms at random.
    candidates : int
        Number of pairs of a strategy other than raw and a model that were tried.
    gain : Gain or None
        Gain over raw data, with an interval corrected for the number of candidates.
    rule : {"score", "expected_cost"}
        Whether alarms follow from the score alone, or from the expected cost of each row.
    cutoff : float or None
        Cutoff from all out-of-fold predictions, for a model that is fitted to all rows; None where
        there is none, and over several datasets.
    cutoffs : list of float or None
        Cutoff of each tested fold, behind the value.
    value : Estimate or None
        Value to expect of ``choice``; None if nothing is recommended.
    constraint : Reached or None
        The bound of the goal, and what the cutoffs reach.
    counts : Plain or None
        Counts on one dataset.
    recalibration : (float, float) or None
        Intercept and slope of the log-odds by which probabilities are recalibrated before expected
        costs are compared; None for other rules, and over several datasets.
    beside : dict of str to Estimate
        Metrics of ``choice`` that stand beside the value.
    calibration : dict of str to Estimate
        Calibration intercept and slope of ``choice``, its expected calibration error, and that by
        chance.
    references : dict of str to float
        Values of decisions that need no score.
    prevalence : float or None
        Assumed share of positives; None for that of the data.
    assumed, warnings : list of str
        Assumptions behind the answer, and warnings of the data.
    """

    dataset: str | None
    datasets: int
    protocol: dict[str, Any]
    goal: str
    title: str
    metric: str
    unit: str
    digits: int
    greater_is_better: bool
    standing: str
    reason: str
    choice: Choice | None = None
    best: Choice | None = None
    raw: Choice | None = None
    also: list[Choice] = field(default_factory=list)
    floor: float | None = None
    candidates: int = 0
    gain: Gain | None = None
    rule: str = "score"
    cutoff: float | None = None
    cutoffs: list[float | None] = field(default_factory=list)
    value: Estimate | None = None
    constraint: Reached | None = None
    counts: Plain | None = None
    recalibration: tuple[float, float] | None = None
    beside: dict[str, Estimate] = field(default_factory=dict)
    calibration: dict[str, Estimate] = field(default_factory=dict)
    references: dict[str, float] = field(default_factory=dict)
    prevalence: float | None = None
    assumed: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def recommended(self) -> Choice | None:
        """The choice, if it is usable."""
        return self.choice if self.value is not None else None

    @property
    def is_calibrated(self) -> bool:
        """Whether the intervals of calibration intercept and slope contain the ideal values."""
        return self.calibration.keys() >= IDEAL.keys() and not any(
            self.calibration[name].excludes(ideal) for name, ideal in IDEAL.items()
        )

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        named = self.recommended
        pair = None if named is None else {"strategy": named.strategy, "model": named.model}
        return asdict(self) | {"recommended": pair, "calibrated": self.is_calibrated}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Return the answer of :meth:`to_json`."""
        parts = {
            "choice": Choice,
            "best": Choice,
            "raw": Choice,
            "value": Estimate,
            "constraint": Reached,
            "counts": Plain,
        }
        values = {n: v for n, v in content.items() if n not in ("recommended", "calibrated")}
        for name, kind in parts.items():
            if values.get(name) is not None:
                values[name] = kind(**values[name])
        if (gain := values["gain"]) is not None:
            values["gain"] = Gain(**{**gain, "versus": Choice(**gain["versus"])})
        values["also"] = [Choice(**one) for one in values["also"]]
        if (pair := values.get("recalibration")) is not None:
            values["recalibration"] = (pair[0], pair[1])
        for name in ("beside", "calibration"):
            found = values.get(name, {})
            values[name] = {metric: Estimate(**one) for metric, one in found.items()}
        return cls(**values)
