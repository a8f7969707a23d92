"""What an address shows, what of it is secret, and whether anybody answers there."""

from __future__ import annotations

import http.client
import os
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WAIT = 20  # seconds that somebody gets to answer
# Passwords among what follows the question mark, as libpq and others take them.
IN_QUERY = re.compile(r"(?<=[?&])(\w*(?:password|passwd|pwd)=)([^&#]*)", re.IGNORECASE)
# What SQLAlchemy takes for user and password, with signs that an address reserves.
IN_DATABASE = re.compile(r"[\w+]+://([^:/]*(?::[^@]*)?@)")
SECRETS = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN", "PGPASSWORD")


def shown(uri: str) -> str:
    """Return an address without its credentials."""
    return IN_QUERY.sub(r"\1***", uri.replace(_account(uri), "", 1) if _account(uri) else uri)


def redacted(text: str, uri: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return a text without the credentials of an address or of the environment."""
    if account := _account(uri):
        text = text.replace(account, "")
    # The longest first: one may be a part of another.
    for secret in sorted(set(_secrets(uri, environment)), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def no_answer(uri: str) -> str:
    """Return why a server or a PostgreSQL database cannot be talked to; nothing if it can.

    MLflow tries for two minutes, or without end, before it says so.
    """
    try:
        if uri.startswith(("http://", "https://")):
            _ask(uri)
        elif uri.startswith("postgres"):
            return _refusal(uri)
    except http.client.BadStatusLine:
        return "it does not speak HTTP"
    except OSError as error:
        return error.strerror or str(error)
    except ValueError as error:
        return str(error)
    return ""


def _account(uri: str) -> str:
    """Return the user, the password and the sign that ends them; nothing if there is none."""
    if not uri.startswith(("http://", "https://")) and (found := IN_DATABASE.match(uri)):
        return found.group(1)
    # An address that is none cannot be split in the usual way.
    place = re.split("[/?#]", uri.partition("//")[2], maxsplit=1)[0]
    account, at, _ = place.rpartition("@")
    return account + at


def _secrets(uri: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield each password in the ways in which it may be written."""
    found = [_account(uri).rpartition("@")[0].partition(":")[2]]
    found += [value for _, value in IN_QUERY.findall(uri)]
    found += [environment.get(name, "") for name in SECRETS]
    for secret in filter(None, found):
        for plain in (secret, unquote(secret)):
            yield from (plain, quote(plain), quote(plain, safe=""), repr(plain)[1:-1])


def _ask(uri: str) -> None:
    """Ask a server whether it is well; any answer will do."""
    parts = urlsplit(uri)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        socket.create_connection((host, port or 443), timeout=WAIT).close()
        return
    connection = http.client.HTTPConnection(host, port or 80, timeout=WAIT)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/health")
        connection.getresponse()
    finally:
        connection.close()


def _refusal(uri: str) -> str:
    """Return why a PostgreSQL database cannot be opened; nothing if it can."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        engine = create_engine(uri, connect_args={"connect_timeout": WAIT})
        engine.connect().close()
        engine.dispose()
    except DBAPIError as error:
        # After where it was tried stands what came of it.
        reason = str(error.orig).strip().partition("\n")[0].rpartition(" failed: ")[2]
        return " ".join(reason.removeprefix("FATAL:").split())
    except (ImportError, SQLAlchemyError):
        return ""  # MLflow says what is wrong with it
    return ""
