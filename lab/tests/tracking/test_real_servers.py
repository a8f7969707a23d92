"""Tests of sessions that log to MLflow's server with PostgreSQL, with and without accounts."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from mlflow.tracking import MlflowClient

from lab.cli import main
from lab.tests.helpers import postgres
from lab.tests.helpers.examples import TINY, scores, statuses
from lab.tests.helpers.large_sessions import CASES, WORKERS, WORKERS_OF_TWO, grid
from lab.tests.helpers.mlflow_server import MlflowServer
from lab.tests.helpers.scratch import PROJECT, Scratch, environment

pytestmark = pytest.mark.slow
ONE = ("--dataset", TINY, "--model", "logistic_regression", "-q")
# Passwords of the database and of the account, with characters that an address must encode.
DATABASE_PASSWORD, PASSWORD = "pg/s3cr@t!x", "s3cr@t:w/rd%41x"
ENCODED = "s3cr%40t%3Aw%2Frd%2541x"
PAGE = PROJECT / "lab" / "docs" / "security.md"


@pytest.fixture(scope="module")
def database():
    """Yield a PostgreSQL server; skip without PostgreSQL."""
    pytest.importorskip("psycopg", reason='no psycopg: pip install -e ".[postgres]"')
    if not postgres.is_available():
        pytest.skip("no PostgreSQL: apt-get install postgresql")
    server = postgres.Postgres(DATABASE_PASSWORD)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(database, tmp_path_factory):
    """Yield MLflow's server, which stores runs in PostgreSQL and serves artifacts."""
    folder = tmp_path_factory.mktemp("server")
    options = ("--artifacts-destination", str(folder / "artifacts"), "--workers", "2")
    own = {"MLFLOW_BACKEND_STORE_URI": database.uri}
    running = MlflowServer(folder, environment(own), *options)
    yield running
    running.stop()


def test_a_session_on_a_server_is_complete(scratch, server, database):
    """Every case has its run, metrics and artifacts, and the command line reads them."""
    where = {"MLFLOW_TRACKING_URI": server.uri}
    done = scratch.run("-n", "2", *ONE, env=where)
    assert done.returncode == 0, done.stdout
    runs = scratch.runs(server.uri)
    assert statuses(runs) == {"FINISHED": 4}
    assert all(scores(runs).values())
    artifacts = {path.name for path in (server.folder / "artifacts").rglob("*.*")}
    assert {"curves.png", "predictions.parquet", "report.html", "session.json"} <= artifacts
    assert not (scratch.root / "mlartifacts").exists()
    assert len(database.execute("SELECT run_uuid FROM runs")) == 4
    for command in (
        ["sessions"],
        ["report", "-o", str(scratch.root / "r.html")],
        ["compare", "latest", "latest"],
    ):
        assert CliRunner().invoke(main, command, env=where).exit_code == 0, command


def runs_of(server, experiment):
    """Return all runs of an experiment."""
    client = MlflowClient(server.uri)
    found = client.get_experiment_by_name(experiment)
    return client.search_runs([found.experiment_id], max_results=20_000)


def test_many_workers_log_complete_runs(scratch, server):
    """With any number of workers each case has a run with all metrics."""
    where = {"MLFLOW_TRACKING_URI": server.uri, "MLFLOW_EXPERIMENT_NAME": "many"}
    done = scratch.run("-n", str(WORKERS), *grid(CASES), env=where)
    assert done.returncode == 0, done.stdout
    runs = [run for run in runs_of(server, "many") if "lab.case" in run.data.tags]
    assert [run.info.status for run in runs] == ["FINISHED"] * CASES
    assert len({len(run.data.metrics) for run in runs}) == 1


