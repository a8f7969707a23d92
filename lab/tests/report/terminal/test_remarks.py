"""Tests of the remarks on a session's cases."""

from lab.cases import Case, Protocol
from lab.report import skipped_lines
from lab.tests.helpers.examples import TINY


def test_skipped_cases_have_a_line_for_each_reason():
    """The line has the models that a strategy does not suit, or the cases that it failed on."""
    cases = [Case(TINY, "focal_loss", model) for model in ("knn", "mlp")]
    refused = Case(TINY, "adasyn", "knn")
    why = {refused: f"{refused.id}: in a training fold all is equal"}
    assert skipped_lines([*cases, refused], Protocol(3), why) == [
        "focal_loss is skipped, for xgboost only: knn, mlp",
        f"adasyn is skipped, in a training fold all is equal: {TINY}-knn",
    ]
