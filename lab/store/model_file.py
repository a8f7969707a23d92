"""The file of a fitted model beside a stored result, and the facts by which it is logged.

The process that computes a case writes both; the process that logs them never loads the model.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from lab.errors import LabError, reason
from lab.files import digest, write_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from lab.cases import Case, Protocol

FACTS = ".model"
SUFFIXES = {"skops": ".skops", "cloudpickle": ".pkl"}
DOUBLE, STRING = "double", "string"  # kinds of a column, in MLflow's words


@dataclass(frozen=True)
class ModelFile:
    """A fitted model in a file, or why there is none.

    Attributes
    ----------
    path : Path or None
        The file, if there is one.
    note : str
        Why there is none, or not in a format that is safe to load.
    format, trusted, requirements, lab
        See :class:`lab.store.serialization.Serialized`.
    columns : dict of str to str
        ``double`` or ``string`` for each column that the model takes.
    examples : list of list
        A few rows; a gap is None.
    output : str
        The type of the probabilities.
    threshold : float or None
        See :class:`lab.evaluation.refit.Refit`.
    target : str
        Of what the probabilities are, where a user chose.
    """

    path: Path | None = None
    note: str = ""
    sha256: str = ""
    format: str = ""
    trusted: list[str] = field(default_factory=list)
    requirements: list[str] = field(default_factory=list)
    lab: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    examples: list[list[Any]] = field(default_factory=list)
    output: str = ""
    threshold: float | None = None
    target: str = ""

    @classmethod
    def make(cls, stem: Path, case: Case, protocol: Protocol) -> Self:
        """Fit a case's model to all rows and write it; what fails is a note.

        Parameters
        ----------
        stem : Path
            Where, without a suffix.
        case, protocol
            See :func:`lab.evaluation.refit.refit`.
        """
        try:
            made = cls._write(stem, case, protocol)
        except LabError as error:
            made = cls(note=f"no model: {error}")
        except Exception as error:  # of any library; the case has its result all the same
            made = cls(note=f"no model: {type(error).__name__}: {reason(error)}")
        # The facts come last: what they are about is there.
        facts = asdict(made) | {"path": made.path.name if made.path else None}
        write_bytes(stem.with_suffix(FACTS), json.dumps(facts).encode())
        return made

    @classmethod
    def read(cls, stem: Path) -> Self:
        """Return what :meth:`make` returned."""
        facts = json.loads(stem.with_suffix(FACTS).read_bytes())
        path = stem.with_name(facts["path"]) if facts["path"] else None
        return cls(**facts | {"path": path})

    @classmethod
    def is_whole(cls, stem: Path) -> bool:
        """Return whether a model is there as it was written."""
        try:
            found = cls.read(stem)
            return found.path is not None and digest(found.path.read_bytes()) == found.sha256
        except (OSError, ValueError, KeyError, TypeError):
            return False

    @classmethod
    def _write(cls, stem: Path, case: Case, protocol: Protocol) -> Self:
        from lab.evaluation.refit import examples, refit
        from lab.store.serialization import serialize

        fitted = refit(case, protocol)
        dataset, rows = fitted.dataset, examples(fitted.dataset)
        serialized = serialize(fitted.pipeline, rows)
        path = stem.with_suffix(SUFFIXES[serialized.format])
        write_bytes(path, serialized.content)
        return cls(
            path=path,
            note=serialized.note,
            sha256=digest(serialized.content),
            format=serialized.format,
            trusted=serialized.trusted,
            requirements=serialized.requirements,
            lab=serialized.lab,
            columns={name: STRING if name in dataset.categorical else DOUBLE for name in dataset.X},
            examples=rows.astype(object).where(rows.notna(), None).to_numpy().tolist(),
            output=str(fitted.pipeline.predict_proba(rows).dtype),
            threshold=fitted.threshold,
            target=dataset.target,
        )
