"""What is shown of sessions: scores, verdicts, and what moved against a baseline."""

from lab.report.answers import answer_table
from lab.report.data import data_lines, dataset_list, skipped_lines, unrecorded_lines
from lab.report.moves import baseline_lines, comparison_report, update_lines
from lab.report.notes import case_note, session_note
from lab.report.observations import observation_list
from lab.report.page import page
from lab.report.scores import score_table
from lab.report.sessions import session_list
from lab.report.strategies import model_list, strategy_list, strategy_table
from lab.report.text import Text, plain
from lab.report.verdicts import case_tables, claim_table, observation_lines

__all__ = [
    "Text",
    "answer_table",
    "baseline_lines",
    "case_note",
    "case_tables",
    "claim_table",
    "comparison_report",
    "data_lines",
    "dataset_list",
    "model_list",
    "observation_lines",
    "observation_list",
    "page",
    "plain",
    "score_table",
    "session_list",
    "session_note",
    "skipped_lines",
    "strategy_list",
    "strategy_table",
    "unrecorded_lines",
    "update_lines",
]
