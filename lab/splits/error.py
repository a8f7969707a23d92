"""Error of a protocol."""

from lab.errors import LabError


class ProtocolError(LabError):
    """A protocol that is invalid, or that the data do not allow."""
