"""Runs of sessions whose process died: MLflow itself leaves them RUNNING forever."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow.entities import Run
    from mlflow.tracking import MlflowClient

OWNER = "lab.owner"  # tag of a session's run that identifies its process
ENDED = {"lab.outcome": "interrupted", "lab.error": "the session's process died"}
PAGE = 1000  # runs per request


def close_orphans(client: MlflowClient, experiment: str) -> None:
    """Close as KILLED the runs of sessions whose process on this machine died.

    Parameters
    ----------
    client : MlflowClient
        Client of the tracking address.
    experiment : str
        Id of the experiment.
    """
    from lab.store.owner import is_gone

    for session in list(_running(client, experiment, f"tags.`{OWNER}` LIKE '% %'")):
        if is_gone(session.data.tags[OWNER]):
            parent = f"tags.`mlflow.parentRunId` = '{session.info.run_id}'"
            # The session's own run comes last: while it is open, the others are found again.
            for run in [*_running(client, experiment, parent), session]:
                _close(client, run)


def _running(client: MlflowClient, experiment: str, condition: str) -> Iterator[Run]:
    token = None
    while token != "":
        found = client.search_runs(
            [experiment],
            f"attributes.status = 'RUNNING' AND {condition}",
            max_results=PAGE,
            page_token=token,
        )
        yield from found
        token = found.token or ""


def _close(client: MlflowClient, run: Run) -> None:
    from mlflow.entities import RunTag

    if client.get_run(run.info.run_id).info.status != "RUNNING":
        return  # it ended after the search
    tags = [RunTag(name, text) for name, text in ENDED.items()]
    client.log_batch(run.info.run_id, tags=tags)
    client.set_terminated(run.info.run_id, "KILLED")
