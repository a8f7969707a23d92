"""The file of a fitted model beside a stored result, and the facts with which it is logged.

The process that computes a case writes both. The process that logs them never loads the model.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from lab.files import digest, write_bytes

if TYPE_CHECKING:
    from pathlib import Path

FACTS = ".model"
SUFFIXES = {"skops": ".skops", "cloudpickle": ".pkl"}
DOUBLE, STRING = "double", "string"  # MLflow's names for the types of columns


@dataclass(frozen=True)
class ModelFile:
    """A fitted model in a file, or the reason why it is missing.

    Attributes
    ----------
    path : Path or None
        The file, if there is a model.
    note : str
        Why the model is missing, or why its format is not safe to load.
    sha256 : str
        Checksum of the file.
    format, trusted, requirements, lab
        See :class:`lab.store.serialization.Serialized`.
    columns : dict of str to str
        ``double`` or ``string`` for each column of the model's input; its kind in the file, if the
        input is raw.
    raw : bool
        Whether the input are rows as they are in a user's file.
    examples : list of list
        A few rows; a missing value is None.
    output : str
        NumPy type of the probabilities.
    threshold : float or None
        See :class:`lab.evaluation.refit.Refit`.
    target : str
        The positive class, where a user chose it.
    """

    path: Path | None = None
    note: str = ""
    sha256: str = ""
    format: str = ""
    trusted: list[str] = field(default_factory=list)
    requirements: list[str] = field(default_factory=list)
    lab: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    raw: bool = False
    examples: list[list[Any]] = field(default_factory=list)
    output: str = ""
    threshold: float | None = None
    target: str = ""

    @classmethod
    def write(cls, stem: Path, packed: PackedModel) -> Self:
        """Write a model and its facts.

        Parameters
        ----------
        stem : Path
            Path of the files without their suffixes.
        packed : PackedModel
            The model.

        Raises
        ------
        OSError
            A file cannot be written.
        """
        facts = asdict(packed.facts)
        path = None
        if packed.content:
            path = stem.with_suffix(SUFFIXES[packed.facts.format])
            write_bytes(path, packed.content)
            facts |= {"path": path.name, "sha256": digest(packed.content)}
        # Written last, so that the model is there if its facts are.
        write_bytes(stem.with_suffix(FACTS), json.dumps(facts).encode())
        return cls(**facts | {"path": path})

    @classmethod
    def read(cls, stem: Path) -> Self:
        """Return what :meth:`write` returned."""
        facts = json.loads(stem.with_suffix(FACTS).read_bytes())
        path = stem.with_name(facts["path"]) if facts["path"] else None
        return cls(**facts | {"path": path})

    @classmethod
    def is_whole(cls, stem: Path) -> bool:
        """Return whether there is a model, the same as was written."""
        try:
            found = cls.read(stem)
            return found.path is not None and digest(found.path.read_bytes()) == found.sha256
        except (OSError, ValueError, KeyError, TypeError):
            return False


@dataclass(frozen=True)
class PackedModel:
    """A fitted model ready to be stored: its facts, without a path, and its content if any."""

    facts: ModelFile
    content: bytes = field(default=b"", repr=False)

    @classmethod
    def missing(cls, reason: str) -> Self:
        """Return the lack of a model, for a reason."""
        return cls(ModelFile(note=f"no model: {reason}"))
