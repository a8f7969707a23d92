"""A pytest plugin that times the stages of every process of a session.

    export PYTHONPATH=benchmarks/scripts LAB_STAGES=FOLDER
    python -m pytest benchmarks -n 2 -p timing.stages

Each process writes ``FOLDER/NAME.json`` when it ends: ``main``, and ``gw0``, ``gw1``, ... for
workers. Every moment of a thread counts for the innermost stage, so the stages of the main thread
add up to the lifetime of the process. `overhead.py` reads the files.
"""

from __future__ import annotations

import atexit
import inspect
import json
import os
import sys
import threading
import time
from collections import defaultdict
from contextlib import suppress
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lab.session.order import computes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

FOLDER = "LAB_STAGES"  # an environment variable
MAIN = "main"  # the process that owns the session; the thread that runs tests
STAGES = {
    "start-up": "from the process's start to collection, imports of pytest and lab included",
    "collection": "finding tests",
    "warm-up": "imports for the fits",
    "data": "reading or generating datasets",
    "preparing": "preprocessing and resampling",
    "fits": "fit and predict",
    "sharing": "files by which cases share prepared data",
    "evaluation": "the rest of a case's cross-validation: splits, slices, unfitted pipelines",
    "scoring": "metrics",
    "figures": "curves and pictures",
    "keys": "fingerprints",
    "store": "files of results written",
    "tests": "the rest of tests that compute a case",
    "judging": "tests that compute nothing",
    "connecting": "MLflow's import and its first answer, for which the session waits",
    "tracking": "writing runs, in a thread of its own",
    "recording": "recording of tests by the session, on its main thread",
    "report": "the logged page",
    "waiting": "for the next test, for workers, or for the session's end",
    "finish": "from the last test to the end of pytest",
    "exit": "shutdown of the interpreter, timed from outside",
}
# Timed functions, by the module and name under which their callers look them up.
TIMED = {
    "warm-up": ["lab.store.store:Store.plan"],
    "data": ["lab.datasets:load"],
    "fits": [
        "lab.evaluation.cross_validation:fit_model",
        "lab.evaluation.cross_validation:predict",
        "lab.evaluation.cross_validation:leaked",
    ],
    "evaluation": [
        "lab.engine.local:Local.evaluate",
        "lab.evaluation.cross_validation:Evaluation.__init__",
        "lab.evaluation.cross_validation:Evaluation.fold",
    ],
    "waiting": [
        "lab.evaluation.fold_sharing:SharedFolds.results",
        "lab.evaluation.fold_sharing:SharedFolds.help",
    ],
    "scoring": [
        "lab.evaluation.cross_validation:score_fold",
        "lab.engine.packing:score_predictions",
    ],
    "preparing": ["lab.evaluation.prepared_folds:PreparedFold.after"],
    "sharing": ["lab.evaluation.prepared_folds:PreparedFolds.prepare"],
    "figures": ["lab.evaluation.curves:Curves.of", "lab.engine.packing:draw"],
    "keys": ["lab.engine.local:fingerprint"],
    "store": [
        "lab.store.store:Store._obtain",
        "lab.engine.local:pack",
        "lab.store.store:Store.close",
        "lab.store.result_files:StoredResult.write",
        "lab.store.result_files:StoredResult.read",
    ],
    "connecting": ["lab.session.recorder:Recorder.prepare", "lab.tracking.tracker:Tracker.prepare"],
    "recording": ["lab.session.recorder:Recorder.started", "lab.session.recorder:Recorder.ended"],
    "report": ["lab.report:page"],
    "tracking": [
        f"lab.tracking.tracker:Tracker.{method}"
        for method in (
            *("open_case", "log_result", "log_model", "close_case"),
            *("log_session", "log_document", "describe", "close"),
        )
    ],
}


