"""Levels of a pair through time: direction by direction, area by area, with bands, whatever the press's volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

import numpy as np
import polars as pl

from detente.actors import state_name
from detente.checks import one_of
from detente.errors import NoData
from detente.explain.section import LAST_KNOWN
from detente.explain.series import fact_periods
from detente.explain.topic import Draft, Question, Topic, capital, in_text, percent
from detente.measures.panel import CONFLICTUAL, COOPERATIVE, COUNTS, pair_panel
from detente.models import LocalLevel
from detente.models.local_level import LocalLevelFit
from detente.periods import PERIODS, is_old, period_end, period_text
from detente.plots import SERIES, band, figure, legend, source_line
from detente.record.facts import pair_facts, pair_figures
from detente.record.view import View
from detente.results import Result
from detente.uncertainty import Estimate

# What a level is of, and the unit: reports are set against all reports of the source in the period.
MEASURES = {
    "share": "cooperative share",
    "cooperation": "cooperative reports per 1,000 of all",
    "conflict": "conflictual reports per 1,000 of all",
    "intensity": "net intensity (Goldstein) per 1,000 of all reports",
}
LEAST_REPORTS = 20
YEARLY, FACTS = "yearly counts of a case", "facts of the chronology"
LABELS = ("sender", "receiver", "area", "measure", "basis")
"""What tells one series of a table of levels from another."""


def levels(pair: View, *, by: str = "month", areas: Sequence[str | None] = (None,)) -> PairLevels:
    """Level of every `MEASURES` by direction and area from events; without enough of them, shares from yearly counts
    and facts.

    Each series is a local level (`detente.models.LocalLevel`): the share binomial, the rates Poisson with the
    source's whole volume as offset, the intensity Gaussian with a variance that falls with that volume; noise beyond
    the family is estimated. Bands hold 90%. A direction with fewer than 20 reports in an area is left out. From the
    yearly counts of a case: the share by direction, all areas; from facts: the share by area and quarter, both sides
    together (sender and receiver null). Raises NoData where nothing is held.
    """
    one_of("by", by, PERIODS)
    source = pair.source_held
    if source is None:
        return _without_events(pair, areas, yearly=True)
    panel = pair_panel(pair, by=by, areas=areas).join(
        pair.all_reports(by), on="period", how="left", maintain_order="left"
    )
    frames = []
    for (sender, receiver, area), rows in panel.partition_by(
        "sender", "receiver", "area", as_dict=True, maintain_order=True
    ).items():
        if rows.select(pl.sum_horizontal(COUNTS).sum()).item() < LEAST_REPORTS:
            continue
        good, bad = rows.select(good=COOPERATIVE, bad=CONFLICTUAL)
        offset = rows["volume"].fill_null(0) / 1000
        for measure, family, y, exposure in (
            ("share", "binomial", good, good + bad),
            ("cooperation", "poisson", good, offset),
            ("conflict", "poisson", bad, offset),
            ("intensity", "gaussian", rows["intensity"], offset),
        ):
            labels = (sender, receiver, area, measure, f"{source} events")
            frames.append(_series(rows["period"], family, y, exposure, labels))
    if not frames and not pair.named:
        # Yearly counts of a case are another source's reports: beside this one they don't belong.
        return _without_events(pair, areas, yearly=False)
    return _gathered(pair, by, areas, frames, f"{source} events by {by}")


def fact_counts(pair: View, *, by: str, area: str | None) -> pl.DataFrame | None:
    """Cooperative facts k of n in every period that the chronology covers; None without a fact of the area."""
    facts = pair_facts(pair, area)
    if facts.is_empty():
        return None
    counted = facts.group_by(pl.col("date").dt.truncate(PERIODS[by].every).alias("period")).agg(
        (pl.col("tone") == "cooperative").sum().alias("k"), pl.len().alias("n")
    )
    grid = pl.DataFrame({"period": fact_periods(pair, by)})
    return grid.join(counted, on="period", how="left", maintain_order="left").fill_null(0)


def _series(
    period: pl.Series, family: Any, y: pl.Series, exposure: pl.Series, labels: tuple[str | None, ...]
) -> pl.DataFrame | None:
    values, weight = y.cast(pl.Float64).to_numpy(), exposure.cast(pl.Float64).fill_null(0).to_numpy()
    if not (weight > 0).any():
        return None
    named = (pl.lit(label, pl.Utf8).alias(name) for name, label in zip(LABELS, labels, strict=True))
    return LocalLevel(family).fit(values, weight).frame.with_columns(period, *named).select(list(PairLevels.COLUMNS))


def _share(counts: pl.DataFrame, labels: tuple[str | None, ...]) -> pl.DataFrame | None:
    """The level of k of n by period."""
    return _series(counts["period"], "binomial", counts["k"], counts["n"], labels)


def _gathered(
    pair: View, by: str, areas: Sequence[str | None], frames: Sequence[pl.DataFrame | None], basis: str
) -> PairLevels:
    series = [frame for frame in frames if frame is not None]
    if not series:
        raise NoData(f"nothing of {state_name(pair.a)} and {state_name(pair.b)} is held that has a level")
    provenance = pair.provenance(LocalLevelFit.METHODS, by=by, areas=list(areas))
    return PairLevels((pair.a, pair.b), by, pl.concat(series), basis, pair.as_of, provenance)


def _without_events(pair: View, areas: Sequence[str | None], *, yearly: bool) -> PairLevels:
    frames: list[pl.DataFrame | None] = []
    counts = pair_figures(pair).filter(
        pl.col("subject").is_in(pair.directions) & pl.col("measure").is_in([f"icews_{name}" for name in COUNTS])
    )
    good = pl.col("measure").str.contains("cooperation")
    if None in areas and yearly:
        for (subject,), rows in counts.partition_by("subject", as_dict=True, maintain_order=True).items():
            years = rows.sort("date").group_by_dynamic(pl.col("date").alias("period"), every="1y")
            sums = years.agg(k=pl.col("value").filter(good).sum(), n=pl.col("value").sum()).upsample(
                "period", every="1y"
            )
            frames.append(_share(sums.fill_null(0), (*str(subject).split(">"), None, "share", YEARLY)))
    for area in areas:
        quarterly = fact_counts(pair, by="quarter", area=area)
        if quarterly is not None:
            frames.append(_share(quarterly, (None, None, area, "share", FACTS)))
    basis = "no events: yearly counts of a case, and facts by quarter" if yearly else "too few events: facts by quarter"
    return _gathered(pair, "quarter", areas, frames, basis)


@dataclass(frozen=True, eq=False, repr=False)
class PairLevels(Result):
    """The levels of a pair; `table` has the rows of `frame`, measures are those of `MEASURES`."""

    COLUMNS: ClassVar[dict[str, str]] = {
        "period": "first day of the period",
        "sender": "who acts; null for both sides together",
        "receiver": "towards whom",
        "area": "issue area; null for all together",
        "measure": "share, cooperation, conflict or intensity",
        "observed": "the period's own value",
        "exposure": "reports, or thousands of reports of the source, that it rests on",
        "level": "the estimate",
        "low": "lower bound of the 90% band",
        "high": "upper bound of the 90% band",
        "basis": "from what",
    }

    pair: tuple[str, str]
    by: str
    table: pl.DataFrame
    basis: str
    as_of: date | None = None
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def frame(self) -> pl.DataFrame:
        """A row a series and period; see `COLUMNS`."""
        return self.table

    @property
    def data_to(self) -> date:
        """The last day of the latest series."""
        return max(self.end(row) for row in self.table.unique("basis", keep="last").iter_rows(named=True))

    def end(self, row: dict[str, Any]) -> date:
        """The last day of the period of a row."""
        return period_end(row["period"], "year" if row["basis"] == YEARLY else self.by)

    def history(self) -> str:
        """That the data ended more than 24 months before the day and say nothing of it; "" where they did not."""
        old = is_old(self.data_to, self.as_of)
        return f"last known: these data end {self.data_to} and say nothing of {self.as_of}" if old else ""

    def latest(self) -> pl.DataFrame:
        """The last period of every series, and the level a year earlier, or at first (before, before_period)."""
        rows = []
        for part in self.table.partition_by(*LABELS, maintain_order=True):
            last = part.row(-1, named=True)
            earlier = part.filter(pl.col("period") <= pl.lit(last["period"]).dt.offset_by("-1y"))
            old = earlier.row(-1, named=True) if earlier.height else part.row(0, named=True)
            rows.append({**last, "before": old["level"], "before_period": old["period"]})
        return pl.DataFrame(rows, schema={**self.table.schema, "before": pl.Float64, "before_period": pl.Date})

    def when(self, row: dict[str, Any], key: str) -> str:
        """The period of a row, for readers: a year where it rests on yearly counts."""
        return period_text(row[key], "year" if row["basis"] == YEARLY else self.by)

    def summary(self) -> str:
        """The last level of every series with its band, and what it was before."""
        lines = [f"Levels of {state_name(self.pair[0])} and {state_name(self.pair[1])}: {self.basis}."]
        for row in self.latest().iter_rows(named=True):
            who = f"{row['sender']} to {row['receiver']}" if row["sender"] else "both sides"
            when, then = (self.when(row, key) for key in ("period", "before_period"))
            where = f", {row['area']}" if row["area"] else ""
            shown = [
                f"{row[name]:.0%}" if row["measure"] == "share" else f"{row[name]:.3g}"
                for name in ("level", "low", "high", "before")
            ]
            known = LAST_KNOWN if is_old(self.end(row), self.as_of) else ""
            lines.append(
                f"{known}{who}{where}: {MEASURES[row['measure']]} {shown[0]} ({shown[1]} to {shown[2]}) in {when}; "
                f"{f'{shown[3]} in {then} ' if then != when else ''}[{row['basis']}]."
            )
        return "\n".join(lines)

    def plot(self, measure: str = "share", area: str | None = None) -> Any:
        """One measure of one area through time, a line for each direction, the periods' own values as dots."""
        rows = self.table.filter((pl.col("measure") == measure) & pl.col("area").eq_missing(area))
        if rows.is_empty():
            raise NoData(f"no level of {measure} in {area or 'all areas'}")
        drawing, axis = figure(3.0)
        parts = rows.partition_by("sender", "receiver", "basis", maintain_order=True)
        for number, part in enumerate(parts):
            first, colour = part.row(0, named=True), SERIES[number % len(SERIES)]
            name = f"{first['sender']} to {first['receiver']}" if first["sender"] else first["basis"]
            axis.scatter(part["period"], part["observed"], s=7, color=colour, alpha=0.5)
            band(axis, part["period"], part["level"], part["low"], part["high"], colour=colour, label=name)
        if measure == "share":
            axis.set_ylim(0, 1)
        elif measure != "intensity":
            axis.set_ylim(0, float(np.nanquantile(rows["high"].to_numpy(), 0.99)) * 1.1)
        axis.set_ylabel(MEASURES[measure], wrap=True)
        axis.set_xlabel(self.by)
        legend(axis, 3)
        source_line(drawing, f"Local level and 90% band; dots: each {self.by}'s own value. Source: {self.basis}.")
        return drawing


