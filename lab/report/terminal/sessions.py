"""List of logged sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.report.text import Text, listing, plain, words, wrapped
from lab.wording import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.tracking.logged_session import LoggedSession

TITLES = ("id", "start", "duration", "outcome", "cases", "verdicts", "command")
ALIGNED = "<<><>><"
LEGEND = "verdicts: holds/inconclusive/contradicted"


def session_list(
    sessions: Sequence[LoggedSession], style: str, width: int | None = None, *, older: bool = False
) -> Iterator[Text]:
    """Yield logged sessions as a table, or as JSON.

    Parameters
    ----------
    sessions : sequence of LoggedSession
        Sessions, newest first.
    style : {"text", "json"}
        Format.
    width : int, optional
        Columns to which rows are cut; by default they are not.
    older : bool
        Whether there are older sessions.
    """
    facts = [session.to_json() for session in sessions]
    rows = [_row(session) for session in sessions]
    yield from listing(facts, [TITLES, *rows], ALIGNED, style, width=width, cut=True)
    if style == "text":
        more = "; use a larger --limit for older sessions" if older else ""
        yield from plain("", *wrapped(LEGEND + more, width))


def _row(session: LoggedSession) -> list[str]:
    counts = session.verdicts
    return [
        session.id,
        f"{session.start:%Y-%m-%d %H:%M}",
        "-" if session.seconds is None else clock(round(session.seconds)),
        session.outcome,
        words(session.cases),
        "/".join(map(str, counts.values())) if counts else "-",
        session.command,
    ]
