"""Errors that are a sentence to the user, never a traceback."""


class LabError(Exception):
    """Something the user can put right; its message says what and how."""


class NotObservedError(AssertionError):
    """Data that do not show what an observation expects."""


class UnknownNameError(LabError):
    """A name that no registry entry has."""
