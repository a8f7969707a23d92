"""Over-sampling: more minority rows, repeated or synthetic, alone or followed by cleaning.

All samplers are imbalanced-learn's, with its defaults except where a comment gives a reason.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lab.options import integer, word
from lab.strategies.limits import fewer, minority, others, within
from lab.strategies.preprocessing import indicators
from lab.strategies.resampling import RATIO, TOO_BALANCED, resampled, resampled_by
from lab.strategies.strategy import Steps, Strategy, plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset
    from lab.options import Value

SEARCHED_BY_TREE = 10_000  # minority rows at most

CHAWLA = "Chawla et al. 2002, https://doi.org/10.1613/jair.953"
BATISTA = "Batista et al. 2004, https://doi.org/10.1145/1007730.1007735"


def smote(rows: int, seed: int, k_neighbors: int, sampling_strategy: Value) -> Any:
    """Return SMOTE for a number of minority rows, with fewer neighbours where there are few."""
    from imblearn.over_sampling import SMOTE
    from sklearn.neighbors import NearestNeighbors

    # The order of equally near rows depends on the last bits of their distances. By default
    # OpenBLAS computes them, and rounds differently on each kind of CPU. A tree does not use
    # OpenBLAS, but is slow for many rows. The first neighbour is the row itself.
    search = NearestNeighbors(
        n_neighbors=within(rows - 1, k_neighbors) + 1,
        algorithm="kd_tree" if rows <= SEARCHED_BY_TREE else "auto",
        n_jobs=1,
    )
    return SMOTE(k_neighbors=search, sampling_strategy=sampling_strategy, random_state=seed)


def _smote(y: NDArray[np.int8], seed: int, **options: Any) -> Any:
    return smote(minority(y), seed, **options)


def _smotenc(
    dataset: Dataset, y: NDArray[np.int8], seed: int, k_neighbors: int, sampling_strategy: Value
) -> Steps:
    from imblearn.over_sampling import SMOTEN, SMOTENC

    options = {
        "k_neighbors": within(others(y), k_neighbors),
        "sampling_strategy": sampling_strategy,
        "random_state": seed,
    }
    # Sections 6.1 and 6.2 of SMOTE's paper: SMOTENC needs a numeric column.
    if not dataset.numeric:
        return [("smotenc", SMOTEN(**options))]
    categories = [*dataset.categorical, *indicators(dataset)]
    return [("smotenc", SMOTENC(categorical_features=categories, **options))]


def _kmeans_smote(y: NDArray[np.int8], seed: int, k_neighbors: int, **options: Any) -> Any:
    from imblearn.over_sampling import KMeansSMOTE

    # The library's threshold, half of a cluster's rows, leaves no cluster where positives are
    # rare. This one keeps the clusters with a larger share of them than the training fold.
    return KMeansSMOTE(
        k_neighbors=within(others(y), k_neighbors),
        cluster_balance_threshold=minority(y) / len(y),
        random_state=seed,
        **options,
    )


def _combined(name: str, y: NDArray[np.int8], seed: int, **options: Any) -> Any:
    from imblearn import combine

    return getattr(combine, name)(smote=_smote(y, seed, **options), random_state=seed)


def _all_others(y: NDArray[np.int8]) -> int:
    return len(y) - 1


smote_steps = resampled(_smote)
fewer_neighbours = fewer("k_neighbors", "neighbours", less=1)
K_NEIGHBORS = {"k_neighbors": integer(5)}
M_NEIGHBORS = {"m_neighbors": integer(10)}
SMOTE_OPTIONS = {**K_NEIGHBORS, **RATIO}

_smote_family = partial(
    Strategy,
    family="over-sampling",
    minority_rows=2,
    refusals=TOO_BALANCED,
    options=SMOTE_OPTIONS,
    remark=fewer_neighbours,
    cost=2.0,
)
_combined_family = partial(_smote_family, family="combined", paper=BATISTA, cost=6.0)

ENTRIES = (
    Strategy(
        "random_over",
        "random minority rows repeated to balance the classes",
        resampled_by("over_sampling.RandomOverSampler"),
        family="over-sampling",
        refusals=TOO_BALANCED,
        options=RATIO,
        cost=1.5,
    ),
    _smote_family(
        "smote",
        "synthetic minority rows, interpolated between neighbours, to balance the classes",
        smote_steps,
        paper=CHAWLA,
    ),
    _smote_family(
        "smotenc",
        "SMOTE before categories are encoded, so that synthetic rows have real levels",
        plain,
        on_raw_columns=_smotenc,
        categorical=True,
        paper=f"section 6 of {CHAWLA}",
        cost=3.0,
    ),
    _smote_family(
        "borderline_smote",
        "SMOTE from minority rows with mostly majority neighbours",
        resampled_by("over_sampling.BorderlineSMOTE", k_neighbors=others, m_neighbors=_all_others),
        paper="Han et al. 2005, https://doi.org/10.1007/11538059_91",
        options={**SMOTE_OPTIONS, **M_NEIGHBORS, "kind": word("borderline-1", "borderline-2")},
    ),
    _smote_family(
        "svm_smote",
        "SMOTE from the support vectors of an SVM",
        resampled_by("over_sampling.SVMSMOTE", k_neighbors=others, m_neighbors=_all_others),
        paper="Nguyen et al. 2011, https://doi.org/10.1504/IJKESDP.2011.039875",
        refusals={
            **TOO_BALANCED,
            "vectors are considered as noise": "every support vector counts as noise",
        },
        options={**SMOTE_OPTIONS, **M_NEIGHBORS},
        cost=6.0,
    ),
    _smote_family(
        "kmeans_smote",
        "SMOTE within clusters that have more minority rows than average",
        resampled(_kmeans_smote),
        paper="Last et al. 2017, https://arxiv.org/abs/1711.00837",
        minority_rows=3,
        refusals={
            **TOO_BALANCED,
            "No clusters found with suff": "no cluster has enough minority rows",
            "should be >= n_clusters": "there are fewer rows than clusters",
            "cannot convert float NaN": "the minority rows of a cluster are all equal",
        },
        options={"k_neighbors": integer(2), **RATIO},
    ),
    _smote_family(
        "adasyn",
        "synthetic minority rows, more of them among majority neighbours",
        resampled_by("over_sampling.ADASYN", n_neighbors=others),
        paper="He et al. 2008, https://doi.org/10.1109/IJCNN.2008.4633969",
        refusals={
            **TOO_BALANCED,
            "Not any neigbours belong": "no minority row has a majority neighbour",
            "No samples will be generated": "the classes are balanced already",
        },
        options={"n_neighbors": integer(5), **RATIO},
        remark=fewer("n_neighbors", "neighbours", less=1),
    ),
    _combined_family(
        "smote_tomek",
        "SMOTE, then rows in Tomek links removed",
        resampled(partial(_combined, "SMOTETomek")),
    ),
    _combined_family(
        "smote_enn",
        "SMOTE, then rows removed whose nearest neighbours disagree",
        resampled(partial(_combined, "SMOTEENN")),
        cost=15.0,
    ),
)
