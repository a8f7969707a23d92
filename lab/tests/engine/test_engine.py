"""Tests of the address of a cluster, and of the check of its workers."""

import pytest

from lab.engine.connection import Connection, EngineError
from lab.engine.worker import WorkerError, check, environment
from lab.tests.helpers.examples import TINY

pytest.importorskip("distributed")


def test_an_invalid_address_of_a_cluster_is_a_usage_error(scratch):
    """The session ends with one line before it starts."""
    done = scratch.run("--dataset", TINY, "--scheduler", "nowhere")
    assert done.returncode == 4
    said = "--scheduler 'nowhere' is not a valid address: use tcp://HOST:PORT or 'local'"
    assert said in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("address", ["http://127.0.0.1:8786", "tcp://127.0.0.1", "LOCAL"])
def test_other_addresses_than_dask_s_are_refused(address):
    """Only an address with one of Dask's schemes, a host and a port is tried."""
    with pytest.raises(EngineError, match=f"'{address}' is not a valid address: use tcp"):
        Connection(address, "session")


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
