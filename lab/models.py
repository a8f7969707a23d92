"""Models: every learner by name, and how each supports class weights.

A new model is one entry in ``MODELS``, or is registered by a user.

Examples
--------
>>> from sklearn.ensemble import ExtraTreesClassifier
>>> mine = Model("extra_trees", "trees split at random",
...              lambda seed: ExtraTreesClassifier(random_state=seed))
>>> MODELS.register(mine).name
'extra_trees'
>>> MODELS.select(["extra*", "core"])
['extra_trees', 'logistic_regression', 'random_forest', 'xgboost']
>>> MODELS.unregister("extra_trees")
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from lab.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

# Libraries are imported where a model is made, so that a process that only names models, such as
# the controller of a distributed session, starts 3 s sooner.


@dataclass(frozen=True)
class Model:
    """Learner with its library's defaults, one thread and a fixed seed.

    Attributes
    ----------
    title : str
        Short description.
    make : callable
        ``make(seed)`` returns a new, unfitted classifier with ``predict`` and ``predict_proba``.
    weighted : callable or None
        ``weighted(y, power)`` returns the learner's own parameters that weigh the classes of the
        training target ``y`` by a power of their inverse frequency. None if it does not support
        class weights.
    cost : float
        Rough fit time in seconds per million values: the longest cases start first. An error here
        costs time, never results.
    weak : callable or None
        ``weak(seed)`` returns a weak form of it, which can be boosted; None if there is none.
    weights_move_odds : bool
        Whether its probabilities follow class weights.
    minority_rows : int
        Minority rows that every training fold must have.
    refusals : mapping of str to str
        Excerpts of the errors by which it refuses a training fold, with reasons; see
        :class:`lab.strategies.Strategy`.
    unsplit : mapping of str to object
        Parameters that keep it from splitting its training rows at random. They are set where rows
        depend on each other by group or time, so that folds at random would mislead it.
    floor : bool
        Whether it ignores all features, as a lower bound for other models.
    package : str
        Name on PyPI of the package that it needs beyond the base install.
    module : str
        Module of that package to import, if it has another name.

    Examples
    --------
    >>> MODELS["logistic_regression"].make(0)
    LogisticRegression(random_state=0)
    >>> import numpy as np
    >>> y = np.array([0, 0, 0, 1], dtype=np.int8)
    >>> MODELS["xgboost"].weighted(y, 1.0)
    {'scale_pos_weight': 3.0}
    """

    name: str
    title: str
    make: Callable[[int], Any]
    weighted: Callable[[NDArray[np.int8], float], dict[str, Any]] | None = None
    cost: float = 1.0
    weak: Callable[[int], Any] | None = None
    weights_move_odds: bool = True
    minority_rows: int = 1
    refusals: Mapping[str, str] = field(default_factory=dict, hash=False)
    unsplit: Mapping[str, Any] = field(default_factory=dict, hash=False)
    floor: bool = False
    package: str = ""
    module: str = ""

    on_request = ""  # globs and groups select every model

    @property
    def missing(self) -> str:
        """Reason why it cannot be used on this machine; empty if it can."""
        try:
            found = not self.package or find_spec(self.module or self.package) is not None
        except ModuleNotFoundError:  # its parent package
            found = False
        return "" if found else f"needs the package {self.package}: pip install {self.package}"

    def without_splits(self) -> Model:
        """Return the model with the parameters of ``unsplit``."""
        if not self.unsplit:
            return self
        return replace(self, make=lambda seed: self.make(seed).set_params(**self.unsplit))


def _logistic_regression(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(random_state=seed)


def _random_forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=100, n_jobs=1, random_state=seed)


def _random_forest_onedal(seed: int) -> Any:
    from sklearnex.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=100, n_jobs=1, random_state=seed)


def _xgboost(seed: int) -> Any:
    from xgboost import XGBClassifier

    return XGBClassifier(n_jobs=1, random_state=seed)


def _hist_gradient_boosting(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(random_state=seed)


def _decision_tree(seed: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(random_state=seed)


def _stump(seed: int) -> Any:
    return _decision_tree(seed).set_params(max_depth=1)


def _linear_svm(seed: int) -> Any:
    from lab.estimators.linear_svm import LinearSVM

    return LinearSVM(random_state=seed)


def _knn(_seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(n_jobs=1)


def _mlp(seed: int) -> Any:
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(random_state=seed)


def _dummy(_seed: int) -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior")


def _lightgbm(seed: int) -> Any:
    from lightgbm import LGBMClassifier

    # By default LightGBM times column-wise and row-wise histograms, and picks the faster.
    return LGBMClassifier(
        n_jobs=1, random_state=seed, verbosity=-1, deterministic=True, force_col_wise=True
    )


def _catboost(seed: int) -> Any:
    from catboost import CatBoostClassifier

    return CatBoostClassifier(
        thread_count=1, random_seed=seed, verbose=0, allow_writing_files=False
    )


def _class_weight(y: NDArray[np.int8], power: float) -> dict[str, Any]:
    if power == 1:
        return {"class_weight": "balanced"}
    counts = {label: float((y == label).sum()) for label in (0, 1)}
    # The weights of all rows sum to the number of rows, as with "balanced".
    scale = len(y) / sum(count ** (1 - power) for count in counts.values())
    return {"class_weight": {k: scale * count**-power for k, count in counts.items()}}


def _scale_pos_weight(y: NDArray[np.int8], power: float) -> dict[str, Any]:
    # https://xgboost.readthedocs.io/en/stable/tutorials/param_tuning.html
    return {"scale_pos_weight": float((y == 0).sum() / (y == 1).sum()) ** power}


TOO_FEW_ROWS = {"Expected n_neighbors <= n_samples_fit": "there are fewer rows than neighbours"}
CORE = ("logistic_regression", "random_forest", "xgboost")

MODELS: Registry[Model] = Registry(
    "model",
    [
        Model(
            "logistic_regression",
            "linear, L2 penalty (scikit-learn)",
            _logistic_regression,
            _class_weight,
            cost=1.0,
            weak=_logistic_regression,
        ),
        Model(
            "random_forest",
            "100 trees (scikit-learn)",
            _random_forest,
            _class_weight,
            cost=6.0,
        ),
        Model("xgboost", "gradient boosting (XGBoost)", _xgboost, _scale_pos_weight, cost=1.0),
        Model(
            "hist_gradient_boosting",
            "gradient boosting on histograms (scikit-learn)",
            _hist_gradient_boosting,
            _class_weight,
            cost=1.5,
            unsplit={"early_stopping": False},
        ),
        Model(
            "decision_tree",
            "a single, fully grown tree (scikit-learn)",
            _decision_tree,
            _class_weight,
            cost=0.5,
            weak=_stump,
        ),
        Model(
            "linear_svm",
            "linear support vector machine; probabilities by Platt scaling",
            _linear_svm,
            _class_weight,
            cost=2.0,
            weights_move_odds=False,
            unsplit={"curve_folds": 0},
            minority_rows=2,
            refusals={"requires at least one train/test split": "a class has only one row"},
        ),
        Model("knn", "the five nearest neighbours", _knn, refusals=TOO_FEW_ROWS),
        Model("mlp", "a neural network with one hidden layer of 100", _mlp, cost=40.0),
        Model(
            "dummy",
            "the share of positives for every row, as a lower bound",
            _dummy,
            cost=0.1,
            floor=True,
        ),
        Model(
            "lightgbm",
            "gradient boosting (LightGBM)",
            _lightgbm,
            _scale_pos_weight,
            cost=1.0,
            package="lightgbm",
        ),
        Model(
            "catboost",
            "gradient boosting, 1,000 trees (CatBoost)",
            _catboost,
            _scale_pos_weight,
            cost=20.0,
            package="catboost",
        ),
        Model(
            "random_forest_onedal",
            "random forest, faster: 256 bins per column, class weights also in its votes (Intel)",
            _random_forest_onedal,
            _class_weight,
            cost=2.0,
            package="scikit-learn-intelex",
            module="sklearnex",
        ),
    ],
    groups={"core": CORE},
)


def package_of(name: str) -> str:
    """Return the package that a model needs beyond the base install; empty for most."""
    return MODELS[name].package if name in MODELS else ""
