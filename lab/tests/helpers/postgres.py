"""A real PostgreSQL server, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lab.tests.helpers.web_site import closed_port

if TYPE_CHECKING:
    from collections.abc import Sequence

USER, DATABASE = "lab", "mlflow"


def program(name: str) -> str:
    """Return a program of PostgreSQL; on Debian these are not on the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(filter(None, (shutil.which(name, path=f) for f in [*folders, None])), "")


def is_available() -> bool:
    """Return whether a server can be started."""
    return bool(program("initdb") and program("pg_ctl")) and (os.geteuid() != 0 or bool(_as_user()))


def _as_user() -> list[str]:
    """Return a prefix for commands if this is root, as which PostgreSQL does not run."""
    if os.geteuid() != 0:
        return []
    runuser = shutil.which("runuser")
    return [runuser, "-u", "postgres", "--"] if runuser else []


class Postgres:
    """A server on a free port of this machine, with an empty database.

    Parameters
    ----------
    password : str
        Password of the user ``lab``, who owns the database ``mlflow``.
    """

    def __init__(self, password: str) -> None:
        # Not in pytest's folders, which other users cannot read if root runs it.
        self.folder, self.port = Path(tempfile.mkdtemp(prefix="lab-postgres-")), closed_port()
        account = f"{USER}:{quote(password, safe='')}"
        self.uri = f"postgresql://{account}@127.0.0.1:{self.port}/{DATABASE}"
        secret = self.folder / "secret"
        secret.write_text(password)
        if _as_user():
            for path in (self.folder, secret):
                shutil.chown(path, "postgres")
        self._run("initdb", "-D", "data", "-U", USER, "-A", "scram-sha-256", "--pwfile", "secret")
        secret.unlink()
        # -F: no data has to survive a crash.
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -F"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
        self.execute(f"CREATE DATABASE {DATABASE}", database="postgres")

    def execute(self, query: str, database: str = DATABASE) -> list[tuple[object, ...]]:
        """Run a query; return its rows."""
        import psycopg

        address = self.uri.replace(f"/{DATABASE}", f"/{database}")
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def text(self) -> str:
        """Return the whole content of the database as text."""
        tables = self.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return "\n".join(str(self.execute(f'TABLE "{name}"')) for (name,) in tables)

    def stop(self) -> None:
        """Stop the server, and delete its data."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def _run(self, name: str, *arguments: str) -> None:
        command: Sequence[str] = [*_as_user(), program(name), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, check=False, stdout=subprocess.DEVNULL, stderr=None
        )
        assert done.returncode == 0, name
