"""Tests of sessions read back from a real database."""

import json
import sqlite3
import warnings
from contextlib import closing

import pytest
from click.testing import CliRunner

from lab.cases import Case, Protocol
from lab.cli import main
from lab.tests.report.terminal.test_terminal import facts
from lab.tracking import SCORES, Tracker, TrackingError
from lab.tracking.history import logged_sessions, recent, session_observations, session_scores

NAMES = ("20260101-first", "20260102-second", "20260103-cut-short")


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Log three sessions, the last still running; return the root and their runs' ids."""
    root = tmp_path_factory.mktemp("project")
    (root / "benchmarks").mkdir()
    (root / "benchmarks" / "test_smote.py").write_text("def test_recall_rises(observe, result): 0")
    (root / "conftest.py").touch()
    observed = [
        facts("a-raw-m", verdict) | {"key": "test_smote.recall_rises", "reason": "", "basis": ""}
        for verdict in ("holds", "contradicted", "holds")
    ]
    counts = {"count.passed": 2, "count.failed": 1, "count.holds": 2, "count.contradicted": 1}
    runs = {}
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as a session does
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
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
        yield root, runs


def test_sessions_have_many_names(history):
    """A session is found by its place in time, its id, its run's id, or that of a run in it."""
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
        ("latest", "session 20260103-cut-short kept no scores"),
        ("latest~3", "latest~3: 3 sessions are logged"),
        ("latest~x", "'latest~x' names no session"),
        ("2026", "'2026' names several sessions"),
        ("f" * 32, "names no session: give a session's id"),
        ("it's", "names no session"),
    ],
)
def test_a_session_that_is_not_there_is_a_sentence(history, name, message):
    """A name of nothing, of several sessions, or of one without scores says so."""
    root, _ = history
    with pytest.raises(TrackingError) as error:
        session_scores(root, name)
    assert message in str(error.value)


def test_without_a_database_none_is_made(tmp_path, monkeypatch):
    """To look for a session where none was logged makes no file."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(TrackingError, match="`pytest benchmarks` logs a session"):
        session_scores(tmp_path, "latest")
    assert not list(tmp_path.iterdir())


def test_another_experiment_is_not_made(history, monkeypatch):
    """To look for a session in an experiment that is not there makes none."""
    root, _ = history
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "other")
    for _ in range(2):
        with pytest.raises(TrackingError, match="there is no experiment 'other'"):
            session_scores(root, "latest")


@pytest.fixture
def lab(history, monkeypatch):
    """Run a command in the project of the three sessions."""
    root, _ = history
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(root)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_sessions_are_listed(lab):
    """Each is a line, the newest first, with what it came to; one that has not ended is running."""
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


def test_sessions_are_listed_for_programs(lab, history):
    """As JSON a session has its run, times with their zone, and counts by name."""
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
    """The observations of a session are counted where they are expected."""
    done = lab("observations", "--session", "latest~1")
    assert done.exit_code == 0
    titles, row, *_ = [line.split() for line in done.output.splitlines()]
    assert titles[4:7] == ["holds", "inconclusive", "contradicted"]
    assert row[:7] == ["recall_rises", "test_smote", "case", "0", "2", "0", "1"]
    (one,) = json.loads(lab("observations", "--session", "latest~1", "--format", "json").output)
    assert one["verdicts"] == {"holds": 2, "inconclusive": 0, "contradicted": 1}
    assert done.output.endswith(f"Verdicts are those of session {NAMES[1]}.\n")


def test_a_session_without_observations_says_so(history):
    """One that observed nothing is a sentence, as is one that was cut short."""
    with pytest.raises(TrackingError, match=f"session {NAMES[0]} kept no observations"):
        session_observations(history[0], "latest~2")


def test_ids_are_had_without_mlflow(history, monkeypatch):
    """For the shell to complete them, ids are read from the database itself; nothing from none."""
    root, _ = history
    assert recent(root) == list(reversed(NAMES))
    assert recent(root, limit=1) == [NAMES[-1]]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{root / 'conftest.py'}")
    assert recent(root) == []


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://localhost:none", "no MLflow server answers at http://localhost:none (Port could"),
        ("http://me:secret@[::1", "no MLflow server answers at http://[::1 (Invalid IPv6 URL)"),
        ("sqlite:", "MLflow cannot use sqlite:: ArgumentError"),
        ("sqlite:///conftest.py", "file is not a database"),
        ("sqlite:///benchmarks", "benchmarks is not a file: move it away"),
    ],
)
def test_an_address_that_cannot_be_read_is_a_sentence(lab, history, monkeypatch, address, message):
    """A bad address, a file that is no database or a folder is exit status 2, in one line."""
    (history[0] / "conftest.py").write_text("no database " * 1000)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    done = lab("sessions")
    assert done.exit_code == 2
    assert message in done.output
    assert done.output.count("\n") == 1
    assert "secret" not in done.output


def test_a_locked_database_is_a_sentence(lab, history, monkeypatch):
    """Where another program holds the database, that is said in one line."""
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
