"""Tests of the options of a session."""

from types import SimpleNamespace

import pytest

from lab.errors import LabError
from lab.session.options import check_engine

NONE = {"scheduler": None, "case_timeout": None, "numprocesses": None, "log_models": False}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"scheduler": ""}, "--scheduler needs an address: tcp://HOST:PORT or 'local'"),
        ({"scheduler": "local", "numprocesses": 2}, "--scheduler cannot be combined with -n"),
        ({"scheduler": "local", "case_timeout": 0.0}, "--case-timeout must be a positive"),
        ({"scheduler": "local", "case_timeout": float("nan")}, "--case-timeout must be a positive"),
        ({"case_timeout": 9.0}, "--case-timeout needs --scheduler"),
        ({"scheduler": "local", "log_models": True}, "--log-models cannot be combined"),
    ],
)
def test_options_that_exclude_each_other_are_explained(options, sentence):
    """Invalid options of a cluster, and those that exclude each other, are named in an error."""
    with pytest.raises(LabError) as error:
        check_engine(SimpleNamespace(**NONE | options))
    assert str(error.value).startswith(sentence)


def test_valid_options_of_a_cluster_are_accepted():
    """An address and a time limit, or neither, are no error."""
    check_engine(SimpleNamespace(**NONE))
    check_engine(SimpleNamespace(**NONE | {"scheduler": "local", "case_timeout": 9.0}))
