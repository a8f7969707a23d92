"""Tests of the cross-validation against one by hand, and of what its scores depend on."""

import math
from dataclasses import replace

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_info, threadpool_limits
from xgboost import XGBClassifier

from lab import datasets
from lab.cases import Case, Protocol, ProtocolError
from lab.evaluation.cross_validation import evaluate
from lab.evaluation.definition import definition as definition_of
from lab.evaluation.library_errors import ProbabilityError
from lab.evaluation.pipelines import pipeline
from lab.metrics import METRICS
from lab.models import MODELS, Model
from lab.tests.helpers.examples import TINY, mixed_dataset

CLASSIFIERS = {
    "logistic_regression": LogisticRegression,
    "random_forest": RandomForestClassifier,
    "xgboost": XGBClassifier,
}


@pytest.mark.parametrize(
    ("dataset", "strategy", "model"),
    [
        (TINY, "smote", "random_forest"),
        ("yeast_me2", "smote", "logistic_regression"),
        ("abalone_19", "class_weight", "xgboost"),
        ("abalone_19", "class_weight", "logistic_regression"),
        ("yeast_me2", "raw", "xgboost"),
    ],
)
def test_scores_equal_those_by_hand(dataset, strategy, model):
    """A case that is computed with scikit-learn and imbalanced-learn alone has the same scores."""
    data = datasets.load(dataset)
    recall, precision, f1, auc = [], [], [], []
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=1, random_state=0)
    for train, test in folds.split(data.X, data.y):
        y = data.y[train]
        prepare = make_column_transformer(
            (
                make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
                make_column_selector(dtype_include="number"),
            ),
            (
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"),
                    OneHotEncoder(
                        min_frequency=10, handle_unknown="infrequent_if_exist", sparse_output=False
                    ),
                ),
                make_column_selector(dtype_exclude="number"),
            ),
        )
        X = prepare.fit_transform(data.X.iloc[train])
        weights = {}
        if strategy == "smote":
            X, y = SMOTE(random_state=0).fit_resample(X, y)
        elif strategy == "class_weight" and model == "xgboost":
            weights = {"scale_pos_weight": (y == 0).sum() / (y == 1).sum()}
        elif strategy == "class_weight":
            weights = {"class_weight": "balanced"}
        classifier = CLASSIFIERS[model](random_state=0, **weights).fit(X, y)
        X_test, y_test = prepare.transform(data.X.iloc[test]), data.y[test]
        y_pred = classifier.predict(X_test)
        recall.append(recall_score(y_test, y_pred))
        precision.append(precision_score(y_test, y_pred, zero_division=0))
        f1.append(f1_score(y_test, y_pred))
        auc.append(roc_auc_score(y_test, classifier.predict_proba(X_test)[:, 1]))
    scores = evaluate(Case(dataset, strategy, model), Protocol()).scores
    assert scores["recall"] == pytest.approx(recall, abs=1e-12)
    assert scores["precision"] == pytest.approx(precision, abs=1e-12)
    assert scores["f1_score"] == pytest.approx(f1, abs=1e-12)
    assert scores["roc_auc_score"] == pytest.approx(auc, abs=1e-9)


@pytest.mark.parametrize(
    ("strategy", "model"),
    [
        ("raw", "logistic_regression"),
        ("threshold_cost", "logistic_regression"),
        ("smote", "xgboost"),
        ("class_weight", "decision_tree"),
    ],
)
def test_metrics_can_be_recomputed_from_the_predictions(monkeypatch, strategy, model):
    """Each metric of each fold follows from the out-of-fold predictions."""
    monkeypatch.setattr(datasets, "load", lambda _name: mixed_dataset())
    result = evaluate(Case("mixed", strategy, model), Protocol(3, 2, 7))
    predictions = result.read_predictions()
    assert list(predictions.columns) == ["fold", "row", "y_true", "y_score", "y_pred"]
    for fold, rows in predictions.groupby("fold"):
        columns = (rows[name].to_numpy() for name in ("y_true", "y_pred", "y_score"))
        arrays = list(columns)
        for name, metric in METRICS.items():
            assert result.scores[name][fold] == metric(*arrays)


def test_predictions_name_the_rows_of_the_table_as_read(monkeypatch):
    """If rows without a target were left out, predictions name the rows of the file."""
    whole = mixed_dataset()
    numbers = np.arange(whole.rows) * 3 + 1
    part = replace(whole, row_numbers=numbers)
    monkeypatch.setattr(datasets, "load", lambda _name: part)
    result = evaluate(Case("mixed", "raw", "logistic_regression"), Protocol(3))
    predictions = result.read_predictions()
    assert sorted(predictions["row"]) == numbers.tolist()
    y = dict(zip(numbers, whole.y, strict=True))
    assert predictions["y_true"].tolist() == [y[row] for row in predictions["row"]]


