"""What each strategy comes to over all datasets, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.report.means import SHOWN, TITLES, floor, group_means
from lab.report.text import Text, case_names, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lab.cases import Result
    from lab.report.means import Scores

COSTS = {"fit": "fit s", "times": "x raw"}
FLOOR = "dummy"
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
