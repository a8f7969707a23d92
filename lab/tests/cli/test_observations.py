"""Tests of the command that lists observations."""

import json

from click.testing import CliRunner

from lab.baseline import Baseline, RecordedVerdict, Snapshot
from lab.cases import Case
from lab.cli import main
from lab.observations.verdict import Verdict
from lab.tests.helpers.examples import make_result

MODULE = '''
import pytest
STRATEGIES = ["raw"]

@pytest.mark.contradicted({"nursery-xgboost": "why", "caravan-raw-knn": "why"})
def test_recall_is_low(observe, result):
    """Recall is low."""
'''


def test_exceptions_are_those_of_marks_and_of_the_baseline(tmp_path, monkeypatch):
    """Contradictions are counted by marks, inconclusive verdicts by the committed baseline."""
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (tmp_path / "conftest.py").touch()
    (folder / "test_mine.py").write_text(MODULE)
    verdict = RecordedVerdict("recall < 0.5", Verdict.INCONCLUSIVE)
    result = make_result(Case("caravan", "raw", "xgboost"), {"recall": [0.5, 0.5]})
    snapshot = Snapshot.of(result, {"test_mine.recall_is_low": verdict})
    (folder / "baseline.json").write_text(Baseline({result.case.id: snapshot}).dumps())
    monkeypatch.chdir(tmp_path)
    (one,) = json.loads(CliRunner().invoke(main, ["observations", "--format", "json"]).output)
    assert one == {
        "name": "recall_is_low",
        "module": "test_mine",
        "about": "case",
        "strategies": ["raw"],
        "models": [],
        "sentence": "Recall is low.",
        "exceptions": {"inconclusive": 1, "contradicted": 2},
    }
    row = CliRunner().invoke(main, ["observations"]).output.splitlines()[1].split()
    assert row[:4] == ["recall_is_low", "test_mine", "case", "3"]
