"""Charts of a back-test: skill by horizon, and calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.backtest.words import described

if TYPE_CHECKING:
    from detente.backtest.scorecard import Scorecard


def skill_chart(card: Scorecard) -> Any:
    """Skill over the strongest baseline of each horizon, ours and the other models as points."""
    from detente.plots import BLUE, GREY, SERIES, figure, source_line

    frame = card.horizons()
    drawing, axis = figure(3.2)
    x = frame["horizon"].to_numpy()
    axis.axhline(0, color=GREY, linewidth=1)
    low, middle, high = (100 * frame[name].to_numpy() for name in ("low", "skill", "high"))
    axis.errorbar(x, middle, [middle - low, high - middle], fmt="o-", color=BLUE, capsize=3, label=card.best)
    for name, colour in zip([m for m in card.ours if m != card.best and m in card.whole], SERIES[1:], strict=False):
        against = [
            100 * (1 - card.mean(name, cells) / card.mean(card.strongest(cells), cells))
            for cells in (card.at(card.cells, n) for n in range(len(x)))
        ]
        axis.plot(x, against, "--", color=colour, linewidth=1, label=name)
    axis.set_xlabel(f"horizon ({card.data.by}s)")
    axis.set_ylabel("skill in CRPS (%)")
    axis.set_xticks(x)
    axis.legend(frameon=False, ncols=4, fontsize=8)
    source_line(drawing, described(card))
    return drawing


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
    source_line(drawing, described(card))
    return drawing
