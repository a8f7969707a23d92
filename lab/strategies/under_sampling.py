"""Under-sampling and cleaning: fewer majority rows, by number or by their neighbours.

All samplers are imbalanced-learn's, with its defaults except where a comment gives a reason.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lab.models import TOO_FEW_ROWS
from lab.options import integer, number, word
from lab.splits import INNER_FOLDS, InnerFolds
from lab.strategies.limits import fewer, fewer_folds, minority
from lab.strategies.resampling import RATIO, TOO_BALANCED, resampled_by
from lab.strategies.strategy import Steps, Strategy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model

TOMEK = "Tomek 1976, https://doi.org/10.1109/TSMC.1976.4309452"
WILSON = "Wilson 1972, https://doi.org/10.1109/TSMC.1972.4309137"
EDITED = "Tomek 1976, https://doi.org/10.1109/TSMC.1976.4309523"


def _instance_hardness(
    model: Model, y: NDArray[np.int8], seed: int, inner_folds: Any, **options: Any
) -> Steps:
    from imblearn.under_sampling import InstanceHardnessThreshold

    if isinstance(inner_folds, InnerFolds):
        from lab.estimators.instance_hardness import SplitInstanceHardness

        sampler = SplitInstanceHardness(folds=inner_folds, random_state=seed, **options)
    else:
        folds = min(INNER_FOLDS, minority(y))
        sampler = InstanceHardnessThreshold(cv=folds, random_state=seed, **options)
    return [("instancehardnessthreshold", sampler), ("model", model.make(seed))]


random_under = resampled_by("under_sampling.RandomUnderSampler")
NEIGHBORS = {"n_neighbors": integer(3)}
ENN_OPTIONS = {**NEIGHBORS, "kind_sel": word("all", "mode")}

_under_family = partial(
    Strategy, family="under-sampling", refusals=TOO_BALANCED, options=RATIO, cost=0.5
)
_cleaning_family = partial(
    Strategy,
    family="cleaning",
    refusals={**TOO_FEW_ROWS, "Found array with 0 sample": "no row is left to compare"},
    cost=2.0,
)

ENTRIES = (
    _under_family(
        "random_under",
        "random majority rows dropped to balance the classes",
        random_under,
        cost=0.2,
    ),
    _under_family(
        "near_miss",
        "only the majority rows nearest to minority rows",
        resampled_by("under_sampling.NearMiss", n_neighbors=minority),
        paper="Mani and Zhang 2003, ICML workshop on learning from imbalanced datasets",
        refusals={**TOO_BALANCED, **TOO_FEW_ROWS},
        options={**NEIGHBORS, **RATIO, "version": integer(1, most=3)},
        remark=fewer("n_neighbors", "neighbours"),
    ),
    _under_family(
        "cluster_centroids",
        "majority rows replaced by the centroids of their clusters",
        resampled_by("under_sampling.ClusterCentroids"),
        paper="Yen and Lee 2009, https://doi.org/10.1016/j.eswa.2008.06.108",
        options={**RATIO, "voting": word("auto", "hard", "soft")},
        cost=2.0,
    ),
    _under_family(
        "instance_hardness",
        "only the majority rows that a random forest classifies easily",
        _instance_hardness,
        paper="Smith et al. 2014, https://doi.org/10.1007/s10994-013-5422-z",
        minority_rows=2,
        remark=fewer_folds,
        cost=20.0,
    ),
    _cleaning_family(
        "tomek_links",
        "majority rows removed that form a nearest-neighbour pair with a minority row",
        resampled_by("under_sampling.TomekLinks"),
        paper=TOMEK,
    ),
    _cleaning_family(
        "enn",
        "majority rows removed whose nearest neighbours disagree",
        resampled_by("under_sampling.EditedNearestNeighbours"),
        paper=WILSON,
        options=ENN_OPTIONS,
    ),
    _cleaning_family(
        "renn",
        "ENN repeated until nothing changes",
        resampled_by("under_sampling.RepeatedEditedNearestNeighbours"),
        paper=EDITED,
        options=ENN_OPTIONS,
        cost=10.0,
    ),
    _cleaning_family(
        "all_knn",
        "ENN repeated with 1 to {n_neighbors} neighbours",
        resampled_by("under_sampling.AllKNN"),
        paper=EDITED,
        options=ENN_OPTIONS,
        cost=4.0,
    ),
    _cleaning_family(
        "cnn",
        "only the majority rows that a 1-nearest-neighbour classifier needs",
        resampled_by("under_sampling.CondensedNearestNeighbour"),
        paper="Hart 1968, https://doi.org/10.1109/TIT.1968.1054155",
        # It predicts all rows again after each row that it keeps.
        most_rows=15_000,
        cost=50.0,
    ),
    _cleaning_family(
        "one_sided_selection",
        "one pass of CNN, then majority rows in Tomek links removed",
        resampled_by("under_sampling.OneSidedSelection"),
        paper="Kubat and Matwin 1997, ICML",
    ),
    _cleaning_family(
        "neighbourhood_cleaning",
        "majority rows removed that neighbours outvote, or that outvote minority rows",
        resampled_by("under_sampling.NeighbourhoodCleaningRule"),
        paper="Laurikkala 2001, https://doi.org/10.1007/3-540-48229-6_9",
        options={**NEIGHBORS, "threshold_cleaning": number(0.5, most=1)},
    ),
)
