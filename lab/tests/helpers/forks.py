"""Sessions and programs in forks of a process that has imported all libraries.

Importing takes longest. Run as a program, this module is that process. It reads one request per
line, and answers with the id of the new process. A session's workers are forks, too.
"""

from __future__ import annotations

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
import threading
import time
import traceback
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

LIBRARIES = (
    *("imblearn.pipeline", "imblearn.over_sampling", "matplotlib.figure", "mlflow.tracking"),
    *("mlflow.store.tracking.sqlalchemy_workspace_store", "sqlalchemy.dialects.sqlite"),
    *("alembic.command", "pyarrow.csv", "pyarrow.parquet", "scipy.stats", "PIL.ImageDraw"),
    *("sklearn.ensemble", "sklearn.linear_model", "sklearn.compose", "xgboost", "narwhals"),
    *("execnet.gateway_io", "importlib_metadata", "pdb", "email.policy", "skops.io"),
    *("lab.cli", "lab.plugin", "lab.session.session", "lab.session.display"),
    *("lab.session.order", "lab.session.workspace", "lab.evaluation.figures"),
)


class Forks:
    """Runs command lines of Python in forked processes."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        self._lock = threading.Lock()

    def start(
        self, command: list[str], folder: Path, environment: dict[str, str], terminal: str = ""
    ) -> Fork:
        """Start ``python -m pytest`` or ``python -c`` in a folder, perhaps in a terminal."""
        place = tempfile.TemporaryDirectory()
        request = {
            "command": command[1:],
            "folder": str(folder),
            "environment": environment,
            "place": place.name,
            "terminal": terminal,
        }
        with self._lock:  # the answer is that to this request
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            pid = int(self._process.stdout.readline())
        return Fork(pid, command, place)

    def close(self) -> None:
        """End the forking process."""
        self._process.communicate()


class Fork:
    """A process with the interface of :class:`subprocess.Popen`, in a group of its own."""

    returncode: int | None = None

    def __init__(
        self, pid: int, command: list[str], place: tempfile.TemporaryDirectory[str]
    ) -> None:
        self.pid, self.args, self._place = pid, command, place

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        with suppress(FileNotFoundError):
            self.returncode = int(Path(self._place.name, "status").read_text())
        return self.returncode

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for the end; return standard output and standard error."""
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > deadline:
                with suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(self.args, timeout)
            time.sleep(0.01)
        out, err = (Path(self._place.name, n).read_text(encoding="utf-8") for n in ("out", "err"))
        self._place.cleanup()
        return out, err


def _answer(request: dict[str, Any]) -> None:
    """Run a command line in a fork; print its process id at once, and write its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    place = Path(request["place"])
    if pid := os.fork():
        print(pid, flush=True)
        os.close(1)  # a reader of the answers need not wait for this process
        ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(FileNotFoundError):  # the reader is gone
            (place / "ended").write_text(str(ended))
            (place / "ended").rename(place / "status")
        os._exit(0)
    status = 70
    try:
        os.setsid()
        # A background job of a shell ignores SIGINT, and its children would, too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for name, stream in (("out", 1), ("err", 2)):
            os.dup2(os.open(place / name, os.O_WRONLY | os.O_CREAT), stream)
            if request["terminal"]:
                os.dup2(os.open(request["terminal"], os.O_WRONLY | os.O_NOCTTY), stream)
                sys.stdout.reconfigure(line_buffering=True)  # as Python does in a terminal
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        # As `python -m` and `python -c` do.
        sys.path.insert(0, request["folder"])
        option, what, *arguments = request["command"]
        if option == "-c":
            sys.argv = ["-c", *arguments]
            exec(what, {"__name__": "__main__"})  # noqa: S102
            status = 0
        else:
            status = _session(arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _session(arguments: list[str]) -> int:
    """Run pytest; return its exit status."""
    import pytest

    _fork_workers()
    # Plugins of pytest are already imported: their assertions are not rewritten.
    arguments = ["-W", "ignore:Module already imported", *arguments]
    sys.argv = ["pytest", *arguments]
    return int(pytest.main(arguments))


def _fork_workers() -> None:
    """Replace xdist's workers by forks of a process that has only imported libraries."""
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
            with suppress(ProcessLookupError), os.fdopen(os.pidfd_open(self.pid)) as process:
                select.select([process], [], [])

        def kill(self) -> None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    gateway_io.Popen2IOMaster = Worker


def _breed(asked: socket.socket) -> None:
    """Fork a worker for each pair of pipes received, until the sender is gone."""
    from execnet.gateway_io import popen_bootstrapline

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # exited children need no wait
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the session
    while True:
        try:
            _, pipes, _, _ = socket.recv_fds(asked, 1, 2)
        except OSError:
            pipes = []
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
            signal.signal(signal.SIGINT, signal.default_int_handler)
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


def _warm_up() -> None:
    """Do once what every session would do: half of a small session's time."""
    from sqlalchemy.orm import configure_mappers

    from lab.cases import Case, Protocol
    from lab.evaluation import evaluate
    from lab.evaluation.curves import Curves
    from lab.evaluation.figures import draw
    from lab.evaluation.fingerprint import fingerprint
    from lab.evaluation.scoring import metric_keys
    from lab.evaluation.source_code import drawing_code
    from lab.report.html.page import template

    # A case that no test evaluates. Writing Parquet, or fitting XGBoost, would start threads.
    case = Case("synthetic:rows=99,minority=0.3", "smote", "logistic_regression")
    result = evaluate(case, Protocol(2))
    draw(result, Curves.of(result))
    fingerprint(case, Protocol(2))
    metric_keys()
    drawing_code()
    template()
    configure_mappers()


def _serve() -> None:
    from importlib import import_module

    import pytest

    for library in LIBRARIES:
        import_module(library)
    _warm_up()
    with redirect_stdout(io.StringIO()):
        # Imports the plugins of pytest, except xdist, which copies `sys.path` on import.
        pytest.main(["--version", "-p", "no:xdist"])
    gc.collect()
    gc.freeze()  # else pytest's final collection would scan all of it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # exited children need no wait
    for line in sys.stdin:
        if os.fork() == 0:
            _answer(json.loads(line))


if __name__ == "__main__":
    _serve()
