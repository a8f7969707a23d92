"""Claims over datasets: mean effects for each model, judged by a signed-rank test.

Six datasets are just enough for a verdict on three models: all six have to agree, or the claim is
inconclusive. That AUC does not change is a result of van den Goorbergh et al. 2022,
https://doi.org/10.1093/jamia/ocac093.
"""

STRATEGIES = ["smote", "class_weight"]


def test_smote_raises_recall(observe, overall):
    """SMOTE raises recall on average."""
    assert observe(overall("recall", "smote", "raw") > 0)


def test_smote_raises_f1(observe, overall):
    """SMOTE raises F1 on average."""
    assert observe(overall("f1_score", "smote", "raw") > 0)


def test_smote_costs_precision(observe, overall):
    """SMOTE lowers precision on average."""
    assert observe(overall("precision", "smote", "raw") < 0)


def test_smote_keeps_auc(observe, overall):
    """SMOTE changes AUC by no more than 0.02 on average."""
    assert observe(overall("roc_auc_score", "smote", "raw").within(0.02))


def test_weights_raise_recall(observe, overall):
    """Class weights raise recall on average."""
    assert observe(overall("recall", "class_weight", "raw") > 0)


def test_weights_keep_auc(observe, overall):
    """Class weights change AUC by no more than 0.02 on average."""
    assert observe(overall("roc_auc_score", "class_weight", "raw").within(0.02))


def test_weights_have_the_best_f1(observe, overall):
    """Class weights have a higher F1 than raw data and SMOTE on average."""
    assert observe(overall("f1_score", "class_weight", "raw", "smote") > 0)


def test_raw_has_the_best_accuracy(observe, overall):
    """Raw data have a higher accuracy than SMOTE and class weights on average."""
    assert observe(overall("accuracy", "raw", "smote", "class_weight") > 0)


def test_raw_has_the_best_precision(observe, overall):
    """Raw data have a higher precision than SMOTE and class weights on average."""
    assert observe(overall("precision", "raw", "smote", "class_weight") > 0)
