"""Databases of an older MLflow, made by MLflow's own migrations up to its version."""

from pathlib import Path

import mlflow
from alembic import command
from alembic.config import Config
from mlflow.store.tracking.dbmodels.initial_models import Base
from sqlalchemy import create_engine, text

REVISION = "867495a8f9d4"  # of MLflow 2.14
EXPERIMENT = "of 2024"


def fill(uri):
    """Fill an empty database with the tables of MLflow 2.14, and an experiment."""
    engine = create_engine(uri)
    Base.metadata.create_all(engine)
    config = Config()
    migrations = Path(mlflow.__file__).parent / "store" / "db_migrations"
    config.set_main_option("script_location", str(migrations))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)
        connection.execute(
            text("INSERT INTO experiments (name, lifecycle_stage) VALUES (:name, 'active')"),
            {"name": EXPERIMENT},
        )
    engine.dispose()


def revision(uri):
    """Return the revision of a database's tables."""
    engine = create_engine(uri)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    engine.dispose()
    return found
