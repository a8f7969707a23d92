"""Results on disk: each case of a session is computed once, whoever asks first.

Layout of the store's folder, which is safe to delete between sessions::

    results/CASE/FINGERPRINT.json .parquet .png   scores, predictions, picture; shared by sessions
    results/CASE/FINGERPRINT.model .skops .pkl    the model fitted to all rows, if it is asked for
    sessions/SESSION/CASE.json                    what this session stands on
    sessions/SESSION/CASE.error.json              why this session has no result
    sessions/SESSION/CASE.running                 a process evaluates it, or died doing so
    sessions/SESSION/data/                        copies of the user's own tables
"""

from __future__ import annotations

import gc
import io
import json
import shutil
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.definition import named
from lab.errors import LabError, NotApplicableError
from lab.files import digest, lock, slug, write_bytes
from lab.model_file import ModelFile
from lab.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lab.experiment import Case, Protocol, Result

# Results of older code or packages that are kept, a case.
KEPT = 4


class CaseError(LabError):
    """A case whose evaluation failed, here or in another process."""


class Store:
    """Results of one session, and those of earlier sessions that it may reuse.

    Parameters
    ----------
    root : Path
        The store's folder; made when the first result is written.
    session : str
        The session's id.
    protocol : Protocol
        How the session's cases are cross-validated.
    reuse : bool
        Whether a result of an earlier session counts, if data, case, protocol, code and package
        versions are the same.
    models : bool
        Whether each case's model is fitted to all rows, too, and kept.
    """

    def __init__(
        self,
        root: Path,
        session: str,
        protocol: Protocol,
        *,
        reuse: bool = False,
        models: bool = False,
    ) -> None:
        self.session_id = session
        self.protocol = protocol
        self.results = root / "results"
        self.session = root / "sessions" / session
        self.data = self.session / "data"
        self.reuse = reuse
        self.models = models

    def result(self, case: Case) -> Result:
        """Return a case's result; compute it if nobody in this session has.

        Raises
        ------
        NotApplicableError
            The case's strategy can do nothing with its dataset.
        CaseError
            Another test of this session tried and failed, or its process died.
        Exception
            Whatever the evaluation raised, where this call tried it.
        """
        if problem := case.problem(self.protocol):
            raise NotApplicableError(f"{case.id}: {problem}")
        found = self.find(case)
        if found is None:
            # One lock at a time: nothing that holds it asks for another case.
            with lock(self._in_session(case, ".lock")):
                found = self.find(case) or self._obtain(case)
        return found

    def all_results(self, cases: Sequence[Case]) -> dict[Case, Result]:
        """Return the results of several cases, less those that are not applicable.

        A case that another process is at is left to it until the others are there, so that
        processes which want the same cases share the work.
        """
        for case in cases:
            with suppress(NotApplicableError):
                if self.find(case) is None:
                    with (
                        suppress(BlockingIOError),
                        lock(self._in_session(case, ".lock"), wait=False),
                    ):
                        if self.find(case) is None:
                            self._obtain(case)
        found = {}
        for case in cases:
            with suppress(NotApplicableError):
                found[case] = self.result(case)
        return found

    def warm_up(self, cases: Iterable[Case]) -> None:
        """Do what comes before a process's first evaluation: import libraries, make the figure.

        No data is loaded and nothing is fitted.
        """
        import numpy as np
        import pandas as pd

        from lab.datasets.dataset import Dataset
        from lab.figures import curves_picture
        from lab.models import MODELS
        from lab.strategies import STRATEGIES

        curves_picture()
        y = np.array([0, 1], dtype=np.int8)
        X = pd.DataFrame({"number": [0.0, 1.0], "category": ["a", "b"]})
        example = Dataset("example", X, y, "")
        for strategy, model in sorted({(case.strategy, case.model) for case in cases}):
            # What cannot be made fails where it is evaluated, on its own.
            with suppress(Exception):
                STRATEGIES[strategy].pipeline(example, MODELS[model], y, self.protocol.seed)
        # All that is loaded by now stays: the collector need not go through it again and again.
        gc.collect()
        gc.freeze()

    def find(self, case: Case) -> Result | None:
        """Return a case's result if this session has one.

        Raises
        ------
        NotApplicableError
            Its strategy could do nothing with the training rows.
        CaseError
            Its evaluation failed.
        """
        error = self._error(case)
        if error.exists():
            found = json.loads(error.read_bytes())
            raise (CaseError if found["failed"] else NotApplicableError)(found["message"])
        record = self._record(case)
        return self._load(record) if record.exists() else None

    def artifacts(self, case: Case) -> dict[str, Path]:
        """Return the files to log for a case that this session has a result of, by their names."""
        files = self._files_of(case)
        return {"predictions.parquet": files[".parquet"], "curves.png": files[".png"]}

    def curves(self, case: Case) -> dict[str, Any]:
        """Return what is kept of the curves of a case that this session has a result of."""
        kept: dict[str, Any] = json.loads(self._record(case).read_bytes())["curves"]
        return kept

    def model(self, case: Case) -> ModelFile | None:
        """Return the model of a case that this session has a result of, if it is to have one."""
        return ModelFile.read(_stem(self._files_of(case))) if self.models else None

    def session_results(self) -> Iterator[Result]:
        """Yield every result that this session has."""
        for record in sorted(self.session.glob("*.json")):
            if not record.name.endswith(".error.json"):
                yield self._load(record)

    def reused(self, case: Case) -> bool:
        """Return whether this session took a case's result from an earlier one."""
        record = self._record(case)
        return record.exists() and json.loads(record.read_bytes())["session"] != self.session_id

    def close(self) -> None:
        """Forget the session; its results stay for later ones to reuse."""
        shutil.rmtree(self.session, ignore_errors=True)

    def _obtain(self, case: Case) -> Result:
        """Take a case from an earlier session or evaluate it, while holding its lock."""
        running = self._in_session(case, ".running")
        if running.exists():
            raise self._fail(case, "the process that evaluated it died")
        try:
            key = fingerprint(case, self.protocol)
            files = self._files(case, key)
            if self.reuse and self._intact(files):
                record = files[".json"].read_bytes()
            else:
                write_bytes(running, b"")
                record = self._compute(case, files, key)
            stem = _stem(files)
            if self.models and not (self.reuse and ModelFile.is_whole(stem)):
                write_bytes(running, b"")
                ModelFile.make(stem, case, self.protocol)
        except NotApplicableError as error:
            self._leave(case, str(error), failed=False)
            raise
        except Exception as error:
            self._fail(case, f"{type(error).__name__}: {error}")
            raise
        finally:
            running.unlink(missing_ok=True)  # the folder may be deleted at any time
        write_bytes(self._record(case), record)
        self._prune(files[".json"].parent)
        return self._load(self._record(case))

    def _fail(self, case: Case, reason: str) -> CaseError:
        """Leave the reason for those who ask later; return it as an error."""
        message = f"{case.id} could not be evaluated: {reason}"
        self._leave(case, message, failed=True)
        return CaseError(message)

    def _leave(self, case: Case, message: str, *, failed: bool) -> None:
        content = {"message": message, "failed": failed}
        write_bytes(self._error(case), json.dumps(content).encode())

    def _compute(self, case: Case, files: dict[str, Path], key: str) -> bytes:
        """Evaluate a case, store what it produced, and return the record of it."""
        from lab.curves import Curves
        from lab.experiment import evaluate
        from lab.figures import draw

        result = evaluate(case, self.protocol)
        buffer = io.BytesIO()
        result.read_predictions().to_parquet(buffer, engine="pyarrow", compression="zstd")
        curves = Curves.of(result)
        contents = {".parquet": buffer.getvalue(), ".png": draw(result, curves)}
        record = {
            "fingerprint": key,
            "session": self.session_id,
            "sha256": {suffix: digest(content) for suffix, content in contents.items()},
            "result": result.facts(),
            "curves": curves.kept(),
        }
        # The record comes last: what it names is there.
        contents[".json"] = json.dumps(record).encode()
        for suffix, content in contents.items():
            write_bytes(files[suffix], content)
        return contents[".json"]

    def _load(self, record: Path) -> Result:
        from lab.experiment import Case, Result

        content = json.loads(record.read_bytes())
        case = Case(**content["result"]["case"])
        files = self._files(case, content["fingerprint"])
        return Result.from_facts(content["result"], files[".parquet"])

    def _intact(self, files: dict[str, Path]) -> bool:
        """Return whether a stored result is whole: all its files, as they were written."""
        try:
            expected: dict[str, str] = json.loads(files[".json"].read_bytes())["sha256"]
            return all(digest(files[s].read_bytes()) == sha for s, sha in expected.items())
        except (OSError, ValueError, KeyError):
            return False

    def _prune(self, folder: Path) -> None:
        """Delete all but the newest results of a case."""
        # Another session may be deleting, too.
        with suppress(FileNotFoundError):
            records = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for record in records[:-KEPT]:
                for path in folder.glob(f"{record.stem}.*"):
                    path.unlink(missing_ok=True)

    def _files(self, case: Case, key: str) -> dict[str, Path]:
        folder = self.results / slug(case.id)
        return {suffix: folder / (key + suffix) for suffix in (".json", ".parquet", ".png")}

    def _files_of(self, case: Case) -> dict[str, Path]:
        return self._files(case, json.loads(self._record(case).read_bytes())["fingerprint"])

    def _in_session(self, case: Case, suffix: str) -> Path:
        return self.session / (slug(case.id) + suffix)

    def _record(self, case: Case) -> Path:
        return self._in_session(case, ".json")

    def _error(self, case: Case) -> Path:
        return self._in_session(case, ".error.json")


