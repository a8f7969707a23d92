"""Tests of sessions read from a real database."""

import json
import shutil
import sqlite3
import warnings
from contextlib import closing

import pytest
from click.testing import CliRunner

from lab.cases import Case, Protocol
from lab.cli import main
from lab.tests.helpers.examples import make_observation
from lab.tracking import SCORES, Tracker, TrackingError
from lab.tracking.history import logged_sessions, recent, session_observations, session_scores

NAMES = ("20260101-first", "20260102-second", "20260103-cut-short")


@pytest.fixture(scope="module")
def history(tmp_path_factory, empty_database):
    """Log three sessions, the last still running; return the root, and their runs' ids by name."""
    root = tmp_path_factory.mktemp("project")
    shutil.copy(empty_database, root)
    (root / "benchmarks").mkdir()
    (root / "benchmarks" / "test_smote.py").write_text("def test_recall_rises(observe, result): 0")
    (root / "conftest.py").touch()
    observed = [
        make_observation("a-raw-m", verdict) for verdict in ("holds", "contradicted", "holds")
    ]
    counts = {"count.passed": 2, "count.failed": 1, "count.holds": 2, "count.contradicted": 1}
    runs = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as a session does
        for start, name in enumerate(NAMES, start=1):
            tracker = Tracker(root, name, Protocol(), "pytest benchmarks")
            tracker.prepare()
            tracker.open_case(Case("a", "raw", "m"), start)
            if name != NAMES[-1]:
                seen = observed if name == NAMES[1] else []
                tracker.log_session(seen, {})
                tracker.log_document(SCORES, f"scores of {name}")
                tracker.close("failed", "FAILED", counts if seen else {"count.passed": 1})
            runs[name] = (tracker.run_id, tracker.run_of("a-raw-m"))
    return root, runs


def test_sessions_have_many_names(history):
    """A session is found by its position, its id, its run's id, or the id of a case's run."""
    root, runs = history
    first, second, _ = NAMES
    for name, session in {
        "latest~1": second,
        "latest~2": first,
        first: first,
        "20260102": second,
        runs[first][0]: first,
        runs[second][0][:12]: second,
        runs[second][1]: second,
    }.items():
        assert session_scores(root, name) == (f"session {session}", f"scores of {session}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("latest", "session 20260103-cut-short has no scores"),
        ("latest~3", "latest~3: only 3 sessions logged"),
        ("latest~x", "'latest~x' matches no session"),
        ("2026", "'2026' matches several sessions"),
        ("f" * 32, "matches no session: give the id of a session"),
        ("it's", "matches no session"),
    ],
)
def test_an_ambiguous_or_unknown_session_is_an_error(history, name, message):
    """A name that matches no session, several, or one without scores is explained."""
    root, _ = history
    with pytest.raises(TrackingError) as error:
        session_scores(root, name)
    assert message in str(error.value)


@pytest.fixture
def lab(history, monkeypatch):
    """Return a function that runs a command in the project of the three sessions."""
    root, _ = history
    monkeypatch.chdir(root)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_sessions_are_listed(lab):
    """Sessions are listed newest first, with outcome, cases and verdicts."""
    done = lab("sessions")
    assert done.exit_code == 0
    titles, *rows, empty, legend = [line.split() for line in done.output.splitlines()]
    assert titles == ["id", "start", "duration", "outcome", "cases", "verdicts", "command"]
    assert [row[0] for row in rows] == list(reversed(NAMES))
    assert rows[0][3:] == ["-", "running", "-", "-", "pytest", "benchmarks"]
    assert rows[1][4:7] == ["failed", "3", "2/0/1"]
    assert (empty, legend) == ([], ["verdicts:", "holds/inconclusive/contradicted"])
    assert lab("sessions", "--limit", "2").output.count("\n2026") == 2
    assert "a larger --limit" in lab("sessions", "--limit", "2").output


def test_sessions_are_listed_as_json(lab, history):
    """In JSON a session has its run's id, times with a time zone, and counts by name."""
    _, runs = history
    running, second, _ = json.loads(lab("sessions", "--format", "json").output)
    assert (running["status"], running["end"], running["cases"]) == ("RUNNING", None, None)
    assert second["run_id"] == runs[NAMES[1]][0]
    assert second["outcomes"] == {"passed": 2, "failed": 1}
    assert second["verdicts"] == {"holds": 2, "inconclusive": 0, "contradicted": 1}
    start = logged_sessions(history[0], 2)[1].start
    assert start.isoformat() == second["start"]
    assert start.timestamp() == 2
    assert start.utcoffset() is not None


def test_verdicts_of_a_session_are_counted(lab):
    """The verdicts of a session are counted for each observation."""
    done = lab("observations", "--session", "latest~1")
    assert done.exit_code == 0
    titles, row, *_ = [line.split() for line in done.output.splitlines()]
    assert titles[4:7] == ["holds", "inconclusive", "contradicted"]
    assert row[:7] == ["recall_rises", "test_smote", "case", "0", "2", "0", "1"]
    (one,) = json.loads(lab("observations", "--session", "latest~1", "--format", "json").output)
    assert one["verdicts"] == {"holds": 2, "inconclusive": 0, "contradicted": 1}
    assert [seen["verdict"] for seen in one["observed"]] == ["holds", "contradicted", "holds"]
    assert done.output.endswith(f"Verdicts of session {NAMES[1]}.\n")


def test_a_session_without_observations_is_an_error(history):
    """Observations of a session that logged none are an error that names the session."""
    with pytest.raises(TrackingError, match=f"session {NAMES[0]} has no observations"):
        session_observations(history[0], "latest~2")


def test_ids_are_read_from_the_database_itself(history, monkeypatch):
    """Session ids are read fast enough to complete them in a shell; an invalid file has none."""
    root, _ = history
    assert recent(root) == list(reversed(NAMES))
    assert recent(root, limit=1) == [NAMES[-1]]
    for experiment, expected in (("0", []), ("1", list(reversed(NAMES)))):
        monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", experiment)
        assert recent(root) == expected
    monkeypatch.delenv("MLFLOW_EXPERIMENT_ID")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{root / 'conftest.py'}")
    assert recent(root) == []


def test_a_locked_database_is_an_error(lab, history, monkeypatch):
    """A database locked by another program is exit status 2 and one line."""
    path = history[0] / "held.db"
    path.write_bytes((history[0] / "mlflow.db").read_bytes())
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}?timeout=0.1")
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA journal_mode=DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        done = lab("sessions")
    assert done.exit_code == 2
    assert "database is locked" in done.output
    assert done.output.count("\n") == 1
