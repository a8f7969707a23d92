"""Fixtures of the tests of reports."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lab.cases import Case, Protocol
from lab.datasets.column import Column
from lab.evaluation import evaluate
from lab.evaluation.curves import Curves
from lab.observations import Observation, gain
from lab.report.session_record import SessionFacts, SessionRecord
from lab.tests.helpers.examples import TINY, answers_of


@pytest.fixture(scope="package")
def record():
    """Return the record of a session on one small dataset."""
    strategies = ("raw", "smote", "smote_before_split")
    results = [evaluate(Case(TINY, s, "logistic_regression"), Protocol(3)) for s in strategies]
    observation = Observation(
        "recall_rises",
        results[1].case.id,
        gain(results[1], results[0], "recall") > 0,
        sentence="More of the minority is found.",
    )
    results[0].notes.append("a note with <tags> & such")
    return SessionRecord(
        session=SessionFacts(
            id="20260102-030405-abcd",
            started=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
            seconds=1.0,
            outcome="passed",
            command="pytest benchmarks --data '<b>.csv'",
            protocol=Protocol(3),
            commit="",
            experiment="mlflow-lab",
            run_id="0" * 32,
            versions={"python": "3"},
        ),
        results=results,
        curves={result.case: Curves.of(result).kept() for result in results},
        runs={result.case: "f" * 32 for result in results},
        observations=[observation.record()],
        comparisons=[],
        remarks=["smotenc is skipped, there is no categorical column"],
        failures={},
        unfinished=[],
        answers=answers_of(results),
    )


@pytest.fixture(scope="package")
def own(record):
    """Return the same record as if the dataset were a table of the user's own."""
    columns = [
        Column("", "numbers", "dropped", "identifier"),
        Column("a<b", "text", "categories", "3 levels"),
        Column("x", "numbers", "number"),
        Column("who", "text", "group", "40 groups"),
        Column("day", "dates", "time", "from 2025-01-01 to 2025-06-30"),
        Column("hurt", "text", "target", "positive: 'yes'"),
    ]
    return replace(record, columns={TINY: columns})
