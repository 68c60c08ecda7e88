"""The document of a back-test's scorecard: who won, by how much, how surely, where not."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from detente.backtest.charts import calibration_chart, skill_chart
from detente.backtest.scorecard import Scorecard, losing
from detente.backtest.words import band, described, headline, percent
from detente.report.document import Block, Chart, Document, Lead, Note, Part, Table

if TYPE_CHECKING:
    import polars as pl

NOTE = "* on its own cells, against the strongest baseline there: fitted to a sample of series, or not to short ones."
READ = (
    "CRPS is the mean distance of the forecast distribution from what came; lower is better. Skill is 1 less the ratio to the strongest baseline, "
    "which is chosen after the fact. Bands hold 90%, by a bootstrap over moving blocks of origins and over pairs; few origins make them rough. DM p: Diebold-Mariano, two-sided. "
    "Inside: outcomes within the central 90% by a PIT that splits ties at random (bounds: counting ties at the bounds as inside). "
    "Log score in bits, over ten bins; interval score of the 90% interval; Brier of the event that the outcome lies above the mean of the last year."
)


def _number(value: Any, digits: int = 4) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.{digits}f}" if isinstance(value, float) else f"{value:,}"


def build(card: Scorecard, *, title: str = "Back-test") -> Document:
    """The headline, its charts, every table, and how to read them."""
    skill = "Skill of ours over the strongest baseline of each horizon, with 90% bands."
    flat = "PIT histograms: flat when calibrated; a heap at both ends means too narrow, in the middle too wide."
    blocks: tuple[Block, ...] = (
        Lead("", headline(card)),
        Note(described(card)),
        Chart(partial(skill_chart, card), "Skill by horizon", skill),
        Chart(partial(calibration_chart, card), "Calibration", flat),
        *_parts(card),
        Note(NOTE),
        Note(READ),
    )
    return Document(title, f"{card.data.name}, by {card.data.by}", blocks)


def _parts(card: Scorecard) -> Iterable[Part]:
    yield Part(f"Models (ours: {', '.join(card.ours)})", (_models(card),))
    against = ("CRPS", "strongest baseline", "CRPS", "skill", "90%", "DM p")
    yield Part("By horizon", (_table(("horizon", *against, "inside"), _rows(card.horizons(), "horizon", True)),))
    items = card.items()
    if items.height > 1:
        yield Part("By item", (_table(("item", *against), _rows(items, "item", False)),))
    weights = card.weights()
    shares = ((str(horizon), *(f"{w:.2f}" for w in ours)) for horizon, *ours in weights.iter_rows())
    yield Part("Weights in the stack, mean over origins", (_table(weights.columns, shares),))
    header = ("pair", "forecasts", "CRPS", "CRPS of strongest", "skill")
    won = card.pairs().tail(10).reverse().iter_rows(named=True)
    for name, pairs in (("lost", losing(card, 10)), ("won", won)):
        if rows := list(_pairs(pairs)):
            yield Part(f"Pairs on which ours {name} most", (_table(header, rows),))


def _table(header: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    names = tuple(header)
    return Table(names, tuple(rows), "l" + "r" * (len(names) - 1))


def _models(card: Scorecard) -> Table:
    horizons = card.plan.horizons
    rows = (
        (
            row["model"] + ("" if row["model"] in card.whole else " *"),
            *(_number(row[f"crps_{h}"]) for h in horizons),
            _number(row["crps"]),
            percent(row["skill"]),
            *(_number(row[name], 3) for name in ("log_score", "interval_score", "brier")),
            *(percent(row[name], False) for name in ("coverage", "coverage_bounds")),
        )
        for row in card.models().iter_rows(named=True)
    )
    scores = ("CRPS", "skill", "log", "interval", "Brier", "inside", "bounds")
    return _table(("model", *(f"CRPS {h}" for h in horizons), *scores), rows)


def _rows(frame: pl.DataFrame, first: str, inside: bool) -> Iterable[tuple[str, ...]]:
    for row in frame.iter_rows(named=True):
        crps, rival = _number(row["crps"]), _number(row["crps_strongest"])
        told = (
            str(row[first]),
            crps,
            row["strongest"],
            rival,
            percent(row["skill"]),
            band(row),
            _number(row["p"], 3),
        )
        yield (*told, percent(row["coverage"], False)) if inside else told


def _pairs(rows: Iterable[dict[str, Any]]) -> Iterable[tuple[str, ...]]:
    for r in rows:
        scores = (_number(r[name]) for name in ("cells", "crps", "crps_strongest"))
        yield f"{r['a']}-{r['b']}", *scores, percent(r["skill"])
