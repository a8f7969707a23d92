"""What is shown of sessions: scores, verdicts, and what moved against a baseline."""

from lab.report.moves import baseline_lines, comparison_report, update_lines
from lab.report.scores import score_table
from lab.report.text import Text, plain, progress
from lab.report.verdicts import claim_table, observation_lines

__all__ = [
    "Text",
    "baseline_lines",
    "claim_table",
    "comparison_report",
    "observation_lines",
    "plain",
    "progress",
    "score_table",
    "update_lines",
]
