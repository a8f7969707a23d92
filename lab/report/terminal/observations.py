"""List of observations, and of their verdicts in a session."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from lab.observations.verdict import Verdict
from lab.report.text import Text, listing, plain, words, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.observations.modules import ObservationTest
    from lab.observations.record import ObservationRecord

TITLES = ("name", "module", "about", "exceptions")
MORE_TITLES = ("strategies", "sentence")


def observation_list(
    expected: Sequence[ObservationTest],
    style: str,
    width: int | None = None,
    session: tuple[str, Sequence[ObservationRecord]] | None = None,
) -> Iterator[Text]:
    """Yield observations as a table, or as JSON.

    Parameters
    ----------
    expected : sequence of ObservationTest
        Observations of the benchmark modules.
    style : {"text", "json"}
        Format.
    width : int, optional
        Columns to which rows are wrapped; by default they are not.
    session : (str, sequence of ObservationRecord), optional
        Name and records of a session: only its observations are listed, with the number of each
        verdict. JSON has the records, too.
    """
    found: dict[str, list[ObservationRecord]] = {}
    for record in session[1] if session else ():
        found.setdefault(record.key, []).append(record)
    if session:
        expected = [one for one in expected if one.key in found]
    titles = (*TITLES, *(map(str, Verdict) if session else ()), *MORE_TITLES)
    facts_of, rows = [], []
    for one in expected:
        observed = found.get(one.key, [])
        counts = Counter(record.verdict for record in observed)
        verdicts = {str(verdict): counts[verdict] for verdict in Verdict}
        records = [record.to_json() for record in observed]
        more = {"verdicts": verdicts, "observed": records} if session else {}
        facts_of.append(asdict(one) | more)
        shown = [one.name, one.module, one.about, words(sum(one.exceptions.values()))]
        shown += map(words, verdicts.values()) if session else []
        rows.append([*shown, ", ".join(one.strategies) or "all", one.sentence])
    alignments = "<<<>" + (">>>" if session else "") + "<<"
    yield from listing(facts_of, [titles, *rows], alignments, style, width=width)
    if style == "text" and session:
        yield from plain("", *wrapped(f"Verdicts of {session[0]}.", width))
