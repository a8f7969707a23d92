"""Errors that are shown as one sentence, without a traceback."""

REASON_LENGTH = 300  # characters


def reason(error: BaseException) -> str:
    """Return the message of a library's error in one line, cut if it is long."""
    return " ".join(str(error).split())[:REASON_LENGTH]


def first_sentence(error: BaseException) -> str:
    """Return the first sentence of a library's error message, without the full stop."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text.strip().splitlines()[0].split(". ")[0].rstrip(".:")[:REASON_LENGTH]


class LabError(Exception):
    """Error that the user can correct; its message says what is wrong and what to do."""


class NotObservedError(AssertionError):
    """Verdict of an observation that differs from the expected one."""


class UnknownNameError(LabError):
    """Name without an entry in the registry."""


class TableError(LabError):
    """File that is not a valid table, or a column that cannot be used as requested."""


class NotApplicableError(LabError):
    """Case whose strategy or model cannot be applied to the data."""
