"""The lab's overhead beyond the fits, and how it grows.

    python benchmarks/scripts/overhead.py default     against a bare joblib loop
    python benchmarks/scripts/overhead.py cases       by the number of cases
    python benchmarks/scripts/overhead.py rows        by the number of rows
    python benchmarks/scripts/overhead.py workers     by the number of workers
    python benchmarks/scripts/overhead.py engines     on a Dask cluster against pytest-xdist

Sessions are timed from outside as whole processes, with imports, in scratch copies of the project.
"""

from __future__ import annotations

import json
from math import ceil
from statistics import median, median_low
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click
from timing.makespan import bound, simulate
from timing.options import (
    Numbers,
    with_file,
    with_names,
    with_output,
    with_runs,
    with_sizes,
    with_workers,
)
from timing.results import Output
from timing.sessions import SCRIPTS, Scratch, Session, names

from lab.cli.group import Commands
from lab.grid import Grid

if TYPE_CHECKING:
    from pathlib import Path

ONE_THREAD = {"OMP_NUM_THREADS": "1"}
CASE_TESTS = "benchmarks/test_cases.py::test_case"  # one a case, which computes it
STRATEGIES = ("raw", "smote", "class_weight")
# Stages that do not grow with the number of cases, which pictures of many cases leave out.
ONCE = ("start-up", "warm-up", "connecting", "waiting")
PARTS = ("data", "fits", "scoring", "figures", "store")  # of a case


@click.group(cls=Commands)
def main() -> None:
    """Measure the lab's overhead beyond the fits, and how it grows.

    Sessions are timed from outside as whole processes, with imports, in scratch copies of the
    project.
    """


@main.command()
@with_names
@with_workers
@with_runs
@click.option("--tutorial", is_flag=True, help="Also time code as in MLflow's tutorials, once.")
@with_output
def default(
    dataset: tuple[str, ...],
    strategy: tuple[str, ...],
    model: tuple[str, ...],
    workers: int,
    runs: int,
    tutorial: bool,
    file: Path | None,
    picture: Path | None,
) -> None:
    """Time a bare joblib loop and the lab, cold and warm, in turn.

    The loop makes the same fits. Cold is the lab in a new copy, without a database, stored results
    or compiled tests. Warm is the same session again, which also computes everything.
    """
    cases = len(Grid.select(dataset, strategy, model).cases())
    picked = names(dataset=dataset, strategy=strategy, model=model)
    output = Output(file, picture)
    click.echo(f"{cases} cases, {workers} workers, seconds")
    output.say("bare", "cold", "warm", "cold/bare", "warm/bare")
    times: list[tuple[float, float, float]] = []
    colds: list[Session] = []
    warms: list[Session] = []
    for _ in range(runs):
        with Scratch.made() as scratch:
            bare = _bare(scratch, "loop", "--workers", str(workers), *picked)["seconds"]
            colds.append(scratch.session(workers, "benchmarks", *picked))
            warms.append(scratch.session(workers, "benchmarks", *picked))
        times.append((bare, colds[-1].seconds, warms[-1].seconds))
        output.say(*times[-1], *_ratios(*times[-1]))
    bare, cold, warm = (median(column) for column in zip(*times, strict=True))
    output.say(bare, cold, warm, *_ratios(bare, cold, warm), "medians")
    middle = median_low(session.seconds for session in colds)
    typical = next(session for session in colds if session.seconds == middle)
    click.echo(f"\nStages of the cold session of {middle:.1f} s, in seconds:")
    click.echo("\n".join(typical.table()))
    click.echo(_shared(typical))
    figures: dict[str, Any] = {"cases": cases, "workers": workers, "seconds": times}
    figures |= {"cold": [one.facts() for one in colds], "warm": [one.facts() for one in warms]}
    if tutorial:
        with Scratch.made() as scratch:
            database = f"sqlite:///{scratch.root}/mlflow.db"
            found = _bare(scratch, "tutorial", *picked, MLFLOW_TRACKING_URI=database)
        beyond = (found["seconds"] - found["fit_seconds"]) / cases
        click.echo(
            f"\nTutorial: {found['seconds']:.1f} s, of which fits {found['fit_seconds']:.1f} s; "
            f"overhead {beyond:.2f} s a case; {found['seconds'] / cold:.1f} times the cold session"
        )
        figures["tutorial"] = found
    output.write(**figures)
    output.draw(f"A session of {cases} cases", "seconds", typical.columns())


