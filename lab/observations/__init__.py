"""Observations: effects with intervals and verdicts, and recommendations.

Owns statistics. Pure functions of results: no file is read or written. May import cases,
strategies, models, datasets and metrics.
"""

from lab.observations.effects import Expectation, FoldEffect, OverallEffect
from lab.observations.observation import Observation, excess, gain, level, overall_gain
from lab.observations.record import ObservationRecord, observed
from lab.observations.verdict import Kind, Verdict

__all__ = [
    "Expectation",
    "FoldEffect",
    "Kind",
    "Observation",
    "ObservationRecord",
    "OverallEffect",
    "Verdict",
    "excess",
    "gain",
    "level",
    "observed",
    "overall_gain",
]
