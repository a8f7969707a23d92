"""Errors that are a sentence to the user, never a traceback."""


class LabError(Exception):
    """Something the user can put right; its message says what and how."""


class NotObservedError(AssertionError):
    """Data that say something else of an observation than is expected."""


class UnknownNameError(LabError):
    """A name that no registry entry has."""
