"""Tests of runs whose session is gone."""

import shutil
import subprocess
import sys

from mlflow.tracking import MlflowClient

from lab.cases import Case, Protocol
from lab.store.owner import Owner
from lab.tracking import Tracker


def test_runs_of_dead_sessions_end_and_those_of_others_stay(tmp_path, empty_database, monkeypatch):
    """A new session ends the runs of a process of this machine that died, as KILLED.

    Those of a session that lives, of one on another machine and of what is no session stay open.
    What had ended stays as it was.
    """
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copy(empty_database, tmp_path)
    case, done = Case("a", "raw", "m"), Case("a", "smote", "m")
    code = "from lab.store.owner import *; import sys; print(Owner(Path(sys.argv[1])).tag)"
    command = [sys.executable, "-c", code, str(tmp_path / "dead")]
    dead = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    living = Owner(tmp_path / "living")
    trackers = {}
    for name, tag in {"dead": dead, "living": living.tag, "far": "elsewhere 1 /x"}.items():
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

    for name, expected in {"dead": "KILLED", "living": "RUNNING", "far": "RUNNING"}.items():
        tracker = trackers[name]
        assert status(tracker.run_id) == status(tracker.run_of(case.id)) == expected
        assert status(tracker.run_of(done.id)) == "FINISHED"
    assert status(mine) == "RUNNING"
    tags = client.get_run(trackers["dead"].run_of(case.id)).data.tags
    assert tags["lab.outcome"] == "interrupted"
    assert tags["lab.error"] == "the session's process died"
    living.release()
