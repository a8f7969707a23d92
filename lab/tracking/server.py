"""MLflow's own server, over the runs of the lab."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lab.tracking.backend import Backend, TrackingError, artifacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOCAL = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (addresses to recognize)
POSIX = os.name == "posix"
# Without, MLflow 3.17 opens an empty page on traces of language models.
TRAINING = "?workflowType=machine_learning"
PORTS = 100  # how many are tried
GRACE = 10.0  # seconds that the processes of a server get to end
STORE = "--backend-store-uri"
STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Server:
    """A server for the runs of a project.

    Parameters
    ----------
    root : Path
        The project's folder.
    host : str
        Where it is to listen.
    options : sequence of str
        Further options of ``mlflow server``; they win.

    Raises
    ------
    TrackingError
        Runs are logged to a server already, none were logged, or they cannot be read.
    """

    def __init__(self, root: Path, host: str, options: Sequence[str] = ()) -> None:
        self.root, self.host, self.options = root, host, list(options)
        self.backend = Backend(root)
        self._experiment = ""
        if any(option.partition("=")[0] == STORE for option in self.options):
            return
        if self.backend.is_server:
            raise TrackingError(
                f"there is a server already, {self.backend.shown_uri}: open that, or unset "
                "MLFLOW_TRACKING_URI to serve the project's own runs"
            )
        _, self._experiment = self.backend.connect(make=False)

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host in LOCAL

    def free_port(self, port: int, *, or_next: bool) -> int:
        """Return a port if it is free, or the next one that is if that is wanted.

        Raises
        ------
        TrackingError
            It is taken, or the host is not one to listen at.
        """
        for tried in range(port, min(port + PORTS, 65536)) if or_next else [port]:
            try:
                self._bind(tried)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    reason = error.strerror or error
                    raise TrackingError(
                        f"nothing can listen at --host {self.host} --port {tried}: {reason}"
                    ) from None
            else:
                return tried
        raise TrackingError(f"port {port} is taken: name another with --port")

    def page(self, port: int) -> str:
        """Return the address of the experiment's page."""
        host = "127.0.0.1" if self.host in EVERYWHERE else self.host
        shown = f"[{host}]" if ":" in host else host
        page = f"#/experiments/{self._experiment}/runs{TRAINING}" if self._experiment else ""
        return f"http://{shown}:{port}/{page}"

    def run(self, port: int) -> None:
        """Run the server until a signal asks to stop; a second one stops it at once.

        Raises
        ------
        TrackingError
            It ended by itself.
        """
        command = [sys.executable, "-m", "mlflow", "server"]
        command += ["--host", self.host, "--port", str(port), *self.options]
        process: subprocess.Popen[bytes] | None = None
        asked = False

        def stop(*_: object) -> None:
            nonlocal asked
            if process is not None:
                _end(process, at_once=asked)
            asked = True

        before = {number: signal.signal(number, stop) for number in STOPS}
        # Signals reach it through this process: those of a terminal would reach all of its
        # processes, also while they start, and each would say so at length.
        own_group: dict[str, Any] = {"process_group": 0} if POSIX else {}
        try:
            process = subprocess.Popen(  # noqa: S603
                command, env=self.environment(), stdin=subprocess.DEVNULL, **own_group
            )
            if asked:
                _end(process)
            status = process.wait()
            _wait_for_others(process)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if not asked:
            raise TrackingError(f"MLflow's server ended with exit status {status}, see above")

    def environment(self) -> dict[str, str]:
        """Return the environment of the server: what the user has set, and defaults."""
        where = artifacts(self.root)
        defaults = {
            "MLFLOW_WORKERS": "1",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_ARTIFACTS_DESTINATION": where,
            "PYTHONWARNINGS": "ignore",  # libraries' of each other
        }
        if self.is_local:
            # Clients on other machines would write to folders of theirs.
            defaults["MLFLOW_DEFAULT_ARTIFACT_ROOT"] = where
        # Not on the command line, which all users see: an address may hold a password.
        return defaults | os.environ | {"MLFLOW_BACKEND_STORE_URI": self.backend.uri}

    def _bind(self, port: int) -> None:
        family, kind, protocol, _, address = socket.getaddrinfo(
            self.host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            if POSIX:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)


def _end(process: subprocess.Popen[bytes], *, at_once: bool = False) -> None:
    """Ask a server's processes to end, or end them."""
    if not POSIX:
        process.terminate()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL if at_once else signal.SIGTERM)


def _wait_for_others(process: subprocess.Popen[bytes]) -> None:
    """Wait for the processes that a server which has ended left behind; end them after a while."""
    late = time.monotonic() + GRACE
    with suppress(ProcessLookupError):
        while POSIX and time.monotonic() < late:
            os.killpg(process.pid, 0)
            time.sleep(0.05)
        _end(process, at_once=True)
