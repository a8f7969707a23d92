"""Notations of numbers, dates and times in text cells.

Whether a dot or a comma separates thousands or decimals is decided by a whole column: 12.500 is
12500 beside 987 or 1.250,5, and 12.5 beside 0.125.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

SIGNS = (".", ",")
# Other separators of thousands: apostrophes, and spaces of several widths.
SPACES = "'\u2019\u00b4_ \u00a0\u2009\u202f"
GROUP = f"[.,{SPACES}]"
CURRENCIES = (
    "ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK "
    "NZD PHP PLN RON RUB SEK SGD THB TRY USD ZAR kr Ft Kč zł Fr. Rs R$ US$ A$ C$ HK$ NZ$ S$"
)
CURRENCY = (
    f"(?:{'|'.join(map(re.escape, CURRENCIES.split()))}|[$\u20ac\u00a3\u00a5\u20b9\u20ba\u20bd])"
)
MINUS = "[-+]?"
DASHES = "\u2212\u2013"
LAKHS = r"\d{1,2}(?:,\d{2})+,\d{3}"  # as in India
NUMBER = (
    rf"(?:\d{{1,3}}(?:{GROUP}\d{{3}})+(?:[.,]\d+)?|\d+(?:[.,]\d*)?|[.,]\d+|"
    rf"{LAKHS}(?:\.\d+)?)(?:[eE][-+]?\d+)?"
)
# Negative numbers as in accounting, (12.50), as of SAP, 12.50-, and with a minus or a dash.
NEGATIVE = rf"\({NUMBER}\)|{NUMBER}-|[{DASHES}]{NUMBER}"
MONTH = "(?i:jan|feb|m[a\u00e4]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
ISO_DATE = rf"\d{{4}}-\d{{2}}-\d{{2}}(?:[ T]{CLOCK}(?:Z|[-+]\d{{2}}(?::?\d{{2}})?)?)?"
NUMBERS, DATES, PERCENTAGES, AMOUNTS = "numbers", "dates", "percentages", "amounts of money"
# Kinds of cells that are not words, in the order in which they are tried.
KINDS = {
    NUMBERS: rf"{MINUS}(?:{NUMBER}|(?i:inf|infinity))|{NEGATIVE}",
    DATES: ISO_DATE,
    PERCENTAGES: rf"{MINUS}{NUMBER}\s*%",
    AMOUNTS: (rf"{MINUS}\s*{CURRENCY}\s*{MINUS}\s*{NUMBER}|{MINUS}{NUMBER}\s*{CURRENCY}"),
    "dates in another notation": (
        r"(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?:[ T].*)?"
        rf"|\d{{1,2}}[-. ]*{MONTH}[-., ]*\d{{2,4}}(?:[ T].*)?"
        rf"|(?:[A-Z][a-z]+,? )?{MONTH} \d{{1,2}}.*"
        rf"|{MONTH}[-., ]*\d{{2,4}}|\d{{4}}-(?:0[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])/\d{{4}}"
    ),
    "times": rf"{CLOCK}(?:\s*[AaPp][Mm])?",
    "durations": r"\d+ days?(?: .*)?|P(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?",
}


@dataclass(frozen=True)
class Signs:
    """The decimal sign of a file's numbers.

    Attributes
    ----------
    decimal : str
        A dot, a comma, or nothing if it is not known.
    proven : bool
        Whether a column shows it; else it is what files with this delimiter usually have.
    """

    decimal: str = ""
    proven: bool = False


@dataclass(frozen=True)
class Notation:
    """Notation of a column of numbers.

    Attributes
    ----------
    decimal, thousands : str
        Its decimal sign, and its separators of thousands.
    unit : str
        Its currency or percent sign, which is left out before :meth:`numbers`.
    """

    decimal: str
    thousands: str
    unit: str = ""

    def numbers(self, texts: pa.Array) -> pa.Array | None:
        """Return texts in this notation as float64; None if one is in another."""
        import pyarrow as pa
        from pyarrow import compute as pc

        texts = plain(texts)
        if self.thousands:
            texts = pc.replace_substring_regex(texts, f"[{re.escape(self.thousands)}]", "")
        try:
            return pc.replace_substring(texts, self.decimal, ".").cast(pa.float64())
        except pa.ArrowInvalid:
            return None


@dataclass(frozen=True)
class _Sign:
    """Uses of a dot or a comma in a column.

    Attributes
    ----------
    decimal, thousands : bool
        Whether some cell shows that it separates decimals, and thousands.
    is_open : bool
        Whether some cell, such as 12.500, leaves it open.
    """

    decimal: bool
    thousands: bool
    is_open: bool


UNKNOWN = Signs()


def matches(texts: pa.Array, pattern: str) -> pa.Array:
    """Return a mask of the texts that match a pattern as a whole."""
    from pyarrow import compute as pc

    return pc.match_substring_regex(texts, f"^(?:{pattern})$")


def plain(texts: pa.Array) -> pa.Array:
    """Return numbers with their sign before them.

    Examples
    --------
    >>> import pyarrow as pa
    >>> plain(pa.array(["(1.50)", "12-", "7"])).to_pylist()
    ['-1.50', '-12', '7']
    """
    from pyarrow import compute as pc

    texts = pc.replace_substring_regex(texts, r"^\((.*)\)$", r"-\1")
    texts = pc.replace_substring_regex(texts, r"^(.*)-$", r"-\1")
    return pc.replace_substring_regex(texts, f"^[{DASHES}]", "-")


def _some(texts: pa.Array, pattern: str) -> bool:
    from pyarrow import compute as pc

    return bool(pc.any(matches(texts, pattern)).as_py())


def shows_decimals(texts: pa.Array, sign: str) -> bool:
    """Return whether a cell shows that a sign separates decimals: thousands are impossible.

    Examples
    --------
    >>> import pyarrow as pa
    >>> shows_decimals(pa.array(["12.500", "0.125"]), ".")
    True
    >>> shows_decimals(pa.array(["12.500", "987"]), ".")
    False
    """
    other = SIGNS[sign == "."]
    s = re.escape(sign)
    exponent = r"(?:[eE][-+]?\d+)"
    return _some(
        texts,
        rf"{MINUS}(?:\d*{s}(?:\d{{0,2}}|\d{{4,}}){exponent}?|(?:0\d*|\d{{4,}}|){s}\d{{3}}"
        rf"{exponent}?|\d+{s}\d{{3}}{exponent}|"
        rf"\d{{1,3}}(?:[{re.escape(other)}{SPACES}]\d{{3}})+{s}\d+)",
    )


def _use(texts: pa.Array, sign: str) -> _Sign:
    s, other = re.escape(sign), re.escape(SIGNS[sign == "."])
    grouped = (
        rf"{MINUS}(?:\d{{1,3}}(?:(?:{s}\d{{3}}){{2,}}|(?:{s}\d{{3}})+{other}\d+)"
        rf"|\d{{1,2}}(?:{s}\d{{2}})+{s}\d{{3}}(?:{other}\d+)?)"
    )
    return _Sign(
        shows_decimals(texts, sign),
        _some(texts, grouped),
        _some(texts, rf"{MINUS}[1-9]\d{{0,2}}{s}\d{{3}}"),
    )


def decide(texts: pa.Array, file: Signs = UNKNOWN) -> Notation | str | None:
    """Return the notation of a column of numbers.

    Parameters
    ----------
    texts : Array of str
        The distinct cells, all of them numbers by ``KINDS``.
    file : Signs
        Decimal sign of the file's other columns.

    Returns
    -------
    Notation, str or None
        None if cells contradict each other; the sign that may separate decimals or thousands, if
        nothing shows which.

    Examples
    --------
    >>> import pyarrow as pa
    >>> decide(pa.array(["12.500", "987"]))
    Notation(decimal=',', thousands='.', unit='')
    >>> decide(pa.array(["12.500", "3,5"]))
    Notation(decimal=',', thousands='.', unit='')
    >>> decide(pa.array(["12.500", "11.250"]))
    '.'
    >>> decide(pa.array(["12.500", "11.250"]), Signs("."))
    Notation(decimal='.', thousands='', unit='')
    >>> decide(pa.array(["12.500", "987"]), Signs(".", proven=True))
    '.'
    >>> decide(pa.array(["1.5", "2,5"])) is None
    True
    """
    texts = plain(texts)
    uses = {sign: _use(texts, sign) for sign in SIGNS}
    spaced = "".join(sign for sign in SPACES if _some(texts, rf".*\d{sign}\d.*"))
    decimals = [sign for sign, use in uses.items() if use.decimal]
    thousands = [sign for sign, use in uses.items() if use.thousands]
    unclear = [s for s in SIGNS if uses[s].is_open and s not in decimals and s not in thousands]
    if len(decimals) > 1 or len(thousands) > 1 or set(decimals) & set(thousands):
        return None
    if len(unclear) > 1 or (unclear and decimals and thousands):
        return None
    if unclear and not (decimals or thousands):
        sign = unclear[0]
        is_decimal = _is_decimal(texts, spaced)
        if is_decimal is None:
            if not file.decimal:
                return sign
            is_decimal = sign == file.decimal
        if file.proven and is_decimal != (sign == file.decimal):
            return sign  # the file's other columns contradict this one
        (decimals if is_decimal else thousands).append(sign)
    elif unclear:
        (thousands if decimals else decimals).extend(unclear)
    decimal = decimals[0] if decimals else SIGNS[thousands == ["."]]
    return Notation(decimal, "".join(thousands) + spaced)


def _is_decimal(texts: pa.Array, spaced: str) -> bool | None:
    """Return whether the only sign of a column separates decimals, if other cells show it."""
    if spaced or _some(texts, rf"{MINUS}\d{{4,}}"):
        return True
    # Only numbers with separators of thousands vary in length without any other decimals.
    return False if _some(texts, rf"{MINUS}\d+") else None
