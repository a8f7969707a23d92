"""One picture a case: precision-recall, ROC, reliability and confusion."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from lab.curves import Curves
    from lab.experiment import Result

LINE = "#1f5fa8"
REFERENCE = "#8a8a8a"


class CurvesPicture:
    """A figure of four panels of which only that is redrawn which differs between results.

    A session draws one picture a case, and axes, ticks and labels take three quarters of the time.
    """

    def __init__(self) -> None:
        # The object interface: pyplot would keep every figure, and takes longer to import.
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.figure = Figure(figsize=(8, 7), dpi=90)
        self.canvas = cast("Any", FigureCanvasAgg(self.figure))  # it has no types
        self.title = self.figure.suptitle("")
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
        legend = self.precision_recall.legend(
            [self.pr_point], ["decisions taken"], loc="upper right", frameon=False
        )
        (self.roc_curve,) = self.roc.plot([], [], color=LINE)
        (self.roc_point,) = self.roc.plot([], [], "o", color=LINE)
        (self.bins,) = self.reliability.plot([], [], color=LINE, linewidth=1)
        self.sizes = self.reliability.scatter([], [], color=LINE)
        self.shares = self.confusion.imshow(
            np.zeros((2, 2)), cmap="Blues", vmin=0, vmax=1, aspect="auto"
        )
        self.meaning = self.reliability.text(0.02, 0.98, "", va="top")
        self.cells = [
            [self.confusion.text(p, t, "", ha="center", va="center") for p in (0, 1)]
            for t in (0, 1)
        ]
        self.confusion.set_xticks([0, 1], ["negative", "positive"])
        self.confusion.set_yticks([0, 1], ["negative", "positive"], rotation=90, va="center")
        self.confusion.set(xlabel="predicted", ylabel="true")
        # Fixed margins: working them out would take as long as drawing.
        self.figure.subplots_adjust(
            left=0.09, right=0.97, bottom=0.07, top=0.9, hspace=0.32, wspace=0.25
        )
        self.changing = [
            *(self.title, self.prevalence, self.pr_curve, self.pr_point, legend),
            *(self.roc_curve, self.roc_point, self.bins, self.sizes, self.shares, self.meaning),
            *(cell for row in self.cells for cell in row),
            *(ax.title for ax in self.figure.axes),
            *self.confusion.spines.values(),  # its image would hide half of them
        ]
        # https://matplotlib.org/stable/users/explain/animations/blitting.html
        for artist in self.changing:
            artist.set_animated(True)
        self.canvas.draw()
        self.rest = self.canvas.copy_from_bbox(self.figure.bbox)

    def draw(self, result: Result, curves: Curves) -> bytes:
        """Draw a result; return the picture as PNG."""
        from PIL import Image

        self.title.set_text(result.case.id)
        for ax, name, metric in (
            (self.precision_recall, "Precision-recall: AP", "average_precision_score"),
            (self.roc, "ROC: AUC", "roc_auc_score"),
            (self.reliability, "Reliability: ECE", "expected_calibration_error"),
            (self.confusion, "Confusion: recall", "recall"),
        ):
            ax.set_title(f"{name} {result.mean(metric):.3f}")
        self.meaning.set_text(
            f"Brier {result.mean('brier_score_loss'):.3f}\n"
            f"intercept {result.mean('calibration_intercept'):z.2f} (ideal 0)\n"
            f"slope {result.mean('calibration_slope'):z.2f} (ideal 1)"
        )
        self._confusion(curves)
        self.pr_curve.set_data(curves.recall, curves.precision)
        self.roc_curve.set_data(curves.false_positive_rate, curves.true_positive_rate)
        self.bins.set_data(curves.predicted, curves.observed)
        self.sizes.set_offsets(np.column_stack([curves.predicted, curves.observed]))
        # The area says how many rows a bin holds: rare scores are uncertain ones.
        self.sizes.set_sizes(10 + 150 * curves.share)
        self.canvas.restore_region(self.rest)
        for artist in self.changing:
            self.figure.draw_artist(artist)
        picture = io.BytesIO()
        # Pictures are stored by the thousand and never edited: fast packing is enough.
        pixels = np.asarray(self.canvas.buffer_rgba())[:, :, :3]
        Image.fromarray(np.ascontiguousarray(pixels)).save(picture, "png", compress_level=1)
        return picture.getvalue()

    def _confusion(self, curves: Curves) -> None:
        counts = curves.confusion
        shares = counts / counts.sum(axis=1, keepdims=True)
        self.shares.set_data(shares)
        for t in (0, 1):
            for p in (0, 1):
                self.cells[t][p].set_text(f"{counts[t, p]:,}\n{shares[t, p]:.1%}")
                self.cells[t][p].set_color("white" if shares[t, p] > 0.5 else "black")
        (_, false_positives), (_, true_positives) = counts
        precision = true_positives / max(1, true_positives + false_positives)
        self.pr_point.set_data([shares[1, 1]], [precision])
        self.roc_point.set_data([shares[0, 1]], [shares[1, 1]])
        self.prevalence.set_ydata([counts[1].sum() / counts.sum()] * 2)


@cache
def curves_picture() -> CurvesPicture:
    """Return the figure that this process draws on."""
    return CurvesPicture()


def draw(result: Result, curves: Curves) -> bytes:
    """Draw a result's out-of-fold predictions, pooled over folds, as a PNG picture.

    The titles give means over folds, the numbers that the run logs.

    Parameters
    ----------
    result : Result
        Its scores stand in the titles.
    curves : Curves
        Its curves.
    """
    return curves_picture().draw(result, curves)
