"""Sessions of the lab in scratch copies of the project, with what `stages.py` says of them."""

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
from timing.stages import FOLDER, MAIN, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
PROJECT = ("benchmarks", "conftest.py", "pyproject.toml")
# What a user's shell need not have, and changes what is timed: tests compiled in every process.
LEFT_OUT = ("MLFLOW_", "PYTEST_", "OMP_", "PYTHONDONTWRITEBYTECODE")
# In every worker it imports what only tests of the lab need, and only they install.
LEFT_OUT_PLUGIN = ("-p", "no:hypothesispytest")


@dataclass(frozen=True)
class Process:
    """What one process of a session wrote of itself, see :meth:`stages.Stages.write`."""

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
        When it was started, in seconds since the epoch, and how long it took.
    processes : list of Process
        The one that owns it first, then the workers.
    alone : float
        Seconds that the fits of its cases would have taken, if nothing were shared.
    """

    launched: float
    seconds: float
    processes: list[Process]
    alone: float

    @property
    def tests(self) -> list[dict[str, Any]]:
        """The tests, in the order in which they started."""
        tests = (test for process in self.processes for test in process.tests)
        return sorted(tests, key=lambda test: test["start"])

    @property
    def start_up(self) -> float:
        """Seconds until the first test starts."""
        return float(self.tests[0]["start"]) - self.launched

    @property
    def finish(self) -> float:
        """Seconds from the last test's end."""
        end = max(test["start"] + test["seconds"] for test in self.tests)
        return self.launched + self.seconds - float(end)

    @property
    def peak_main(self) -> float:
        """The most memory that the process had which owns the session, in MB."""
        return self.processes[0].peak_mb

    @property
    def peak_worker(self) -> float:
        """The most memory that any worker had, in MB."""
        return max(process.peak_mb for process in self.processes[1:] or self.processes)

    @property
    def together(self) -> float:
        """Seconds of its fits, with what prepares them and with sharing that."""
        return sum(map(self.stage, ("fits", "preparing", "sharing")))

    def stage(self, name: str) -> float:
        """Return the seconds of a stage, of all processes together."""
        threads = (thread for process in self.processes for thread in process.threads.values())
        return sum(thread.get(name, 0.0) for thread in threads)

    def columns(self) -> dict[str, dict[str, float]]:
        """Return the stages of each thread that has any, by its process's or its own name."""
        return {
            process.name if thread == MAIN else thread: stages
            for process in self.processes
            for thread, stages in process.threads.items()
        }

    def facts(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return asdict(self)

    def table(self) -> Iterator[str]:
        """Yield lines that say where each thread's time went, then what the processes took."""
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
    """A copy of the project with a store and a database of its own, empty to begin with."""

    root: Path

    @classmethod
    @contextmanager
    def made(cls) -> Iterator[Scratch]:
        """Make a copy, for as long as it is needed."""
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
            raise click.ClickException(f"{len(processes)} processes said what they took")
        processes.sort(key=lambda one: (one.name != MAIN, len(one.name), one.name))
        main = processes[0]
        main.threads[MAIN]["exit"] = launched + seconds - (main.start + main.seconds)
        fold = sum(Costs.read(self.root / ".lab" / "costs.json").cases.values())
        return Session(launched, seconds, processes, alone=Protocol().folds * fold)

    def seconds(self, *arguments: str, **environment: str) -> float:
        """Return what pytest takes from outside."""
        start = time.perf_counter()
        self.run("-m", "pytest", *LEFT_OUT_PLUGIN, *arguments, **environment)
        return time.perf_counter() - start

    def run(self, *arguments: str, **environment: str) -> str:
        """Run Python to its end; return its output."""
        kept = {name: v for name, v in os.environ.items() if not name.startswith(LEFT_OUT)}
        # The copy's tests, with this project's library.
        paths = [str(ROOT / "benchmarks"), str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
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
    """Return the options that pick cases by names."""
    return [part for kind, given in kinds.items() for name in given for part in (f"--{kind}", name)]
