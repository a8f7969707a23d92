"""MLflow's own server, which a test can stop and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import requests

from lab.tests.helpers.web_site import closed_port

if TYPE_CHECKING:
    from pathlib import Path

DEFAULTS = {
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_WORKERS": "1",  # each takes seconds to start
}


class MlflowServer:
    """A server on a free port of this machine.

    Parameters
    ----------
    folder : Path
        Working folder.
    environment : dict
        Environment variables.
    options : str
        Options of ``mlflow server``.
    """

    def __init__(self, folder: Path, environment: dict[str, str], *options: str) -> None:
        self.folder, self.environment = folder, DEFAULTS | environment
        self.log = folder / "server.log"
        self.port = closed_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self.command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1"]
        self.command += ["--port", str(self.port), *options]
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 90
        while True:
            try:
                if requests.get(f"{self.uri}/health", timeout=5).ok:
                    return
            except requests.RequestException:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.3)

    def send(self, number: int) -> None:
        """Send a signal to all processes of the server."""
        os.killpg(self.process.pid, number)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Stop the server with a signal, and wait for its end."""
        self.send(number)
        self.process.wait(30)
