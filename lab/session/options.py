"""Options of ``pytest benchmarks``, and which of them exclude each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lab import datasets, models, strategies
from lab.cases import Protocol
from lab.errors import LabError
from lab.metrics import GOALS
from lab.models import MODELS
from lab.read_options import command_line
from lab.splits import SPLITS
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable


def _texts(metavar: str, text: str) -> dict[str, Any]:
    return {"action": "append", "default": [], "metavar": metavar, "help": text}


def _names(kind: str, default: str, groups: Iterable[str], group: str = "group") -> dict[str, Any]:
    text = f"{kind} by name, glob or {group} ({', '.join(groups)}), repeatable"
    return _texts("NAME", f"{text} (default: {default})")


def _number(default: int, text: str) -> dict[str, Any]:
    return {"type": int, "default": default, "metavar": "N", "help": f"{text} (default: {default})"}


OPTIONS: dict[str, dict[str, Any]] = {
    "dataset": _names("dataset", "core", datasets.COLLECTIONS, "collection"),
    "data": _texts("FILE", "your own table: CSV, .csv.gz or Parquet, repeatable"),
    "target": _texts(
        "COLUMN", "column of --data to predict, named once for all files or once per file"
    ),
    "positive": _texts("VALUE", "positive value of the target (default: the rarer one)"),
    "holdout": {
        "metavar": "FILE",
        "help": "further rows of your one table, such as those of next month: each case is also "
        "fitted to all rows of --data and tested on them once",
    },
    **{
        name: _texts(one.metadata["metavar"], f"{one.metadata['help']}, repeatable")
        for name, one in command_line().items()
    },
    "strategy": _names("strategy", ", ".join(strategies.CORE), STRATEGIES.groups),
    "model": _names("model", ", ".join(models.CORE), MODELS.groups),
    "goal": _texts(
        "NAME",
        "goal to answer at the end of the session, such as alerts:top=100 or "
        f"cost:miss=10,alarm=1, repeatable (default: {', '.join(GOALS.groups['default'])}; `lab "
        "goals` lists them)",
    ),
    "plugin": _texts(
        "FILE",
        "file or module that registers your own strategies, models, metrics and goals, repeatable",
    ),
    "folds": _number(Protocol.folds, "folds of the cross-validation"),
    "repeats": _number(Protocol.repeats, "number of cross-validation repeats"),
    "split": {
        "metavar": "KIND",
        "default": Protocol.split,
        "help": f"how rows are divided: {', '.join(SPLITS)}, or auto (default): by time where a "
        "dataset has a time column, else by group where it has a group column, else at random",
    },
    "gap": {
        "metavar": "AMOUNT",
        "default": Protocol.gap,
        "help": "with a split in time, leave out what lies this close before the test rows: the "
        "delay until an outcome is known, such as 7d, 12h, 100rows, or a number in the unit of the "
        "time column",
    },
    "copies": {
        "metavar": "WHAT",
        "default": Protocol.copies,
        "help": "rows that equal another in all features and the target: keep (default), together "
        "on one side of each split, or drop all but the first",
    },
    "new-groups": {
        "action": "store_true",
        "help": "with a split in time, test only rows of groups that are not in the training rows",
    },
    "seed": _number(Protocol.seed, "seed of folds, resampling and models"),
    "scheduler": {
        "metavar": "ADDRESS",
        "help": "evaluate the cases on a Dask cluster: tcp://HOST:PORT of its scheduler, or "
        "`local` for one on this machine with a worker per core (without -n; needs the extra "
        "`dask`)",
    },
    "case-timeout": {
        "type": float,
        "metavar": "SECONDS",
        "help": "with --scheduler, stop a case that takes longer, and report it as failed",
    },
    "reuse": {
        "action": "store_true",
        "help": "reuse stored results whose data, case, protocol, code and package versions match",
    },
    "log-models": {
        "action": "store_true",
        "help": "also fit each case's model to all rows and log it, with a few example rows",
    },
    "update-baseline": {
        "action": "store_true",
        "help": "record scores and verdicts of the cases that run as the new baseline",
    },
    "baseline": {
        "metavar": "FILE",
        "help": "file of the baseline (default: FILE.baseline.json beside a file of --data, "
        "benchmarks/baseline.json for all other datasets)",
    },
}
"""Command line options, as keywords of ``argparse``."""


def check_engine(options: Any) -> None:
    """Check the options of a Dask cluster.

    Raises
    ------
    LabError
        Options exclude each other.
    """
    if options.scheduler == "":
        raise LabError("--scheduler needs an address: tcp://HOST:PORT or 'local'")
    if options.case_timeout is not None and not 0 < options.case_timeout < math.inf:
        raise LabError("--case-timeout must be a positive number of seconds")
    if options.case_timeout and not options.scheduler:
        raise LabError("--case-timeout needs --scheduler: only Dask workers can be stopped")
    if options.scheduler and getattr(options, "numprocesses", None):
        raise LabError("--scheduler cannot be combined with -n: leave one of them out")
    if options.scheduler and options.log_models:
        raise LabError("--log-models cannot be combined with --scheduler: it fits on this machine")
