"""Evaluation of a case by a worker of a cluster.

The scheduler needs the lab as well, since it unpacks parts of the tasks.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lab import datasets, plugins
from lab.engine.packing import pack
from lab.errors import LabError
from lab.evaluation import evaluate
from lab.evaluation.fingerprint import fingerprint
from lab.evaluation.prepared_folds import PreparedFolds
from lab.evaluation.source_code import drawing_code, fitting_code
from lab.evaluation.warm_up import warm_up
from lab.files import digest, write_bytes
from lab.metrics import METRICS
from lab.models import MODELS, package_of
from lab.strategies import STRATEGIES
from lab.versions import versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from lab.cases import Case, Protocol
    from lab.datasets.dataset import Dataset
    from lab.store.result_files import PackedResult

# Threads of a worker share the process's caught warnings, figure and thread limits.
_alone = threading.Lock()
_ready: set[tuple[str, str]] = set()  # strategies and models whose libraries are imported


class WorkerError(LabError):
    """A worker that would give other scores than this process."""


def environment(model: str = "") -> dict[str, str]:
    """Return the versions that scores depend on, by name: of packages, and of the lab's own code.

    Parameters
    ----------
    model : str
        A model whose package is included.
    """
    code = digest((fitting_code() + drawing_code()).encode())[:8]
    return versions(package_of(model)) | {"the lab's code": code}


def check(theirs: Mapping[str, str], mine: Mapping[str, str], worker: str) -> None:
    """Check that a worker has the same environment as the session.

    Raises
    ------
    WorkerError
        It has not; the message lists the differences.
    """
    differences = [
        f"{name} is {theirs.get(name, 'missing')} there and {mine.get(name, 'missing')} here"
        for name in sorted({*theirs, *mine})
        if theirs.get(name) != mine.get(name)
    ]
    if differences:
        raise WorkerError(
            f"worker {worker} would give other scores: {', '.join(differences)}; install the same "
            "versions on both"
        )


def files_of(case: Case) -> list[str]:
    """Return the user's files that registered the case's strategy and model, if any."""
    return list(filter(None, (STRATEGIES.file_of(case.strategy), MODELS.file_of(case.model))))


def sources(case: Case) -> dict[str, bytes]:
    """Return the content of :func:`files_of`, and of the user's files that registered metrics."""
    names = filter(None, (*files_of(case), *METRICS.files.values()))
    return {name: Path(name).read_bytes() for name in names}


def compute(
    case: Case,
    data: Dataset | None,
    own: Mapping[str, bytes],
    mine: Mapping[str, str],
    protocol: Protocol,
) -> PackedResult:
    """Evaluate a case.

    Parameters
    ----------
    case : Case
        The case to evaluate.
    data : Dataset or None
        The dataset, unless it comes with the lab.
    own : mapping of str to bytes
        See :func:`sources`.
    mine : mapping of str to str
        The session's environment for the case's model.
    protocol : Protocol
        How the case is cross-validated.

    Raises
    ------
    WorkerError
        This worker's environment differs.
    """
    from distributed import get_worker

    worker = get_worker()
    with _alone:
        check(environment(case.model), mine, worker.address)
        _register(own, worker.local_directory)
        datasets.remember(case.dataset, data)
        prepared = _prepared(worker.local_directory)
        return pack(evaluate(case, protocol, prepared), fingerprint(case, protocol))


@cache
def _prepared(folder: str) -> PreparedFolds:
    return PreparedFolds(Path(folder) / "lab-prepared")


def get_ready(
    kinds: Set[tuple[str, str]], own: Mapping[str, bytes], seed: int, folder: str
) -> None:
    """Register and import what cases need, unless this process has done so.

    Parameters
    ----------
    kinds, seed
        See :func:`lab.evaluation.warm_up.warm_up`.
    own : mapping of str to bytes
        See :func:`sources`.
    folder : str
        Folder of the worker.
    """
    _register(own, folder)
    if new := kinds - _ready:
        warm_up(new, seed)
        _ready.update(new)


def _register(own: Mapping[str, bytes], folder: str) -> None:
    """Load the user's files that this process has not loaded."""
    plugins.load()
    for name, content in own.items():
        files = {*STRATEGIES.files.values(), *MODELS.files.values(), *METRICS.files.values()}
        key = digest(content)
        if key in {digest(Path(file).read_bytes()) for file in files if file}:
            continue
        path = Path(folder, f"lab-{key[:16]}", Path(name).name)
        write_bytes(path, content)
        try:
            plugins.load([str(path)])
        except LabError as error:
            raise WorkerError(f"{error} (if {name} has changed, restart the workers)") from None
