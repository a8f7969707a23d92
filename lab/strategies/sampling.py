"""Strategies that change the training rows: more of the rare class, fewer of the other, or both.

All of them are imbalanced-learn's, with its defaults but for what is said here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lab.models import TOO_FEW_ROWS
from lab.strategies.strategy import (
    INNER_FOLDS,
    Steps,
    Strategy,
    fewer,
    fewer_folds,
    minority,
    neighbours,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset
    from lab.models import Model

# Of which SMOTE takes one to draw a line to: its authors' number, and that of its descendants.
NEIGHBOURS = 5
SEARCHED_BY_TREE = 10_000  # minority rows at most
CLUSTER_NEIGHBOURS = 2  # KMeansSMOTE's
NEAR = 3  # minority rows that NearMiss looks at

CHAWLA = "Chawla et al. 2002, https://doi.org/10.1613/jair.953"
TOMEK = "Tomek 1976, https://doi.org/10.1109/TSMC.1976.4309452"
WILSON = "Wilson 1972, https://doi.org/10.1109/TSMC.1972.4309137"
EDITED = "Tomek 1976, https://doi.org/10.1109/TSMC.1976.4309523"
BATISTA = "Batista et al. 2004, https://doi.org/10.1145/1007730.1007735"


def resampled(make: Callable[[NDArray[np.int8], int], Any]) -> Callable[..., Steps]:
    """Return the steps of a strategy that resamples; ``make(y, seed)`` returns the sampler."""

    def steps(model: Model, y: NDArray[np.int8], seed: int) -> Steps:
        sampler = make(y, seed)
        return [(type(sampler).__name__.lower(), sampler), ("model", model.make(seed))]

    return steps


def smote(rows: int, seed: int) -> Any:
    """Return SMOTE for so many minority rows: with fewer neighbours where there are few."""
    from imblearn.over_sampling import SMOTE
    from sklearn.neighbors import NearestNeighbors

    # Which of two equally near rows comes first is decided by the last bits of a distance. By
    # default OpenBLAS computes it, with other last bits on another kind of CPU; a tree does not ask
    # it, but takes long for many rows. The first neighbour is the row itself.
    search = NearestNeighbors(
        n_neighbors=neighbours(rows, NEIGHBOURS) + 1,
        algorithm="kd_tree" if rows <= SEARCHED_BY_TREE else "auto",
        n_jobs=1,
    )
    return SMOTE(k_neighbors=search, random_state=seed)


def _smote(y: NDArray[np.int8], seed: int) -> Any:
    return smote(minority(y), seed)


def _smotenc(dataset: Dataset, y: NDArray[np.int8], seed: int) -> Steps:
    from imblearn.over_sampling import SMOTEN, SMOTENC

    # Sections 6.1 and 6.2 of SMOTE's paper: SMOTENC needs a number column.
    options = {"k_neighbors": neighbours(minority(y), NEIGHBOURS), "random_state": seed}
    if not dataset.numeric:
        return [("smotenc", SMOTEN(**options))]
    return [("smotenc", SMOTENC(categorical_features=dataset.categorical, **options))]


def _over(name: str, y: NDArray[np.int8], seed: int) -> Any:
    from imblearn import over_sampling

    options = {"k_neighbors": neighbours(minority(y), NEIGHBOURS)}
    if name != "ADASYN":
        # They look at rows of either class, too.
        options["m_neighbors"] = min(10, len(y) - 1)
    else:
        options = {"n_neighbors": options["k_neighbors"]}
    return getattr(over_sampling, name)(**options, random_state=seed)


def _random_over(_y: NDArray[np.int8], seed: int) -> Any:
    from imblearn.over_sampling import RandomOverSampler

    return RandomOverSampler(random_state=seed)


def _kmeans_smote(y: NDArray[np.int8], seed: int) -> Any:
    from imblearn.over_sampling import KMeansSMOTE

    # The library's threshold, half of a cluster's rows, leaves no cluster where positives are
    # rare; this one takes those clusters that have more of them than the training fold.
    return KMeansSMOTE(
        k_neighbors=neighbours(minority(y), CLUSTER_NEIGHBOURS),
        cluster_balance_threshold=minority(y) / len(y),
        random_state=seed,
    )


def _under(name: str, _y: NDArray[np.int8], seed: int, **options: Any) -> Any:
    from imblearn import under_sampling

    return getattr(under_sampling, name)(random_state=seed, **options)


def _clean(name: str, _y: NDArray[np.int8], _seed: int) -> Any:
    from imblearn import under_sampling

    return getattr(under_sampling, name)()


def _near_miss(y: NDArray[np.int8], _seed: int) -> Any:
    from imblearn.under_sampling import NearMiss

    return NearMiss(n_neighbors=min(NEAR, minority(y)))


def _instance_hardness(y: NDArray[np.int8], seed: int) -> Any:
    return _under("InstanceHardnessThreshold", y, seed, cv=min(INNER_FOLDS, minority(y)))


def _combined(name: str, y: NDArray[np.int8], seed: int) -> Any:
    from imblearn import combine

    return getattr(combine, name)(smote=_smote(y, seed), random_state=seed)


smote_steps = resampled(_smote)
fewer_neighbours = fewer(NEIGHBOURS, "neighbours", less=1)
_over_family = partial(
    Strategy, family="over-sampling", minority_rows=2, remark=fewer_neighbours, cost=2.0
)
_under_family = partial(Strategy, family="under-sampling", cost=0.5)
_cleaning_family = partial(
    Strategy,
    family="cleaning",
    refusals={**TOO_FEW_ROWS, "Found array with 0 sample": "no row is left to compare"},
    cost=2.0,
)
_combined_family = partial(
    Strategy, family="combined", paper=BATISTA, minority_rows=2, remark=fewer_neighbours, cost=6.0
)

ENTRIES = (
    Strategy(
        "random_over",
        "minority rows repeated until both classes are equal",
        resampled(_random_over),
        family="over-sampling",
        cost=1.5,
    ),
    _over_family(
        "smote",
        "synthetic minority rows until both classes are equal",
        smote_steps,
        paper=CHAWLA,
    ),
    _over_family(
        "smotenc",
        "SMOTE before categories are encoded: synthetic rows have real levels",
        plain,
        on_raw_columns=_smotenc,
        categorical=True,
        paper=f"section 6 of {CHAWLA}",
        cost=3.0,
    ),
    _over_family(
        "borderline_smote",
        "SMOTE from minority rows that have mostly others around them",
        resampled(partial(_over, "BorderlineSMOTE")),
        paper="Han et al. 2005, https://doi.org/10.1007/11538059_91",
    ),
    _over_family(
        "svm_smote",
        "SMOTE from the support vectors of an SVM",
        resampled(partial(_over, "SVMSMOTE")),
        paper="Nguyen et al. 2011, https://doi.org/10.1504/IJKESDP.2011.039875",
        refusals={"vectors are considered as noise": "every support vector counts as noise"},
        cost=6.0,
    ),
    _over_family(
        "kmeans_smote",
        "SMOTE within clusters that have more minority rows than most",
        resampled(_kmeans_smote),
        paper="Last et al. 2017, https://arxiv.org/abs/1711.00837",
        minority_rows=3,
        refusals={
            "No clusters found with suff": "no cluster has enough minority rows",
            "should be >= n_clusters": "there are fewer rows than clusters",
            "cannot convert float NaN": "the minority rows of a cluster are all equal",
        },
        remark=fewer(CLUSTER_NEIGHBOURS, "neighbours", less=1),
    ),
    _over_family(
        "adasyn",
        "synthetic rows, more where more of the other class are around",
        resampled(partial(_over, "ADASYN")),
        paper="He et al. 2008, https://doi.org/10.1109/IJCNN.2008.4633969",
        refusals={
            "Not any neigbours belong": "no minority row has others around it",
            "No samples will be generated": "classes are as good as equal",
        },
    ),
    _under_family(
        "random_under",
        "majority rows drawn until both classes are equal",
        resampled(partial(_under, "RandomUnderSampler")),
        cost=0.2,
    ),
    _under_family(
        "near_miss",
        "the majority rows that are nearest to minority rows",
        resampled(_near_miss),
        paper="Mani and Zhang 2003, ICML workshop on learning from imbalanced datasets",
        remark=fewer(NEAR, "neighbours"),
    ),
    _under_family(
        "cluster_centroids",
        "centres of clusters of majority rows",
        resampled(partial(_under, "ClusterCentroids")),
        paper="Yen and Lee 2009, https://doi.org/10.1016/j.eswa.2008.06.108",
        cost=2.0,
    ),
    _under_family(
        "instance_hardness",
        "majority rows that a forest finds easy",
        resampled(_instance_hardness),
        paper="Smith et al. 2014, https://doi.org/10.1007/s10994-013-5422-z",
        minority_rows=2,
        remark=fewer_folds,
        cost=20.0,
    ),
    _cleaning_family(
        "tomek_links",
        "without majority rows that are a pair of nearest neighbours with a minority row",
        resampled(partial(_clean, "TomekLinks")),
        paper=TOMEK,
    ),
    _cleaning_family(
        "enn",
        "without majority rows that their neighbours outvote",
        resampled(partial(_clean, "EditedNearestNeighbours")),
        paper=WILSON,
    ),
    _cleaning_family(
        "renn",
        "ENN again and again until nothing changes",
        resampled(partial(_clean, "RepeatedEditedNearestNeighbours")),
        paper=EDITED,
        cost=10.0,
    ),
    _cleaning_family(
        "all_knn",
        "ENN with one, two and three neighbours in turn",
        resampled(partial(_clean, "AllKNN")),
        paper=EDITED,
        cost=4.0,
    ),
    _cleaning_family(
        "cnn",
        "those majority rows without which a nearest neighbour errs",
        resampled(partial(_under, "CondensedNearestNeighbour")),
        paper="Hart 1968, https://doi.org/10.1109/TIT.1968.1054155",
        # It predicts all rows anew after each row that it keeps.
        most_rows=15_000,
        cost=50.0,
    ),
    _cleaning_family(
        "one_sided_selection",
        "one step of CNN, then without Tomek links",
        resampled(partial(_under, "OneSidedSelection")),
        paper="Kubat and Matwin 1997, ICML",
    ),
    _cleaning_family(
        "neighbourhood_cleaning",
        "without majority rows that are outvoted, or that outvote minority rows",
        resampled(partial(_clean, "NeighbourhoodCleaningRule")),
        paper="Laurikkala 2001, https://doi.org/10.1007/3-540-48229-6_9",
    ),
    _combined_family(
        "smote_tomek",
        "SMOTE, then without Tomek links",
        resampled(partial(_combined, "SMOTETomek")),
    ),
    _combined_family(
        "smote_enn",
        "SMOTE, then without rows that their neighbours outvote",
        resampled(partial(_combined, "SMOTEENN")),
        cost=15.0,
    ),
)
