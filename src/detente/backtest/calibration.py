"""The chart of a back-test's calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.backtest.words import described

if TYPE_CHECKING:
    from detente.backtest.scorecard import Scorecard


def calibration_chart(card: Scorecard) -> Any:
    """PIT histograms of ours and of the strongest baseline."""
    import numpy as np

    from detente.plots import BLUE, GREY, ORANGE, figure, source_line

    shown = [(card.best, BLUE), (card.strongest(card.cells), ORANGE)]
    drawing, axes = figure(2.8, 1, 2, sharey=True)
    for axis, (name, colour) in zip(axes, shown, strict=True):
        share = card.pit(name)
        edges = np.linspace(0, 1, len(share) + 1)
        axis.bar(
            edges[:-1],
            share * len(share),
            width=1 / len(share),
            align="edge",
            color=colour,
            alpha=0.75,
            edgecolor="white",
        )
        axis.axhline(1, color=GREY, linewidth=1)
        axis.set_title(name, fontsize=9)
        axis.set_xlabel("PIT of outcomes")
    axes[0].set_ylabel("density (1 = calibrated)")
    source_line(drawing, described(card.described()))
    return drawing