def _say(ask: Question, draft: Draft) -> None:
    pair = ask.pair
    answer = levels(pair)
    for row in answer.latest().iter_rows(named=True):
        who, name = "Both sides together", f"{pair.a}-{pair.b}"
        if row["sender"]:
            who = capital(f"{in_text(row['sender'])} to {in_text(row['receiver'])}")
            name = f"{row['sender']}>{row['receiver']}"
        value = Estimate(row["level"], row["low"], row["high"])
        old = pair.is_old(answer.end(row))
        if not old:
            unit = "share" if row["measure"] == "share" else "per 1,000 reports of the source"
            draft.add(f"{name} {row['measure']}", value, unit)
        when, then = (answer.when(row, key) for key in ("period", "before_period"))
        if row["measure"] == "share":
            before = f", {row['before']:.0%} in {then}" if then != when else ""
            entries = "facts" if row["basis"] == FACTS else "reports"
            draft.say(f"{who}: {percent(value)} of {entries} cooperative in {when}{before}.", old=old)
        elif row["measure"] != "intensity":
            before = f", {row['before']:.1f} in {then}" if then != when else ""
            draft.say(
                f"{who}: {row['level']:.1f} ({row['low']:.1f} to {row['high']:.1f}) {MEASURES[row['measure']]} in "
                f"{when}{before}.",
                old=old,
            )
    draft.basis = f"local levels; {answer.basis}"
    draft.data_to = answer.data_to
    draft.charts["levels"] = answer.plot


TOPIC = Topic("levels", "Levels", _say, now=True, methods=LocalLevelFit.METHODS)
