"""The document of a back-test's scorecard: who won, by how much, how surely, where not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.backtest.charts import charts
from detente.report.document import Document, Lead, Note, Part, Table

if TYPE_CHECKING:
    from detente.backtest.scorecard import Scorecard

FEW = 8
SCALES = {"count": "log(1 + n)", "value": "asinh of the value", "share": "share (0 to 1)"}
READ = (
    "CRPS is the mean distance of the forecast distribution from what came; lower is better. Skill is 1 less the ratio to "
    "the strongest baseline, which is chosen after the fact. Bands hold 90%, by a bootstrap over moving blocks of origins "
    "and over pairs; few origins make them rough. DM p: Diebold-Mariano, two-sided. Inside: outcomes within the central "
    "90% by a PIT that splits ties at random (bounds: counting ties at the bounds as inside). Log score in bits, over ten "
    "bins; interval score of the 90% interval; Brier of the event that the outcome lies above the mean of the last year."
)


COLUMNS = {
    "crps": ("CRPS", ".4f"),
    "strongest": ("strongest baseline", ""),
    "crps_strongest": ("CRPS of strongest", ".4f"),
    "skill": ("skill", "+.1%"),
    "low": ("90% from", "+.1%"),
    "high": ("to", "+.1%"),
    "p": ("DM p", ".3f"),
    "inside": ("inside", ".1%"),
    "inside_bounds": ("bounds", ".1%"),
    "log_score": ("log", ".3f"),
    "interval_score": ("interval", ".3f"),
    "brier": ("Brier", ".3f"),
    "cells": ("forecasts", ","),
}
"""How columns of the scorecard's frames are headed and written."""
NOTE = "* on its own cells, against the strongest baseline there: fitted to a sample of series, or not to short ones."


def build(card: Scorecard, *, title: str = "Back-test") -> Document:
    """The headline, its charts, every table, and how to read them."""
    first, last = (Lead("", headline(card)), Note(described(card))), (Note(NOTE), Note(READ))
    return Document(title, f"{card.data.name}, by {card.data.by}", (*first, *charts(card), *_parts(card), *last))


def _parts(card: Scorecard) -> Iterator[Part]:
    marked = card.models().with_columns(
        pl.col("model") + pl.when(pl.col("model").is_in(card.whole)).then(pl.lit("")).otherwise(pl.lit(" *"))
    )
    by_horizon = (f"crps_{h}" for h in card.plan.horizons)
    scores = ("crps", "skill", "log_score", "interval_score", "brier", "inside", "inside_bounds")
    yield _part(f"Models (ours: {', '.join(card.ours)})", marked, "model", *by_horizon, *scores)
    against = ("crps", "strongest", "crps_strongest", "skill", "low", "high", "p")
    yield _part("By horizon", card.horizons(), "horizon", *against, "inside")
    if (items := card.items()).height > 1:
        yield _part("By item", items, "item", *against)
    weights = card.weights()
    yield _part("Weights in the stack, mean over origins", weights, *weights.columns)
    pairs = card.pairs().with_columns(pl.concat_str("a", "b", separator="-").alias("pair"))
    lost = pairs.head(10).filter(pl.col("skill") < 0)
    for what, some in (("lost", lost), ("won", pairs.tail(10).reverse())):
        if some.height:
            yield _part(f"Pairs on which ours {what} most", some, "pair", "cells", "crps", "crps_strongest", "skill")


def _part(title: str, frame: pl.DataFrame, *names: str) -> Part:
    header = tuple(COLUMNS.get(name, (name.replace("crps_", "CRPS "), ""))[0] for name in names)
    rows = tuple(tuple(map(_cell, names, row)) for row in frame.select(names).iter_rows())
    return Part(title, (Table(header, rows, "l" + "r" * (len(names) - 1)),))


def _cell(name: str, value: Any) -> str:
    if value is None or value != value:
        return "–"
    default = ".4f" if name.startswith("crps") else ".2f"
    return format(value, COLUMNS.get(name, ("", default if isinstance(value, float) else ""))[1])


def headline(card: Scorecard) -> str:
    """The result in two sentences, whoever won."""
    o, origins = card.overall(), len(card.scored)
    if origins < FEW:
        verdict = "ahead of" if o["skill"] > 0 else "behind"
    else:
        verdict = "better than" if o["low"] > 0 else "worse than" if o["high"] < 0 else "not told apart from"
    doubt = f" Only {origins} origins: too few to tell skill from luck." if origins < FEW else ""
    low, high, share = o["low"], o["high"], o["largest_pair_of_gain"]
    band = f"{low:+.1%} to {high:+.1%}" if low == low else "–"
    largest = f", {o['largest_pair']} alone {share:.0%} of the gain" if share == share else ""
    return (
        f"The {o['model']} is {verdict} the strongest baseline ({o['strongest']}): skill {o['skill']:+.1%} (90% {band}), "
        f"better on {o['pairs_won']:,} of {o['pairs']:,} pairs; median pair {o['median_pair_skill']:+.1%}{largest}. "
        f"Its 90% intervals hold {o['inside']:.1%} of outcomes.{doubt}"
    )


def described(card: Scorecard) -> str:
    """What was run, in a line."""
    run = card.described()
    teaching = f" (models learn from {run['series_teaching']:,})" if run["series_teaching"] != run["series"] else ""
    step, refit = (
        what if n == 1 else f"{n} {what}s" for n, what in ((run["step"], run["by"]), (run["refit"], "origin"))
    )
    return (
        f"{run['data']}: {run['series']:,} series of {run['pairs']:,} pairs{teaching}, {run['kind']}, by {run['by']}, "
        f"{run['from']} to {run['to']}; {run['origins']} origins, {run['first_origin']} to {run['last_origin']}, every "
        f"{step}, learners anew at every {refit}; scores on the scale {SCALES[run['kind']]}; seed {run['seed']}."
    )
