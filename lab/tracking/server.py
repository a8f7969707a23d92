"""MLflow's own server for the runs of a project."""

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

from lab.tracking.backend import TRAINING, Backend, TrackingError
from lab.tracking.database import artifacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOCAL = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (addresses to recognize)
POSIX = os.name == "posix"
PORTS = 100  # ports to try
GRACE = 10.0  # seconds for the server's processes to exit
STORE_OPTION = "--backend-store-uri"
STOP_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class Server:
    """A server for the runs of a project.

    Parameters
    ----------
    root : Path
        The project's folder.
    host : str
        Address to listen at.
    options : sequence of str
        Further options of ``mlflow server``, which take precedence.

    Raises
    ------
    TrackingError
        The runs are already served, cannot be read, or there are none.
    """

    def __init__(self, root: Path, host: str, options: Sequence[str] = ()) -> None:
        self.root, self.host, self.options = root, host, list(options)
        self.backend = Backend(root)
        self._experiment = ""
        if any(option.partition("=")[0] == STORE_OPTION for option in self.options):
            return
        if self.backend.is_server:
            raise TrackingError(
                f"{self.backend.shown_uri} already serves the runs: open it, or unset "
                "MLFLOW_TRACKING_URI to serve the project's own"
            )
        _, self._experiment = self.backend.connect(create=False)

    @property
    def is_local(self) -> bool:
        """Whether the server is reachable from this machine only."""
        return self.host in LOCAL

    def free_port(self, port: int, *, or_next: bool) -> int:
        """Return the port if it is free; with `or_next`, else the next free one.

        Raises
        ------
        TrackingError
            The port is in use, or the server cannot listen at the host.
        """
        for tried in range(port, min(port + PORTS, 65536)) if or_next else [port]:
            try:
                self._bind(tried)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    reason = error.strerror or error
                    raise TrackingError(
                        f"cannot listen at --host {self.host} --port {tried}: {reason}"
                    ) from None
            else:
                return tried
        raise TrackingError(f"port {port} is in use: choose another with --port")

    def page(self, port: int) -> str:
        """Return the address of the experiment's page."""
        host = "127.0.0.1" if self.host in EVERYWHERE else self.host
        shown = f"[{host}]" if ":" in host else host
        page = f"#/experiments/{self._experiment}/runs{TRAINING}" if self._experiment else ""
        return f"http://{shown}:{port}/{page}"

    def run(self, port: int) -> None:
        """Run the server until a signal stops it; a second signal kills it.

        Raises
        ------
        TrackingError
            The server exited by itself.
        """
        command = [sys.executable, "-m", "mlflow", "server"]
        command += ["--host", self.host, "--port", str(port), *self.options]
        process: subprocess.Popen[bytes] | None = None
        stopping = False

        def stop(*_: object) -> None:
            nonlocal stopping
            if process is not None:
                _end(process, kill=stopping)
            stopping = True

        previous = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
        # In a group of its own the server is signalled by this process alone. A terminal would
        # signal all of its processes, even while they start, and each would print a traceback.
        own_group: dict[str, Any] = {"process_group": 0} if POSIX else {}
        try:
            process = subprocess.Popen(  # noqa: S603
                command, env=self.environment(), stdin=subprocess.DEVNULL, **own_group
            )
            if stopping:
                _end(process)
            status = process.wait()
            _wait_for_others(process)
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
        if not stopping:
            raise TrackingError(f"MLflow's server exited with status {status}, see above")

    def environment(self) -> dict[str, str]:
        """Return the environment of the server: the user's own, with defaults."""
        where = artifacts(self.root)
        defaults = {
            "MLFLOW_WORKERS": "1",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_ARTIFACTS_DESTINATION": where,
            "PYTHONWARNINGS": "ignore",  # of libraries about each other
        }
        if self.is_local:
            # Clients on other machines would write to folders of their own.
            defaults["MLFLOW_DEFAULT_ARTIFACT_ROOT"] = where
        # Not on the command line, which every user can see: the address may hold a password.
        return defaults | os.environ | {"MLFLOW_BACKEND_STORE_URI": self.backend.uri}

    def _bind(self, port: int) -> None:
        family, kind, protocol, _, address = socket.getaddrinfo(
            self.host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            if POSIX:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)


def _end(process: subprocess.Popen[bytes], *, kill: bool = False) -> None:
    """Terminate or kill a server's processes."""
    if not POSIX:
        process.terminate()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)


def _wait_for_others(process: subprocess.Popen[bytes]) -> None:
    """Wait for the other processes of a server that has exited; kill them after `GRACE`."""
    deadline = time.monotonic() + GRACE
    with suppress(ProcessLookupError):
        while POSIX and time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.05)
        _end(process, kill=True)
