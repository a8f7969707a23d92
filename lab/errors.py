"""Errors that are a sentence to the user, never a traceback."""

LONGEST = 300  # letters of a reason


def reason(error: BaseException) -> str:
    """Return what a library's error says, in one line that is not too long."""
    return " ".join(str(error).split())[:LONGEST]


class LabError(Exception):
    """Something the user can put right; its message says what and how."""


class NotObservedError(AssertionError):
    """Data that say something else of an observation than is expected."""


class UnknownNameError(LabError):
    """A name that no registry entry has."""


class TableError(LabError):
    """A user's file that is no table, or a column that cannot be what it is to be."""


class NotApplicableError(LabError):
    """A strategy that cannot do anything with some data."""
