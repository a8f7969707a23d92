"""Commands that list the catalogue: datasets, strategies, models, metrics and goals."""

from __future__ import annotations

import click

from lab.cli import completers as complete
from lab.cli.group import examples, text_or_json
from lab.cli.output import show, width


@click.command(
    "datasets",
    short_help="List and download datasets.",
    epilog=examples(
        "lab datasets core large",
        'lab datasets "imblearn:*" --format json',
        "lab datasets climb --download",
    ),
)
@click.argument("names", nargs=-1, shell_complete=complete.datasets)
@text_or_json
@click.option("--download", is_flag=True, help="Download those that are not available locally.")
def list_datasets(names: tuple[str, ...], style: str, download: bool) -> None:
    """List datasets: all, or those that NAMES select by name, glob or collection.

    Collections are core, large, imblearn, climb and all. `synthetic:rows=N` is a generated table,
    and `openml:ID` is any table of OpenML.
    """
    from lab import datasets
    from lab.datasets.fetching.download import fetch
    from lab.report import dataset_list

    selected = datasets.select(names) if names else list(datasets.DATASETS)
    if download:
        for name in filter(datasets.is_remote, selected):
            fetch(name, lambda line: click.echo(line, err=True))
    show(dataset_list(map(datasets.entry, selected), style, width()))


@click.command(
    "strategies",
    short_help="List strategies, with their requirements.",
    epilog=examples(
        "lab strategies standard",
        'lab strategies "smote*" --format json',
        "lab --plugin mine.py strategies",
    ),
)
@click.argument("names", nargs=-1, shell_complete=complete.strategies)
@text_or_json
def list_strategies(names: tuple[str, ...], style: str) -> None:
    """List strategies: all, or those that NAMES select by name, glob or group.

    Groups are core, standard and all. The options of a strategy follow its name, as in
    `threshold_cost:ratio=20`.
    """
    from lab.report import strategy_list
    from lab.strategies import STRATEGIES

    selected = STRATEGIES.select(names) if names else list(STRATEGIES)
    show(strategy_list(selected, style, width()))


@click.command(
    "models",
    short_help="List models, and whether they are installed.",
    epilog=examples("lab models core", 'lab models "*boost*" --format json'),
)
@click.argument("names", nargs=-1, shell_complete=complete.models)
@text_or_json
def list_models(names: tuple[str, ...], style: str) -> None:
    """List models: all, or those that NAMES select by name, glob or group.

    Groups are core and all; all has the installed models only.
    """
    from lab.models import MODELS
    from lab.report import model_list

    selected = MODELS.select(names) if names else list(MODELS)
    show(model_list(selected, style, width()))


@click.command(
    "metrics",
    short_help="List metrics: direction, tolerance, meaning.",
    epilog=examples(
        "lab metrics recall precision",
        'lab metrics "*calibration*" --format json',
        "lab --plugin mine.py metrics",
    ),
)
@click.argument("names", nargs=-1, shell_complete=complete.metrics)
@text_or_json
def list_metrics(names: tuple[str, ...], style: str) -> None:
    """List metrics: all, or those that NAMES select by name or glob.

    A mean over folds that differs from a baseline by no more than the tolerance is unchanged.

    A metric is shown in tables: `scores` of each case, means of `strategies` over datasets,
    `cases` and `ranks` on the report's page, and the `note` of a run in MLflow. Runs and baselines
    have every metric.
    """
    from lab.metrics import METRICS
    from lab.report import metric_list

    selected = METRICS.select(names) if names else list(METRICS)
    show(metric_list(selected, style, width()))


@click.command(
    "goals",
    short_help="List goals: what predictions can be used for.",
    epilog=examples(
        "lab goals",
        "lab goals cost:miss=amount,alarm=5 --format json",
        "lab --plugin mine.py goals",
    ),
)
@click.argument("names", nargs=-1, shell_complete=complete.goals)
@text_or_json
def list_goals(names: tuple[str, ...], style: str) -> None:
    """List goals: all, or those that NAMES select by name, glob or group.

    A goal is a rule that turns scores into alarms, and the value that is measured there. Its
    options follow its name, as in `alerts:top=100,per=day`. Groups are default, which sessions
    answer without --goal, and all.
    """
    from lab.metrics import GOALS
    from lab.report import goal_list

    selected = GOALS.select(names) if names else list(GOALS)
    show(goal_list(selected, style, width()))
