"""Sections of the page, in the order in which they answer questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class Section:
    """A section of the page.

    Attributes
    ----------
    name : str
        Name of its template.
    label : str
        Its name in the navigation.
    title : str
        Its heading.
    """

    name: str
    label: str
    title: str

    @property
    def anchor(self) -> str:
        """Id of its element."""
        return self.name.replace("_", "-")

    @property
    def template(self) -> str:
        """File of its template."""
        return f"sections/{self.name}.html"


ANSWER = (
    Section("data", "Data", "Which data"),
    Section("recommendation", "Recommendation", "What to use for each goal"),
)
DECISIONS = (
    Section("decision_curve", "Net benefit", "When acting on the probabilities pays off"),
    Section("costs", "Costs", "Cost against the number of alarms"),
    Section("probabilities", "Probabilities", "Whether the probabilities can be trusted"),
)
TRADE_OFF = (Section("trade_off", "Trade-off", "What finding more positives costs in precision"),)
OBSERVATIONS = (Section("observations", "Observations", "Which claims hold on these data"),)
SCORES = (
    Section("scores", "Scores", "Scores and seconds to fit"),
    Section("ranks", "Ranks", "Ranks over datasets"),
    Section("cases", "Cases", "Every case in detail"),
)
SOURCES = (
    Section("baseline", "Baseline", "Comparison with the baseline"),
    Section("remarks", "Remarks", "What was skipped or done differently"),
    Section("reading", "How to read this", "How to read this"),
    Section("columns", "Columns", "How the columns were read"),
    Section("provenance", "Provenance", "Where this comes from"),
)
OWN = (*ANSWER, *DECISIONS, *TRADE_OFF, *SCORES, *OBSERVATIONS, *SOURCES)
BUNDLED = (*ANSWER, *TRADE_OFF, *OBSERVATIONS, *DECISIONS, *SCORES, *SOURCES)


def sections(*, own: bool, empty: Collection[str]) -> list[Section]:
    """Return the sections of a page in order.

    Parameters
    ----------
    own : bool
        Whether it is about the user's own data: then the answer comes first, with what it means
        for decisions, and claims of the literature come last.
    empty : collection of str
        Names of the sections that have nothing to show.
    """
    return [section for section in (OWN if own else BUNDLED) if section.name not in empty]
