"""Tracking addresses: their credentials, and whether something answers there."""

from __future__ import annotations

import http.client
import os
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TIMEOUT = 20  # seconds to wait for an answer
# A password in the query string, as libpq and other drivers accept it.
IN_QUERY = re.compile(r"(?<=[?&])(\w*(?:password|passwd|pwd)=)([^&#]*)", re.IGNORECASE)
# User and password of a database, where SQLAlchemy also accepts reserved characters.
IN_DATABASE = re.compile(r"[\w+]+://([^:/]*(?::[^@]*)?@)")
SECRETS = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN", "PGPASSWORD")


def without_credentials(uri: str) -> str:
    """Return an address without its user and password."""
    return IN_QUERY.sub(r"\1***", uri.replace(_account(uri), "", 1) if _account(uri) else uri)


def redact(text: str, uri: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return a text without the credentials of an address or of the environment."""
    if account := _account(uri):
        text = text.replace(account, "")
    # Longest first: one may be part of another.
    for secret in sorted(set(_secrets(uri, environment)), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def connection_problem(uri: str) -> str:
    """Return why a server or a PostgreSQL database cannot be reached; empty if it can.

    MLflow itself retries for two minutes, or forever, before it reports the same.
    """
    try:
        if uri.startswith(("http://", "https://")):
            _check_server(uri)
        elif uri.startswith("postgres"):
            return _database_problem(uri)
    except http.client.BadStatusLine:
        return "it does not speak HTTP"
    except OSError as error:
        return error.strerror or str(error)
    except ValueError as error:
        return str(error)
    return ""


def _account(uri: str) -> str:
    """Return ``user:password@``, or an empty string."""
    if not uri.startswith(("http://", "https://")) and (found := IN_DATABASE.match(uri)):
        return found.group(1)
    # `urlsplit` would fail for an invalid address.
    place = re.split("[/?#]", uri.partition("//")[2], maxsplit=1)[0]
    account, at, _ = place.rpartition("@")
    return account + at


def _secrets(uri: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield each password in every encoding that a message may contain."""
    found = [_account(uri).rpartition("@")[0].partition(":")[2]]
    found += [value for _, value in IN_QUERY.findall(uri)]
    found += [environment.get(name, "") for name in SECRETS]
    for secret in filter(None, found):
        for plain in (secret, unquote(secret)):
            yield from (plain, quote(plain), quote(plain, safe=""), repr(plain)[1:-1])


def _check_server(uri: str) -> None:
    """Raise an error unless a server answers; any answer will do."""
    parts = urlsplit(uri)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        socket.create_connection((host, port or 443), timeout=TIMEOUT).close()
        return
    connection = http.client.HTTPConnection(host, port or 80, timeout=TIMEOUT)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/health")
        connection.getresponse()
    finally:
        connection.close()


def _database_problem(uri: str) -> str:
    """Return why a PostgreSQL database cannot be opened; empty if it can."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        engine = create_engine(uri, connect_args={"connect_timeout": TIMEOUT})
        engine.connect().close()
        engine.dispose()
    except DBAPIError as error:
        # The reason follows the list of addresses that were tried.
        reason = str(error.orig).strip().partition("\n")[0].rpartition(" failed: ")[2]
        return " ".join(reason.removeprefix("FATAL:").split())
    except (ImportError, SQLAlchemyError):
        return ""  # MLflow reports these itself
    return ""