def _stem(files: dict[str, Path]) -> Path:
    return files[".json"].with_suffix("")


def fingerprint(case: Case, protocol: Protocol) -> str:
    """Return the key of a result: equal keys mean equal scores.

    Covers the data's digest, the case with all parameters of its pipeline, the protocol, package
    versions, the kind of CPU that OpenBLAS computes for, and the code that evaluates.
    """
    from threadpoolctl import threadpool_info

    from lab import datasets
    from lab.experiment import pipeline

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
        "protocol": asdict(protocol),
        "versions": versions(case.model),
        "cpu": sorted({library.get("architecture", "") for library in threadpool_info()}),
        "code": [_code(), *_own_code(case)],
    }
    return digest(json.dumps(facts, sort_keys=True).encode())[:32]


def _own_code(case: Case) -> list[str]:
    """Return digests of the files that registered a case's strategy and model, if users did."""
    from lab.models import MODELS
    from lab.strategies import STRATEGIES

    names = (STRATEGIES.files.get(case.strategy.partition(":")[0]), MODELS.files.get(case.model))
    return [digest(Path(name).read_bytes()) for name in names if name and Path(name).is_file()]


@cache
def _code() -> str:
    """Return the digest of the library's code, less the modules that no score depends on."""
    lab = Path(__file__).parent
    others = {
        *("answers", "baseline", "baselines", "benchmark", "cli", "comparison", "effects"),
        *("expected", "grid", "observations", "packing", "plugins", "progress", "record"),
        *("recorder", "report", "screen", "session", "statistics", "terminal", "tests"),
        *("tracking", "workspace", "__main__"),
    }
    paths = sorted(path.relative_to(lab) for path in lab.rglob("*.py"))
    names = [path for path in paths if path.parts[0].removesuffix(".py") not in others]
    return digest(b"".join((lab / path).read_bytes() for path in names))
