"""Descriptions of runs in MLflow, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.models import MODELS
from lab.observations.answer import NO_CASE, SHORTAGE
from lab.report.recommendation import by_dataset, recommendation_rows
from lab.report.text import markdown
from lab.strategies import STRATEGIES
from lab.wording import and_more, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.cases import Result
    from lab.metrics import Metric
    from lab.observations.record import ObservationRecord
    from lab.report.session_record import SessionRecord

MOST_CLAIMS = 12  # in a description; the report has all


def case_note(
    result: Result, observations: Sequence[ObservationRecord], tags: Mapping[str, str]
) -> str:
    """Return the description of a case: its names, scores, observations and notes.

    Parameters
    ----------
    result : Result
        Result of the case.
    observations : sequence of ObservationRecord
        Observations on the case.
    tags : mapping of str to str
        Tags of the run, among them ``lab.baseline``, the comparison with the baseline.
    """
    case = result.case
    metrics = [one for one in METRICS.shown_in("note") if one.name in result.scores]
    strategy, model = STRATEGIES[case.strategy], MODELS[case.model]
    what = (
        f"**{case.strategy}** ({strategy.title}) with **{case.model}** ({model.title}) on "
        f"**{case.dataset}**: {result.dataset['minority_rows']:,} positives in "
        f"{counted(result.dataset['rows'], 'row')}."
    )
    lines = [
        what,
        "",
        *_table(
            [metric.title for metric in metrics],
            [[_score(result, metric) for metric in metrics]],
        ),
        "",
    ]
    if observations:
        rows = [
            [
                f"**{record.verdict}**",
                record.title,
                record.statement,
                record.figures,
                _expected(record),
            ]
            for record in observations
        ]
        lines += [*_table(["verdict", "observation", "stated", "observed", "expected"], rows), ""]
    if baseline := tags.get("lab.baseline"):
        lines += [f"Against the baseline: {baseline.partition(chr(10))[0]}", ""]
    lines += [f"- {note}" for note in result.notes]
    return "\n".join(lines).rstrip()


def session_note(record: SessionRecord, report: str) -> str:
    """Return the description of a session: its recommendations and its claims.

    Parameters
    ----------
    record : SessionRecord
        Everything that the report shows.
    report : str
        Artifact of the run that holds the report.
    """
    lines = [f"The report is the artifact `{report}`.", ""]
    if record.failures or record.unfinished:
        lines += [f"**Results: {len(record.results)} of {counted(record.total, 'case')}.**", ""]
    if record.answers and not record.unfinished:
        overall = next(iter(by_dataset(record.answers).values()))
        if overall[0].standing in (SHORTAGE, NO_CASE):
            lines += [f"No recommendation: {overall[0].reason}.", ""]
        else:
            head, *rows = recommendation_rows(overall)
            lines += ["**Recommendation**", "", *_table(head, rows), ""]
    claims = [observation for observation in record.observations if observation.is_claim]
    if claims:
        judged = [
            [f"**{claim.verdict}**", claim.subject, claim.title, claim.figures]
            for claim in claims[:MOST_CLAIMS]
        ]
        lines += _table(["verdict", "model", "claim over datasets", "effect"], judged)
        if len(claims) > MOST_CLAIMS:
            lines += ["", f"{and_more(len(claims) - MOST_CLAIMS)} in the report."]
    return "\n".join(lines).rstrip()


def _score(result: Result, metric: Metric) -> str:
    name, digits = metric.name, metric.digits
    return f"{result.mean(name):.{digits}f} ± {result.std(name):.{digits}f}"


def _expected(record: ObservationRecord) -> str:
    if record.expected is None:
        return ""
    explained = record.reason and not record.surprising
    return f"{record.expected}: {record.reason}" if explained else str(record.expected)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return list(map(markdown, cells))
