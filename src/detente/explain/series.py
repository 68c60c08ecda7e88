"""The series that the models read: net intensity or facts of a pair by direction, in periods that are covered."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import polars as pl

from detente.actors import state_name
from detente.checks import one_of
from detente.errors import NoData
from detente.measures.coverage import said, scaled, usable_run
from detente.measures.panel import pair_panel
from detente.periods import PERIODS, period_end, periods
from detente.record.facts import holds, pair_facts
from detente.record.view import View

LEAST_PERIODS, LEAST_MOVES = 40, 8


@dataclass(frozen=True, slots=True, eq=False)
class Directed:
    """A frame with `period` and a column for each series, the length of a period, and on what it rests."""

    frame: pl.DataFrame
    by: str
    basis: str

    @property
    def data_to(self) -> date:
        """The last day of its last period."""
        return period_end(self.frame["period"][-1], self.by)

    @property
    def columns(self) -> list[str]:
        """The names of the series."""
        return [name for name in self.frame.columns if name != "period"]


def directed(pair: View, *, by: str | None = None, area: str | None = None) -> Directed:
    """Net intensity of a to b and of b to a (columns "A>B", "B>A"), from events; where they are too few (and
    neither `source` nor `by` asks for them), from facts.

    `by` None takes months, weeks or days, the longest that gives enough periods. Days have the averages of their
    weekday taken out. From the chronology: cooperative less conflictual acts of one side towards the other by quarter,
    joint acts left out. Raises NoData where there are too few periods.
    """
    if pair.source_held is None:
        return _from_facts(pair, by, area)
    try:
        return _from_events(pair, by, area)
    except NoData:
        # Who names a source or a period means the events.
        if not pair.named and not by:
            with suppress(NoData):
                return _from_facts(pair, by, area)
        raise


def _from_events(pair: View, by: str | None, area: str | None) -> Directed:
    unit = _unit(pair, by)
    run = covered_run(pair, unit)
    wide = _intensities(pair, unit, area, run)
    of = f"{state_name(pair.a)} and {state_name(pair.b)}"
    return _of_events(pair, wide, run, unit, of, f" in {area}" if area else "")


def _unit(pair: View, by: str | None, use: str = "") -> str:
    """The period asked for, else the one that fits; NoData where none does."""
    unit = by or fitting_period(pair)
    if unit is None:
        raise NoData(f"{pair.source} covers too few periods{f' up to {pair.as_of}' if pair.as_of else ''}{use}")
    return unit


def _of_events(pair: View, frame: pl.DataFrame, run: pl.DataFrame, by: str, of: str, where: str = "") -> Directed:
    """The series, fit to be estimated, and on what they rest; NoData where too little is in them."""
    frame = _level_weekdays(_checked(frame, by, f"{pair.source} of {of}"), by)
    partly = said(run.join(frame, on="period", how="semi"), by)
    return Directed(frame, by, f"net intensity of {pair.source} events{where} by {by}{_span(frame)}{partly}")


def with_third(
    pair: View, third: str, *, by: str | None = None, areas: Sequence[str | None] = (None,)
) -> dict[str | None, Directed | NoData]:
    """By area: the pair's two directions, and each side's relation with the third state ("A~C", "B~C").

    For all areas together (None) the acts about the third state are left out of the pair's. A side's relation is the
    net intensity of its acts towards the third state and of those in return. An area with too few periods or acts has
    the NoData that says so. Needs events.
    """
    unit = _unit(pair, by, " for a model of third parties")
    run = covered_run(pair, unit)
    grid = _intensities(pair, unit, None, run).select("period")
    for side in (pair.a, pair.b):
        relation = _intensities(pair.other(side, third), unit, None, run)
        total = relation.select("period", pl.sum_horizontal(pl.exclude("period")).alias(f"{side}~{third}"))
        grid = grid.join(total, on="period", how="inner", maintain_order="left")
    events = pair.reports().with_columns(
        pl.col("date").dt.truncate(PERIODS[unit].every).alias("period"),
        pl.format("{}>{}", "sender", "receiver").alias("series"),
    )
    about = pl.col("areas").list.set_intersection(pair.record.codebook.about(third)).list.len() > 0
    by_area: dict[str | None, Directed | NoData] = {}
    for area in areas:
        acts = events.filter(~about if area is None else pl.col("areas").list.contains(area))
        frame = grid.join(run, on="period", how="left", maintain_order="left")
        sums = acts.group_by("period").agg(
            pl.col("intensity").cast(pl.Float64).filter(pl.col("series") == name).sum().alias(name)
            for name in pair.directions
        )
        frame = frame.join(sums, on="period", how="left", maintain_order="left").select(
            "period",
            *(scaled(name).fill_null(0.0).alias(name) for name in pair.directions),
            f"{pair.a}~{third}",
            f"{pair.b}~{third}",
        )
        try:
            by_area[area] = _of_events(pair, frame, run, unit, f"{state_name(third)} with both")
        except NoData as error:
            by_area[area] = error
    return by_area


def among(first: View, others: Sequence[str], *, by: str | None = None) -> Directed:
    """Net intensity of every directed pair of a pair and others, pair by pair: for three, the triangle. Needs events,
    all by the source of the first pair.
    """
    states = (first.a, first.b, *others)
    unit = _unit(first, by)
    run = covered_run(first, unit)
    wide = run.select("period")
    for a, b in combinations(states, 2):
        more = _intensities(first.other(a, b), unit, None, run)
        wide = wide.join(more, on="period", how="inner", maintain_order="left")
    return _of_events(first, wide, run, unit, ", ".join(map(state_name, states)))


def fitting_period(pair: View) -> str | None:
    """Month, week or day: the longest of which what the source covers has 120, 80 or 90; else None."""
    days = pair.covered_days
    return "month" if days >= 3652 else "week" if days >= 560 else "day" if days >= 90 else None


def covered_run(pair: View, by: str) -> pl.DataFrame:
    """The periods that a series may have, with the share covered; see `detente.measures.coverage`. NoData where there
    is none.
    """
    one_of("by", by, PERIODS)
    run = usable_run(pair.coverage(by), by)
    if run.is_empty():
        raise NoData(f"{pair.source} covers no whole {by}{f' up to {pair.as_of}' if pair.as_of else ''}")
    return run


def _intensities(pair: View, by: str, area: str | None, run: pl.DataFrame) -> pl.DataFrame:
    """Columns period, "A>B", "B>A" in the periods of the run; what is partly covered is scaled up to the whole."""
    panel = pair_panel(pair, by=by, areas=(area,))
    wide = panel.with_columns(pl.format("{}>{}", "sender", "receiver").alias("series")).pivot(
        on="series", index="period", values="intensity"
    )
    both = run.join(wide, on="period", how="inner", maintain_order="left")
    return both.select("period", *(scaled(name).alias(name) for name in pair.directions))


def _level_weekdays(frame: pl.DataFrame, by: str) -> pl.DataFrame:
    """Days without the averages of their weekday, so that the rhythm of the press is no reciprocity."""
    if by != "day":
        return frame
    series = pl.exclude("period")
    return frame.with_columns(series - series.mean().over(pl.col("period").dt.weekday()) + series.mean())


def _checked(frame: pl.DataFrame, by: str, what: str) -> pl.DataFrame:
    if frame.height < LEAST_PERIODS:
        raise NoData(f"{what}: {frame.height} whole {by}s are too few, {LEAST_PERIODS} are needed")
    names = [name for name in frame.columns if name != "period"]
    still = [name for name in names if (frame[name] != frame[name].mode()[0]).sum() < LEAST_MOVES]
    if still:
        raise NoData(f"{what}: {', '.join(still)} moves in fewer than {LEAST_MOVES} {by}s; nothing can be estimated")
    return frame


def _from_facts(pair: View, by: str | None, area: str | None) -> Directed:
    facts = pair_facts(pair, area)
    unit = one_of("by", by or "quarter", PERIODS)
    grid = pl.DataFrame({"period": fact_periods(pair, unit, whole=True)})
    tone = pl.when(pl.col("tone") == "cooperative").then(1.0).otherwise(-1.0)
    one_sided = {
        name: holds(pl.col("actors"), sender) & holds(pl.col("targets"), receiver)
        for name, sender, receiver in zip(pair.directions, (pair.a, pair.b), (pair.b, pair.a), strict=True)
    }
    acts = sum(facts.select(side.sum().alias(name) for name, side in one_sided.items()).row(0))
    sums = facts.group_by(pl.col("date").dt.truncate(PERIODS[unit].every).alias("period")).agg(
        tone.filter(side).sum().alias(name) for name, side in one_sided.items()
    )
    grid = grid.join(sums, on="period", how="left", maintain_order="left").fill_null(0.0)
    frame = _checked(grid, unit, f"the chronology of {state_name(pair.a)} and {state_name(pair.b)}")
    basis = f"{acts} one-sided facts of the chronology, cooperative less conflictual by {unit}{_span(frame)}"
    return Directed(frame, unit, basis)


def fact_periods(pair: View, by: str, *, whole: bool = False) -> list[date]:
    """The periods from a pair's first fact to the day to which its chronology is complete, or to `as_of` where that
    is earlier.

    With `whole`, only those that it covers wholly. NoData where no fact is held.
    """
    facts = pair.chronology
    if facts.is_empty():
        raise NoData(f"no events and no chronology of {state_name(pair.a)} and {state_name(pair.b)} are held")
    first, end = facts["date"][0], pair.chronology_ends
    end = min(pair.as_of, end) if pair.as_of else end
    starts = periods(first, max(end, first), by)
    return starts[:-1] if whole and period_end(starts[-1], by) > end else starts


def _span(frame: pl.DataFrame) -> str:
    return f", {frame['period'][0]} to {frame['period'][-1]}"
