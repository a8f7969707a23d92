"""The closing lines of a session, section by section."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.report.holdout import holdout_table
from lab.report.recommendation import by_dataset, recommendation_table
from lab.report.terminal.comparison import baseline_lines, unrecorded_lines, update_lines
from lab.report.terminal.scores import score_table
from lab.report.terminal.strategies import strategy_table
from lab.report.terminal.verdicts import case_tables, claim_table, observation_lines
from lab.report.text import Text, plain
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from lab.baseline.comparison import Comparison
    from lab.baseline.update import Update
    from lab.cases import Case, Result
    from lab.observations.answer import Answer
    from lab.observations.record import ObservationRecord


@dataclass(frozen=True)
class Closing:
    """Facts that the closing lines of a session state.

    Attributes
    ----------
    own_data : bool
        Whether the session is about the user's own tables: then the answers come first, and
        claims of the literature are counted only.
    results : sequence of Result
        Results, in the order of the tables.
    remarks : sequence of str
        Cases that were skipped or evaluated differently, with the reason.
    reused : int or None
        Number of results from earlier sessions; None without ``--reuse``.
    nothing_to_do : bool
        Whether no selected case can be computed.
    no_claims : str
        Reason why no claim over datasets can be judged; empty if some can.
    observations : sequence of ObservationRecord
        Observations, claims first.
    unmarked : sequence of (Case, ObservationRecord)
        Those on cases whose verdict no mark expects, with the case of each.
    comparisons : sequence of Comparison
        Comparison of each result with its baseline; empty if the baseline is updated.
    baselines : sequence of Path
        Baseline files of the results; empty if the baseline is updated.
    updates : mapping of Path to Update
        The changes of each updated file.
    update_error : str
        Reason why the baseline could not be updated; empty if it could, or was not to be.
    failures : mapping of Case to str
        Cases that could not be evaluated, with the reason.
    unfinished : sequence of Case
        Cases that did not finish before the session ended.
    answers : sequence of Answer
        Answers for each goal: over all datasets, if there are several, then on each.
    no_answer : str
        Reason why there are no answers; empty if there are, or if cases did not finish.
    missing : int
        Number of selected cases that could not be evaluated.
    unlogged : mapping of Case or None to str
        Cases that could not be logged, with the reason; None stands for the session's own run.
    address : str
        Where runs are logged, without credentials.
    where : sequence of str
        Lines that say where runs and report are; empty if no run was opened.
    """

    own_data: bool = False
    results: Sequence[Result] = ()
    remarks: Sequence[str] = ()
    reused: int | None = None
    nothing_to_do: bool = False
    no_claims: str = ""
    observations: Sequence[ObservationRecord] = ()
    unmarked: Sequence[tuple[Case, ObservationRecord]] = ()
    comparisons: Sequence[Comparison] = ()
    baselines: Sequence[Path] = ()
    updates: Mapping[Path, Update] = field(default_factory=dict)
    update_error: str = ""
    failures: Mapping[Case, str] = field(default_factory=dict)
    unfinished: Sequence[Case] = ()
    answers: Sequence[Answer] = ()
    no_answer: str = ""
    missing: int = 0
    unlogged: Mapping[Case | None, str] = field(default_factory=dict)
    address: str = ""
    where: Sequence[str] = ()


def closing_lines(closing: Closing, width: int) -> Iterator[Text]:
    """Yield the closing lines of a session for a terminal of some width."""
    if closing.results or closing.unlogged:
        yield from plain(" MLflow Lab ".center(width, "="))
    answers = closing.where and not closing.unlogged
    if closing.own_data and answers:
        yield from _recommendation(closing, width)
    yield from _scores(closing, width)
    yield from _remarks(closing)
    yield from _observations(closing, width)
    yield from _baseline(closing)
    if closing.unlogged:
        yield from _unlogged(closing)
    elif closing.where:
        if not closing.own_data:
            yield from _recommendation(closing, width)
        yield from plain(*closing.where)


def _scores(closing: Closing, width: int) -> Iterator[Text]:
    if closing.results:
        yield from score_table(closing.results, width)
        yield from strategy_table(closing.results, width)
        yield from holdout_table(closing.results)


def _remarks(closing: Closing) -> Iterator[Text]:
    if closing.remarks:
        yield from plain(*closing.remarks, "")
    if closing.reused is not None and closing.results:
        cases = counted(len(closing.results), "case")
        yield from plain(f"--reuse: stored results for {closing.reused} of {cases}", "")
    if closing.nothing_to_do:
        yield from plain("No case can be computed.", "")
    elif closing.no_claims:
        yield from plain(f"No claims over datasets: {closing.no_claims}", "")


def _observations(closing: Closing, width: int) -> Iterator[Text]:
    if closing.own_data:
        if closing.observations:
            yield from observation_lines(
                closing.observations, "  `lab observations --session latest` lists them"
            )
        return
    if claims := [observation for observation in closing.observations if observation.is_claim]:
        yield from claim_table(claims, width)
    yield from case_tables(closing.unmarked, width)
    if closing.observations:
        yield from observation_lines(closing.observations)


def _baseline(closing: Closing) -> Iterator[Text]:
    if closing.update_error:
        yield from plain(f"The baseline was not recorded: {closing.update_error}", "")
    for path, update in closing.updates.items():
        yield from update_lines(update, path.name)
    yield from baseline_lines(closing.comparisons)
    if lines := unrecorded_lines(closing.baselines):
        yield from plain(*lines, "")


def _unlogged(closing: Closing) -> Iterator[Text]:
    cases = len(closing.unlogged.keys() - {None})
    what = counted(cases, "case") if cases else "the session's own run"
    error = next(iter(closing.unlogged.values()))
    yield from plain(
        f"{what} could not be logged to {closing.address}: {error}",
        "The results are stored: the same command with --reuse logs them without a fit.",
    )


def _recommendation(closing: Closing, width: int) -> Iterator[Text]:
    if closing.unfinished:
        cases = counted(len(closing.unfinished), "case")
        yield from plain(f"No recommendation: {cases} did not finish.", "")
    elif closing.no_answer:
        yield from plain(f"No recommendation: {closing.no_answer}", "")
    else:
        groups = by_dataset(closing.answers)
        if overall := next(iter(groups.values()), None):
            yield from recommendation_table(overall, width, closing.missing)
