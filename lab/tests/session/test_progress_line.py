"""Tests of the progress line in a real terminal."""

import os
import re
import select
import sys

import pytest

from lab.tests.helpers.examples import TINY, plugin

# A plugin of a scratch project: one case takes its time, and one fails.
SLOW = """
import time
from lab.engine import Local
from lab.session import progress, progress_line
progress.LATE_SECONDS, progress.LATE_FACTOR = 0.5, 0.0
progress_line.TICK = 0.2
evaluate = Local.evaluate
def slow(self, case):
    if case.strategy == "class_weight":
        time.sleep(2.3)
    if case.strategy == "smote":
        raise MemoryError("no such luck")
    return evaluate(self, case)
Local.evaluate = slow
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_a_terminal_shows_one_line_that_ticks(scratch):
    """The line is rewritten while a case runs, keeps its width, and never mixes with others."""
    options = ("-n", "0", "--dataset", TINY, "--model", "logistic_regression", "-k", "test_case")
    ours, theirs = os.openpty()
    variables = {"COLUMNS": "150", "NO_COLOR": "1", "TERM": "xterm"}
    process = scratch.start(*plugin(scratch, SLOW), *options, terminal=theirs, **variables)
    said = b""
    while True:
        ended = process.poll() is not None  # asked first: nothing is written after the end
        if select.select([ours], [], [], 0.1)[0]:
            said += os.read(ours, 65536)
        elif ended:
            break
    for end in (ours, theirs):
        os.close(end)
    process.communicate(1)
    assert process.returncode == 1
    text = said.decode()
    assert "\x1b" not in text
    shown = text[text.index("\r0/3 cases") : re.search(r"\r\n=+ ERRORS", text).start()]
    late = f"{TINY}-class_weight-logistic_regression has been running for"
    assert len(re.findall(f"\r {{149}}\r{re.escape(late)} .*\r\n\r", shown)) == 1
    lines = [line for line in shown.split("\r")[1:] if late not in line]
    assert {len(line) for line in lines if line != "\n"} == {149}
    assert all(re.match(r"[0-3]/3 cases  \d/\d tests  | {149}$|\n$", line) for line in lines)
    ticks = [line for line in lines if "-class_weight-" in line]
    assert len({re.search(r"regression (\d:\d\d)", line)[1] for line in ticks}) >= 3
    assert any("1 failed" in line for line in lines)
