"""The options of ``pytest benchmarks``, and which of them exclude each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lab import datasets, models, strategies
from lab.cases import Protocol
from lab.errors import LabError
from lab.models import MODELS
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable


def _texts(metavar: str, text: str) -> dict[str, Any]:
    return {"action": "append", "default": [], "metavar": metavar, "help": text}


def _names(kind: str, default: str, groups: Iterable[str], group: str = "group") -> dict[str, Any]:
    what = f"a {kind} by name or glob, or a {group}: {', '.join(groups)}"
    return _texts("NAME", f"{what}, repeatable (default: {default})")


def _number(default: int, text: str) -> dict[str, Any]:
    return {"type": int, "default": default, "metavar": "N", "help": f"{text} (default: {default})"}


OPTIONS: dict[str, dict[str, Any]] = {
    "dataset": _names("dataset", "core", datasets.COLLECTIONS, "collection"),
    "data": _texts("FILE", "a table of your own, CSV (or .csv.gz) or Parquet, repeatable"),
    "target": _texts(
        "COLUMN", "the column of --data to predict; given once for all files, or once for each"
    ),
    "positive": _texts("VALUE", "the positive value of the target (default: the rarer one)"),
    "strategy": _names("strategy", ", ".join(strategies.CORE), STRATEGIES.groups),
    "model": _names("model", ", ".join(models.CORE), MODELS.groups),
    "plugin": _texts(
        "FILE",
        "a file or module that registers strategies, models and metrics of your own, repeatable",
    ),
    "folds": _number(Protocol.folds, "folds of the cross-validation"),
    "repeats": _number(Protocol.repeats, "how often the folds are drawn anew"),
    "seed": _number(Protocol.seed, "seed of folds, resampling and models"),
    "scheduler": {
        "metavar": "ADDRESS",
        "help": "evaluate the cases on a Dask cluster: tcp://HOST:PORT of its scheduler, or "
        "`local` for one on this machine, a worker a core (without -n; takes the extra `dask`)",
    },
    "case-timeout": {
        "type": float,
        "metavar": "SECONDS",
        "help": "with --scheduler, end a case that takes longer, and report it as failed",
    },
    "reuse": {
        "action": "store_true",
        "help": "take results of earlier sessions where data, case, protocol, code and package "
        "versions are the same",
    },
    "log-models": {
        "action": "store_true",
        "help": "fit each case's model to all rows, too, and log it, with a few rows as an example",
    },
    "update-baseline": {
        "action": "store_true",
        "help": "record the scores of the cases that run, and the verdicts on your own data, as "
        "what to expect from now on",
    },
    "baseline": {
        "metavar": "FILE",
        "help": "where that is recorded (default: FILE.baseline.json beside a file of --data, "
        "benchmarks/baseline.json for all others)",
    },
}
"""Command line options, as keywords of ``argparse``."""


def check_engine(options: Any) -> None:
    """Check what is asked of a Dask cluster.

    Raises
    ------
    LabError
        Options exclude each other.
    """
    if options.scheduler == "":
        raise LabError("--scheduler takes tcp://HOST:PORT, or 'local'")
    if options.case_timeout is not None and not 0 < options.case_timeout < math.inf:
        raise LabError("--case-timeout takes a number of seconds above 0")
    if options.case_timeout and not options.scheduler:
        raise LabError("--case-timeout goes with --scheduler: only a worker of Dask can be ended")
    if options.scheduler and getattr(options, "numprocesses", None):
        raise LabError("--scheduler takes the place of -n: leave one of them out")
    if options.scheduler and options.log_models:
        raise LabError("--log-models fits on this machine: leave it or --scheduler out")
