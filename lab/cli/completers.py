"""Names that the shell completes: those at hand, without any network or server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from lab.cli.project import project

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

BASELINE = "baseline"


def datasets(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the datasets and collections whose names begin so."""
    from lab.datasets import COLLECTIONS, DATASETS

    return _begun([*DATASETS, *COLLECTIONS], begun)


def strategies(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the strategies and groups of strategies whose names begin so."""
    from lab.strategies import STRATEGIES

    return _begun([*STRATEGIES, *STRATEGIES.groups], begun)


def models(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the models and groups of models whose names begin so."""
    from lab.models import MODELS

    return _begun([*MODELS, *MODELS.groups], begun)


def metrics(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the metrics whose names start with the text typed so far."""
    from lab.metrics import METRICS

    return _begun(METRICS, begun)


def observations(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the observations whose names begin so."""
    from lab.observations.source import read_expected

    return _begun((one.name for one in read_expected(project() / "benchmarks")), begun)


def sessions(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the newest sessions whose ids begin so; none of a server, which takes time."""
    from lab.tracking.history import LATEST, recent

    return _begun([LATEST, f"{LATEST}~1", *recent(project())], begun)


def scores(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem[str]]:
    """Return what has scores: the baseline, sessions, and files."""
    known = [*_begun([BASELINE], begun), *sessions(context, parameter, begun)]
    # Files come first: bash forgets what came before them.
    return [CompletionItem(begun, type="file"), *map(CompletionItem, known)]


def _begun(names: Iterable[str], begun: str) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(begun)]
