"""An answer in words, part by part: value, gain, decisions, references and calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.cases import Case
from lab.metrics import METRICS
from lab.observations.answer import UNUSABLE
from lab.observations.choice import Standing

if TYPE_CHECKING:
    from lab.observations.answer import Answer
    from lab.observations.answer_parts import Estimate

NOTHING = "nothing usable"
BY_COST = "an alarm where it is expected to cost less than none"
PER_ROWS = 1000  # plain counts are stated for so many rows, or ten times as many and so on
FEWEST_POSITIVES = 5  # among these rows; fewer would be rounded too much
MOST_ROWS = 1_000_000
ERRORS = ("expected_calibration_error", "calibration_error_by_chance")


def recommended_case(answer: Answer) -> Case | None:
    """Return the recommended case of an answer on one dataset; None without one."""
    pair = answer.recommended
    if pair is None or answer.dataset is None:
        return None
    return Case(answer.dataset, pair.strategy, pair.model)


def explanation(answer: Answer) -> list[str]:
    """Return what speaks for the choice, then what its decisions come to, each in a line."""
    cutoff = f"cutoff {answer.cutoff:.3g}" if answer.cutoff is not None else ""
    how = by_cost(answer) if answer.rule == "expected_cost" else cutoff
    counts = plain_counts(answer)
    decisions = f"{how}; {counts}" if how and counts else counts
    lines = [_reason(answer), decisions, references(answer), calibration(answer)]
    return list(filter(None, lines))


def _reason(answer: Answer) -> str:
    """Return the score of the choice, and how the best one compares with raw data or the floor."""
    choice, best, gain = answer.choice, answer.best, answer.gain
    if choice is None or best is None or answer.floor is None:
        return answer.reason
    if answer.standing == UNUSABLE:
        return unusable(answer)
    scores = " ".join(filter(None, [expected(answer), reached(answer)]))
    scores += f", which {missed(answer)}" if missed(answer) else ""
    if gain is None:
        return f"{scores}; {answer.reason}"
    if answer.constraint:
        scores += f"; {at_the_bound(answer)}"
    if answer.standing == Standing.BETTER.name.lower():
        raw = f"{gain.versus}, {shown(answer, gain.versus.score)}"
        return f"{scores}; {answer.reason}: {gained(answer)} against {raw}"
    return f"{scores}; {best} scores {shown(answer, best.score)}, {gained(answer)}: {answer.reason}"


def by_cost(answer: Answer) -> str:
    """Return when a row raises an alarm, if that follows from its expected cost."""
    if answer.recalibration is None:
        return BY_COST
    intercept, slope = answer.recalibration
    return f"{BY_COST}, with log-odds times {slope:.3g} plus {intercept:.3g}"


def unusable(answer: Answer) -> str:
    """Return why nothing is usable: the score of the choice and that of a constant."""
    if answer.choice is None:
        return ""
    scores = f"{answer.metric} {shown(answer, answer.choice.score)}"
    return f"{scores} of {answer.choice} is {answer.reason}, {shown(answer, answer.floor)}"


def expected(answer: Answer) -> str:
    """Return the value to expect, with its interval, and the metrics beside it."""
    beside = [
        f"{METRICS[name].title} {one.estimate:.{METRICS[name].digits}f}"
        for name, one in answer.beside.items()
        if one.estimate is not None and name in METRICS
    ]
    return ", ".join([f"{answer.metric} {interval(answer, answer.value)}", *beside])


def reached(answer: Answer) -> str:
    """Return what the cutoff reaches of a constrained quantity; empty without a constraint."""
    bound = answer.constraint
    if bound is None:
        return ""
    known = bound.estimate is not None
    return f"at {bound.metric} {interval(answer, bound) if known else 'unknown for lack of alarms'}"


def missed(answer: Answer) -> str:
    """Return that the cutoff misses its bound; empty if it does not."""
    bound = answer.constraint
    return f"misses {bound.target:g}" if bound and bound.missed else ""


def at_the_bound(answer: Answer) -> str:
    """Return the score at exactly the bound, by which pairs are compared; empty without one."""
    if answer.constraint is None or answer.choice is None:
        return ""
    return f"at exactly {answer.constraint.target:g} it is {shown(answer, answer.choice.score)}"


def gained(answer: Answer) -> str:
    """Return the gain over raw data with its interval; empty without a gain."""
    gain = answer.gain
    if gain is None:
        return ""
    text = interval(answer, gain, "+")
    if gain.datasets > 1:
        text += f" and better on {gain.better_on} of {gain.datasets} datasets"
    return text


def plain_counts(answer: Answer) -> str:
    """Return the decisions in plain counts; empty if nothing is decided."""
    counts = answer.counts
    if counts is None or not counts.rows:
        return ""
    rows = PER_ROWS
    while 0 < counts.positives * rows < FEWEST_POSITIVES * counts.rows and rows < MOST_ROWS:
        rows *= 10
    per = rows / counts.rows
    parts = [
        f"{counts.alarms * per:,.0f} alarms",
        f"{counts.found * per:,.0f} of {counts.positives * per:,.0f} positives found",
    ]
    if counts.cost is not None:
        parts.append(f"{counts.cost * per:,.0f} in costs")
    return f"of {rows:,} rows: {', '.join(parts)}"


def references(answer: Answer) -> str:
    """Return the values of decisions that need no model."""
    return ", ".join(f"{name} {shown(answer, value)}" for name, value in answer.references.items())


def calibration(answer: Answer) -> str:
    """Return whether the probabilities of the choice are calibrated, if that is the goal."""
    if answer.metric != "Brier" or answer.recommended is None or not answer.calibration:
        return ""
    names = {"calibration_intercept": "intercept", "calibration_slope": "slope"}
    figures = [
        f"{title} {_two_digits(answer.calibration[name])}"
        for name, title in names.items()
        if name in answer.calibration
    ]
    errors = [answer.calibration.get(name) for name in ERRORS]
    if all(errors):
        error, by_chance = (one.estimate if one else None for one in errors)
        figures.append(f"ECE {shown(answer, error)}, by chance {shown(answer, by_chance)}")
    what = "as if calibrated" if answer.is_calibrated else "not calibrated"
    return f"{what}: {', '.join(figures)}"


def _two_digits(one: Estimate) -> str:
    if one.estimate is None or one.low is None or one.high is None:
        return "unknown"
    return f"{one.estimate:z.2f} [{one.low:z.2f}, {one.high:z.2f}]"


def shown(answer: Answer, value: float | None, sign: str = "") -> str:
    """Return a value of the goal as text."""
    return "unknown" if value is None else f"{value:{sign}z,.{answer.digits}f}"


def interval(answer: Answer, one: Estimate | None, sign: str = "") -> str:
    """Return an estimate of the goal's value with its interval as text."""
    if one is None:
        return "unknown"
    if one.low is None or one.high is None:
        return f"{shown(answer, one.estimate, sign)} (interval unknown)"
    ends = ", ".join(shown(answer, end, sign) for end in (one.low, one.high))
    return f"{shown(answer, one.estimate, sign)} [{ends}]"