def test_concurrent_sessions_do_not_interfere(scratch, tmp_path_factory, server):
    """Sessions of two projects on one server neither lose nor duplicate a run."""
    other = Scratch(tmp_path_factory.mktemp("other"), scratch.forks)
    where = {"MLFLOW_TRACKING_URI": server.uri, "MLFLOW_EXPERIMENT_NAME": "two"}
    command = ("-n", str(WORKERS_OF_TWO), *grid(CASES))
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda one: one.run(*command, env=where), (scratch, other)))
    assert [done.returncode for done in both] == [0, 0], [done.stdout for done in both]
    runs = runs_of(server, "two")
    assert [run.info.status for run in runs] == ["FINISHED"] * (2 * CASES + 2)
    assert len({(run.data.tags["lab.session"], run.info.run_name) for run in runs}) == len(runs)


def test_a_session_logs_directly_to_postgresql(scratch, database):
    """Without a server, runs go to the database and artifacts to the project's folder."""
    where = {"MLFLOW_TRACKING_URI": database.uri, "MLFLOW_EXPERIMENT_NAME": "straight"}
    done = scratch.run("-n", "0", *ONE, env=where)
    assert done.returncode == 0, done.stdout
    assert statuses(scratch.runs(database.uri, "straight")) == {"FINISHED": 4}
    assert list((scratch.root / "mlartifacts").rglob("report.html"))
    assert_hidden(scratch, done, database, "pg%2Fs3cr%40t%21x", DATABASE_PASSWORD)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("lab:", "lab:x", 'password authentication failed for user "lab"'),
        ("/mlflow", "/other", 'database "other" does not exist'),
    ],
)
def test_an_inaccessible_database_is_reported_at_once(scratch, database, before, after, reason):
    """A wrong password or database name is one line; MLflow itself would retry for two minutes."""
    address = database.uri.replace(before, after)
    done = scratch.run("-n", "0", *ONE, env={"MLFLOW_TRACKING_URI": address})
    assert done.returncode == 4
    (line,) = filter(None, done.stderr.splitlines())
    shown = address.replace(f"{address.split('//')[1].split('@')[0]}@", "")
    assert line.startswith(f"ERROR: cannot open {shown} ({reason}): correct MLFLOW_TRACKING_URI")


def assert_hidden(scratch, done, database, *secrets):
    """Assert that a session printed, stored and logged none of the secrets."""
    for path in filter(Path.is_file, scratch.root.rglob("*")):
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content], path
    said = done.stdout + done.stderr + database.text()
    for secret in secrets:
        place = said.find(secret)
        assert place < 0, said[max(0, place - 300) : place + 100]


def blocks(language):
    """Return the code blocks of the page on security in one language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def guarded(database, tmp_path_factory):
    """Yield MLflow's server with accounts, started as the page on security explains."""
    pytest.importorskip("flask_wtf", reason='no Flask-WTF: pip install -e ".[auth]"')
    folder = tmp_path_factory.mktemp("guarded")
    (ini,) = blocks("ini")
    (folder / "auth.ini").write_text(ini)
    (command,) = (block for block in blocks("sh") if "--app-name basic-auth" in block)
    *exports, line = command.replace("\\\n", " ").splitlines()
    said = dict(text.removeprefix("export ").split("=", 1) for text in exports)
    assert said.keys() == {
        *("MLFLOW_BACKEND_STORE_URI", "MLFLOW_AUTH_CONFIG_PATH"),
        *("MLFLOW_AUTH_ADMIN_PASSWORD", "MLFLOW_FLASK_SERVER_SECRET_KEY"),
    }
    own = {
        "MLFLOW_BACKEND_STORE_URI": database.uri,
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "auth.ini"),
        "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "a secret of this test",
    }
    words = line.split()
    assert words[:2] == ["mlflow", "server"]
    taken = {"--host", "--port"}
    options = [
        word
        for before, word in zip(["", *words[2:]], words[2:], strict=False)
        if word not in taken and before not in taken
    ]
    options = ["127.0.0.1:*" if word.startswith("lab.example.org") else word for word in options]
    running = MlflowServer(folder, environment(own), *options)
    yield running
    running.stop()


