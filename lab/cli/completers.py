"""Names that a shell completes, found without a network or a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from lab.cli.project import project

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

BASELINE = "baseline"


def datasets(_context: click.Context, _parameter: click.Parameter, prefix: str) -> list[str]:
    """Return datasets and collections by prefix."""
    from lab.datasets import COLLECTIONS, DATASETS

    return _starting([*DATASETS, *COLLECTIONS], prefix)


def strategies(_context: click.Context, _parameter: click.Parameter, prefix: str) -> list[str]:
    """Return strategies and groups of strategies by prefix."""
    from lab.strategies import STRATEGIES

    return _starting([*STRATEGIES, *STRATEGIES.groups], prefix)


def models(_context: click.Context, _parameter: click.Parameter, prefix: str) -> list[str]:
    """Return models and groups of models by prefix."""
    from lab.models import MODELS

    return _starting([*MODELS, *MODELS.groups], prefix)


def metrics(_context: click.Context, _parameter: click.Parameter, prefix: str) -> list[str]:
    """Return metrics by prefix."""
    from lab.metrics import METRICS

    return _starting(METRICS, prefix)


def goals(_context: click.Context, _parameter: click.Parameter, prefix: str) -> list[str]:
    """Return goals by prefix."""
    from lab.metrics import GOALS

    return _starting([*GOALS, *GOALS.groups], prefix)


def observations(_context: click.Context, _parameter: click.Parameter, prefix: str) -> list[str]:
    """Return observations by prefix."""
    from lab.observations.modules import read_observations

    return _starting((one.name for one in read_observations(project() / "benchmarks")), prefix)


def sessions(_context: click.Context, _parameter: click.Parameter, prefix: str) -> list[str]:
    """Return the newest sessions by prefix; none of a server, which would be slow."""
    from lab.tracking.history import LATEST, recent

    return _starting([LATEST, f"{LATEST}~1", *recent(project())], prefix)


def scores(
    context: click.Context, parameter: click.Parameter, prefix: str
) -> list[CompletionItem[str]]:
    """Return the baseline, sessions, and files by prefix: all that can be compared."""
    known = [*_starting([BASELINE], prefix), *sessions(context, parameter, prefix)]
    # Files come first: bash drops the names before them.
    return [CompletionItem(prefix, type="file"), *map(CompletionItem, known)]


def _starting(names: Iterable[str], prefix: str) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(prefix)]
