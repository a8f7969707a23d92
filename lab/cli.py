"""The command ``lab``: what is not a test session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from lab import datasets
from lab.baseline import Baseline
from lab.comparison import Status
from lab.datasets.download import fetch
from lab.errors import LabError
from lab.models import MODELS
from lab.plugins import load
from lab.report import comparison_report, dataset_table, model_list, strategy_list
from lab.report.moves import Format
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from typing import Any

BASELINE = "baseline"
REGRESSED, WRONG = 1, 2  # exit statuses

text_or_json = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)


class Commands(click.Group):
    """Commands whose errors are a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the context names."""
        try:
            return super().invoke(ctx)
        except LabError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(WRONG)


@click.group(cls=Commands)
@click.version_option(package_name="mlflow-lab")
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    metavar="FILE",
    help="A file or module that registers strategies and models of your own; repeatable.",
)
def main(plugins: tuple[str, ...]) -> None:
    """Look at what MLflow Lab has, and at what its sessions found."""
    load(plugins)


@main.command("compare")
@click.argument("before", default=BASELINE)
@click.argument("after", default="latest")
@click.option(
    "--format",
    "style",
    type=click.Choice(get_args(Format)),
    default="text",
    show_default=True,
    help="Markdown is for a pull request.",
)
def compare(before: str, after: str, style: Format) -> None:
    """Compare two sessions: what moved from BEFORE to AFTER beyond its tolerance.

    Each is the id of a session, or of its MLflow run; or `latest`, or `latest~1` for the one before
    it; or `baseline`; or the file of a baseline. The beginning of an id will do. Without any, the
    latest session is compared with the baseline.

    The exit status is 1 if a case regressed, and 2 if no case could be compared.
    """
    (old_name, old), (new_name, new) = _scores(before), _scores(after)
    comparisons = old.compare_all(new)
    click.echo(comparison_report(old_name, new_name, comparisons, style), nl=False)
    statuses = {comparison.status for comparison in comparisons}
    if Status.REGRESSED in statuses:
        raise SystemExit(REGRESSED)
    if not statuses & {Status.UNCHANGED, Status.IMPROVED}:
        raise SystemExit(WRONG)


@main.command("datasets")
@click.argument("names", nargs=-1)
@text_or_json
@click.option("--download", is_flag=True, help="Download those that are not at hand.")
def list_datasets(names: tuple[str, ...], style: str, download: bool) -> None:
    """List datasets, all or those that NAMES pick: names, globs or groups.

    Groups are core, large, imblearn, climb and all. Besides these names `synthetic:rows=N` stands
    for a generated table, and `openml:ID` for any table of OpenML.
    """
    picked = datasets.select(names) if names else list(datasets.DATASETS)
    if download:
        for name in filter(datasets.is_remote, picked):
            fetch(name, lambda line: click.echo(line, err=True))
    click.echo(dataset_table(map(datasets.entry, picked), style), nl=False)


@main.command("strategies")
@click.argument("names", nargs=-1)
@text_or_json
def list_strategies(names: tuple[str, ...], style: str) -> None:
    """List strategies, all or those that NAMES pick: names, globs or groups.

    Groups are core, standard and all. A strategy with an option is named with its value, such as
    `threshold_cost:ratio=20`.
    """
    picked = STRATEGIES.select(names) if names else list(STRATEGIES)
    click.echo(strategy_list(picked, style), nl=False)


@main.command("models")
@click.argument("names", nargs=-1)
@text_or_json
def list_models(names: tuple[str, ...], style: str) -> None:
    """List models, all or those that NAMES pick: names, globs or groups.

    Groups are core and all: those that are at hand.
    """
    picked = MODELS.select(names) if names else list(MODELS)
    click.echo(model_list(picked, style), nl=False)


def _project() -> Path:
    """Return the project that the working folder is in, else the one that this package is in."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "benchmarks").is_dir() and (folder / "conftest.py").is_file():
            return folder
    return Path(__file__).parents[1]


def _scores(name: str) -> tuple[str, Baseline]:
    """Return what a baseline or session is called, and its scores."""
    if name == BASELINE or name.endswith(".json") or os.path.isfile(name):  # noqa: PTH113 (a name may be too long for a path)
        path = _project() / "benchmarks" / "baseline.json" if name == BASELINE else Path(name)
        if not path.is_file():
            makes = ": `pytest benchmarks --update-baseline` makes it" if name == BASELINE else ""
            raise LabError(f"{path} is not there{makes}")
        return name, Baseline.read(path)
    from lab.tracking.history import session_scores

    title, text = session_scores(_project(), name)
    return title, Baseline.loads(text, title)
