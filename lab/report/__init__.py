"""Reports: the closing lines of a session, its page and descriptions, and lists for the terminal.

Owns text and pictures; reads and writes no file but its templates. May import baseline, cases,
evaluation, observations and what these import, and types of tracking.
"""

from lab.report.closing import Closing, closing_lines
from lab.report.html.page import page
from lab.report.notes import case_note, session_note
from lab.report.recommendation import answer_lines, answer_markdown, recommendation_table
from lab.report.split import split_lines
from lab.report.terminal.catalogue import (
    column_list,
    dataset_list,
    goal_list,
    metric_list,
    model_list,
    strategy_list,
)
from lab.report.terminal.comparison import (
    baseline_lines,
    comparison_report,
    unrecorded_lines,
    update_lines,
)
from lab.report.terminal.observations import observation_list
from lab.report.terminal.remarks import data_lines, giveaway_lines, skipped_lines
from lab.report.terminal.scores import score_table
from lab.report.terminal.sessions import session_list
from lab.report.terminal.strategies import strategy_table
from lab.report.terminal.verdicts import case_tables, claim_table, observation_lines
from lab.report.text import Text, plain

__all__ = [
    "Closing",
    "Text",
    "answer_lines",
    "answer_markdown",
    "baseline_lines",
    "case_note",
    "case_tables",
    "claim_table",
    "closing_lines",
    "column_list",
    "comparison_report",
    "data_lines",
    "dataset_list",
    "giveaway_lines",
    "goal_list",
    "metric_list",
    "model_list",
    "observation_lines",
    "observation_list",
    "page",
    "plain",
    "recommendation_table",
    "score_table",
    "session_list",
    "session_note",
    "skipped_lines",
    "split_lines",
    "strategy_list",
    "strategy_table",
    "unrecorded_lines",
    "update_lines",
]
