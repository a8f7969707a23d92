"""Notes on a table that was read: what was dropped or changed, and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.datasets.column import CATEGORIES, DROPPED, FILLED, NUMBER
from lab.datasets.reading.duplicates import contradictory_rows
from lab.read_options import MISSING, option
from lab.wording import counted, listed

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from lab.datasets.column import Column
    from lab.datasets.reading.table import Table
    from lab.datasets.reading.target import Target

FEW_POSITIVES = 10  # positive rows: two per fold
# Remarks on columns: notes begin with these words.
EMPTY, CONSTANT, IDENTIFIER, FREE_TEXT = "empty", "constant", "identifier", "free text"
PRESENCE = "one value or missing, encoded as 1 or 0"
RARE_TEXT = "differs in each row, so that only whether it is filled in is used, as 1 or 0"
DISTINCT = "a different whole number in each row"
REPEATED = "called like an identifier, so that rows of one value may depend on each other"


def counted_words(words: dict[str, int]) -> str:
    """Return words in order, each with its count."""
    return listed(f"{word!r} ({count:,})" for word, count in sorted(words.items()))


def shown(name: str) -> str:
    """Return a column's name as notes show it."""
    return repr(name) if name else "the column without a name"


def unusable(target: str, columns: list[Column]) -> str:
    """Return why no column besides the target is a feature."""
    texts = [shown(one.name) for one in columns if one.remark.startswith(FREE_TEXT)]
    if texts:
        are = "are" if len(texts) > 1 else "is"
        return (
            f"{listed(texts)} {are} free text, which the lab does not read: add columns with what "
            "matters in it, such as its length or the presence of a word"
        )
    return f"besides {target!r}, every column is constant or an identifier"


def reading_notes(columns: list[Column], table: Table, found: Target, target: str) -> list[str]:
    """Return notes on rows and columns that were dropped, changed or read in a special way."""
    notes = []
    if found.keep is not None:
        lacking = counted(int((~found.keep).sum()), "row")
        notes.append(f"dropped: {lacking} without a value of {target}")
    by_remark: dict[str, list[str]] = {}
    for column in columns:
        name, first = shown(column.name), column.remark.partition(";")[0]
        if column.treatment == CATEGORIES:
            levels = first.partition(" ")[0]
            by_remark.setdefault("categories", []).append(f"{name} ({levels})")
        elif column.treatment == DROPPED:
            beginning = "dropped by" if first == "--drop" else "dropped as"
            by_remark.setdefault(f"{beginning} {first}", []).append(name)
        elif column.treatment == FILLED:
            by_remark.setdefault(first, []).append(name)
        elif first == DISTINCT:
            remedy = option("drop", column.name)
            by_remark.setdefault(f"{DISTINCT}, perhaps an identifier ({remedy})", []).append(name)
        if REPEATED in column.remark:
            by_remark.setdefault(REPEATED, []).append(name)
        if column.name in table.remarks:
            by_remark.setdefault("numbers in another notation", []).append(
                f"{name} ({table.remarks[column.name]})"
            )
        if column.missing and column.treatment in (NUMBER, CATEGORIES):
            by_remark.setdefault("missing values", []).append(f"{name} ({column.missing:,})")
    notes += [f"{remark}: {listed(names)}" for remark, names in sorted(by_remark.items())]
    if table.words:
        words: dict[str, int] = {}
        for counts in table.words.values():
            for word, count in counts.items():
                words[word] = words.get(word, 0) + count
        read = counted_words(words)
        where = listed(shown(column) for column in table.words)
        usual = [option("not-missing", word) for word in sorted(words) if word in MISSING]
        keep = f" (or {usual[0]})" if usual else ""
        notes.append(f"words read as missing values: {read} in {where}{keep}")
    return notes


def warnings(X: pd.DataFrame, found: Target, target: str, giveaways: Collection[str]) -> list[str]:
    """Return notes on what may make scores wrong or verdicts inconclusive."""
    notes = []
    if giveaways:
        notes.append(f"WARNING: may give {target} away: {listed(giveaways)}")
    if contradictory := contradictory_rows(X, found.y):
        notes.append(
            f"equal in all features to a row of the other class: {counted(contradictory, 'row')}, "
            "which no model can tell apart"
        )
    if (positives := int(found.y.sum())) < FEW_POSITIVES:
        few = counted(positives, "positive row")
        notes.append(f"WARNING: only {few}, too few for conclusive verdicts")
    if 2 * positives > len(found.y):
        notes.append(
            "WARNING: the positive class is the more frequent one, while observations are about a "
            "rare class"
        )
    return notes