@pytest.mark.parametrize("account", [None, ("admin", "wrong")])
def test_requests_without_an_account_are_rejected(guarded, account):
    """Searching, creating a run and reading an artifact are unauthorized."""
    for path, body in {
        "experiments/search": {"max_results": 1},
        "runs/create": {"experiment_id": "0"},
        "runs/search": {"experiment_ids": ["0"]},
    }.items():
        address = f"{guarded.uri}/api/2.0/mlflow/{path}"
        assert requests.post(address, json=body, auth=account, timeout=10).status_code == 401
    for path in ("api/2.0/mlflow-artifacts/artifacts", "get-artifact", ""):
        address = f"{guarded.uri}/{path}"
        assert requests.get(address, auth=account, timeout=10).status_code == 401


@pytest.mark.parametrize("user", ["", "admin:wrong@", "nobody:at-all@"])
def test_a_session_without_an_account_ends_before_any_fit(scratch, guarded, user):
    """A server that denies access is one line, which names the variables to set."""
    done = scratch.run("-n", "0", *ONE, env={"MLFLOW_TRACKING_URI": with_user(guarded, user)})
    assert done.returncode == 4
    (line,) = filter(None, done.stderr.splitlines())
    assert line == (
        f"ERROR: {guarded.uri} denies access: set MLFLOW_TRACKING_USERNAME and "
        "MLFLOW_TRACKING_PASSWORD to an account that can read and write its experiments"
    )
    assert not (scratch.root / ".lab" / "results").exists()


def test_a_host_name_that_is_not_allowed_is_an_error(scratch, guarded):
    """An address whose host name is not in --allowed-hosts is one line, which says so."""
    address = with_user(guarded, f"admin:{ENCODED}@").replace("127.0.0.1", "localhost")
    done = scratch.run("-n", "0", *ONE, env={"MLFLOW_TRACKING_URI": address})
    assert done.returncode == 4
    (line,) = filter(None, done.stderr.splitlines())
    assert line.endswith(f"add localhost:{guarded.port} to the server's --allowed-hosts")


def test_an_account_without_permission_cannot_log(scratch, guarded):
    """An account without permissions cannot log to another account's experiment."""
    admin, account = ("admin", PASSWORD), {"username": "guest", "password": "a-long-enough-one"}
    for path, body in {"users/create": account, "experiments/create": {"name": "mine"}}.items():
        address = f"{guarded.uri}/api/2.0/mlflow/{path}"
        assert requests.post(address, json=body, auth=admin, timeout=10).ok
    where = {
        "MLFLOW_TRACKING_URI": with_user(guarded, "guest:a-long-enough-one@"),
        "MLFLOW_EXPERIMENT_NAME": "mine",
    }
    done = scratch.run("-n", "0", *ONE, env=where)
    assert done.returncode == 4
    assert f"ERROR: {guarded.uri} denies access: set MLFLOW_TRACKING_USERNAME" in done.stderr


def with_user(server, user):
    """Return a server's address with an account."""
    return server.uri.replace("://", f"://{user}")


@pytest.mark.parametrize("way", ["environment", "address"])
def test_a_session_with_an_account_never_shows_its_password(scratch, guarded, database, way):
    """An account in the environment or the address works, and the password appears nowhere."""
    where = {"MLFLOW_TRACKING_URI": guarded.uri, "MLFLOW_EXPERIMENT_NAME": f"by {way}"}
    account = {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": PASSWORD}
    if way == "address":
        where["MLFLOW_TRACKING_URI"] = with_user(guarded, f"admin:{ENCODED}@")
    else:
        where |= account
    done = scratch.run("-n", "2", *ONE, env=where)
    assert done.returncode == 0, done.stdout
    assert f"Runs: {guarded.uri}/#/experiments/" in done.stdout
    assert statuses(scratch.runs(with_user(guarded, f"admin:{ENCODED}@"), f"by {way}")) == {
        "FINISHED": 4
    }
    report = scratch.root / "report.html"
    found = CliRunner().invoke(main, ["report", "-o", str(report)], env=where | account)
    assert found.exit_code == 0, found.output
    kept = scratch.root / "kept"
    shutil.copytree(guarded.folder, kept)  # with its log and accounts
    assert_hidden(scratch, done, database, PASSWORD, ENCODED)
