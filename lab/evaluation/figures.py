"""The picture of a case: precision-recall, ROC, reliability and confusion."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from lab.metrics import METRICS

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    from lab.cases import Result
    from lab.evaluation.curves import Curves

LINE = "#1f5fa8"
REFERENCE = "#8a8a8a"
COLORS = 64
# Written into the panel of reliability.
MEANINGS = (
    *("calibration_error_by_chance", "brier_score_loss"),
    *("calibration_intercept", "calibration_slope"),
)


@dataclass(frozen=True)
class Label:
    """Place of a text that differs between pictures.

    Attributes
    ----------
    x, y : float
        Pixels from the left and from the top.
    anchor : str
        Point of the text at that place: left or middle; ascender, middle or baseline.
        https://pillow.readthedocs.io/en/stable/handbook/text-anchors.html
    size : float
        Font size, in pixels.
    """

    x: float
    y: float
    anchor: str
    size: float

    def draw(self, drawing: ImageDraw, text: str, color: str = "black") -> None:
        """Write a text at the place."""
        align = "center" if self.anchor[0] == "m" else "left"
        drawing.text(
            (self.x, self.y), text, color, _font(self.size), self.anchor, spacing=3, align=align
        )


class CurvesPicture:
    """A figure of four panels. Only the parts that differ between results are drawn again.

    A session draws one picture a case. Axes, ticks and labels take three quarters of the time, and
    matplotlib's texts most of the rest, so Pillow writes the texts that differ.
    """

    def __init__(self) -> None:
        # Not pyplot: it would keep every figure, and takes longer to import.
        from matplotlib import colormaps
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.patches import Rectangle

        self.figure = Figure(figsize=(8, 7), dpi=90)
        self.canvas = cast("Any", FigureCanvasAgg(self.figure))  # untyped
        (self.precision_recall, self.roc), (self.reliability, self.confusion) = (
            self.figure.subplots(2, 2)
        )
        for ax, x, y in (
            (self.precision_recall, "recall", "precision"),
            (self.roc, "false positive rate", "true positive rate"),
            (self.reliability, "predicted probability", "observed share of positives"),
        ):
            ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=x, ylabel=y)
            ax.set_xticks([0, 0.5, 1])
            ax.set_yticks([0, 0.5, 1])
        guide = {"color": REFERENCE, "linestyle": ":"}
        (self.prevalence,) = self.precision_recall.plot([0, 1], [0, 0], **guide)
        self.roc.plot([0, 1], [0, 1], **guide)
        self.reliability.plot([0, 1], [0, 1], **guide)
        (self.pr_curve,) = self.precision_recall.step([], [], where="post", color=LINE)
        (self.pr_point,) = self.precision_recall.plot([], [], "o", color=LINE)
        (self.roc_curve,) = self.roc.plot([], [], color=LINE)
        (self.roc_point,) = self.roc.plot([], [], "o", color=LINE)
        (self.bins,) = self.reliability.plot([], [], color=LINE, linewidth=1)
        self.sizes = self.reliability.scatter([], [], color=LINE)
        self.confusion.set(xlim=(-0.5, 1.5), ylim=(1.5, -0.5), xlabel="predicted", ylabel="true")
        self.confusion.set_xticks([0, 1], ["negative", "positive"])
        self.confusion.set_yticks([0, 1], ["negative", "positive"], rotation=90, va="center")
        self.blues = colormaps["Blues"]
        self.cells = {
            (t, p): self.confusion.add_patch(Rectangle((p - 0.5, t - 0.5), 1, 1))
            for t in (0, 1)
            for p in (0, 1)
        }
        # Fixed margins: computing them would take as long as drawing.
        self.figure.subplots_adjust(
            left=0.09, right=0.97, bottom=0.07, top=0.9, hspace=0.32, wspace=0.25
        )
        self.changing = [
            *(self.prevalence, self.pr_curve, self.pr_point, self.roc_curve, self.roc_point),
            *(self.bins, self.sizes, *self.cells.values()),
            *self.confusion.spines.values(),  # half hidden by its cells
        ]
        # https://matplotlib.org/stable/users/explain/animations/blitting.html
        for artist in self.changing:
            artist.set_animated(True)
        self._legend()
        self.canvas.draw()
        self.rest = self.canvas.copy_from_bbox(self.figure.bbox)
        self.heading = self._label(self.figure.transFigure, 0.5, 0.98, "ma", 12)
        self.titles = {
            ax: self._label(ax.transAxes, 0.5, 1.03, "ms", 12) for ax in self.figure.axes
        }
        self.meaning = self._label(self.reliability.transAxes, 0.04, 0.965, "la", 10)
        self.counts = {
            cell: self._label(self.confusion.transData, cell[1], cell[0], "mm", 10)
            for cell in self.cells
        }

    def _legend(self) -> None:
        """Explain the point on each curve, where no curve of a model better than chance passes."""
        inside = self.roc.transAxes
        self.roc.plot([0.52], [0.07], "o", color=LINE, transform=inside)
        self.roc.text(0.57, 0.07, "decisions taken", transform=inside, va="center")

    def _label(self, transform: Any, x: float, y: float, anchor: str, points: float) -> Label:
        """Return a label at a point of the figure."""
        left, bottom = transform.transform((x, y))
        height = self.canvas.get_width_height()[1]
        return Label(left, height - bottom, anchor, points * self.figure.dpi / 72)

    def draw(self, result: Result, curves: Curves) -> bytes:
        """Draw a result and return the picture as PNG."""
        from PIL import Image, ImageDraw

        self._set(curves)
        self.canvas.restore_region(self.rest)
        for artist in self.changing:
            self.figure.draw_artist(artist)
        image = Image.fromarray(np.asarray(self.canvas.buffer_rgba())).convert("RGB")
        self._write(ImageDraw.Draw(image), result, curves)
        picture = io.BytesIO()
        # 64 colors are enough for blue and grey, and halve time and size. Fast compression, since
        # there are thousands of pictures.
        image.quantize(COLORS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            picture, "png", compress_level=1
        )
        return picture.getvalue()

    def _set(self, curves: Curves) -> None:
        """Set the data of the artists."""
        shares = curves.confusion_shares
        for (t, p), cell in self.cells.items():
            cell.set_facecolor(self.blues(shares[t, p]))
        (_, false_positives), (_, true_positives) = counts = curves.confusion
        precision = true_positives / max(1, true_positives + false_positives)
        self.pr_point.set_data([shares[1, 1]], [precision])
        self.roc_point.set_data([shares[0, 1]], [shares[1, 1]])
        self.prevalence.set_ydata([counts[1].sum() / counts.sum()] * 2)
        self.pr_curve.set_data(curves.recall, curves.precision)
        self.roc_curve.set_data(curves.false_positive_rate, curves.true_positive_rate)
        self.bins.set_data(curves.predicted, curves.observed)
        self.sizes.set_offsets(np.column_stack([curves.predicted, curves.observed]))
        # The area shows the number of rows in a bin: few rows make it uncertain.
        self.sizes.set_sizes(10 + 150 * curves.share)

    def _write(self, drawing: ImageDraw, result: Result, curves: Curves) -> None:
        """Write the texts."""
        self.heading.draw(drawing, result.case.id)
        for ax, panel, metric in (
            (self.precision_recall, "Precision-recall", "average_precision_score"),
            (self.roc, "ROC", "roc_auc_score"),
            (self.reliability, "Reliability", "expected_calibration_error"),
            (self.confusion, "Confusion", "recall"),
        ):
            text = _text(result, metric).removeprefix(panel).strip()  # not "ROC: ROC AUC"
            self.titles[ax].draw(drawing, f"{panel}: {text}")
        self.meaning.draw(drawing, "\n".join(_text(result, metric) for metric in MEANINGS))
        for cell, label in self.counts.items():
            share = curves.confusion_shares[cell]
            color = "white" if share > 0.5 else "black"
            label.draw(drawing, f"{curves.confusion[cell]:,}\n{share:.1%}", color)


def _text(result: Result, name: str) -> str:
    """Return a metric's title and mean over folds."""
    metric = METRICS[name]
    ideal = "" if metric.ideal is None else f" (ideal {metric.ideal:g})"
    return f"{metric.title} {result.mean(name):z.{metric.digits}f}{ideal}"


@cache
def _font(pixels: float) -> Any:
    """Return matplotlib's font in a size."""
    from matplotlib.font_manager import FontProperties, findfont
    from PIL import ImageFont

    return ImageFont.truetype(findfont(FontProperties()), pixels)


@cache
def curves_picture() -> CurvesPicture:
    """Return the figure of this process."""
    return CurvesPicture()


def draw(result: Result, curves: Curves) -> bytes:
    """Draw a result's out-of-fold predictions, pooled over folds, as a PNG picture.

    The titles show means over folds, as the run logs them.

    Parameters
    ----------
    result : Result
        The result, for the titles.
    curves : Curves
        The result's curves.
    """
    return curves_picture().draw(result, curves)
