"""Tests of the options of a cluster, and of the check of its workers."""

import pytest

from lab.engine.worker import WorkerError, check, environment
from lab.tests.helpers.examples import TINY

pytest.importorskip("distributed")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--scheduler", "nowhere"],
            "'nowhere' is not a valid address: use tcp://HOST:PORT or 'local'",
        ),
        (
            ["--scheduler", "http://127.0.0.1:8786"],
            "'http://127.0.0.1:8786' is not a valid address: use tcp",
        ),
        (["--scheduler", ""], "--scheduler needs an address: tcp://HOST:PORT or 'local'"),
        (["--scheduler", "local", "-n", "2"], "--scheduler cannot be combined with -n"),
        (
            ["--scheduler", "local", "--case-timeout", "0"],
            "--case-timeout must be a positive",
        ),
        (
            ["--scheduler", "local", "--case-timeout", "nan"],
            "--case-timeout must be a positive",
        ),
        (["--case-timeout", "9"], "--case-timeout needs --scheduler"),
        (
            ["--scheduler", "local", "--log-models"],
            "--log-models cannot be combined",
        ),
    ],
)
def test_invalid_options_of_a_cluster_are_explained(scratch, options, sentence):
    """Options that exclude each other and invalid addresses are usage errors."""
    done = scratch.run("--dataset", TINY, *options)
    assert done.returncode == 4
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_worker_with_other_packages_is_refused():
    """The error names each package that differs, with both versions."""
    mine = environment()
    check(dict(mine), mine, "tcp://there")
    theirs = {**mine, "numpy": "1.0"}
    del theirs["scipy"]
    with pytest.raises(WorkerError, match=r"tcp://there would give other scores: numpy is 1\.0 th"):
        check(theirs, mine, "tcp://there")
    with pytest.raises(WorkerError, match="scipy is missing there and "):
        check(theirs, mine, "tcp://there")
