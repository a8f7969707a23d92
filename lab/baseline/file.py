"""Scores that a session is compared with: read, write, compare.

A baseline is a JSON file with one case a line, sorted, so that a change is a readable diff. What a
session scored is kept in the same form, so that any two sessions compare, too.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from lab.baseline.comparison import Comparison, Snapshot, Status, compare
from lab.cases import Case, Protocol
from lab.datasets import is_known
from lab.errors import LabError, UnknownNameError
from lab.files import lock, write_bytes
from lab.observations.effects import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lab.cases import Result

FORMAT = 1
REMEDY = "restore it from git, or move it away and run with --update-baseline"
HYPHENS = 2  # of a case's id, at least


class BaselineError(LabError):
    """A baseline that cannot be read."""


class Baseline(dict[str, Snapshot]):
    """Snapshots by case id."""

    @classmethod
    def of(cls, results: Iterable[Result]) -> Baseline:
        """Return what is kept of some results."""
        return cls({result.case.id: Snapshot.of(result) for result in results})

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Read a file; one that is not there is an empty baseline.

        Raises
        ------
        BaselineError
            The file is not a baseline; the message says where.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            raise BaselineError(f"{path} cannot be read: {error}") from None
        try:
            return cls.loads(text, str(path))
        except BaselineError as error:
            raise BaselineError(f"{error}: {REMEDY}") from None

    @classmethod
    def loads(cls, text: str, name: str) -> Baseline:
        """Return the baseline that a text of :meth:`dumps` holds.

        Raises
        ------
        BaselineError
            It holds none.
        """
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}: {error.msg}"
            raise BaselineError(f"{name} is not JSON ({where})") from None
        try:
            return cls._parse(content)
        except BaselineError as error:
            raise BaselineError(f"{name}: {error}") from None

    @classmethod
    def _parse(cls, content: Any) -> Baseline:
        cases = content.get("cases", {}) if isinstance(content, dict) else None
        if not isinstance(cases, dict) or content.get("format") != FORMAT:
            raise BaselineError(f"not a baseline of format {FORMAT}")
        snapshots = cls()
        for case, facts in cases.items():
            if case.count("-") < HYPHENS:
                raise BaselineError(f"{case!r} is not a case")
            try:
                protocol = Protocol.from_json(facts.get("protocol", {}))
                defaults = {"versions": content["versions"]}
                snapshots[case] = Snapshot(**{**defaults, **facts, "protocol": protocol})
                dict(snapshots[case].versions)
                {Verdict(found["verdict"]) for found in snapshots[case].verdicts.values()}
                folds = protocol.pairs
                wrong = [
                    metric
                    for metric, scores in snapshots[case].scores.items()
                    if len(scores) != folds or not all(map(math.isfinite, scores))
                ]
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise BaselineError(f"case {case!r} is wrong ({error})") from None
            if wrong:
                raise BaselineError(f"case {case!r} needs {folds} numbers for {wrong[0]}")
        return snapshots

    def dumps(self) -> str:
        """Return the text of the file, one case a line."""
        # The versions of most cases stand above, those of others with them: an upgrade that
        # changes no score changes one line.
        counts = Counter(json.dumps(snapshot.versions) for snapshot in self.values())
        common = counts.most_common(1)[0][0] if counts else "{}"
        lines = []
        for case in sorted(self):
            facts = asdict(self[case]) | {"protocol": self[case].protocol.to_json()}
            for name in ("protocol", "verdicts", "target"):
                if not facts[name]:
                    del facts[name]
            if json.dumps(facts["versions"]) == common:
                del facts["versions"]
            compact = json.dumps(facts, sort_keys=True, separators=(",", ":"))
            lines.append(f"{json.dumps(case)}: {compact}")
        cases = ",\n".join(lines)
        return f'{{\n"format": {FORMAT},\n"versions": {common},\n"cases": {{\n{cases}\n}}\n}}\n'

    def compare(self, case: Case, after: Snapshot) -> Comparison:
        """Return what became of a case of a session.

        A case that is not here is new, unless its dataset, its strategy and its model are: then
        it is missing, because somebody took it out or never recorded it.
        """
        if before := self.get(case.id):
            return compare(case.id, before, after)
        cases = [found for found in map(_parse, self) if found]
        if all(
            getattr(case, part) in {getattr(other, part) for other in cases}
            for part in ("dataset", "strategy", "model")
        ):
            why = (
                "the baseline has other cases of its dataset, strategy and model, but not this one"
            )
            return Comparison(case.id, Status.MISSING, f"{why}: --update-baseline records it")
        return Comparison(case.id, Status.NEW, "not in the baseline", asked_for=True)

    def compare_all(self, after: Baseline) -> list[Comparison]:
        """Return what became of every case of either."""
        both = [compare(case, self[case], after[case]) for case in self if case in after]
        missing = [Comparison(case, Status.MISSING) for case in self if case not in after]
        new = [Comparison(case, Status.NEW) for case in after if case not in self]
        return both + missing + new

    def gone(self) -> list[str]:
        """Return the cases that can no longer run: a part of their id has no entry."""
        return [name for name in self if not ((case := _parse(name)) and is_known(case.dataset))]


def _parse(case_id: str) -> Case | None:
    """Return the case of an id; None if its strategy or model is not registered."""
    try:
        return Case.parse(case_id)
    except UnknownNameError:
        return None


def update(path: Path, recorded: Baseline, lock_file: Path) -> list[Comparison]:
    """Record cases in a baseline's file; return what that changed.

    Other cases stay as they are, and so do verdicts on the same data that are not given anew.

    Raises
    ------
    BaselineError
        A score is not a number, the file cannot be read, or it has a case of another target.
    OSError
        The file cannot be written.
    """
    with lock(lock_file):
        baseline = Baseline.read(path)
        after = Baseline()
        for case, snapshot in recorded.items():
            for metric, scores in snapshot.scores.items():
                if not all(map(math.isfinite, scores)):
                    raise BaselineError(f"{case}: {metric} is not a number in every fold")
            before = baseline.get(case)
            if before and before.target != snapshot.target:
                raise BaselineError(
                    f"{path} has {case} for the target {before.target or 'of another dataset'}: "
                    "name another file with --baseline"
                )
            kept = before.verdicts if before and before.is_of_the_same(snapshot) else {}
            after[case] = replace(snapshot, verdicts=kept | snapshot.verdicts)
        changes = [
            comparison
            for comparison in baseline.compare_all(after)
            if comparison.case in after
            and not _same(baseline.get(comparison.case), after[comparison.case])
        ]
        write_bytes(path, Baseline(baseline | after).dumps().encode())
    return changes


def check_writable(path: Path) -> None:
    """Check that a baseline can be recorded in a file.

    Raises
    ------
    BaselineError
        It cannot.
    """
    folder = path.absolute().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise BaselineError(f"{path} cannot be written: name another file with --baseline")


def _same(before: Snapshot | None, after: Snapshot) -> bool:
    return before is not None and replace(before, versions={}) == replace(after, versions={})
