"""Tests of the index of datasets by name."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lab import datasets
from lab.errors import UnknownNameError


def test_an_unknown_dataset_suggests_close_matches():
    """A misspelt dataset is an error that suggests similar names."""
    with pytest.raises(UnknownNameError, match="did you mean yeast_me2"):
        datasets.select(["yeast_me"])


def test_naming_datasets_imports_no_heavy_library():
    """A process that only names datasets, strategies and models imports no learner."""
    heavy = "{'sklearn', 'xgboost', 'imblearn', 'mlflow', 'matplotlib', 'scipy'}"
    code = f"import sys, lab.session.session, lab.grid; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_remembered_dataset_hides_a_bundled_one_until_forgotten():
    """A name means the dataset of another process, then again the lab's own."""
    bundled = datasets.load("yeast_me2")
    for source in ("one file", "another"):
        theirs = replace(bundled, source=source)  # of equal content
        datasets.remember("yeast_me2", theirs)
        assert datasets.load("yeast_me2").source == source
        assert datasets.entry("yeast_me2").rows == bundled.rows
    values = pd.DataFrame({"amount": np.ones(bundled.rows)})
    valued = replace(bundled, values=values, value_notes=("a note",))
    datasets.remember("yeast_me2", valued)
    entry = datasets.entry("yeast_me2")
    assert (entry.value_columns, entry.notes[-1]) == (("amount",), "a note")
    datasets.remember("yeast_me2", None)
    assert datasets.load("yeast_me2").source == bundled.source
    assert datasets.entry("yeast_me2").value_columns == ()
