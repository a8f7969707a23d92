"""Tests of the picture of a case."""

import io

import numpy as np
import pytest
from PIL import Image

from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.evaluation.curves import Curves
from lab.evaluation.figures import draw
from lab.tests.helpers.examples import TINY


def picture(result):
    """Draw a result."""
    return draw(result, Curves.of(result))


def pixels(png):
    """Return a picture's pixels."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_a_picture_does_not_depend_on_earlier_ones():
    """The figure is reused, and keeps nothing of an earlier result."""
    one, other = (
        evaluate(Case(TINY, s, "logistic_regression"), Protocol(3)) for s in ("raw", "smote")
    )
    first = picture(one)
    between = picture(other)
    assert np.array_equal(pixels(picture(one)), pixels(first))
    assert not np.array_equal(pixels(between), pixels(first))


@pytest.mark.parametrize("y_pred", [0, 1])
def test_constant_predictions_can_be_drawn(y_pred):
    """Predictions that are all negative or all positive give a picture."""
    result = evaluate(Case(TINY, "raw", "logistic_regression"), Protocol(3))
    result.predictions["y_pred"] = np.int8(y_pred)
    result.predictions["y_score"] = float(y_pred)
    assert pixels(picture(result)).shape == (630, 720, 3)
