"""What a worker of a cluster does: evaluate a case and return its files.

The scheduler needs the lab, too: it looks into what it hands on.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lab import datasets, plugins
from lab.errors import LabError
from lab.evaluation.prepared import Shared
from lab.evaluation.warm_up import warm_up
from lab.files import digest, write_bytes
from lab.models import MODELS, package_of
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from lab.cases import Case, Protocol
    from lab.datasets.dataset import Dataset

# Threads of a worker share what belongs to a process: caught warnings, the figure, thread limits.
_alone = threading.Lock()
_ready: set[tuple[str, str]] = set()  # kinds of cases whose libraries are imported


class WorkerError(LabError):
    """A worker that would give other scores than this process."""


def environment(model: str = "") -> dict[str, str]:
    """Return what equal scores take, by name: versions of packages, and the lab's own code.

    With those that a model takes beside, if one is named.
    """
    from lab.store.fingerprint import code
    from lab.versions import versions

    return versions(package_of(model)) | {"the lab's code": code()[:8]}


def check(theirs: Mapping[str, str], mine: Mapping[str, str], where: str) -> None:
    """Check that a worker has what the session has.

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
            f"worker {where} would give other scores: {', '.join(differences)}; install the same"
        )


def sources(case: Case) -> dict[str, bytes]:
    """Return the content of the files that registered a case's strategy and model, if users did."""
    names = (STRATEGIES.file_of(case.strategy), MODELS.file_of(case.model))
    return {name: Path(name).read_bytes() for name in names if name}


def compute(
    case: Case,
    data: Dataset | None,
    own: Mapping[str, bytes],
    mine: Mapping[str, str],
    protocol: Protocol,
    session: str,
) -> dict[str, bytes]:
    """Evaluate a case; return the files of its result, see :func:`lab.store.result_files.packed`.

    Parameters
    ----------
    case : Case
        What to evaluate.
    data : Dataset or None
        Its rows, if they do not come with the lab.
    own : mapping of str to bytes
        See :func:`sources`.
    mine : mapping of str to str
        The environment of who asks, for the case's model.
    protocol : Protocol
        The folds.
    session : str
        Who asks.

    Raises
    ------
    WorkerError
        This worker's environment is another.
    """
    from distributed import get_worker

    from lab.evaluation.cross_validation import evaluate
    from lab.store.fingerprint import fingerprint
    from lab.store.result_files import packed

    worker = get_worker()
    with _alone:
        check(environment(case.model), mine, worker.address)
        _know(own, worker.local_directory)
        datasets.remember(case.dataset, data)
        shared = _shared(worker.local_directory)
        result = evaluate(case, protocol, shared)
        return packed(result, {"fingerprint": fingerprint(case, protocol), "session": session})


@cache
def _shared(folder: str) -> Shared:
    return Shared(Path(folder) / "lab-shared", None)


def get_ready(
    kinds: Set[tuple[str, str]], own: Mapping[str, bytes], seed: int, folder: str
) -> None:
    """Register and import what cases take, unless this process has done so.

    Parameters
    ----------
    kinds, seed
        See :func:`lab.evaluation.warm_up.warm_up`.
    own : mapping of str to bytes
        See :func:`sources`.
    folder : str
        The worker's own.
    """
    _know(own, folder)
    if new := kinds - _ready:
        warm_up(new, seed)
        _ready.update(new)


def _know(own: Mapping[str, bytes], folder: str) -> None:
    """Register what users did, unless this worker has it."""
    plugins.load()
    for name, content in own.items():
        files = {*STRATEGIES.files.values(), *MODELS.files.values()}
        key = digest(content)
        if key in {digest(Path(file).read_bytes()) for file in files if file}:
            continue
        path = Path(folder, f"lab-{key[:16]}", Path(name).name)
        write_bytes(path, content)
        try:
            plugins.load([str(path)])
        except LabError as error:
            raise WorkerError(f"{error} (if {name} has changed, restart the workers)") from None
