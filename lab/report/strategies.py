"""What each strategy comes to over all datasets, and what it costs."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

from lab.metrics.metric import METRICS
from lab.metrics.predictions import Confusion
from lab.models import MODELS
from lab.report.text import Text, case_names, listing, plain, words
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lab.cases import Result

Scores = dict[str, float]
SHOWN = (
    *("recall", "precision", "f1_score", "average_precision_score", "roc_auc_score"),
    *("brier_score_loss", "expected_calibration_error"),
)
TITLES = {name: METRICS[name].label for name in SHOWN}
COSTS = {"fit": "fit s", "times": "x raw"}
FLOOR = "dummy"
LABELS = ("majority", "minority")
DIGITS = {"times": 1, "fit": 2} | {name: METRICS[name].digits for name in SHOWN}


def strategy_table(results: Sequence[Result], width: int) -> Iterator[Text]:
    """Yield a table: model and strategy in rows, mean scores over datasets and seconds in columns.

    The best of a model is bold. The last row is the floor: the share of positives for every row.
    Means over fewer datasets than others have are not comparable, so their number is said.

    Parameters
    ----------
    results : sequence of Result
        In the order in which strategies and models are to appear.
    width : int
        Columns of the terminal; those that do not fit follow below.
    """
    models = case_names(results, "model")
    datasets = {result.case.dataset for result in results}
    found = group_means(results)
    rows: dict[tuple[str, str], Scores] = {key: scores for key, (_, scores) in found.items()}
    partial = {key for key in rows if found[key][0] < len(datasets)}
    rows["floor", FLOOR] = floor(results)
    names = {
        key: f"{key[1]} ({found[key][0]} of {len(datasets)})" if key in partial else key[1]
        for key in rows
    }
    head = f"mean over {len(datasets)} datasets" if len(datasets) > 1 else "mean over folds"
    left = max(map(len, [head, *(model for model, _ in rows)])) + 2
    middle = max(map(len, ["strategy", *names.values()]))
    columns = TITLES | COSTS
    widths = {name: max(7, len(title)) + 2 for name, title in columns.items()}
    best = {model: _best(rows, partial, model) for model in models}
    waiting = list(columns)
    while waiting:
        block = [waiting.pop(0)]
        used = left + middle + widths[block[0]]
        while waiting and used + widths[waiting[0]] <= width:
            block.append(waiting.pop(0))
            used += widths[block[-1]]
        titles = (f"{columns[name]:>{widths[name]}}" for name in block)
        yield from plain(f"{head:{left}}{'strategy':{middle}}{''.join(titles)}")
        shown = ""
        for key, scores in rows.items():
            model = key[0]
            yield f"{model if model != shown else '':{left}}{names[key]:{middle}}", False
            shown = model
            for name in block:
                text = _text(name, scores)
                is_best = key not in partial and best.get(model, {}).get(name) == text
                yield f"{text:>{widths[name]}}", is_best
            yield "\n", False
        yield "\n", False


def group_means(results: Sequence[Result]) -> dict[tuple[str, str], tuple[int, Scores]]:
    """Return for each model and strategy its number of datasets and its mean scores and seconds.

    Parameters
    ----------
    results : sequence of Result
        In the order in which strategies and models are to appear.
    """
    models, strategies = (case_names(results, part) for part in ("model", "strategy"))
    groups: dict[tuple[str, str], list[Result]] = {
        (model, strategy): [] for model in models for strategy in strategies
    }
    for result in results:
        groups[result.case.model, result.case.strategy].append(result)
    return {
        key: (len(group), _means(group, groups.get((key[0], "raw"), [])))
        for key, group in groups.items()
        if group
    }


def _means(results: Sequence[Result], raw: Sequence[Result]) -> Scores:
    """Return mean scores over datasets, seconds a fit, and how that compares with raw data."""
    found = {metric: fmean(result.mean(metric) for result in results) for metric in TITLES}
    fit = {result.case.dataset: fmean(result.seconds["fit_seconds"]) for result in results}
    base = {result.case.dataset: fmean(result.seconds["fit_seconds"]) for result in raw}
    both = fit.keys() & base.keys()
    found["fit"] = fmean(fit.values())
    if both:
        found["times"] = sum(fit[name] for name in both) / sum(base[name] for name in both)
    return found


def floor(results: Iterable[Result]) -> Scores:
    """Return the mean scores of giving every row the share of positives in the training fold."""
    of_datasets = {result.case.dataset: result for result in results if _is_honest(result)}
    scores = [_floor_of(result.class_counts) for result in of_datasets.values()]
    return {metric: fmean(one[metric] for one in scores) for metric in TITLES} if scores else {}


def _is_honest(result: Result) -> bool:
    return not STRATEGIES[result.case.strategy].leaks


def _floor_of(counts: Mapping[str, Sequence[int]]) -> Scores:
    parts = (counts[f"{part}_{label}_rows"] for part in ("train", "test") for label in LABELS)
    folds = [_floor_of_fold(*fold) for fold in zip(*parts, strict=True)]
    return {metric: fmean(fold[metric] for fold in folds) for metric in TITLES}


def _floor_of_fold(majority: int, minority: int, test_majority: int, test_minority: int) -> Scores:
    """Return what is scored by the same score for each row: in figures, since there are many."""
    share, rows = minority / (majority + minority), test_majority + test_minority
    prevalence = test_minority / rows
    quiet = Confusion(test_majority, 0, test_minority, 0)
    decided = Confusion(0, test_majority, 0, test_minority) if share > 0.5 else quiet
    return {
        "recall": decided.recall,
        "precision": decided.precision,
        "f1_score": decided.f1,
        "average_precision_score": prevalence,
        "roc_auc_score": 0.5,
        "brier_score_loss": (share**2 * test_majority + (1 - share) ** 2 * test_minority) / rows,
        "expected_calibration_error": abs(share - prevalence),
    }


def _best(
    rows: Mapping[tuple[str, str], Scores], partial: set[tuple[str, str]], model: str
) -> dict[str, str]:
    """Return for each metric the best text of a model's rows, where they are not all equal."""
    best = {}
    own = [scores for key, scores in rows.items() if key[0] == model and key not in partial]
    for name in TITLES:
        texts = {_text(name, scores) for scores in own}
        if len(texts) > 1:
            pick = max if METRICS[name].greater_is_better else min
            best[name] = pick(texts, key=float)
    return best


