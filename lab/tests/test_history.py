"""Tests of sessions read back from a real database."""

import pytest

from lab.experiment import Case, Protocol
from lab.tracking import Tracker, TrackingError
from lab.tracking.history import session_scores

NAMES = ("20260101-first", "20260102-second", "20260103-cut-short")


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Log three sessions, the last without scores; return the root and their runs' ids."""
    root = tmp_path_factory.mktemp("project")
    runs = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
        for start, name in enumerate(NAMES, start=1):
            tracker = Tracker(root, name, Protocol(), "pytest benchmarks")
            tracker.prepare()
            tracker.open_case(Case("a", "raw", "m"), start)
            if name != NAMES[-1]:
                tracker.log_session(f"scores of {name}", [], {})
            tracker.close("passed", "FINISHED", {})
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
