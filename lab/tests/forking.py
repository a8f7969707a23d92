"""Sessions in forks of a process that has imported the libraries: that takes most of a small one.

Run as a program, this is that process. It reads a request a line and answers with an exit status.
A session's workers are forks of it, too.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

LIBRARIES = (
    *("imblearn.pipeline", "imblearn.over_sampling", "matplotlib.figure", "mlflow.tracking"),
    *("mlflow.store.tracking.sqlalchemy_store", "pyarrow.csv", "pyarrow.parquet", "scipy.stats"),
    *("sklearn.ensemble", "sklearn.linear_model", "sklearn.compose", "xgboost"),
    *("lab.cli", "lab.figures", "lab.session", "lab.terminal", "lab.workspace"),
)


class Forks:
    """Runs command lines of pytest, each in a process of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def run(
        self, arguments: list[str], folder: Path, environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run ``pytest`` with these arguments in a folder."""
        with tempfile.TemporaryDirectory() as place:
            said = [str(Path(place, name)) for name in ("out", "err")]
            request = {
                "arguments": arguments,
                "folder": str(folder),
                "environment": environment,
                "said": said,
            }
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            status = int(self._process.stdout.readline())
            texts = [Path(path).read_text(encoding="utf-8") for path in said]
        return subprocess.CompletedProcess(arguments, status, *texts)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def _answer(request: dict[str, Any]) -> None:
    """Do what a request asks for, in a fork, and end it."""
    status = 70
    try:
        for path, stream in zip(request["said"], (1, 2), strict=True):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        # As `python -m pytest` does.
        sys.path.insert(0, request["folder"])
        _fork_workers()
        import pytest

        # Plugins of pytest are among what is imported: their assertions do not matter here.
        arguments = ["-W", "ignore:Module already imported", *request["arguments"]]
        sys.argv = ["pytest", *arguments]
        status = int(pytest.main(arguments))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _fork_workers() -> None:
    """Let xdist's workers be forks of a process that has done nothing but import."""
    from execnet import gateway_io

    here, there = socket.socketpair()
    if os.fork() == 0:
        here.close()
        _breed(there)
    there.close()

    class Worker(gateway_io.Popen2IOMaster):  # type: ignore[misc]
        def __init__(self, _command: object, execmodel: Any) -> None:
            (read, stdin), (stdout, write) = os.pipe(), os.pipe()
            socket.send_fds(here, [b"?"], [read, write])
            self.pid = int(here.recv(20))
            for end in (read, write):
                os.close(end)
            streams = (os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"))
            gateway_io.Popen2IO.__init__(self, *streams, execmodel)

        def wait(self) -> None:
            with contextlib.suppress(ProcessLookupError):
                select.select([os.pidfd_open(self.pid)], [], [])

        def kill(self) -> None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    gateway_io.Popen2IOMaster = Worker


def _breed(asked: socket.socket) -> None:
    """Fork a worker for each pair of pipes that is sent, until there is nobody to send any."""
    from execnet.gateway_io import popen_bootstrapline

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need not be waited for
    while True:
        _, pipes, _, _ = socket.recv_fds(asked, 1, 2)
        if not pipes:
            os._exit(0)
        if pid := os.fork():
            asked.sendall(str(pid).encode())
            for end in pipes:
                os.close(end)
            continue
        status = 70
        try:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end, stream in zip(pipes, (0, 1), strict=True):
                os.dup2(end, stream)
                os.close(end)
            sys.stdin, sys.argv = os.fdopen(0), ["-c"]
            exec(popen_bootstrapline, {"__name__": "__main__"})  # noqa: S102 (what execnet runs)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)


def _serve() -> None:
    from importlib import import_module

    import pytest

    for library in LIBRARIES:
        import_module(library)
    with contextlib.redirect_stdout(io.StringIO()):
        # It imports its plugins, but for one that takes down the path as it is when imported.
        pytest.main(["--version", "-p", "no:xdist"])
    gc.collect()
    gc.freeze()  # pytest collects at its end, and all this would be gone through each time
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _answer(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    _serve()
