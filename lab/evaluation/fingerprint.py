"""The key of a case's fits: equal keys mean equal predictions."""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab import datasets
from lab.evaluation.definition import named
from lab.evaluation.fitting import tunes_f1
from lab.evaluation.pipelines import fold_pipeline
from lab.evaluation.scoring import metric_keys
from lab.evaluation.source_code import fitting_code, scoring_code
from lab.files import digest
from lab.metrics import Confusion
from lab.models import MODELS, package_of
from lab.strategies import STRATEGIES
from lab.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.cases import Case, Protocol


def fingerprint(case: Case, protocol: Protocol) -> str:
    """Return the key of a case's fits and predictions.

    Covers the content of the data, the case with all parameters of its pipeline, the protocol, the
    versions of packages, the kind of CPU that OpenBLAS computes for, and the code that fits. Scores
    have keys of their own, see :func:`lab.evaluation.scoring.metric_keys`.
    """
    dataset = datasets.load(case.dataset)
    protocol = case.protocol(protocol, dataset)
    steps = fold_pipeline(case, dataset, protocol, protocol.rows_of(dataset))
    parameters = {
        name: named(value)
        for name, value in sorted(steps.get_params().items())
        # Lists hold steps, whose parameters follow under their own names.
        if not isinstance(value, list)
    }
    facts: dict[str, Any] = {
        "case": asdict(case),
        "data": [dataset.digest, dataset.source, dataset.target, dataset.notes],
        "columns": [dataset.numeric, dataset.categorical],
        "definition": parameters,
        "protocol": protocol.to_json(),
        "versions": versions(package_of(case.model)),
        "cpu": _cpu(),
        "code": [fitting_code(), *_own_code(case), *_code_of_f1(steps)],
    }
    if dataset.holdout is not None:  # its scores and intervals are kept, too
        held_out = dataset.holdout
        keys = sorted(metric_keys(held_out.values).items())
        facts["holdout"] = [held_out.identity, scoring_code(), keys]
    return digest(json.dumps(facts, sort_keys=True).encode())[:32]


def _own_code(case: Case) -> list[str]:
    """Return digests of the user's files that registered the strategy and the model, if any."""
    names = (STRATEGIES.file_of(case.strategy), MODELS.file_of(case.model))
    found = [digest(Path(name).read_bytes()) for name in names if name and Path(name).is_file()]
    # Nothing keeps a user's code from fitting with a metric of the lab.
    return [*found, scoring_code()] if found else []


def _code_of_f1(steps: Any) -> Iterator[str]:
    """Yield the digest of the F1 that the model's threshold is tuned for, if it is."""
    if tunes_f1(steps[-1]):
        yield _code_of(Confusion)


@cache
def _code_of(cls: type) -> str:
    return digest(Path(inspect.getfile(cls)).read_bytes())


@cache
def _cpu() -> list[str]:
    """Return the kinds of CPU that the loaded libraries compute for."""
    from threadpoolctl import threadpool_info

    return sorted({library.get("architecture", "") for library in threadpool_info()} - {""})