def _shared(session: Session) -> str:
    """Return a sentence about the time that sharing saved."""
    return (
        f"Fits and their preparation took {session.together:.1f} s on all workers; without sharing "
        f"they would have taken {session.alone:.1f} s"
    )


def _ratios(bare: float, cold: float, warm: float) -> tuple[str, str]:
    return f"{cold / bare:.3f}", f"{warm / bare:.3f}"


def _bare(scratch: Scratch, *arguments: str, **environment: str) -> dict[str, float]:
    """Run cases without the lab; return the figures it prints, and its wall time."""
    start = perf_counter()
    script = str(SCRIPTS / "bare.py")
    said = scratch.run(script, *arguments, **ONE_THREAD, **environment)
    seconds = perf_counter() - start
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found | {"seconds": seconds}


@main.command()
@with_sizes("10,100,1000,5000")
@click.option("--model", default="decision_tree", show_default=True, help="A fast one.")
@with_workers
@with_output
def cases(
    sizes: list[int], model: str, workers: int, file: Path | None, picture: Path | None
) -> None:
    """Time grids of tiny cases, each with the one test that computes it.

    "ms a case" is a worker's time for a case apart from its fit, from the start of the first test
    to the end of the session. "finish" is the part after the last test.
    """
    output = Output(file, picture)
    click.echo(f"{workers} workers, seconds, peak memory in MB")
    output.say("cases", "wall", "start-up", "finish", "fits", "ms a case", "worker", "main")
    found = []
    stages: dict[str, dict[str, float]] = {}
    for size in sizes:
        seeds = range(ceil(size / len(STRATEGIES)))
        datasets = [f"synthetic:rows=200,minority=0.1,seed={seed}" for seed in seeds]
        picked = names(dataset=datasets, strategy=STRATEGIES, model=[model])
        with Scratch.made() as scratch:
            session = scratch.session(workers, CASE_TESTS, *picked)
        number, fits = len(session.tests), session.stage("fits")
        beyond = (session.seconds - session.start_up) * workers - fits
        row = {
            "cases": number,
            "wall": session.seconds,
            "start_up": session.start_up,
            "finish": session.finish,
            "fits": fits,
            "ms_a_case": 1000 * beyond / number,
            "peak_worker_mb": session.peak_worker,
            "peak_main_mb": session.peak_main,
        }
        output.say(*row.values())
        found.append(row | {"session": _short(session)})
        for thread, column in session.columns().items():
            each = {stage: 1000 * s / number for stage, s in column.items() if stage not in ONCE}
            stages[f"{number:,} cases: {thread}"] = each
    output.write(workers=workers, sizes=found)
    output.draw("Grids of tiny cases", "milliseconds a case, without start-up", stages)


def _short(session: Session) -> dict[str, Any]:
    """Return the figures of a session without its tests, of which there may be thousands."""
    facts = session.facts()
    processes = [{n: v for n, v in one.items() if n != "tests"} for one in facts["processes"]]
    return facts | {"processes": processes}


@main.command()
@with_sizes("10000,100000,1000000")
@click.option("--model", default="logistic_regression", show_default=True)
@click.option("--strategy", default="raw", show_default=True)
@with_output
def rows(
    sizes: list[int], model: str, strategy: str, file: Path | None, picture: Path | None
) -> None:
    """Time one case of many rows and 20 columns, on one worker."""
    output = Output(file, picture)
    click.echo("seconds, peak memory in MB")
    output.say("rows", "wall", *PARTS, "worker", "main")
    found = []
    stages: dict[str, dict[str, float]] = {}
    for size in sizes:
        picked = names(dataset=[f"synthetic:rows={size}"], strategy=[strategy], model=[model])
        with Scratch.made() as scratch:
            session = scratch.session(1, CASE_TESTS, *picked)
        parts = {part: session.stage(part) for part in PARTS}
        row = {"rows": size, "wall": session.seconds, **parts}
        row |= {"peak_worker_mb": session.peak_worker, "peak_main_mb": session.peak_main}
        output.say(*row.values())
        found.append(row | {"session": session.facts()})
        stages |= {f"{size:,} rows: {name}": column for name, column in session.columns().items()}
    output.write(model=model, strategy=strategy, sizes=found)
    output.draw(f"One case of {model} under {strategy}", "seconds", stages)


