"""Sessions that were logged, read back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lab.tracking.backend import Backend, TrackingError
from lab.tracking.tracker import SCORES

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.tracking import MlflowClient

LATEST = "latest"
SEARCHED = 1000  # newest sessions among which a name is looked for


def session_scores(root: Path, name: str) -> tuple[str, str]:
    """Return what a session is called, and its scores in the form of a baseline.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str
        ``latest``, ``latest~1`` for the one before it and so on, a session's id, or the id of its
        run or of any run in it. Of the first two the beginning will do.

    Raises
    ------
    TrackingError
        There is no such session, or it kept no scores.
    """
    from mlflow.exceptions import MlflowException

    backend = Backend(root)
    client, experiment = backend.connect(make=False)
    try:
        run = _find(client, experiment, name)
    except MlflowException as error:
        reason = backend.redact(str(error)).partition("\n")[0]
        raise TrackingError(f"MLflow cannot search {backend.shown_uri}: {reason}") from error
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = client.download_artifacts(run.info.run_id, SCORES, folder)
            text = Path(path).read_text(encoding="utf-8")
        except Exception:  # MLflow's own, or one of its many stores'
            raise TrackingError(
                f"{run.info.run_name} kept no scores: it was cut short, or its artifacts are gone"
            ) from None
    return str(run.info.run_name), text


def _find(client: MlflowClient, experiment: str, name: str) -> Run:
    sessions = client.search_runs(
        [experiment],
        "attributes.run_name LIKE 'session %'",
        max_results=SEARCHED,
        order_by=["attributes.start_time DESC"],
    )
    word, tilde, back = name.partition("~")
    if word == LATEST and (back.isdecimal() if tilde else True):
        position = int(back or 0)
        if position >= len(sessions):
            raise TrackingError(f"{name}: {len(sessions)} sessions are logged in this experiment")
        return sessions[position]
    found = [
        run
        for run in sessions
        if run.info.run_id.startswith(name) or run.data.tags.get("lab.session", "").startswith(name)
    ]
    if not found:
        child = (
            client.search_runs([experiment], f"attributes.run_id = '{name}'")
            if _is_id(name)
            else []
        )
        parents = {run.data.tags.get("mlflow.parentRunId") for run in child}
        found = [run for run in sessions if run.info.run_id in parents]
    if len(found) != 1:
        what = "several sessions" if found else "no session"
        raise TrackingError(
            f"{name!r} names {what}: give a session's id or its run's, `latest`, `latest~1`, "
            "`baseline`, or a baseline's file"
        )
    return found[0]


def _is_id(name: str) -> bool:
    return len(name) == 32 and all(letter in "0123456789abcdef" for letter in name)
