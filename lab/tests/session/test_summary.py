"""Tests of the summary of a session."""

from lab.report.session_record import SessionRecord
from lab.tests.helpers.examples import TINY


def test_a_strategy_that_only_an_observation_needs_is_not_recommended(scratch):
    """With `raw` and `class_weight` selected, the recommendation is about these two alone."""
    done = scratch.run(
        *("-n", "0", "--dataset", TINY, "--folds", "3", "--model", "xgboost"),
        *("--strategy", "raw", "--strategy", "class_weight"),
    )
    assert f"{TINY}-smote-xgboost" in scratch.runs(), "an observation compares with SMOTE"
    assert "smote with" not in done.stdout
    (path,) = scratch.root.glob("mlartifacts/**/session.json")
    found = SessionRecord.loads(path.read_text(), "it").answers
    assert {one.candidates for one in found} == {1}