class Watch:
    """Time of one thread by its innermost stage.

    Parameters
    ----------
    stage : str, optional
        The initial stage; without one, nothing counts until a stage is entered.
    """

    def __init__(self, stage: str = "") -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._stack = [stage]
        self._since = time.perf_counter()

    def enter(self, stage: str) -> None:
        """Enter a stage within the current one."""
        self.settle()
        self._stack.append(stage)

    def leave(self) -> None:
        """Leave the innermost stage."""
        self.settle()
        self._stack.pop()

    def turn_to(self, stage: str) -> None:
        """Replace the outermost stage."""
        self.settle()
        self._stack[0] = stage

    def settle(self) -> None:
        """Count the time since the last change."""
        now = time.perf_counter()
        if self._stack[-1]:
            self.seconds[self._stack[-1]] += now - self._since
        self._since = now


class Stages:
    """Stages of one process: a plugin, created as early as possible."""

    def __init__(self) -> None:
        self.name = MAIN
        self.start = _started()
        self.main = Watch("start-up")
        self.main.seconds["start-up"] = time.time() - self.start
        self.watches = {threading.get_ident(): self.main}
        self.names = {threading.get_ident(): MAIN}
        self.tests: list[dict[str, Any]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Time functions of the lab, before any is called."""
        if FOLDER not in os.environ:
            raise pytest.UsageError(f"-p timing.stages: set {FOLDER} to a folder")
        self.name = getattr(config, "workerinput", {}).get("workerid", MAIN)
        for stage, functions in TIMED.items():
            for function in functions:
                self._time(stage, function)
        atexit.register(self.write, Path(os.environ[FOLDER]))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, Any, Any]:
        """Turn to the stage of collection."""
        self.main.turn_to("collection")
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, Any, Any]:
        """Turn to waiting for the first test."""
        self.main.turn_to("waiting")
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Time a test."""
        case = computes(item)
        start = time.time()
        self.main.enter("tests" if case else "judging")
        try:
            return (yield)
        finally:
            self.main.leave()
            end = time.time()
            name = case.id if case else ""
            self.tests.append({"case": name, "start": start, "seconds": end - start})

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None, Any, Any]:
        """Turn to the stage after the last test."""
        self.main.turn_to("finish")
        return (yield)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Turn to waiting: a worker without tests ends with the session."""
        if self.name != MAIN:
            self.main.turn_to("waiting")

    def write(self, folder: Path) -> None:
        """Write the times."""
        self.main.settle()
        facts = {
            "name": self.name,
            "start": self.start,
            "seconds": time.time() - self.start,
            "threads": {self.names[i]: watch.seconds for i, watch in self.watches.items()},
            "tests": self.tests,
            "cpu_seconds": time.process_time(),
            "peak_mb": peak_memory(),
        }
        folder.joinpath(f"{self.name}.json").write_text(json.dumps(facts), encoding="utf-8")

    def _time(self, stage: str, path: str) -> None:
        """Replace a function with one that counts for a stage."""
        module, _, name = path.partition(":")
        *classes, name = name.split(".")
        try:
            owner = import_module(module)
            for one in classes:
                owner = getattr(owner, one)
            found = inspect.getattr_static(owner, name)
        except (ImportError, AttributeError) as error:
            raise pytest.UsageError(
                f"-p timing.stages: {path} no longer exists ({error}): correct TIMED in {__file__}"
            ) from None
        is_class_method = isinstance(found, classmethod)
        timed = self._timed(stage, found.__func__ if is_class_method else found)
        setattr(owner, name, classmethod(timed) if is_class_method else timed)

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            watch = self._watch()
            watch.enter(stage)
            try:
                return function(*args, **kwargs)
            finally:
                watch.leave()

        return timed

    def _watch(self) -> Watch:
        """Return the watch of this thread."""
        thread = threading.get_ident()
        if thread not in self.watches:
            self.watches[thread] = Watch()
            self.names[thread] = threading.current_thread().name
        return self.watches[thread]


def peak_memory() -> float:
    """Return the peak memory of this process in MB."""
    with suppress(OSError):
        # The figure of getrusage covers the parent process, too.
        for line in Path("/proc/self/status").read_bytes().splitlines():
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _started() -> float:
    """Return when this process started, in seconds since the epoch."""
    try:
        # The name in parentheses may have spaces; the start is field 22.
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        since_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - since_boot)
    except (OSError, ValueError, IndexError, AttributeError):
        return time.time()  # somewhat late: Python and pytest are already loaded


stages = Stages()


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin."""
    config.pluginmanager.register(stages, "lab-stages")
