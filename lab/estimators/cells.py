"""Conversion of single cells of a user's file: numbers, booleans, dates, times, durations."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

LARGEST_NUMBER = 1e100  # of lab.datasets.dataset
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
MICROSECOND = timedelta(microseconds=1)
SECOND = 1e6  # microseconds
DAY = 86_400 * SECOND
DASHES = ("\u2212", "\u2013")
WHOLE = 2.0**53  # all whole numbers below have a double
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}.*)?", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?", re.ASCII)
# What a cell of each kind should be.
NOUNS = {
    "numbers": "a number",
    "booleans": "true or false",
    "dates": "a date such as 2024-02-10",
    "times": "a time such as 13:45:00",
    "durations": "a duration such as '1 days 02:00:00'",
}


def is_missing(cell: Any) -> bool:
    """Return whether pandas uses a value for missing cells."""
    return cell is None or cell is pd.NA or cell is pd.NaT or bool(cell != cell)


def number(cell: Any, decimal: str = ".", thousands: str = "", unit: str = "") -> float:
    """Return a cell as a number.

    Raises
    ------
    ValueError, TypeError
        It is no number in this notation.

    Examples
    --------
    >>> number("12.500,5 EUR", decimal=",", thousands=".", unit="EUR")
    12500.5
    >>> number("12,5")
    Traceback (most recent call last):
    ValueError: 12,5
    """
    if isinstance(cell, str):
        text = re.sub(rf"\s*{re.escape(unit)}\s*", "", cell, count=1) if unit else cell
        text = _signed(text)
        if not _numbers(decimal, thousands).fullmatch(text):
            raise ValueError(cell)
        for sign in thousands:
            text = text.replace(sign, "")
        cell = text.replace(decimal, ".")
    elif isinstance(cell, bool) or not isinstance(cell, int | float | np.number | Decimal):
        raise TypeError(cell)
    value = float(cell)
    if abs(value) > LARGEST_NUMBER:
        raise ValueError(cell)
    return value


def _signed(text: str) -> str:
    """Return a number with its minus before it: accountants write (12), and SAP 12-."""
    if text.startswith("(") and text.endswith(")"):
        return f"-{text[1:-1]}"
    if text.endswith("-"):
        return f"-{text[:-1]}"
    return f"-{text[1:]}" if text.startswith(DASHES) else text


@cache
def _numbers(decimal: str, thousands: str) -> re.Pattern[str]:
    sign = re.escape(decimal)
    groups = rf"\d{{1,3}}(?:[{re.escape(thousands)}]\d{{2,3}})+|" if thousands else ""
    return re.compile(
        rf"[-+]?(?:(?:{groups}\d+)(?:{sign}\d*)?|{sign}\d+)(?:[eE][-+]?\d+)?", re.ASCII
    )


def boolean(cell: Any) -> float:
    """Return a boolean, 1 or 0, or true or false in any case, as 1 or 0."""
    if isinstance(cell, str):
        return float({"true": 1, "1": 1, "false": 0, "0": 0}[cell.lower()])
    if cell not in (0, 1):
        raise ValueError(cell)
    return float(cell)


def days(cell: Any) -> float:
    """Return a date, a moment or its ISO text as days since 1970, in UTC.

    Examples
    --------
    >>> days("1970-01-02"), days("1970-01-02T02:00+02:00")
    (1.0, 1.0)
    """
    if isinstance(cell, np.datetime64):
        cell = pd.Timestamp(cell)
    elif isinstance(cell, str):
        if not ISO_DATE.fullmatch(cell):
            raise ValueError(cell)
        cell = datetime.fromisoformat(cell)
    if isinstance(cell, datetime):
        if cell.tzinfo:
            cell = cell.astimezone(UTC).replace(tzinfo=None)
        # As NumPy divides: first the microseconds are rounded to a double.
        return float((cell - EPOCH) // MICROSECOND) / DAY
    if isinstance(cell, date):
        return float(cell.toordinal() - EPOCH.toordinal())
    raise TypeError(cell)


def seconds_of_day(cell: Any) -> float:
    """Return a time of day, or its text, as seconds.

    Examples
    --------
    >>> seconds_of_day("01:30:00.5")
    5400.5
    """
    if isinstance(cell, str):
        found = CLOCK.fullmatch(cell)
        if not found:
            raise ValueError(cell)
        hour, minute, second = (int(part or 0) for part in found.groups()[:3])
        cell = time(hour, minute, second, int((found[4] or "0").ljust(6, "0")[:6]))
    if not isinstance(cell, time):
        raise TypeError(cell)
    minutes = cell.hour * 60 + cell.minute
    return float((minutes * 60 + cell.second) * 10**6 + cell.microsecond) / SECOND


def seconds(cell: Any) -> float:
    """Return a duration, or its text, as seconds.

    Examples
    --------
    >>> seconds("1 days 00:00:01"), seconds("PT1.5S")
    (86401.0, 1.5)
    """
    if isinstance(cell, np.timedelta64):
        cell = pd.Timedelta(cell)
    elif isinstance(cell, str):
        if _numbers(".", "").fullmatch(cell):
            raise ValueError(cell)  # pandas would take it for nanoseconds
        cell = pd.Timedelta(cell)
    if not isinstance(cell, timedelta):
        raise TypeError(cell)
    return float(cell // MICROSECOND) / SECOND


def plain(value: Any) -> str:
    """Return a number as text, whole ones without decimals.

    Examples
    --------
    >>> plain(3.0), plain(2.5), plain(3)
    ('3', '2.5', '3')
    """
    is_whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if is_whole and abs(float(value)) < WHOLE else str(value)


def spelled(text: str) -> float | bool | None:
    """Return what pandas would read a text as, if not as text: a number or a boolean."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return float(text) if _numbers(".", "").fullmatch(text) else None
