"""Over datasets: what holds on average for each model, judged by a signed-rank test.

Six datasets are just enough for a verdict on three models: all six have to agree. Where some do
not, the claim is inconclusive here, whatever is said of it elsewhere. That AUC stays is from van
den Goorbergh et al. 2022, https://doi.org/10.1093/jamia/ocac093.
"""

import pytest

STRATEGIES = ["smote", "class_weight"]
LR, FOREST, XGBOOST = "logistic_regression", "random_forest", "xgboost"


@pytest.mark.inconclusive({XGBOOST: "rises on 4 of 6; unchanged on caravan and nursery"})
def test_smote_raises_recall(observe, overall):
    """SMOTE raises recall on average."""
    assert observe(overall("recall", "smote", "raw") > 0)


@pytest.mark.inconclusive(
    {
        LR: "rises on 4 of 6; falls on nursery and page_blocks",
        FOREST: "rises on 4 of 6; falls a little on caravan and page_blocks",
        XGBOOST: "rises on 3 of 6; falls a little on caravan and page_blocks",
    }
)
def test_smote_raises_f1(observe, overall):
    """SMOTE raises F1 on average."""
    assert observe(overall("f1_score", "smote", "raw") > 0)


@pytest.mark.inconclusive(
    {
        LR: "falls on 5 of 6; raw finds nothing on abalone_19",
        FOREST: "falls on 5 of 6; raw finds nothing on abalone_19",
        XGBOOST: "falls on 5 of 6; unchanged on nursery",
    }
)
def test_smote_costs_precision(observe, overall):
    """SMOTE lowers precision on average."""
    assert observe(overall("precision", "smote", "raw") < 0)


@pytest.mark.inconclusive(
    {
        LR: "within 0.02 on 5 of 6",
        FOREST: "within 0.02 on 4 of 6",
        XGBOOST: "within 0.02 on 5 of 6; 0.10 up on abalone_19",
    }
)
def test_smote_keeps_auc(observe, overall):
    """SMOTE does not change AUC: on average by less than 0.02 either way."""
    assert observe(overall("roc_auc_score", "smote", "raw").within(0.02))


@pytest.mark.inconclusive(
    {
        FOREST: "rises on 5 of 6; abalone_19 stays at 0",
        XGBOOST: "rises on 4 of 6; falls on abalone_19, nursery stays at 1.00",
    }
)
def test_weights_raise_recall(observe, overall):
    """Class weights raise recall on average."""
    assert observe(overall("recall", "class_weight", "raw") > 0)


@pytest.mark.inconclusive(
    {
        LR: "within 0.02 on 4 of 6",
        FOREST: "within 0.02 on 4 of 6",
        XGBOOST: "within 0.02 on 4 of 6",
    }
)
def test_weights_keep_auc(observe, overall):
    """Class weights do not change AUC: on average by less than 0.02 either way."""
    assert observe(overall("roc_auc_score", "class_weight", "raw").within(0.02))


@pytest.mark.inconclusive(
    {
        LR: "the best on abalone_19 only; 0.03 behind on average",
        FOREST: "the best on 4 of 6, by little; 0.002 behind on average",
        XGBOOST: "the best on 3 of 6; 0.003 behind on average",
    }
)
def test_weights_have_the_best_f1(observe, overall):
    """Class weights give a better F1 than raw data and SMOTE."""
    assert observe(overall("f1_score", "class_weight", "raw", "smote") > 0)


@pytest.mark.inconclusive(
    {
        FOREST: "the best on 5 of 6; SMOTE is 0.002 better on nursery",
        XGBOOST: "the best on 5 of 6; all are equal on nursery",
    }
)
def test_raw_has_the_best_accuracy(observe, overall):
    """Raw data give a better accuracy than SMOTE and class weights."""
    assert observe(overall("accuracy", "raw", "smote", "class_weight") > 0)


@pytest.mark.inconclusive(
    {
        LR: "the best on 5 of 6; raw finds nothing on abalone_19",
        FOREST: "the best on 5 of 6; raw finds nothing on abalone_19",
        XGBOOST: "the best on 5 of 6; unchanged on nursery",
    }
)
def test_raw_has_the_best_precision(observe, overall):
    """Raw data give a better precision than SMOTE and class weights."""
    assert observe(overall("precision", "raw", "smote", "class_weight") > 0)
