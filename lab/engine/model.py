"""The model that ``--log-models`` keeps: fitted to all rows of the dataset, as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.errors import LabError, reason
from lab.evaluation import refit
from lab.evaluation.raw_input import features
from lab.store.model_file import DOUBLE, STRING, ModelFile, PackedModel
from lab.store.serialization import serialize

if TYPE_CHECKING:
    from lab.cases import Case, Protocol
    from lab.datasets.dataset import Dataset


def packed_model(case: Case, protocol: Protocol) -> PackedModel:
    """Fit a case's model to all rows and serialize it.

    A failure is a note on the model: the case has its result all the same.

    Parameters
    ----------
    case, protocol
        See :func:`lab.evaluation.refit.refit`.
    """
    try:
        return _packed(case, protocol)
    except LabError as error:
        return PackedModel.missing(str(error))
    except Exception as error:  # of any library
        return PackedModel.missing(f"{type(error).__name__}: {reason(error)}")


def _packed(case: Case, protocol: Protocol) -> PackedModel:
    fitted = refit.refit(case, protocol)
    dataset, rows = fitted.dataset, refit.examples(fitted.dataset)
    serialized = serialize(fitted.pipeline, rows)
    facts = ModelFile(
        note=serialized.note,
        format=serialized.format,
        trusted=serialized.trusted,
        requirements=serialized.requirements,
        lab=serialized.lab,
        columns=_columns(dataset),
        raw=bool(dataset.schema),
        examples=rows.astype(object).where(rows.notna(), None).to_numpy().tolist(),
        output=str(fitted.pipeline.predict_proba(rows).dtype),
        threshold=fitted.threshold,
        target=dataset.target,
    )
    return PackedModel(facts, serialized.content)


def _columns(dataset: Dataset) -> dict[str, str]:
    """Return the columns of a model's input, each with its type or kind."""
    if dataset.schema:
        return {column.name: column.kind for column in features(dataset)}
    return {name: STRING if name in dataset.categorical else DOUBLE for name in dataset.X}
