"""A goal: what predictions are used for, and how well they serve it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from lab.metrics.top_scores import DAYS
from lab.options import Option, OptionError, Value, accepted, declared, parse, written
from lab.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from lab.metrics.rules import Rule


@dataclass(frozen=True)
class Goal:
    """A use of predictions: a rule that turns scores into decisions, and their value.

    Attributes
    ----------
    name : str
        Permanent name, with the options that differ from their defaults.
    title : str or callable
        Heading in plain words, or ``title(**options)`` that returns it.
    summary : str
        Meaning, in a sentence or two.
    rule : callable
        ``rule(**options)`` returns the :class:`lab.metrics.Rule`, which also measures the value.
    metric : str
        Title of the value.
    unit : str
        Unit of the value.
    options : mapping of str to Option
        What ``NAME:OPTION=VALUE,...`` can set, see :class:`lab.strategies.Strategy`.
    absolute, relative, greater_is_better, digits
        See :class:`lab.metrics.Metric`.
    beside : tuple of str
        Metrics that are shown beside the value.
    given : mapping of str to int, float or str
        Options that the name sets.

    Examples
    --------
    Recall counts twice as much as precision:

    >>> from lab.metrics import BestCutoff, Goal
    >>> def f2(tally):
    ...     return 5 * tally.found, tally.alarms + 4 * tally.positives
    >>> goal = Goal(
    ...     "f2",
    ...     "Decide, recall twice as important",
    ...     "The cutoff with the highest F2.",
    ...     lambda: BestCutoff(f2),
    ...     metric="F2",
    ... )
    >>> goal.key
    'f2'

    ``GOALS.register(goal)`` in a plugin adds it to ``--goal`` and ``lab goals``.
    """

    name: str
    title: str | Callable[..., str]
    summary: str
    rule: Callable[..., Rule]
    metric: str
    unit: str = "share"
    options: Mapping[str, Option | float] = field(default_factory=dict, hash=False)
    absolute: float = 0.02
    relative: float = 0.02
    greater_is_better: bool = True
    digits: int = 3
    beside: tuple[str, ...] = ()
    given: Mapping[str, Value] = field(default_factory=dict, hash=False, kw_only=True)

    # Every goal runs on the base install, and is computed where it is asked for.
    missing = ""
    on_request = ""

    @property
    def values(self) -> dict[str, Value]:
        """Value of every option."""
        defaults = {name: option.default for name, option in declared(self.options).items()}
        return defaults | dict(self.given)

    @property
    def key(self) -> str:
        """Name with all options that matter, such as ``precision:at=0.5``."""
        shown = [
            f"{name}={written(self.values[name])}"
            for name, option in declared(self.options).items()
            if name in self.given or not option.is_quiet
        ]
        base = self.name.partition(":")[0]
        return f"{base}:{','.join(shown)}" if shown else base

    @property
    def heading(self) -> str:
        """Title for the options that are set."""
        if isinstance(self.title, str):
            return self.title
        return self.title(**accepted(self.title, self.values))

    @cached_property
    def measured(self) -> Rule:
        """The rule for the options that are set."""
        return self.rule(**accepted(self.rule, self.values))

    @property
    def needs_rows(self) -> bool:
        """Whether it reads times or columns of the table."""
        return bool(self.measured.columns or self.measured.per)

    def with_options(self, text: str) -> Self:
        """Return the goal that is called ``NAME:OPTION=VALUE,...``.

        Raises
        ------
        OptionError
            An option is unknown, set twice, or set to a value that it does not take.
        """
        given = parse(f"--goal {self.name}", declared(self.options), text)
        found = replace(self, given=given)
        try:
            _ = found.measured
        except ValueError as error:
            raise OptionError(f"--goal {found.key}: {error}") from None
        base = self.name.partition(":")[0]
        name = f"{base}:{','.join(f'{k}={written(v)}' for k, v in given.items())}"
        return replace(found, name=name if given else base)

    def problem(self, split: str, unit: str, columns: Collection[str]) -> str:
        """Return why a dataset does not allow it; empty if it does.

        Parameters
        ----------
        split : str
            How the dataset is split.
        unit : str
            Unit of its times.
        columns : collection of str
            Its value columns.
        """
        rule = self.measured
        if rule.per and split != "time":
            return (
                f"it is split {'by group' if split == 'group' else 'at random'}, so that a fold "
                f"holds a part of each {rule.per}: split it in time, with --time COLUMN"
            )
        if rule.per and unit not in DAYS:
            return f"its times are plain numbers, of which a {rule.per} is unknown: name dates"
        missing = [name for name in rule.columns if name not in columns]
        if missing:
            return (
                f"it has no value column {missing[0]!r}: columns are kept if --drop or the "
                f"session's own --goal names them, as in --goal {self.key}"
            )
        return ""

    def is_better(self, value: float, than: float) -> bool:
        """Return whether a value is better than another."""
        return value > than if self.greater_is_better else value < than

    def tolerance(self, value: float) -> float:
        """Return the largest difference from a value that does not matter."""
        return max(self.absolute, self.relative * abs(value))


class Goals(Registry[Goal]):
    """Goals by name, in the order in which they are listed."""

    def chosen(self, names: Iterable[str]) -> list[Goal]:
        """Return the goals that names select, each once; the default ones without any name."""
        return [self[name] for name in self.select(list(names) or ["default"])]
