"""Tests of tracking addresses: hidden credentials, and servers that do not answer."""

import socket
import threading

import pytest

from lab.tracking import address


@pytest.fixture
def silent():
    """Yield a port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("http://me:secret@example.org:80/x", "http://example.org:80/x"),
        ("postgresql://mlflow:mlflow@example.org/mlflow", "postgresql://example.org/mlflow"),
        ("postgresql://h/d?user=me&password=secret", "postgresql://h/d?user=me&password=***"),
        ("postgresql://lab:pa/s?s@h/d", "postgresql://h/d"),  # valid for SQLAlchemy
        ("http://h:80/a@b", "http://h:80/a@b"),
        ("sqlite:////tmp/a@b.db", "sqlite:////tmp/a@b.db"),
    ],
)
def test_credentials_are_removed_and_nothing_else(uri, shown):
    """The rest of an address stays, even where it equals the password."""
    assert address.without_credentials(uri) == shown


@pytest.mark.parametrize(
    "text",
    ["s3cr%40t!x", "s3cr@t!x", "s3cr%40t%21x", "http://me:s3cr%40t!x@h", "me:s3cr%40t!x@"],
)
def test_a_password_is_redacted_in_any_encoding(text):
    """A password is hidden as in the address, decoded, or encoded differently."""
    for uri in ("http://me:s3cr%40t!x@h", "postgresql://h/d?password=s3cr%40t!x&user=me"):
        assert "s3cr" not in address.redact(f"it said {text}/api", uri, {})


@pytest.mark.parametrize("name", address.SECRETS)
def test_a_password_in_the_environment_is_redacted(name):
    """Passwords in the variables of MLflow and PostgreSQL are hidden, also where escaped."""
    text = address.redact(r"'it\\s' it\s", "http://h", {name: r"it\s"})
    assert text == "'***' ***"


@pytest.mark.parametrize("scheme", ["http", "postgresql"])
def test_a_server_that_never_answers_times_out(silent, scheme, monkeypatch):
    """A server that accepts a connection and sends nothing is a connection problem."""
    if scheme == "postgresql":
        pytest.importorskip("psycopg", reason='no psycopg: pip install -e ".[postgres]"')
    monkeypatch.setattr(address, "TIMEOUT", 2)  # the minimum of PostgreSQL's library
    uri = f"{scheme}://me:secret@127.0.0.1:{silent}/runs"
    assert "time" in address.connection_problem(uri)


def test_another_kind_of_server_is_recognized():
    """A port of SSH, for example, does not speak HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet():
            connection, _ = listener.accept()
            connection.sendall(b"SSH-2.0-OpenSSH_9\r\n")
            connection.recv(1000)
            connection.close()

        threading.Thread(target=greet, daemon=True).start()
        uri = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert address.connection_problem(uri) == "it does not speak HTTP"
