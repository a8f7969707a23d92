"""Tests of MLflow's own pages in a real browser: they show what was logged."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from lab.tests.helpers.chromium import save
from lab.tests.helpers.examples import TINY
from lab.tests.helpers.scratch import Scratch
from lab.tests.helpers.web_site import closed_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="ends the server with a signal"),
]
SLOW = 60_000  # milliseconds that a page may take beside other tests


@pytest.fixture(scope="module")
def scratch(tmp_path_factory, empty_database, forks):
    """Return a project with a session on one dataset and model."""
    scratch = Scratch(tmp_path_factory.mktemp("pages"), forks)
    shutil.copy(empty_database, scratch.root)
    done = scratch.run("--dataset", TINY, "--model", "logistic_regression", "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    return scratch


@pytest.fixture(scope="module")
def address(scratch):
    """Yield the address of the experiment's page, as printed by ``lab serve``."""
    port = closed_port()
    with (
        (scratch.root / "server.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "lab", "serve", "--port", str(port)],
            cwd=scratch.root,
            env=scratch.environment({"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            address = process.stdout.readline().split()[1]
            end = time.monotonic() + 90
            answer = b""
            while not answer and time.monotonic() < end:
                with suppress(OSError), urlopen(address.partition("#")[0] + "health") as response:  # noqa: S310
                    answer = response.read()
                time.sleep(0.1)
            assert answer == b"OK"
            yield address
        finally:
            process.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def window(browser, address):
    """Return a window that reaches the server and nothing else."""
    server = address.partition("#")[0]
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    page.set_default_timeout(SLOW)
    # MLflow's assistant opens beside its first page and takes a third of the room.
    page.add_init_script(
        "localStorage.setItem('mlflow.assistant.fab.autoOpenedOnFirstLoad_v1', 'true')"
    )
    # Whatever would be loaded from elsewhere: no test may depend on the network.
    page.route(
        lambda url: not url.startswith((server, "data:", "blob:")), lambda route: route.abort()
    )
    return page


@pytest.fixture
def runs(scratch):
    """Return every run by its name."""
    return scratch.runs()


def page_of(address, run):
    """Return the address of a run's page."""
    return f"{address.partition('/runs')[0]}/runs/{run.info.run_id}"


def appears(part):
    """Assert that a part of a page becomes visible."""
    part.first.wait_for(state="visible", timeout=SLOW)


def test_the_experiment_lists_sessions_and_cases(window, address, runs):
    """The experiment's page lists the session, with its cases and their dataset below it."""
    window.goto(address)
    appears(window.get_by_text(re.compile("session 2")))
    window.locator(".ag-row button").first.click()
    for name in runs:
        appears(window.get_by_text(name))
    digest = next(run for run in runs.values()).inputs.dataset_inputs[0].dataset.digest
    appears(window.get_by_text(re.compile(re.escape(digest))))
    save(window, "mlflow-experiment")


def test_a_run_shows_its_observations(window, address, runs):
    """A case's page shows its observations, as a description, and its metrics."""
    run = runs[f"{TINY}-smote-logistic_regression"]
    window.goto(f"{page_of(address, run)}")
    appears(window.get_by_text(re.compile("make the model find more of the rare class")))
    save(window, "mlflow-run")
    appears(window.get_by_role("link", name="recall", exact=True))


def test_a_runs_curves_are_shown(window, address, runs):
    """The artifact ``curves.png`` is displayed."""
    run = runs[f"{TINY}-smote-logistic_regression"]
    window.goto(f"{page_of(address, run)}/artifacts/curves.png")
    appears(window.get_by_text(re.compile("mlartifacts.*curves.png")))
    window.wait_for_function(
        "[...document.images].some((image) => image.complete && image.naturalWidth > 500)",
        timeout=SLOW,
    )
    save(window, "mlflow-curves")


def test_strategies_can_be_compared(window, address, runs):
    """The comparison of three strategies shows their names and every metric."""
    three = [f"{TINY}-{name}-logistic_regression" for name in ("raw", "smote", "class_weight")]
    chosen = {
        "runs": json.dumps([runs[name].info.run_id for name in three]),
        "experiments": json.dumps([runs[three[0]].info.experiment_id]),
    }
    window.goto(f"{address.partition('#')[0]}#/compare-runs?{urlencode(chosen)}")
    for name in three:
        appears(window.get_by_text(name))
    appears(window.get_by_role("link", name="accuracy", exact=True))
    for name in three:
        shown = str(round(runs[name].data.metrics["accuracy"], 3))
        appears(window.locator("main", has_text=shown))
    save(window, "mlflow-compare", full_page=True)
