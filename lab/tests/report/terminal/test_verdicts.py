"""Tests of the tables of verdicts."""

from dataclasses import replace

import pytest

from lab.cases import Case
from lab.report import case_tables, claim_table, observation_lines
from lab.tests.helpers.examples import make_observation, text_of


def test_unexpected_contradictions_are_listed():
    """Verdicts are counted; a contradiction is listed if another verdict was expected."""
    lines = text_of(
        observation_lines(
            [
                make_observation("a-raw-m", "contradicted", "contradicted"),
                make_observation("b-raw-m", "contradicted"),
                make_observation("c-raw-m", "contradicted", None),
                make_observation("d-raw-m", "inconclusive", "inconclusive"),
                make_observation("e-raw-m", "holds"),
            ]
        )
    )
    counts = "5 observations: 1 hold, 1 inconclusive, 3 contradicted"
    assert f"{counts}; 2 exceptions as recorded; 1 without a recorded verdict\n" in lines
    stated = "recall of smote above raw > 0.5: 0.100 [0.000, 0.200]"
    assert f"\n  contradicted: b-raw-m: {stated}\n" in lines
    assert not any(f"{case}-raw-m" in lines for case in "acde")


@pytest.mark.parametrize(("width", "blocks"), [(120, 1), (50, 2), (20, 2)])
def test_the_table_of_claims_fits_the_terminal(width, blocks):
    """Claims are rows and models columns; models that do not fit follow below."""
    claims = [
        make_observation(model, verdict, name=name)
        for name, verdict in (("rises", "holds"), ("keeps", "inconclusive"))
        for model in ("forest", "xgboost")
    ]
    parts = list(
        claim_table([*claims, make_observation("forest", "contradicted", name="other")], width)
    )
    lines = text_of(parts).splitlines()
    assert sum("over 6 datasets" in line for line in lines) == blocks
    assert max(map(len, lines)) <= max(width, 44)
    assert {text for text, bold in parts if bold} == {"+0.100 holds"}
    assert any(line.startswith("other") for line in lines)
    assert not any(line != line.rstrip() for line in lines)


def test_each_dataset_has_a_table_of_verdicts():
    """Observations are rows; a cell has the effect, half its interval's width and the verdict."""
    cases = [Case(dataset, "smote", model) for dataset in ("a", "b") for model in ("m", "n")]
    observations = [(case, make_observation(case.id, "holds")) for case in cases]
    lines = text_of(case_tables(observations, 80)).splitlines()
    cell = "+0.100 \u00b10.100 holds"
    assert [line.split() for line in lines] == [
        ["a", "m", "n"],
        ["smote:", "recall_rises", *cell.split(), *cell.split()],
        [],
        ["b", "m", "n"],
        ["smote:", "recall_rises", *cell.split(), *cell.split()],
        [],
    ]
    assert lines[0].index(" n") == lines[1].rindex(" +")
    # Only differences have a sign.
    level = replace(observations[0][1], statement="recall > 0.5")
    assert " 0.100 \u00b10.100 holds" in text_of(case_tables([(cases[0], level)], 80))


def test_no_change_in_any_fold_is_told_in_words():
    """A difference of 0 in every fold is no figure with an interval; a score of 0 is."""
    case = Case("a", "smote", "m")
    same = replace(make_observation(case.id, "contradicted"), effect=0.0, low=0.0, high=0.0)
    assert (
        text_of(case_tables([(case, same)], 80))
        .splitlines()[1]
        .endswith("recall_rises  no change in any fold: contradicted")
    )
    level = replace(same, statement="recall > 0.5")
    assert " 0.000 \u00b10.000 contradicted" in text_of(case_tables([(case, level)], 80))
