"""Fitted models as logged models of MLflow 3."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab import estimators
from lab.store.model_file import DOUBLE
from lab.versions import versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlflow.entities import Metric
    from mlflow.models import ModelSignature
    from mlflow.tracking import MlflowClient

    from lab.store.model_file import ModelFile

FOLDER = "model"
FLAVOR = "sklearn"
REFUSED = re.compile(r"""[/:.%"']""")  # in names, by MLflow


def model_name(case: str) -> str:
    """Return the name of a case's model.

    Examples
    --------
    >>> model_name("churn-threshold_cost:ratio=2.5-knn")
    'churn-threshold_cost_ratio=2_5-knn'
    """
    return REFUSED.sub("_", case)


def log_model(
    client: MlflowClient,
    run_id: str,
    name: str,
    file: ModelFile,
    scores: Sequence[Metric],
    metadata: Mapping[str, Any],
) -> str:
    """Log a model file to a run, open or closed; return the logged model's id.

    Loaded with ``mlflow.pyfunc``, or served, the model predicts the probabilities of class 0 and 1
    for each row: with a rare class users need a ranking or a risk, and set the cutoff by their own
    costs. ``mlflow.sklearn.load_model(uri).predict`` decides as the case did. A threshold set by
    the case's strategy is in the model's metadata.

    Only the client is used. MLflow's ``log_model`` would depend on the process's active run and
    address, load the model, and request every metric of the run one by one.

    Parameters
    ----------
    client : MlflowClient
        Client of the tracking address.
    run_id : str
        Id of the run.
    name : str
        Name of the model.
    file : ModelFile
        A file with a path.
    scores : sequence of Metric
        Metrics of the run that are also the model's.
    metadata : mapping
        Further facts about the model, as YAML values.
    """
    from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Metric

    run = client.get_run(run_id)
    tags = {name: value for name, value in run.data.tags.items() if name.startswith("lab.")}
    model = client.create_logged_model(
        run.info.experiment_id, name, run_id, tags, run.data.params, "classifier"
    )
    try:
        client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
        # The run already has these with the same time and value: it keeps one of each.
        own = [
            Metric(score.key, score.value, score.timestamp, score.step, model.model_id)
            for score in scores
        ]
        client.log_batch(run_id, metrics=own)
        with tempfile.TemporaryDirectory() as folder:
            saved = _save(file, Path(folder), run_id, model.model_id, dict(metadata))
            client.log_model_artifacts(model.model_id, str(saved))
    except BaseException:
        with suppress(Exception):  # the client itself may have failed
            client.finalize_logged_model(model.model_id, LoggedModelStatus.FAILED)
        raise
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    return str(model.model_id)


def _save(
    file: ModelFile, folder: Path, run_id: str, model_id: str, metadata: dict[str, Any]
) -> Path:
    """Write the folder that ``mlflow.sklearn.save_model`` would, without loading the model."""
    from mlflow import pyfunc
    from mlflow.models import Model

    assert file.path is not None  # noqa: S101
    saved, name = folder / FOLDER, f"{FOLDER}{file.path.suffix}"
    description = Model(model_uuid=model_id, run_id=run_id, model_id=model_id)
    description.add_flavor(
        FLAVOR,
        pickled_model=name,
        sklearn_version=versions()["scikit-learn"],
        serialization_format=file.format,
        skops_trusted_types=file.trusted or None,
        code=None,
    )
    # Otherwise MLflow would take a `uv.lock` in the working folder for the model's own.
    os.environ["MLFLOW_UV_AUTO_DETECT"] = "false"
    logging.getLogger("mlflow.pyfunc").setLevel(logging.WARNING)
    pyfunc.save_model(
        saved,
        loader_module=f"mlflow.{FLAVOR}",
        code_paths=[str(_own_code(folder))] if file.lab else None,
        mlflow_model=description,
        signature=_signature(file),
        input_example=_example(file),
        pip_requirements=list(file.requirements),
        metadata=metadata,
    )
    for example in saved.glob("*input_example.json"):
        # MLflow writes a missing number as NaN, which is not valid JSON; it reads null.
        content = json.loads(example.read_bytes(), parse_constant=lambda _: None)
        example.write_text(json.dumps(content), encoding="utf-8")
    shutil.copyfile(file.path, saved / name)
    python = description.flavors[pyfunc.FLAVOR_NAME]
    python.update(model_path=name, predict_fn="predict_proba")
    description.flavors[FLAVOR]["code"] = python.get("code")
    description.model_size_bytes = sum(
        path.stat().st_size for path in saved.rglob("*") if path.is_file()
    )
    description.save(str(saved / "MLmodel"))
    return saved


def _own_code(folder: Path) -> Path:
    """Return a copy of the lab's own estimators, the only part of the lab that a model needs.

    The folder ``lab`` above them has no ``__init__.py``: where the whole lab is installed, that is
    found first, and none of it is hidden.
    """
    copy = folder / "code" / "lab"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(estimators.__path__[0]), copy / "estimators", ignore=ignored)
    return copy


def _signature(file: ModelFile) -> ModelSignature:
    import numpy as np
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema, TensorSpec

    probabilities = Schema([TensorSpec(np.dtype(file.output), (-1, 2))])
    if file.raw:
        # No type of MLflow's takes a column of a file in every way of scoring. A column of doubles
        # refuses whole numbers, one of longs refuses gaps (`_enforce_mlflow_datatype` in
        # mlflow/models/utils.py), and text/csv with any other type than these fails
        # (`parse_csv_input` in mlflow/pyfunc/scoring_server, `Schema.pandas_types`). The model's
        # first step checks its columns itself; the metadata lists them.
        return ModelSignature(outputs=probabilities)
    columns = Schema([ColSpec(kind, name) for name, kind in file.columns.items()])
    return ModelSignature(columns, probabilities)


def _example(file: ModelFile) -> Any:
    import pandas as pd

    rows = pd.DataFrame(file.examples, columns=list(file.columns), dtype=object)
    numbers = [name for name, kind in file.columns.items() if kind == DOUBLE and not file.raw]
    return rows.astype(dict.fromkeys(numbers, float))
