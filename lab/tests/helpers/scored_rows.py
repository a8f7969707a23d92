"""Rows that tests of goals draw."""

import numpy as np
from hypothesis import strategies as st

from lab.metrics import ScoredRows

SIZE = 40


@st.composite
def folds(draw, number=3):
    """Draw folds of rows of both classes, with ties and an amount for each row."""
    found = []
    for _ in range(number):
        y = np.array(draw(st.lists(st.integers(0, 1), min_size=SIZE, max_size=SIZE)), np.int8)
        y[:2] = 0, 1
        levels = st.sampled_from([0.0, 0.1, 0.2, 0.35, 0.5, 0.8, 1.0])
        score = np.array(draw(st.lists(levels, min_size=SIZE, max_size=SIZE)))
        amount = np.array(draw(st.lists(st.integers(1, 99), min_size=SIZE, max_size=SIZE)), float)
        found.append(ScoredRows(y, score, {"amount": amount}))
    return found


def scored(y, score, **more):
    """Return a few scored rows."""
    return ScoredRows(np.array(y, np.int8), np.array(score, float), {}, **more)


def value(decision):
    """Return the value of a decision."""
    above, below = decision.ratio
    return above / below if below else 0.0
