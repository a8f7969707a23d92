"""Tests of the workspace: which verdicts a session records."""

from dataclasses import replace

import pytest

from lab.baseline import Baseline, Baselines
from lab.cases import Case, Protocol
from lab.grid import Grid
from lab.session.workspace import Workspace
from lab.tests.helpers.examples import TINY, make_observation, make_result, make_store

KEY = "test_smote.recall_rises"


def observation(verdict, cases, models=(), guarded=False):
    """Return the record of an observation on the first case, or of a claim on the first model."""
    made = make_observation((models or cases)[0], verdict)
    return replace(made, cases=tuple(cases), models=tuple(models), guarded=guarded)


def recorded(tmp_path, made, protocol=None):
    """Return the baseline that a session with one observation records."""
    store = make_store(tmp_path / ".lab", "s", Protocol())
    path = tmp_path / "baseline.json"
    workspace = Workspace(
        Grid.select([TINY, "core"], protocol=protocol), store, Baselines(path), update=True
    )
    results = [make_result(Case.parse(name), {"recall": [0.5] * 5}) for name in made.cases]
    workspace.record(results, [made])
    store.close()
    return Baseline.read(path)


BUNDLED, GENERATED = "nursery-raw-xgboost", f"{TINY}-raw-xgboost"
OTHER = "caravan-raw-xgboost"


@pytest.mark.parametrize(
    ("verdict", "case", "seed", "kept"),
    [
        ("inconclusive", BUNDLED, 0, True),
        ("contradicted", BUNDLED, 0, False),
        ("contradicted", BUNDLED, 1, True),
        ("contradicted", GENERATED, 0, True),
    ],
)
def test_only_marks_expect_contradictions_on_bundled_data(tmp_path, verdict, case, seed, kept):
    """Under the default protocol a contradiction on bundled data is not recorded, others are."""
    found = recorded(tmp_path, observation(verdict, [case]), Protocol(seed=seed))
    assert found.cases[case].verdicts.keys() == ({KEY} if kept else set())


@pytest.mark.parametrize(
    ("verdict", "cases", "guarded", "kept"),
    [
        ("holds", [BUNDLED, OTHER], True, True),
        ("holds", [BUNDLED, OTHER], False, False),
        ("contradicted", [BUNDLED, OTHER], True, False),
        ("contradicted", [BUNDLED, GENERATED], False, True),
    ],
)
def test_a_claim_on_a_part_of_bundled_data_is_not_recorded(tmp_path, verdict, cases, guarded, kept):
    """It would replace the one on all; claims on other data are recorded with their datasets."""
    found = recorded(tmp_path, observation(verdict, cases, ["xgboost"], guarded)).claims
    names = tuple(sorted({Case.parse(name).dataset for name in cases}))
    assert {k: one["xgboost"].selection.datasets for k, one in found.items()} == (
        {KEY: names} if kept else {}
    )
