"""The document of a back-test's scorecard: who won, by how much, how surely, where not."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from detente.backtest.scorecard import Scorecard, losing
from detente.report.document import Block, Chart, Document, Lead, Note, Part, Table

if TYPE_CHECKING:
    import polars as pl

FEW = 8
SCALES = {"count": "log(1 + n)", "value": "asinh of the value", "share": "share (0 to 1)"}
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


def _percent(value: float, signed: bool = True) -> str:
    return "–" if value is None or value != value else f"{value:+.1%}" if signed else f"{value:.1%}"


def _largest(o: dict[str, Any]) -> str:
    share = o["largest_pair_of_gain"]
    return f", {o['largest_pair']} alone {share:.0%} of the gain" if share == share else ""


def _band(row: dict[str, Any]) -> str:
    return "–" if row["low"] != row["low"] else f"{_percent(row['low'])} to {_percent(row['high'])}"


def headline(card: Scorecard) -> str:
    """The result in two sentences, whoever won."""
    o = card.overall()
    few = len(card.scored) < FEW
    verdict = (
        ("ahead of" if o["skill"] > 0 else "behind")
        if few
        else "better than"
        if o["low"] > 0
        else "worse than"
        if o["high"] < 0
        else "not told apart from"
    )
    doubt = f" Only {len(card.scored)} origins: too few to tell skill from luck." if few else ""
    return (
        f"The {o['model']} is {verdict} the strongest baseline ({o['strongest']}): skill {_percent(o['skill'])} "
        f"(90% {_band(o)}), better on {o['pairs_won']:,} of {o['pairs']:,} pairs; median pair {o['median_pair_skill']:+.1%}{_largest(o)}. "
        f"Its 90% intervals hold {_percent(o['coverage'], False)} of outcomes.{doubt}"
    )


def described(card: Scorecard) -> str:
    """What was run, in a line."""
    run = card.described()
    teaching = f" (models learn from {run['series_teaching']:,})" if run["series_teaching"] != run["series"] else ""
    return (
        f"{run['data']}: {run['series']:,} series of {run['pairs']:,} pairs{teaching}, {run['kind']}, by {run['by']}, {run['from']} to {run['to']}; "
        f"{run['origins']} origins, {run['first_origin']} to {run['last_origin']}, every {_ordinal(run['step'], run['by'])}, learners anew at every {_ordinal(run['refit'], 'origin')}; "
        f"scores on the scale {SCALES[run['kind']]}; seed {run['seed']}."
    )


def _ordinal(n: int, what: str) -> str:
    return what if n == 1 else f"{n} {what}s"


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
            _percent(row["skill"]),
            *(_number(row[name], 3) for name in ("log_score", "interval_score", "brier")),
            *(_percent(row[name], False) for name in ("coverage", "coverage_bounds")),
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
            _percent(row["skill"]),
            _band(row),
            _number(row["p"], 3),
        )
        yield (*told, _percent(row["coverage"], False)) if inside else told


def _pairs(rows: Iterable[dict[str, Any]]) -> Iterable[tuple[str, ...]]:
    for r in rows:
        scores = (_number(r[name]) for name in ("cells", "crps", "crps_strongest"))
        yield f"{r['a']}-{r['b']}", *scores, _percent(r["skill"])


NOTE = "* on its own cells, against the strongest baseline there: fitted to a sample of series, or not to short ones."


def skill_chart(card: Scorecard) -> Any:
    """Skill over the strongest baseline of each horizon, ours and the other models as points."""
    from detente.plots import BLUE, GREY, SERIES, figure, source_line

    frame = card.horizons()
    made, axis = figure(3.2)
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
    source_line(made, described(card))
    return made


def calibration_chart(card: Scorecard) -> Any:
    """PIT histograms of ours and of the strongest baseline."""
    import numpy as np

    from detente.plots import BLUE, GREY, ORANGE, figure, source_line

    shown = [(card.best, BLUE), (card.strongest(card.cells), ORANGE)]
    made, axes = figure(2.8, 1, 2, sharey=True)
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
    source_line(made, described(card))
    return made
