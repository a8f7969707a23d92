"""A local web server that answers as told, or fails like real servers."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    """Answer of the server to requests for a path.

    Attributes
    ----------
    promised : int or None
        Length that the header states, by default that of the body.
    encoding : str or None
        Encoding that the header states, whatever that of the body.
    pause : float
        Seconds before the answer.
    """

    body: bytes = b""
    status: int = 200
    promised: int | None = None
    encoding: str | None = None
    pause: float = 0.0


class QuietServer(ThreadingHTTPServer):
    """A server that ignores clients that hang up before its answer."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print no traceback."""


@dataclass
class Site:
    """A server with its answers by path, and the paths that were requested."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    server: QuietServer | None = None

    @property
    def address(self) -> str:
        """Address of the server."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def start(self) -> None:
        """Start the server."""
        self.server = QuietServer(("127.0.0.1", 0), _handler(self))
        serve = self.server.serve_forever
        threading.Thread(target=serve, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Stop the server, so that it cannot be reached."""
        self.server.shutdown()
        self.server.server_close()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            site.asked.append(path)
            answer = site.answers.get(path, Answer(status=404))
            time.sleep(answer.pause)
            body, encoding = answer.body, answer.encoding
            if encoding is None and "gzip" in self.headers.get("Accept-Encoding", ""):
                body, encoding = gzip.compress(body, 1), "gzip"
            # If more is promised, half of the body is sent, as by a connection that breaks off.
            length = len(body) if answer.promised is None else answer.promised
            sent = body if answer.promised is None else body[: len(body) // 2]
            self.send_response(answer.status)
            self.send_header("Content-Length", str(length))
            if encoding:
                self.send_header("Content-Encoding", encoding)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    return Handler


def closed_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
