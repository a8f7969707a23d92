"""Tables and lines for a terminal: lists, scores, verdicts and comparisons."""
