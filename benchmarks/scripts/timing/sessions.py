"""Sessions of the lab in scratch copies of the project, timed by `stages.py`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lab.cases import Protocol
from lab.store.costs import Costs

from .stages import FOLDER, MAIN, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCRIPTS = Path(__file__).parents[1]
ROOT = SCRIPTS.parents[1]
PROJECT = ("benchmarks", "conftest.py", "pyproject.toml")
# Variables of this shell that would change times: without bytecode every process compiles tests.
LEFT_OUT = ("MLFLOW_", "PYTEST_", "OMP_", "PYTHONDONTWRITEBYTECODE")
# Hypothesis, which only tests of the lab need, takes seconds to import in every worker.
LEFT_OUT_PLUGIN = ("-p", "no:hypothesispytest")


@dataclass(frozen=True)
class Process:
    """Times of one process of a session, as :meth:`stages.Stages.write` wrote them."""

    name: str
    start: float
    seconds: float
    threads: dict[str, dict[str, float]]
    tests: list[dict[str, Any]]
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Session:
    """A session, timed from outside.

    Attributes
    ----------
    launched, seconds : float
        Start in seconds since the epoch, and duration.
    processes : list of Process
        The main process first, then the workers.
    alone : float
        Seconds that the fits of its cases would have taken without sharing.
    """

    launched: float
    seconds: float
    processes: list[Process]
    alone: float

    @property
    def tests(self) -> list[dict[str, Any]]:
        """Tests in the order of their start."""
        tests = (test for process in self.processes for test in process.tests)
        return sorted(tests, key=lambda test: test["start"])

    @property
    def start_up(self) -> float:
        """Seconds until the first test starts."""
        return float(self.tests[0]["start"]) - self.launched

    @property
    def finish(self) -> float:
        """Seconds from the end of the last test."""
        end = max(test["start"] + test["seconds"] for test in self.tests)
        return self.launched + self.seconds - float(end)

    @property
    def peak_main(self) -> float:
        """Peak memory of the main process in MB."""
        return self.processes[0].peak_mb

    @property
    def peak_worker(self) -> float:
        """Peak memory of any worker in MB."""
        return max(process.peak_mb for process in self.processes[1:] or self.processes)

    @property
    def together(self) -> float:
        """Seconds of fits, with their preparation and its sharing."""
        return sum(map(self.stage, ("fits", "preparing", "sharing")))

    def stage(self, name: str) -> float:
        """Return the seconds of a stage, summed over processes."""
        threads = (thread for process in self.processes for thread in process.threads.values())
        return sum(thread.get(name, 0.0) for thread in threads)

    def columns(self) -> dict[str, dict[str, float]]:
        """Return the stages of each thread, by the name of its process or its own."""
        return {
            process.name if thread == MAIN else thread: stages
            for process in self.processes
            for thread, stages in process.threads.items()
        }

    def facts(self) -> dict[str, Any]:
        """Return the session as JSON values."""
        return asdict(self)

    def table(self) -> Iterator[str]:
        """Yield a table of stages by thread, then CPU time and memory of each process."""
        columns = self.columns()
        width = 1 + max(len(name) for name in [*columns, "12345.67"])
        yield " " * 12 + "".join(f"{name:>{width}}" for name in columns)
        for stage in STAGES:
            if any(stage in column for column in columns.values()):
                seconds = (column.get(stage, 0.0) for column in columns.values())
                yield f"{stage:12}" + "".join(
                    f"{one:{width}.2f}" if one >= 0.005 else " " * width for one in seconds
                )
        sums = (sum(column.values()) for column in columns.values())
        yield f"{'sum':12}" + "".join(f"{one:{width}.2f}" for one in sums)
        for process in self.processes:
            yield (
                f"{process.name}: {process.cpu_seconds:.2f} s of CPU, "
                f"{process.peak_mb:.0f} MB at its peak"
            )


@dataclass(frozen=True)
class Scratch:
    """A copy of the project with an empty store and database of its own."""

    root: Path

    @classmethod
    @contextmanager
    def made(cls) -> Iterator[Scratch]:
        """Make a temporary copy."""
        compiled = shutil.ignore_patterns("__pycache__")
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name in PROJECT:
                source = ROOT / name
                if source.is_dir():
                    shutil.copytree(source, root / name, ignore=compiled)
                else:
                    shutil.copy(source, root / name)
            yield cls(root)

    def session(self, workers: int, tests: str = "benchmarks", *arguments: str) -> Session:
        """Run a session of the lab."""
        with tempfile.TemporaryDirectory() as folder:
            launched = time.time()
            command = (tests, "-n", str(workers), "-p", "timing.stages", *arguments)
            seconds = self.seconds(*command, **{FOLDER: folder})
            processes = [
                Process(**json.loads(path.read_bytes())) for path in Path(folder).glob("*.json")
            ]
        if len(processes) != 1 + workers:
            written = f"{len(processes)} of {1 + workers} processes wrote their times"
            raise click.ClickException(f"{written}: a worker may have died, so run it again")
        processes.sort(key=lambda one: (one.name != MAIN, len(one.name), one.name))
        main = processes[0]
        main.threads[MAIN]["exit"] = launched + seconds - (main.start + main.seconds)
        fold = sum(Costs.read(self.root / ".lab" / "costs.json").cases.values())
        return Session(launched, seconds, processes, alone=Protocol().folds * fold)

    def seconds(self, *arguments: str, **environment: str) -> float:
        """Return the wall time of a run of pytest."""
        start = time.perf_counter()
        self.run("-m", "pytest", *LEFT_OUT_PLUGIN, *arguments, **environment)
        return time.perf_counter() - start

    def run(self, *arguments: str, **environment: str) -> str:
        """Run Python to its end; return its output."""
        kept = {name: v for name, v in os.environ.items() if not name.startswith(LEFT_OUT)}
        # The tests of the copy, with the library of this project.
        paths = [str(SCRIPTS), str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
        kept |= {"PYTHONPATH": os.pathsep.join(paths)}
        done = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            cwd=self.root,
            env=kept | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            command = " ".join(arguments)[:200]
            raise click.ClickException(f"{command} failed:\n{done.stdout}{done.stderr}")
        return done.stdout


def names(**kinds: Sequence[str]) -> list[str]:
    """Return the options that select cases by name."""
    return [part for kind, given in kinds.items() for name in given for part in (f"--{kind}", name)]
