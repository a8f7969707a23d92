"""The file of a baseline: scores by case, and verdicts by observation.

JSON with one case, or one verdict of an observation, a line, sorted, so that a change is a readable
diff. A session's scores are kept in the same form, so that any two sessions compare as well.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from lab.baseline.comparison import Comparison, Status, compare
from lab.baseline.snapshot import Snapshot
from lab.baseline.verdicts import (
    BaselineError,
    R,
    Record,
    RecordedClaim,
    RecordedVerdict,
    grouped,
    parsed,
)
from lab.cases import Case
from lab.datasets import is_known
from lab.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lab.baseline.verdicts import Selection
    from lab.cases import Result
    from lab.observations.verdict import Verdict

FORMAT = 1
REMEDY = "restore it from git, or move it away and run with --update-baseline"
HYPHENS = 2  # of a case's id, at least
BY_LINE = ("cases", "verdicts", "claims")  # sections with one entry a line
RECORD = "--update-baseline records it"


@dataclass
class Baseline:
    """Snapshots of cases by id, and verdicts on claims by key and model."""

    cases: dict[str, Snapshot] = field(default_factory=dict)
    claims: dict[str, dict[str, RecordedClaim]] = field(default_factory=dict)

    @classmethod
    def of(cls, results: Iterable[Result]) -> Baseline:
        """Return the baseline of some results."""
        return cls({result.case.id: Snapshot.of(result) for result in results})

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Read a file; a missing one is an empty baseline.

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
        """Return the baseline of :meth:`dumps`.

        Raises
        ------
        BaselineError
            The text is not a baseline; the message starts with its name.
        """
        try:
            return cls.from_json(json.loads(text))
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}: {error.msg}"
            raise BaselineError(f"{name} is not JSON ({where})") from None
        except BaselineError as error:
            raise BaselineError(f"{name}: {error}") from None

    def dumps(self) -> str:
        """Return the text of the file."""
        parts = []
        for name, content in self.to_json().items():
            if name not in BY_LINE:
                text = json.dumps(content)
            elif isinstance(content, dict):
                lines = (f"{json.dumps(key)}: {_compact(one)}" for key, one in content.items())
                text = "{{\n{}\n}}".format(",\n".join(lines))
            else:
                text = "[\n{}\n]".format(",\n".join(map(_compact, content)))
            parts.append(f"{json.dumps(name)}: {text}")
        return "{{\n{}\n}}\n".format(",\n".join(parts))

    def to_json(self) -> dict[str, Any]:
        """Return the baseline as JSON values, sorted."""
        cases = {case: self.cases[case].to_json() for case in sorted(self.cases)}
        # The versions of most cases stand above, others with their case: an upgrade that changes
        # no score changes one line.
        counts = Counter(json.dumps(facts["versions"]) for facts in cases.values())
        common = json.loads(counts.most_common(1)[0][0]) if counts else {}
        for facts in cases.values():
            if facts["versions"] == common:
                del facts["versions"]
        content = {"format": FORMAT, "versions": common, "cases": cases}
        sections = {
            "verdicts": grouped(
                ((case, *item) for case in cases for item in self.cases[case].verdicts.items()),
                "cases",
            ),
            "claims": grouped(
                ((model, key, one) for key, by in self.claims.items() for model, one in by.items()),
                "models",
            ),
        }
        return content | {name: lines for name, lines in sections.items() if lines}

    @classmethod
    def from_json(cls, content: Any) -> Baseline:
        """Return the baseline of :meth:`to_json`.

        Verdicts on cases without scores are left out: they are about nothing.

        Raises
        ------
        BaselineError
            It is not a baseline.
        """
        lines = content.get("cases", {}) if isinstance(content, dict) else None
        if not isinstance(lines, dict) or content.get("format") != FORMAT:
            raise BaselineError(f"not a baseline of format {FORMAT}")
        verdicts: dict[str, dict[str, RecordedVerdict]] = {}
        for case, key, verdict in parsed(content, "verdicts", "cases", RecordedVerdict.from_json):
            _add(verdicts.setdefault(case, {}), key, verdict, f"{key} on {case}")
        claims: dict[str, dict[str, RecordedClaim]] = {}
        for model, key, claim in parsed(content, "claims", "models", RecordedClaim.from_json):
            _add(claims.setdefault(key, {}), model, claim, f"{key} on {model}")
        common = content.get("versions", {})
        cases = {
            case: _snapshot(case, facts, common, verdicts.get(case, {}))
            for case, facts in lines.items()
        }
        return cls(cases, claims)

    def compare(self, case: Case, after: Snapshot, *, chosen: bool = False) -> Comparison:
        """Return how a case of a session compares.

        A case that is not recorded is new, unless its dataset, its strategy and its model are
        recorded with others: then it is missing, because its line was lost or never written.
        """
        if before := self.cases.get(case.id):
            return compare(case.id, before, after, chosen=chosen)
        if missing := self._hole(case):
            return Comparison(case.id, Status.MISSING, f"{missing}: {RECORD}")
        return Comparison(case.id, Status.NEW, "not in the baseline", asked_for=True)

    def _hole(self, case: Case) -> str:
        """Return why a case should have been recorded; nothing if it is new."""
        recorded = [found for found in map(_parse, self.cases) if found]
        if all(
            getattr(case, part) in {getattr(other, part) for other in recorded}
            for part in ("dataset", "strategy", "model")
        ):
            return (
                "the baseline has other cases of its dataset, strategy and model, but not this one"
            )
        return ""

    def compare_all(self, after: Baseline) -> list[Comparison]:
        """Return how every case of either compares."""
        before, now = self.cases, after.cases
        both = [compare(case, before[case], now[case]) for case in before if case in now]
        missing = [Comparison(case, Status.MISSING) for case in before if case not in now]
        new = [Comparison(case, Status.NEW) for case in now if case not in before]
        return both + missing + new

    def verdict(self, result: Result, key: str, statement: str) -> Record:
        """Return the verdict recorded for an observation on a case.

        Parameters
        ----------
        result : Result
            The case's result. A verdict on other data, or under another protocol or definition,
            does not count.
        key, statement : str
            What is observed. A verdict on another statement does not count.
        """
        before = self.cases.get(result.case.id)
        if before is None:
            return Record(missing=self._hole(result.case) if key in self.observations else "")
        if key not in self.observations:
            return Record()
        if not before.is_like(result):
            return Record(missing="recorded for other data, another protocol or definition")
        return Record.of(before.verdicts.get(key), statement, "on other cases, but not on this one")

    def verdict_on_claim(
        self, model: str, selection: Selection, key: str, statement: str
    ) -> Record:
        """Return the verdict recorded for a claim on a model.

        Parameters
        ----------
        model : str
            The model.
        selection : Selection
            What the claim is judged on. A verdict on another selection does not count.
        key, statement : str
            What is claimed. A verdict on another statement does not count.
        """
        if key not in self.claims:
            return Record()
        recorded = self.claims[key].get(model)
        if recorded and recorded.selection != selection:
            return Record(missing="recorded for other datasets, models or another protocol")
        return Record.of(recorded, statement, "on other models, but not on this one")

    @cached_property
    def observations(self) -> set[str]:
        """Keys of all observations with a recorded verdict."""
        on_cases = (key for snapshot in self.cases.values() for key in snapshot.verdicts)
        return {*on_cases, *self.claims}

    def count(self, verdict: Verdict) -> Counter[str]:
        """Return on how many cases and models each observation has a verdict, by key."""
        on_cases = chain.from_iterable(one.verdicts.items() for one in self.cases.values())
        on_claims = ((key, one) for key, by in self.claims.items() for one in by.values())
        return Counter(key for key, one in chain(on_cases, on_claims) if one.verdict is verdict)

    def gone(self) -> list[str]:
        """Return the cases that can no longer run: a part of their id has no entry."""
        return [
            name for name in self.cases if not ((case := _parse(name)) and is_known(case.dataset))
        ]


def _parse(case_id: str) -> Case | None:
    """Return the case of an id; None if its strategy or model is not registered."""
    try:
        return Case.parse(case_id)
    except UnknownNameError:
        return None


def _add(found: dict[str, R], name: str, verdict: R, what: str) -> None:
    if name in found:  # as after a merge that kept both sides
        raise BaselineError(f"two verdicts are recorded for {what}")
    found[name] = verdict


def _snapshot(case: str, facts: Any, versions: Any, verdicts: Any) -> Snapshot:
    """Return the snapshot of a case's line."""
    if case.count("-") < HYPHENS:
        raise BaselineError(f"{case!r} is not a case")
    try:
        snapshot = Snapshot.from_json({"versions": versions, **facts}, verdicts)
        folds = snapshot.protocol.pairs
        wrong = [
            metric
            for metric, scores in snapshot.scores.items()
            if len(scores) != folds or not all(map(math.isfinite, scores))
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BaselineError(f"case {case!r} is wrong ({error})") from None
    if wrong:
        raise BaselineError(f"case {case!r} needs {folds} numbers for {wrong[0]}")
    return snapshot


def _compact(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))
