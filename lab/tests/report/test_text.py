"""Tests of lines and tables that fit a terminal."""

import pytest

from lab.report.text import fitted, shortened, wrapped

WORDS = "what it does, in a sentence that is long enough to be wrapped in a column of its own"
ROWS = [
    ["name", "groups", "number", "title"],
    ["logistic_regression", "core, all", "1", WORDS],
    ["knn", "", "12,345", ""],
]


@pytest.mark.parametrize("width", [12, 30, 40, 60, 80, 100, 140])
@pytest.mark.parametrize("cut", [False, True])
def test_no_line_is_longer_than_the_terminal_is_wide(width, cut):
    """Lines fit any width, unless the first column alone does not."""
    texts = fitted(ROWS, "<<><", width, cut=cut)
    assert len(texts) == len(ROWS)
    assert max(map(len, "\n".join(texts).splitlines())) <= max(width, len("logistic_regression"))
    if not cut:
        assert "\n".join(texts).split() == [
            word for text in fitted(ROWS, "<<><", None) for word in text.split()
        ]


def test_without_a_terminal_a_row_is_a_line():
    """In a file or a pipe each row is one line, so that programs can search it."""
    texts = fitted(ROWS, "<<><", None)
    assert texts[1] == f"logistic_regression  core, all       1  {WORDS}"
    assert not any("\n" in text for text in texts)


def test_a_long_last_cell_is_wrapped_in_its_column():
    """Its rest is below its beginning, or below the row if there is no room."""
    beside = fitted(ROWS, "<<><", 80)[1].splitlines()
    assert beside[1].startswith(" " * 40)
    assert beside[1][40] != " "
    below = fitted(ROWS, "<<><", 60)[1].splitlines()
    assert below[0] == "logistic_regression  core, all       1"
    assert below[1].startswith("    what it does")


def test_a_text_that_is_cut_ends_in_an_ellipsis():
    """A text that fits is unchanged; one that does not is cut."""
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab\u2026"
    assert wrapped("a b c", 3, " ") == ["a b", " c"]
    assert wrapped("a b c", None) == ["a b c"]
