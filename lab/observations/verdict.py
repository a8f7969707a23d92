"""Verdicts, and the kinds of observations that have one."""

from enum import StrEnum


class Verdict(StrEnum):
    """Verdict of the data on an expectation."""

    HOLDS = "holds"
    INCONCLUSIVE = "inconclusive"
    CONTRADICTED = "contradicted"


class Kind(StrEnum):
    """Kind of an observation: about a case, or a claim over datasets."""

    CASE = "case"
    CLAIM = "claim"
