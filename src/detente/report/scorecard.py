"""The document of a back-test's scorecard: who won, by how much, how surely, where not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.backtest.words import described
from detente.plots import Chart
from detente.report.document import Document, Lead, Note, Part, Table

if TYPE_CHECKING:
    from detente.backtest.scorecard import Scorecard

READ = (
    "CRPS is the mean distance of the forecast distribution from what came; lower is better. Skill is 1 less the "
    "ratio to the strongest baseline, which is chosen after the fact. Bands hold 90%, by a bootstrap over moving "
    "blocks of origins and over pairs; few origins make them rough. DM p: Diebold-Mariano, two-sided. Inside: "
    "outcomes within the central 90% by a PIT that splits ties at random (bounds: counting ties at the bounds as "
    "inside). Log score in bits, over ten bins; interval score of the 90% interval; Brier of the event that the "
    "outcome lies above the mean of the last year."
)


COLUMNS = {
    "crps": ("CRPS", ".4f"),
    "strongest": ("strongest baseline", ""),
    "crps_strongest": ("CRPS of strongest", ".4f"),
    "skill": ("skill", "+.1%"),
    "low": ("90% from", "+.1%"),
    "high": ("to", "+.1%"),
    "p": ("DM p", ".3f"),
    "coverage": ("inside", ".1%"),
    "coverage_bounds": ("bounds", ".1%"),
    "log_score": ("log", ".3f"),
    "interval_score": ("interval", ".3f"),
    "brier": ("Brier", ".3f"),
    "cells": ("forecasts", ","),
}
"""How columns of the scorecard's frames are headed and written."""
NOTE = "* on its own cells, against the strongest baseline there: fitted to a sample of series, or not to short ones."


def build(card: Scorecard, *, title: str = "Back-test") -> Document:
    """The headline, its charts, every table, and how to read them."""
    skill = "Skill of ours over the strongest baseline of each horizon, with 90% bands."
    flat = "PIT histograms: flat when calibrated; a heap at both ends means too narrow, in the middle too wide."
    blocks = (
        Lead("", card.headline),
        Note(described(card.described())),
        Chart(card.plot, "Skill by horizon", skill),
        Chart(card.plot_calibration, "Calibration", flat),
    )
    return Document(title, f"{card.data.name}, by {card.data.by}", (*blocks, *_parts(card), Note(NOTE), Note(READ)))


def _parts(card: Scorecard) -> Iterator[Part]:
    marked = card.models().with_columns(
        pl.col("model") + pl.when(pl.col("model").is_in(card.whole)).then(pl.lit("")).otherwise(pl.lit(" *"))
    )
    by_horizon = (f"crps_{h}" for h in card.plan.horizons)
    scores = ("crps", "skill", "log_score", "interval_score", "brier", "coverage", "coverage_bounds")
    yield _part(f"Models (ours: {', '.join(card.ours)})", marked, "model", *by_horizon, *scores)
    against = ("crps", "strongest", "crps_strongest", "skill", "low", "high", "p")
    yield _part("By horizon", card.horizons(), "horizon", *against, "coverage")
    if (items := card.items()).height > 1:
        yield _part("By item", items, "item", *against)
    weights = card.weights()
    yield _part("Weights in the stack, mean over origins", weights, *weights.columns)
    pairs = card.pairs().with_columns(pl.concat_str("a", "b", separator="-").alias("pair"))
    lost = pairs.head(10).filter(pl.col("skill") < 0)
    for what, groups in (("lost", lost), ("won", pairs.tail(10).reverse())):
        if groups.height:
            yield _part(f"Pairs on which ours {what} most", groups, "pair", "cells", "crps", "crps_strongest", "skill")


def _part(title: str, frame: pl.DataFrame, *names: str) -> Part:
    header = tuple(COLUMNS.get(name, (name.replace("crps_", "CRPS "), ""))[0] for name in names)
    rows = tuple(tuple(map(_cell, names, row)) for row in frame.select(names).iter_rows())
    return Part(title, (Table(header, rows, "l" + "r" * (len(names) - 1)),))


def _cell(name: str, value: Any) -> str:
    if value is None or value != value:
        return "–"
    default = ".4f" if name.startswith("crps") else ".2f"
    return format(value, COLUMNS.get(name, ("", default if isinstance(value, float) else ""))[1])
