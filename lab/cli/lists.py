"""Commands that list the catalogue: datasets, strategies, models and metrics."""

from __future__ import annotations

import click

from lab.cli import names as complete
from lab.cli.group import examples, text_or_json
from lab.cli.output import show, width


@click.command(
    "datasets",
    short_help="List datasets, and download them.",
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
    """List datasets, all or those that NAMES pick: names, globs or collections.

    Collections are core, large, imblearn, climb and all. Besides these names `synthetic:rows=N`
    stands for a generated table, and `openml:ID` for any table of OpenML.
    """
    from lab import datasets
    from lab.datasets.fetching.download import fetch
    from lab.report import dataset_list

    picked = datasets.select(names) if names else list(datasets.DATASETS)
    if download:
        for name in filter(datasets.is_remote, picked):
            fetch(name, lambda line: click.echo(line, err=True))
    show(dataset_list(map(datasets.entry, picked), style, width()))


@click.command(
    "strategies",
    short_help="List strategies: family, groups, needs, what each does.",
    epilog=examples(
        "lab strategies standard",
        'lab strategies "smote*" --format json',
        "lab --plugin mine.py strategies",
    ),
)
@click.argument("names", nargs=-1, shell_complete=complete.strategies)
@text_or_json
def list_strategies(names: tuple[str, ...], style: str) -> None:
    """List strategies, all or those that NAMES pick: names, globs or groups.

    Groups are core, standard and all. A strategy with an option is named with its value, such as
    `threshold_cost:ratio=20`.
    """
    from lab.report import strategy_list
    from lab.strategies import STRATEGIES

    picked = STRATEGIES.select(names) if names else list(STRATEGIES)
    show(strategy_list(picked, style, width()))


@click.command(
    "models",
    short_help="List models: groups, class weights, availability.",
    epilog=examples("lab models core", 'lab models "*boost*" --format json'),
)
@click.argument("names", nargs=-1, shell_complete=complete.models)
@text_or_json
def list_models(names: tuple[str, ...], style: str) -> None:
    """List models, all or those that NAMES pick: names, globs or groups.

    Groups are core and all: those that are available.
    """
    from lab.models import MODELS
    from lab.report import model_list

    picked = MODELS.select(names) if names else list(MODELS)
    show(model_list(picked, style, width()))


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
    """List metrics, all or those that NAMES select: names or globs.

    A mean over folds that differs from a baseline by no more than the tolerance is unchanged.

    A metric is shown in tables: `scores` of each case, means of `strategies` over datasets,
    `cases` and `ranks` on the report's page, and the `note` of a run in MLflow. Runs and baselines
    have every metric.
    """
    from lab.metrics import METRICS
    from lab.report import metric_list

    picked = METRICS.select(names) if names else list(METRICS)
    show(metric_list(picked, style, width()))
