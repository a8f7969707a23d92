"""Tests of what an address shows, hides and leads to."""

import socket
import threading
import time

import pytest

from lab.tests.helpers.web_site import closed_port
from lab.tracking import Backend, TrackingError, address


@pytest.fixture
def silent():
    """Yield a port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("http://me:secret@example.org:80/x", "http://example.org:80/x"),
        ("postgresql://mlflow:mlflow@example.org/mlflow", "postgresql://example.org/mlflow"),
        ("postgresql://h/d?user=me&password=secret", "postgresql://h/d?user=me&password=***"),
        ("postgresql://lab:pa/s?s@h/d", "postgresql://h/d"),  # SQLAlchemy takes it so
        ("http://h:80/a@b", "http://h:80/a@b"),
        ("sqlite:////tmp/a@b.db", "sqlite:////tmp/a@b.db"),
    ],
)
def test_an_address_is_shown_without_credentials(uri, shown):
    """What else is in it stays, even where it is the same as the password."""
    assert address.shown(uri) == shown


@pytest.mark.parametrize(
    "text",
    ["s3cr%40t!x", "s3cr@t!x", "s3cr%40t%21x", "http://me:s3cr%40t!x@h", "me:s3cr%40t!x@"],
)
def test_a_password_is_hidden_however_it_is_written(text):
    """As in the address, decoded, or encoded in another way; alone or with the user."""
    for uri in ("http://me:s3cr%40t!x@h", "postgresql://h/d?password=s3cr%40t!x&user=me"):
        assert "s3cr" not in address.redacted(f"it said {text}/api", uri, {})


@pytest.mark.parametrize("name", address.SECRETS)
def test_a_password_of_the_environment_is_hidden(name):
    """Those that MLflow and PostgreSQL take from there, also with signs that are escaped."""
    said = address.redacted(r"'it\\s' it\s", "http://h", {name: r"it\s"})
    assert said == "'***' ***"


def test_a_database_that_is_gone_is_a_sentence(tmp_path, monkeypatch):
    """Whoever logs to PostgreSQL is told at once that nobody listens there."""
    pytest.importorskip("psycopg", reason='no psycopg: pip install -e ".[postgres]"')
    port = closed_port()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"postgresql://me:secret@127.0.0.1:{port}/runs")
    started = time.monotonic()
    with pytest.raises(TrackingError) as error:
        Backend(tmp_path).connect()
    assert str(error.value) == (
        f"postgresql://127.0.0.1:{port}/runs cannot be opened (Connection refused): set "
        "MLFLOW_TRACKING_URI to a database that can, or unset MLFLOW_TRACKING_URI"
    )
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("scheme", ["http", "postgresql"])
def test_who_takes_a_connection_and_says_nothing_is_not_waited_for(silent, scheme, monkeypatch):
    """After a while that is an answer, too."""
    if scheme == "postgresql":
        pytest.importorskip("psycopg", reason='no psycopg: pip install -e ".[postgres]"')
    monkeypatch.setattr(address, "WAIT", 2)  # the least that PostgreSQL's library takes
    assert "time" in address.no_answer(f"{scheme}://me:secret@127.0.0.1:{silent}/runs")


def test_a_server_of_something_else_is_said():
    """A port of SSH, for one, is none of MLflow."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet():
            connection, _ = listener.accept()
            connection.sendall(b"SSH-2.0-OpenSSH_9\r\n")
            connection.recv(1000)
            connection.close()

        threading.Thread(target=greet, daemon=True).start()
        port = listener.getsockname()[1]
        assert address.no_answer(f"http://127.0.0.1:{port}") == "it does not speak HTTP"
