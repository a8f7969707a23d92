"""A strategy: how preprocessing and a model become one pipeline, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from inspect import signature
from typing import TYPE_CHECKING, Any, Self

from lab.options import OptionError, accepted, assignments, declared, parse, written
from lab.splits import InnerFolds, stratified_folds
from lab.strategies.preprocessing import IMPUTE, PREPROCESS, encoder, imputer, preprocessor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset
    from lab.models import Model
    from lab.options import Option, Value
    from lab.strategies.situation import Situation

Steps = list[tuple[str, Any]]


def _nothing(_situation: Situation) -> str:
    return ""


@dataclass(frozen=True)
class Strategy:
    """One way to handle the imbalance.

    Attributes
    ----------
    title : str
        Short description. ``{OPTION}`` in it is replaced by the value of that option.
    steps : callable
        ``steps(model, y, seed, **options)`` returns the steps after preprocessing: named samplers,
        then the classifier. ``y`` is the target of the training fold; a strategy sees nothing else
        of the data. It is called once more, with the whole target, to describe the case. If it
        has a parameter ``inner_folds``, it is given a cross-validation splitter of the training
        fold: whatever splits the fold again must use it, so that groups stay together and the past
        comes before the future there, too.
    family : str
        Family that it is listed under.
    paper : str
        Source of the method.
    cost : float
        Rough fit time relative to ``raw``: the longest cases start first.
    on_raw_columns : callable or None
        ``on_raw_columns(dataset, y, seed, **options)`` returns named samplers for the imputed
        columns, numbers scaled, before categories are encoded. It may look at the dataset's lists
        of columns, never at its rows.
    minority_rows : int
        Minority rows that every training fold must have.
    most_rows : int
        Rows of a training fold beyond which fitting takes hours; 0 for no limit.
    categorical : bool
        Whether the dataset must have a categorical column.
    weights : bool
        Whether the model must support class weights.
    odds : bool
        Whether the model's probabilities must follow class weights.
    weak : bool
        Whether the model must have a weak form, which can be boosted.
    models : tuple of str
        The only models that it works with; empty for any.
    remark : callable
        ``remark(situation, **options)`` returns how it departs from its definition on some data,
        if it does.
    refusals : mapping of str to str
        Excerpts of ``ValueError`` and ``RuntimeError`` messages by which a library refuses a
        training fold, each with a reason that completes "in a training fold ...". Such cases are
        skipped; any other error is a failure.
    options : mapping of str to Option
        What ``NAME:OPTION=VALUE,...`` can set. A plain number is the default of an option that
        takes such numbers above 0. ``steps``, ``on_raw_columns`` and ``remark`` get those that
        they have parameters for.
    leaks : bool
        Whether test rows leak into training: a deliberate mistake.
    random_folds : bool
        Whether rows are split at random, whatever the session's split.
    given : mapping of str to int, float or str
        Options that the name sets.

    Raises
    ------
    OptionError
        Neither ``steps`` nor ``on_raw_columns`` has a parameter for an option.

    Examples
    --------
    >>> from imblearn.over_sampling import RandomOverSampler
    >>> def steps(model, y, seed, ratio):
    ...     sampler = RandomOverSampler(sampling_strategy=ratio, random_state=seed)
    ...     return [("repeat", sampler), ("model", model.make(seed))]
    >>> partly = Strategy("partly", "minority rows up to {ratio} of the others", steps,
    ...                   options={"ratio": 0.5})
    >>> partly.title
    'minority rows up to 0.5 of the others'
    >>> partly.with_options("ratio=0.20").name
    'partly:ratio=0.2'
    """

    name: str
    title: str
    steps: Callable[..., Steps]
    family: str = "own"
    paper: str = ""
    cost: float = 1.0
    on_raw_columns: Callable[..., Steps] | None = None
    minority_rows: int = 1
    most_rows: int = 0
    categorical: bool = False
    weights: bool = False
    odds: bool = False
    weak: bool = False
    models: tuple[str, ...] = ()
    remark: Callable[..., str] = _nothing
    refusals: Mapping[str, str] = field(default_factory=dict, hash=False)
    options: Mapping[str, Option | float] = field(default_factory=dict, hash=False)
    leaks: bool = False
    random_folds: bool = False
    given: Mapping[str, Value] = field(default_factory=dict, hash=False, kw_only=True)
    _template: str = field(default="", repr=False, kw_only=True)

    missing = ""  # the base install has all that strategies need

    def __post_init__(self) -> None:
        template, values = self._template or self.title, self.values
        if not self.given:
            takers = [one for one in (self.steps, self.on_raw_columns) if one]
            taken = {name for one in takers for name in accepted(one, values)}
            if unused := sorted(values.keys() - taken):
                raise OptionError(
                    f"strategy {self.name!r}: steps must have a parameter {unused[0]!r} for the "
                    "option of that name"
                )
        title = template
        for name, value in values.items():
            title = title.replace(f"{{{name}}}", written(value))
        object.__setattr__(self, "_template", template)
        object.__setattr__(self, "title", title)

    @property
    def values(self) -> dict[str, Value]:
        """Value of every option."""
        defaults = {name: option.default for name, option in declared(self.options).items()}
        return defaults | dict(self.given)

    @property
    def on_request(self) -> str:
        """Reason why globs and groups leave it out; empty if they do not."""
        return "a mistake" if self.leaks else ""

    @property
    def resamples_first(self) -> bool:
        """Whether it resamples all rows before the split, so that those it tests are others."""
        return self.leaks and not self.random_folds

    @property
    def needs(self) -> list[str]:
        """Requirements on data and model, in words."""
        return [
            *([f"{self.minority_rows} minority rows"] if self.minority_rows > 1 else []),
            *([f"at most {self.most_rows:,} rows"] if self.most_rows else []),
            *(["a categorical column"] if self.categorical else []),
            *(["class weights"] if self.weights else []),
            *(["weighted probabilities"] if self.odds else []),
            *(["a weak model"] if self.weak else []),
            *([" or ".join(self.models)] if self.models else []),
        ]

    def unsuited(self, model: Model) -> str:
        """Return why it cannot be combined with a model; empty if it can."""
        if self.models and model.name not in self.models:
            return f"for {' and '.join(self.models)} only"
        if model.floor and self.name != "raw":
            return "the model ignores all features"
        if self.weights and model.weighted is None:
            return "the model does not support class weights"
        if self.odds and not model.weights_move_odds:
            return "the model's probabilities do not follow class weights"
        if self.weak and model.weak is None:
            return "the model is not a weak learner that can be boosted"
        return ""

    def problem(self, situation: Situation) -> str:
        """Return why it cannot be applied to some data; empty if it can."""
        if self.categorical and not situation.categorical:
            return "there is no categorical column"
        if situation.fewest < self.minority_rows:
            has = f"a training fold has {situation.fewest}"
            return f"it needs {self.minority_rows} minority rows, and {has}"
        if self.random_folds and situation.at_random:
            return "its rows are split at random anyway"
        if self.resamples_first and not situation.at_random:
            return "it shows its mistake with --split random and --copies keep only"
        if self.most_rows and situation.rows > self.most_rows:
            return f"with more than {self.most_rows:,} rows it takes hours"
        return ""

    def note(self, situation: Situation) -> str:
        """Return how it departs from its definition on some data; empty if it does not."""
        return self.remark(situation, **accepted(self.remark, self.values))

    def with_options(self, text: str) -> Self:
        """Return the strategy that is called ``NAME:OPTION=VALUE,...``.

        Parameters
        ----------
        text : str
            Part of the name after the colon.

        Raises
        ------
        OptionError
            An option is unknown, set twice, or set to a value that it does not take.
        """
        given = parse(f"strategy {self.name!r}", declared(self.options), text)
        name = f"{self.name}:{','.join(assignments(given))}" if given else self.name
        return replace(self, name=name, given=given)

    def pipeline(
        self,
        dataset: Dataset,
        model: Model,
        y: NDArray[np.int8],
        seed: int,
        inner_folds: Any = None,
    ) -> Any:
        """Return an unfitted pipeline for one training fold.

        Parameters
        ----------
        dataset : Dataset
            Its columns decide the preprocessing; its rows are not looked at.
        model : Model
            The learner of the last step.
        y : ndarray of shape (n_training_rows,)
            Target of the training fold.
        seed : int
            Seed of every random step.
        inner_folds : cross-validation splitter, optional
            Folds within the training fold. By default they are drawn at random.

        Returns
        -------
        imblearn.pipeline.Pipeline
            Its samplers act on training rows only: ``predict`` skips them.

        Raises
        ------
        TypeError
            ``steps`` does not return named estimators.
        """
        from imblearn.pipeline import Pipeline

        values = self.values
        if inner_folds is None:
            inner_folds = stratified_folds(y, seed)
        elif isinstance(inner_folds, InnerFolds):
            model = model.without_splits()
        first: Steps = [(PREPROCESS, preprocessor(dataset))]
        if self.on_raw_columns is not None:
            own = accepted(self.on_raw_columns, values)
            samplers = self.on_raw_columns(dataset, y, seed, **own)
            first = [(IMPUTE, imputer(dataset)), *samplers, (PREPROCESS, encoder(dataset))]
        given = accepted(self.steps, values)
        if "inner_folds" in signature(self.steps).parameters:
            given["inner_folds"] = inner_folds
        steps = self.steps(model, y, seed, **given)
        if not _are_steps(steps):
            raise TypeError(
                f"strategy {self.name!r}: steps must return a list of (name, estimator) that ends "
                f"with the classifier; it returned {' '.join(repr(steps).split())[:80]}"
            )
        return Pipeline([*first, *steps])


def _are_steps(steps: Any) -> bool:
    return (
        isinstance(steps, list)
        and bool(steps)
        and all(isinstance(step, tuple) and len(step) == 2 for step in steps)
        and all(isinstance(name, str) and hasattr(part, "fit") for name, part in steps)
    )


def plain(model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    """Return the model as the only step."""
    return [("model", model.make(seed))]
