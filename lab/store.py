"""Results on disk: each case of a session is computed once, whoever asks first.

Layout of the store's folder, which is safe to delete between sessions::

    results/CASE/FINGERPRINT.json .parquet .png   scores, predictions, picture; shared by sessions
    sessions/SESSION/CASE.json                    what this session stands on
    sessions/SESSION/CASE.error.json              why this session has no result
"""

from __future__ import annotations

import gc
import io
import json
import shutil
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import LabError
from lab.files import digest, lock, slug, write_bytes
from lab.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    reuse : bool
        Whether a result of an earlier session counts, if data, case, protocol, code and package
        versions are the same.
    """

    def __init__(self, root: Path, session: str, *, reuse: bool = False) -> None:
        self.session_id = session
        self.results = root / "results"
        self.session = root / "sessions" / session
        self.reuse = reuse

    def result(self, case: Case, protocol: Protocol) -> Result:
        """Return a case's result; compute it if nobody in this session has.

        Raises
        ------
        CaseError
            Another test of this session tried, and failed.
        Exception
            Whatever the evaluation raised, where this call tried it.
        """
        found = self.find(case)
        if found is None:
            # One lock at a time: nothing that holds it asks for another case.
            with lock(self.session / f"{slug(case.id)}.lock"):
                found = self.find(case) or self._obtain(case, protocol)
        return found

    def warm_up(self, cases: Iterable[Case], protocol: Protocol) -> None:
        """Do what comes before a process's first evaluation: import libraries, make the figure.

        No data is loaded and nothing is fitted.
        """
        import numpy as np

        from lab.figures import curves_picture
        from lab.models import MODELS
        from lab.strategies import STRATEGIES

        curves_picture()
        y = np.array([0, 1], dtype=np.int8)
        for strategy, model in sorted({(case.strategy, case.model) for case in cases}):
            STRATEGIES[strategy].pipeline(None, MODELS[model], y, protocol.seed)
        # All that is loaded by now stays: the collector need not go through it again and again.
        gc.collect()
        gc.freeze()

    def find(self, case: Case) -> Result | None:
        """Return a case's result if this session has one.

        Raises
        ------
        CaseError
            Its evaluation failed.
        """
        error = self._error(case)
        if error.exists():
            raise CaseError(json.loads(error.read_bytes())["message"])
        record = self._record(case)
        return self._load(record) if record.exists() else None

    def artifacts(self, case: Case) -> dict[str, Path]:
        """Return the files to log for a case that this session has a result of, by their names."""
        files = self._files(case, json.loads(self._record(case).read_bytes())["fingerprint"])
        return {"predictions.parquet": files[".parquet"], "curves.png": files[".png"]}

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

    def _obtain(self, case: Case, protocol: Protocol) -> Result:
        key = fingerprint(case, protocol)
        files = self._files(case, key)
        if not (self.reuse and self._intact(files)):
            try:
                self._compute(case, protocol, key)
            except Exception as error:
                message = f"{case.id} could not be evaluated: {type(error).__name__}: {error}"
                write_bytes(self._error(case), json.dumps({"message": message}).encode())
                raise
        write_bytes(self._record(case), files[".json"].read_bytes())
        return self._load(self._record(case))

    def _compute(self, case: Case, protocol: Protocol, key: str) -> None:
        from lab.experiment import evaluate
        from lab.figures import curves

        result = evaluate(case, protocol)
        buffer = io.BytesIO()
        result.read_predictions().to_parquet(buffer, engine="pyarrow", compression="zstd")
        contents = {".parquet": buffer.getvalue(), ".png": curves(result)}
        record = {
            "fingerprint": key,
            "session": self.session_id,
            "sha256": {suffix: digest(content) for suffix, content in contents.items()},
            "result": result.facts(),
        }
        # The record comes last: what it names is there.
        contents[".json"] = json.dumps(record).encode()
        files = self._files(case, key)
        for suffix, content in contents.items():
            write_bytes(files[suffix], content)
        self._prune(files[".json"].parent)

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
        records = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for record in records[:-KEPT]:
            for path in folder.glob(f"{record.stem}.*"):
                path.unlink(missing_ok=True)

    def _files(self, case: Case, key: str) -> dict[str, Path]:
        folder = self.results / slug(case.id)
        return {suffix: folder / (key + suffix) for suffix in (".json", ".parquet", ".png")}

    def _record(self, case: Case) -> Path:
        return self.session / f"{slug(case.id)}.json"

    def _error(self, case: Case) -> Path:
        return self.session / f"{slug(case.id)}.error.json"


def fingerprint(case: Case, protocol: Protocol) -> str:
    """Return the key of a result: equal keys mean equal scores.

    Covers the data's digest, the case with all parameters of its pipeline, the protocol, package
    versions and the code that evaluates.
    """
    from lab import datasets
    from lab.experiment import pipeline

    dataset = datasets.load(case.dataset)
    steps = pipeline(case, dataset, dataset.y, protocol.seed)
    # Steps of steps are in here under their own names; printing them twice takes time.
    parameters = {
        name: str(value)
        for name, value in sorted(steps.get_params().items())
        if not hasattr(value, "get_params") and not isinstance(value, list)
    }
    facts = {
        "case": asdict(case),
        "data": dataset.digest,
        "definition": [type(step).__name__ for _, step in steps.steps] + [parameters],
        "protocol": asdict(protocol),
        "versions": versions(),
        "code": _code(),
    }
    return digest(json.dumps(facts, sort_keys=True).encode())[:32]


@cache
def _code() -> str:
    """Return the digest of the modules that a result depends on."""
    lab = Path(__file__).parent
    modules = ("experiment", "figures", "metrics", "models", "preprocessing", "strategies")
    return digest(b"".join((lab / f"{module}.py").read_bytes() for module in modules))
