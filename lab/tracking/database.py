"""MLflow's database: its creation, and whether an older MLflow made its tables."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from lab.files import lock


def artifacts(root: Path) -> str:
    """Return the address of a project's artifacts."""
    return (root / "mlartifacts").as_uri()


def database_file(uri: str) -> Path | None:
    """Return the file of an SQLite database, or None for any other address."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        name = make_url(uri).database if uri.startswith("sqlite:") else None
    except ArgumentError:
        return None  # MLflow rejects it
    return Path(name) if name and name != ":memory:" else None


def create_database(uri: str, root: Path) -> None:
    """Create MLflow's SQLite database atomically, if the file does not exist yet.

    Processes that open an empty database all try to fill it, and a process killed meanwhile leaves
    a file that never opens again. So one process fills a temporary file and renames it.
    """
    path = database_file(uri)
    if path is None or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    # The lock file is kept: SQLite fails for processes that wait on a deleted one.
    with lock(path.with_name(f"{path.name}-lock")):
        if path.exists():
            return
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            store = SqlAlchemyStore(  # type: ignore[no-untyped-call]
                f"sqlite:///{temporary}", artifacts(root)
            )
            store.engine.dispose()
            with closing(sqlite3.connect(temporary)) as connection:
                # Readers and the writer no longer block each other; stored in the file itself.
                connection.execute("PRAGMA journal_mode=WAL")
            temporary.replace(path)
        finally:
            for ending in ("", "-journal", "-shm", "-wal"):
                temporary.with_name(temporary.name + ending).unlink(missing_ok=True)


def is_outdated(uri: str) -> bool:
    """Return whether MLflow will update the tables of a database, which an older MLflow made.

    It does so as soon as it is connected, if its revision is not the latest and tables are missing.
    With all tables it refuses the database, and says how to update it.
    """
    import mlflow
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from mlflow.store.db.base_sql_model import Base
    from mlflow.store.tracking.dbmodels import models  # noqa: F401 (fills Base)
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = create_engine(uri)
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            tables = inspect(connection).get_table_names()
        engine.dispose()
    except (ImportError, SQLAlchemyError):
        return False  # MLflow reports these itself
    migrations = ScriptDirectory(str(Path(mlflow.__file__).parent / "store" / "db_migrations"))
    is_old = revision not in (None, migrations.get_current_head())
    return is_old and not set(Base.metadata.tables) <= set(tables)
