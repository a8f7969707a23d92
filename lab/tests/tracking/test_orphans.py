"""Tests of runs whose session died."""

import shutil

from mlflow.tracking import MlflowClient

from lab.cases import Case, Protocol
from lab.store.owner import Owner
from lab.tracking import Tracker


def test_runs_of_dead_sessions_are_closed_and_all_others_kept(tmp_path, empty_database):
    """A new session closes as KILLED the open runs of sessions that died on this machine.

    Runs of a live session, of one on another machine, and of other programs stay open.
    """
    shutil.copy(empty_database, tmp_path)
    case, done = Case("a", "raw", "m"), Case("a", "smote", "m")
    dead, alive = Owner(tmp_path / "dead"), Owner(tmp_path / "alive")
    dead.release()  # as by the end of its process
    trackers = {}
    for name, tag in {"dead": dead.tag, "alive": alive.tag, "far": "elsewhere 1 /x"}.items():
        tracker = trackers[name] = Tracker(tmp_path, name, Protocol(), "pytest", tag)
        tracker.prepare()
        tracker.open_case(case, 1)
        tracker.open_case(done, 1)
        tracker.close_case(done, "passed", "FINISHED", {}, 2)
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    mine = client.create_run(client.get_experiment_by_name("mlflow-lab").experiment_id).info.run_id
    Tracker(tmp_path, "next", Protocol(), "pytest").prepare()

    def status(run_id):
        return client.get_run(run_id).info.status

    for name, expected in {"dead": "KILLED", "alive": "RUNNING", "far": "RUNNING"}.items():
        tracker = trackers[name]
        assert status(tracker.run_id) == status(tracker.run_of(case.id)) == expected
        assert status(tracker.run_of(done.id)) == "FINISHED"
    assert status(mine) == "RUNNING"
    tags = client.get_run(trackers["dead"].run_of(case.id)).data.tags
    assert tags["lab.outcome"] == "interrupted"
    assert tags["lab.error"] == "the session's process died"
    alive.release()