def test_every_row_is_predicted_once_per_repeat():
    """The folds of a repeat partition the rows, and each has its share of the rare class."""
    data = datasets.load(TINY)
    predictions = evaluate(Case(TINY, "raw", "xgboost"), Protocol(4, 2)).read_predictions()
    for repeat in range(2):
        rows = predictions[predictions["fold"] // 4 == repeat]
        assert sorted(rows["row"]) == list(range(data.rows))
    assert (predictions["y_true"].to_numpy() == data.y[predictions["row"]]).all()
    minority = predictions.groupby("fold")["y_true"].sum()
    assert minority.max() - minority.min() <= 1


def test_class_counts_show_where_smote_was_applied():
    """SMOTE balances the rows that the model is fitted on, and leaves the test fold unchanged."""
    smote, raw = (evaluate(Case(TINY, s, "xgboost"), Protocol(3)) for s in ("smote", "raw"))
    counts = smote.class_counts
    assert counts["resampled_minority_rows"] == counts["resampled_majority_rows"]
    assert counts["train_minority_rows"] == raw.class_counts["resampled_minority_rows"]
    assert counts["test_minority_rows"] == raw.class_counts["test_minority_rows"]
    assert sum(counts["test_minority_rows"]) == 36


def test_the_seed_determines_the_folds():
    """The same seed gives the same scores, another seed other folds."""
    case = Case(TINY, "smote", "decision_tree")
    one, same, other = (evaluate(case, Protocol(3, 1, seed)) for seed in (0, 0, 1))
    assert one.scores == same.scores
    assert one.scores != other.scores


# Without the limit on threads, logistic regression differs on caravan, not on smaller data.
@pytest.mark.parametrize(
    ("dataset", "model"),
    [("caravan", "logistic_regression"), (TINY, "random_forest"), (TINY, "xgboost")],
)
def test_scores_do_not_depend_on_the_number_of_threads(dataset, model):
    """A process with four threads computes the same bits as a process with one."""
    case = Case(dataset, "smote", model)
    found = []
    for threads in (1, 4):
        with threadpool_limits(threads):
            assert {one["num_threads"] for one in threadpool_info()} == {threads}
            found.append(evaluate(case, Protocol(2)))
    one, four = found
    assert one.scores == four.scores
    assert one.read_predictions().equals(four.read_predictions())


def test_warnings_of_the_libraries_are_notes():
    """A model that does not converge is noted on its result, not on the screen."""
    result = evaluate(Case("caravan", "class_weight", "logistic_regression"), Protocol(2))
    assert any("failed to converge" in note for note in result.notes)


def test_too_few_rows_of_a_class_are_explained():
    """With fewer minority rows than folds, the error says how many folds are possible."""
    case = Case("synthetic:rows=100,minority=0.03", "raw", "xgboost")
    with pytest.raises(ProtocolError, match="3 minority rows, too few for 5 folds: use --folds 3"):
        evaluate(case, Protocol())


def test_params_are_json_values():
    """The model's parameters keep their names; those of a sampler have its step as a prefix."""
    params = evaluate(Case(TINY, "smote", "xgboost"), Protocol(2)).params
    assert params["smote__k_neighbors"] == ("NearestNeighbors(algorithm='kd_tree', n_neighbors=6)")
    assert params["n_jobs"] == 1
    assert all(
        value is None or isinstance(value, bool | int | float | str) for value in params.values()
    )
    assert not any(isinstance(value, float) and np.isnan(value) for value in params.values())


@pytest.mark.parametrize(
    ("strategy", "model", "definition"),
    [
        ("raw", "random_forest", "RandomForestClassifier()"),
        ("class_weight", "random_forest", "RandomForestClassifier(class_weight='balanced')"),
        ("class_weight", "xgboost", "XGBClassifier(scale_pos_weight=5.666666666666667)"),
    ],
)
def test_a_definition_has_parameters_that_are_not_defaults(strategy, model, definition):
    """Steps and their own parameters define a case; seed, threads and defaults do not."""
    data = datasets.load(TINY)
    assert definition_of(pipeline(Case(TINY, strategy, model), data, data.y, 0)) == definition


@pytest.mark.parametrize("value", [math.nan, 1.5, -0.1])
def test_invalid_probabilities_are_reported(monkeypatch, value):
    """The error names the model, the number of rows, and one of the invalid probabilities."""

    class Broken(DecisionTreeClassifier):
        def predict_proba(self, X):
            found = super().predict_proba(X)
            found[:3, 1] = value
            return found

    model = Model("broken", "invalid probabilities", lambda seed: Broken(random_state=seed))
    monkeypatch.setitem(MODELS, "broken", model)
    message = f"broken under raw predicts .* outside 0 to 1 for 3 rows .*, for example {value}"
    with pytest.raises(ProbabilityError, match=message):
        evaluate(Case(TINY, "raw", "broken"), Protocol(3))
