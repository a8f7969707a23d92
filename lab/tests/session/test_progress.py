"""Tests of the progress of a session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.session.progress import Progress
from lab.wording import about, clock, columns, cut


def session(**expected):
    """Return the progress of a session with these cases, each with one more test that judges."""
    progress = Progress(0.0)
    progress.expect(2 * len(expected), expected)
    return progress


def compute(progress, case, start, end, **how):
    """Record that a case was computed, alone or beside others."""
    progress.started(f"test_case[{case}]", case, start)
    progress.ended(f"test_case[{case}]", end, **how)


def test_no_time_left_is_estimated_before_a_case_has_ended():
    """Without a finished case the line has the elapsed time only."""
    progress = session(a=10, b=10)
    progress.started("test_case[a]", "a", 1)
    assert progress.left(5) is None
    assert progress.line(5, 80) == "0/2 cases  0/4 tests  0:05  running: a 0:04"


def test_one_per_cent_of_the_work_is_no_basis():
    """After one per cent of the work no time left is estimated."""
    progress = session(a=1, b=99)
    compute(progress, "a", 0, 3)
    assert progress.left(3) is None


@pytest.mark.parametrize("slowness", [0.5, 1, 4])
def test_the_time_left_is_calibrated_to_the_machine(slowness):
    """Cases that take a multiple of their expected time scale the estimate for the others."""
    progress = session(a=10, b=20, c=30)
    compute(progress, "a", 0, 10 * slowness)
    assert progress.left(10 * slowness) == pytest.approx(50 * slowness)


def test_workers_share_the_time_left():
    """The remaining work is divided by the number of tests that ran at once."""
    progress = session(a=10, b=10, c=10, d=10)
    progress.started("test_case[a]", "a", 0)
    progress.started("test_case[b]", "b", 0)
    for case in "ab":
        progress.ended(f"test_case[{case}]", 10)
    assert progress.left(10) == pytest.approx(10)


def test_the_longest_case_bounds_the_time_left():
    """The last case cannot be divided, whatever the number of workers."""
    progress = session(a=10, b=10, long=60)
    for case in ("a", "b"):
        progress.started(f"test_case[{case}]", case, 0)
    for case in ("a", "b"):
        progress.ended(f"test_case[{case}]", 10)
    progress.started("test_case[long]", "long", 10)
    assert progress.left(10) == pytest.approx(60)
    assert progress.left(40) == pytest.approx(30)


def test_a_case_that_overruns_is_taken_into_account():
    """A running case that is overdue is not expected to end at once."""
    progress = session(a=10, b=10, c=10)
    compute(progress, "a", 0, 10)
    progress.started("test_case[b]", "b", 10)
    assert progress.left(20) == pytest.approx(12)  # a fifth of its time once more
    assert progress.left(60) == pytest.approx(40)  # and the next may be as slow


def test_reused_cases_do_not_count_for_the_pace():
    """A reused result is done at once without making the machine look faster."""
    progress = session(a=10, b=10, c=10)
    compute(progress, "a", 0, 0.01, counts=False)
    assert progress.left(1) is None
    compute(progress, "b", 1, 21)
    assert progress.left(21) == pytest.approx(20)
    assert progress.line(21, 80).startswith("2/3 cases  2/6 tests  0:21, about 20 s left")


def test_a_case_is_computed_by_the_first_of_its_tests():
    """Judging tests count as tests; their case is not counted again."""
    progress = session(a=10, b=10)
    compute(progress, "a", 0, 10)
    progress.started("test_recall[a]", "a", 10)
    assert "running" not in progress.line(11, 80)
    progress.ended("test_recall[a]", 20)
    assert progress.left(20) == pytest.approx(10)
    assert progress.line(20, 80).startswith("1/2 cases  2/4 tests")


def test_failures_are_counted_before_the_time():
    """The number of failed tests stands where even a narrow terminal shows it."""
    progress = session(a=10)
    progress.failed = 2
    assert progress.line(75, 41) == "0/1 case  0/2 tests  2 failed  1:15"


def test_without_cases_only_tests_are_counted():
    """A selection that computes nothing shows no number of cases."""
    progress = session()
    progress.expect(1, {})
    assert progress.line(0, 80) == "0/1 test  0:00"


@given(st.text(), st.integers(2, 120))
def test_the_line_never_wraps(name, width):
    """For any name of a dataset the line is narrower than the terminal."""
    progress = session(**{name: 10})
    progress.started("test", name, 0)
    line = progress.line(1, width)
    assert line.isprintable()
    assert columns(line) < width
    assert cut("a\tb", 9) == "a?b"


def test_a_late_case_is_named_once():
    """A case that runs over a minute and a multiple of its expected time is reported once."""
    progress = session(a=10, b=10, c=25)
    compute(progress, "a", 0, 20)
    progress.started("test_case[b]", "b", 20)
    progress.started("test_case[c]", "c", 20)
    assert progress.late(75) == []
    assert progress.late(81) == ["b has been running for 1:01, expected about 0:20"]
    assert progress.late(160) == []
    assert progress.late(171) == ["c has been running for 2:31, expected about 0:50"]


def test_nothing_is_late_before_a_case_has_ended():
    """Before a case has ended no duration is too long."""
    progress = session(a=1)
    progress.started("test_case[a]", "a", 0)
    assert progress.late(1000) == []


def test_a_log_has_few_lines():
    """A session of ten minutes logs at most nine lines, one of half a minute none."""
    for seconds, lines in ((10, range(6, 10)), (0.5, range(1))):
        progress = session(**{f"case{i}": 10 for i in range(60)})
        found = []
        for i in range(60):
            compute(progress, f"case{i}", i * seconds, (i + 1) * seconds)
            found += filter(None, [progress.log_line((i + 1) * seconds)])
        assert len(found) in lines
    progress = session(a=10, b=10)
    compute(progress, "a", 0, 600)
    assert progress.log_line(600) == "1/2 cases  1/4 tests  10:00, about 10 min left"
    assert progress.log_line(601) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.1, "about 10 s"),
        (27, "about 30 s"),
        (57, "about 1 min"),
        (170, "about 3 min"),
        (1000, "about 15 min"),
        (7000, "about 2 h"),
    ],
)
def test_the_time_left_is_rounded(seconds, text):
    """The longer the time left, the coarser it is rounded."""
    assert about(seconds) == text


def test_durations_have_hours_if_any():
    """Minutes and seconds, and hours before them."""
    assert [clock(9.9), clock(130), clock(3725)] == ["0:09", "2:10", "1:02:05"]


def test_a_cluster_s_case_is_done_when_it_stops_running():
    """A case is done when the cluster no longer runs it, unless it starts again."""
    progress = session(a=10, b=10)
    progress.evaluating({"a": 3}, 10, workers=1)
    assert progress.line(10, 80) == "0/2 cases  0/4 tests  0:10  running: a 0:03"
    progress.evaluating({"b": 1}, 20, workers=1)
    assert progress.line(20, 80).startswith("1/2 cases  0/4 tests")
    progress.evaluating({"a": 2}, 30, workers=1)
    assert progress.line(30, 80).startswith("1/2 cases  0/4 tests")
    assert "running: a 0:02" in progress.line(30, 80)


def test_missing_workers_are_reported_each_time():
    """The loss of the last worker is reported once, and again if it happens again."""
    progress = session(a=10)
    sentence = ["no worker is connected: cases are waiting for one"]
    said = []
    for now, workers in enumerate([1, 0, 0, 1, 0]):
        progress.evaluating({}, now, workers=workers)
        said.append(progress.late(now))
    assert said == [[], sentence, [], [], sentence]