def _text(name: str, scores: Scores) -> str:
    return f"{scores[name]:.{DIGITS[name]}f}" if name in scores else "-"


def strategy_list(names: Iterable[str], style: str, width: int | None = None) -> Iterator[Text]:
    """Yield what is known of strategies, one a row, or as JSON.

    Parameters
    ----------
    names : iterable of str
        The strategies.
    style : {"text", "json"}
        The form.
    width : int, optional
        Columns of the terminal, if there is one.
    """
    facts = []
    for name in names:
        strategy = STRATEGIES[name]
        facts.append(
            {
                "name": name,
                "family": strategy.family,
                "groups": STRATEGIES.groups_of(name),
                "needs": strategy.needs,
                "title": strategy.title,
                "paper": strategy.paper,
            }
        )
    return _listed(facts, style, width)


def model_list(names: Iterable[str], style: str, width: int | None = None) -> Iterator[Text]:
    """Yield what is known of models; see :func:`strategy_list`."""
    facts = []
    for name in names:
        model = MODELS[name]
        facts.append(
            {
                "name": name,
                "groups": MODELS.groups_of(name),
                "class_weights": model.weighted is not None,
                "weak_learner": model.weak is not None,
                "at_hand": not model.missing,
                "title": "; ".join(filter(None, [model.title, model.missing])),
            }
        )
    return _listed(facts, style, width)


def _listed(facts: Sequence[Mapping[str, Any]], style: str, width: int | None) -> Iterator[Text]:
    shown = [name for name in facts[0] if name != "paper"]  # too long for a line
    rows = [[words(one[name]) for name in shown] for one in facts]
    return listing(facts, [shown, *rows], "<" * len(shown), style, width=width)