@main.command()
@with_names
@with_workers
@click.option("--simulated", type=Numbers(), default="2,8,32,128", show_default=True)
@with_output
def workers(
    dataset: tuple[str, ...],
    strategy: tuple[str, ...],
    model: tuple[str, ...],
    workers: int,
    simulated: list[int],
    file: Path | None,
    picture: Path | None,
) -> None:
    """Time a session on one worker and on several; simulate it on more.

    The simulation distributes tests as pytest-xdist does, each as long as it took on one worker,
    in the order of expected and of real costs. No order can beat the bound. Start-up and the end
    of the session are not included.
    """
    known = {case.id: case for case in Grid.select(dataset, strategy, model).cases()}
    picked = names(dataset=dataset, strategy=strategy, model=model)
    output = Output(file, picture)
    sessions = {}
    output.say("workers", "wall", "start-up", "tests", "finish", "speed-up")
    for number in dict.fromkeys((1, workers)):
        with Scratch.made() as scratch:
            session = sessions[number] = scratch.session(number, "benchmarks", *picked)
        tests = session.seconds - session.start_up - session.finish
        speed_up = sessions[1].seconds / session.seconds
        output.say(number, session.seconds, session.start_up, tests, session.finish, speed_up)
    click.echo(_shared(sessions[1]))
    computing = [test for test in sessions[1].tests if test["case"]]
    seconds = [test["seconds"] for test in computing]
    judging = [test["seconds"] for test in sessions[1].tests if not test["case"]]
    expected = [known[test["case"]].cost() for test in computing]
    click.echo("\nSimulated, seconds of tests")
    output.say("workers", "bound", "real costs", "expected", "of bound")
    found = []
    for number in simulated:
        least = bound([*seconds, *judging], number)
        perfect = simulate(seconds, seconds, number, judging)
        by_expected = simulate(expected, seconds, number, judging)
        output.say(number, least, perfect, by_expected, f"{by_expected / least:.3f}")
        row = {"workers": number, "bound": least, "real_costs": perfect, "expected": by_expected}
        found.append(row)
    facts = {number: session.facts() for number, session in sessions.items()}
    output.write(sessions=facts, expected_costs=expected, seconds=seconds, simulated=found)
    stages = {
        f"-n {number}: {name}": column
        for number, session in sessions.items()
        for name, column in session.columns().items()
    }
    output.draw(f"A session of {len(known)} cases", "seconds", stages)


@main.command()
@with_names
@with_workers
@with_runs
@with_file
def engines(
    dataset: tuple[str, ...],
    strategy: tuple[str, ...],
    model: tuple[str, ...],
    workers: int,
    runs: int,
    file: Path | None,
) -> None:
    """Time the same session on workers of pytest-xdist and on a local Dask cluster, in turn.

    The cluster has a worker for each core, and so should pytest-xdist. Neither reuses results.
    """
    picked = names(dataset=dataset, strategy=strategy, model=model)
    output = Output(file, None)
    output.say("-n", "dask", "dask/-n")
    times = []
    for _ in range(runs):
        with Scratch.made() as scratch:
            scratch.seconds("benchmarks", "--collect-only", "-q")  # tests are compiled
            xdist = scratch.seconds("benchmarks", "-n", str(workers), *picked)
            dask = scratch.seconds("benchmarks", "--scheduler", "local", *picked)
        times.append((xdist, dask))
        output.say(xdist, dask, f"{dask / xdist:.3f}")
    ratio = median(dask / xdist for xdist, dask in times)
    output.say(*map(median, zip(*times, strict=True)), f"{ratio:.3f}", "medians")
    output.write(workers=workers, seconds=times)


if __name__ == "__main__":
    main()
