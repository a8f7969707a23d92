"""The key of a result: equal keys mean equal scores."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lab.evaluation.definition import named
from lab.files import digest
from lab.models import MODELS, package_of
from lab.versions import versions

if TYPE_CHECKING:
    from lab.cases import Case, Protocol


def fingerprint(case: Case, protocol: Protocol) -> str:
    """Return the key of a case's result.

    Covers the data's digest, the case with all parameters of its pipeline, the protocol, package
    versions, the kind of CPU that OpenBLAS computes for, and the code that evaluates.
    """
    from lab import datasets
    from lab.evaluation.cross_validation import pipeline

    dataset = datasets.load(case.dataset)
    steps = pipeline(case, dataset, dataset.y, protocol.seed)
    parameters = {
        name: named(value)
        for name, value in sorted(steps.get_params().items())
        # Lists of steps: what is in them follows under its own name.
        if not isinstance(value, list)
    }
    facts = {
        "case": asdict(case),
        "data": [dataset.digest, dataset.source, dataset.target, dataset.notes],
        "columns": [dataset.numeric, dataset.categorical],
        "definition": parameters,
        "protocol": protocol.to_json(),
        "versions": versions(package_of(case.model)),
        "cpu": _cpu(),
        "code": [code(), *_own_code(case)],
    }
    return digest(json.dumps(facts, sort_keys=True).encode())[:32]


def _own_code(case: Case) -> list[str]:
    """Return digests of the files that registered a case's strategy and model, if users did."""
    from lab.strategies import STRATEGIES

    names = (STRATEGIES.file_of(case.strategy), MODELS.file_of(case.model))
    return [digest(Path(name).read_bytes()) for name in names if name and Path(name).is_file()]


@cache
def _cpu() -> list[str]:
    """Return what kinds of CPU the libraries that are loaded compute for."""
    from threadpoolctl import threadpool_info

    return sorted({library.get("architecture", "") for library in threadpool_info()} - {""})


# No score depends on these: packages and modules of the lab.
WITHOUT_SCORES = {
    *("baseline", "cli", "docs", "engine", "observations", "report", "session", "store", "tests"),
    *("tracking", "__main__", "grid", "plugin", "plugins", "wording"),
}


@cache
def code() -> str:
    """Return the digest of the lab's code that scores depend on."""
    lab = Path(__file__).parents[1]
    paths = sorted(path.relative_to(lab) for path in lab.rglob("*.py"))
    names = [path for path in paths if path.parts[0].removesuffix(".py") not in WITHOUT_SCORES]
    return digest(b"".join((lab / path).read_bytes() for path in names))
