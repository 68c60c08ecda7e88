"""The series that the models read: net intensity or facts of a pair by direction, in periods that are covered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import identity, state_name
from detente.errors import NoData
from detente.measures.panel import choose_source, pair_panel, periods
from detente.record.facts import chronology_ends, pair_facts
from detente.record.queries import pair_counts

if TYPE_CHECKING:
    from detente.record import Record

LEAST_PERIODS = 40
EVERY = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}


@dataclass(frozen=True, slots=True, eq=False)
class Directed:
    """A frame with `period` and a column for each series, the length of a period, and on what it rests."""

    frame: pl.DataFrame
    by: str
    basis: str
    source: str | None

    @property
    def columns(self) -> list[str]:
        """The names of the series."""
        return [name for name in self.frame.columns if name != "period"]


def directed(
    record: Record,
    a: str,
    b: str,
    *,
    by: str | None = None,
    as_of: date | None = None,
    area: str | None = None,
    source: str | None = None,
) -> Directed:
    """Net intensity of a to b and of b to a (columns "A>B", "B>A"), from events; without any, from facts.

    `by` None takes months, weeks or days, the longest that gives enough periods. Days have the averages of their
    weekday taken out. From the chronology: cooperative less conflictual acts of one side towards the other by quarter,
    joint acts left out. Raises NoData where there are too few periods.
    """
    try:
        chosen = choose_source(record, source, as_of, pair=(a, b))
    except NoData:
        if source:
            raise
        return _from_facts(record, a, b, by, as_of, area)
    unit = by or fitting_period(record, chosen, as_of)
    if unit is None:
        return _from_facts(record, a, b, by, as_of, area)
    wide = _intensities(record, a, b, unit, as_of, area, chosen)
    frame = _checked(_level_weekdays(wide, unit), unit, f"{chosen} of {state_name(a)} and {state_name(b)}")
    where = f" in {area}" if area else ""
    return Directed(frame, unit, f"net intensity of {chosen} events{where} by {unit}{_span(frame)}", chosen)


def with_third(
    record: Record,
    a: str,
    b: str,
    third: str,
    *,
    by: str | None = None,
    as_of: date | None = None,
    area: str | None = None,
    source: str | None = None,
) -> Directed:
    """The two directions without the acts about the third state, and each side's relation with it ("A~C", "B~C").

    A side's relation is the net intensity of its acts towards the third state and of those in return. Needs events.
    """
    chosen = choose_source(record, source, as_of, pair=(a, b))
    unit = by or fitting_period(record, chosen, as_of)
    if unit is None:
        raise NoData(f"{chosen} covers too few periods up to {as_of} for a model of third parties")
    wide = _intensities(record, a, b, unit, as_of, area, chosen)
    about = pair_counts(record, a, b, source=chosen, by=unit, as_of=as_of, area=f"third_party_dispute:{third}")
    if area is None and about.height:
        less = about.with_columns(pl.format("{}>{}", "sender", "receiver").alias("series")).pivot(
            on="series", index="period", values="intensity"
        )
        names = [name for name in less.columns if name != "period"]
        wide = wide.join(less, on="period", how="left", suffix="_about", maintain_order="left").with_columns(
            (pl.col(name) - pl.col(f"{name}_about").fill_null(0)).alias(name) for name in names
        )
    wide = wide.select("period", f"{a}>{b}", f"{b}>{a}")
    for side in (a, b):
        with_it = _intensities(record, side, third, unit, as_of, None, chosen)
        total = with_it.select("period", pl.sum_horizontal(pl.exclude("period")).alias(f"{side}~{third}"))
        wide = wide.join(total, on="period", how="inner", maintain_order="left")
    frame = _checked(_level_weekdays(wide, unit), unit, f"{chosen} of {state_name(third)} with both")
    return Directed(frame, unit, f"net intensity of {chosen} events by {unit}{_span(frame)}", chosen)


def fitting_period(record: Record, source: str, as_of: date | None) -> str | None:
    """Month, week or day: the longest of which what the source covers has 120, 80 or 90; else None."""
    spans = record.covers(source, as_of)
    if not spans:
        return None
    days = (spans[-1][1] - spans[0][0]).days + 1
    return "month" if days >= 3652 else "week" if days >= 560 else "day" if days >= 90 else None


def _intensities(
    record: Record, a: str, b: str, by: str, as_of: date | None, area: str | None, source: str
) -> pl.DataFrame:
    """Columns period, "A>B", "B>A" in the longest run of periods that are wholly covered."""
    panel = pair_panel(record, a, b, by=by, as_of=as_of, areas=(area,), source=source)
    wide = panel.filter(pl.col("covered") >= 0.99).with_columns(
        pl.format("{}>{}", "sender", "receiver").alias("series")
    )
    if wide.is_empty():
        raise NoData(f"{source} covers no whole {by} up to {as_of}")
    wide = wide.pivot(on="series", index="period", values="intensity").sort("period")
    every = periods(wide["period"][0], wide["period"][-1], by)
    at = {day: n for n, day in enumerate(every)}
    number = pl.Series([at[day] for day in wide["period"]])
    run = (number.diff().fill_null(1) != 1).cum_sum()
    longest = run.value_counts().sort("count", run.name, descending=[True, False])[run.name][0]
    return wide.filter(run == longest).select("period", f"{a}>{b}", f"{b}>{a}")


def _level_weekdays(frame: pl.DataFrame, by: str) -> pl.DataFrame:
    """Days without the averages of their weekday, so that the rhythm of the press is no reciprocity."""
    if by != "day":
        return frame
    names = [name for name in frame.columns if name != "period"]
    day = pl.col("period").dt.weekday()
    return frame.with_columns((pl.col(n) - pl.col(n).mean().over(day) + pl.col(n).mean()).alias(n) for n in names)


def _checked(frame: pl.DataFrame, by: str, what: str) -> pl.DataFrame:
    if frame.height < LEAST_PERIODS:
        raise NoData(f"{what}: {frame.height} whole {by}s are too few, {LEAST_PERIODS} are needed")
    still = [name for name in frame.columns if name != "period" and frame[name].n_unique() == 1]
    if still:
        raise NoData(f"{what}: {', '.join(still)} never changes; nothing can be estimated")
    return frame


def _from_facts(record: Record, a: str, b: str, by: str | None, as_of: date | None, area: str | None) -> Directed:
    facts = pair_facts(record, a, b, as_of, area)
    unit = by or "quarter"
    rows = []
    for sender, receiver in ((a, b), (b, a)):
        mine = facts.filter(pl.col("actors").list.set_intersection(list(identity(sender))).list.len() > 0).filter(
            pl.col("targets").list.set_intersection(list(identity(receiver))).list.len() > 0
        )
        rows.append(
            mine.select(
                pl.col("date").alias("day"),
                pl.when(pl.col("tone") == "cooperative").then(1.0).otherwise(-1.0).alias("value"),
                pl.lit(f"{sender}>{receiver}").alias("series"),
            )
        )
    acts = pl.concat(rows)
    grid = pl.DataFrame({"period": fact_periods(record, facts_of_all(record, a, b, as_of), as_of, unit, whole=True)})
    every = EVERY[unit]
    for name in (f"{a}>{b}", f"{b}>{a}"):
        sums = (
            acts.filter(pl.col("series") == name)
            .group_by(pl.col("day").dt.truncate(every).alias("period"))
            .agg(pl.col("value").sum().alias(name))
        )
        grid = grid.join(sums, on="period", how="left", maintain_order="left").with_columns(pl.col(name).fill_null(0.0))
    frame = _checked(grid, unit, f"the chronology of {state_name(a)} and {state_name(b)}")
    return Directed(
        frame,
        unit,
        f"{acts.height} one-sided facts of the chronology, cooperative less conflictual by {unit}{_span(frame)}",
        None,
    )


def facts_of_all(record: Record, a: str, b: str, as_of: date | None) -> pl.DataFrame:
    """The pair's facts of all areas; NoData where there are none."""
    facts = pair_facts(record, a, b, as_of)
    if facts.is_empty():
        raise NoData(f"no events and no chronology of {state_name(a)} and {state_name(b)} are held")
    return facts


def fact_periods(
    record: Record, facts: pl.DataFrame, as_of: date | None, by: str, *, whole: bool = False
) -> list[date]:
    """The periods that the chronology of these facts covers, up to `as_of`; with `whole`, only those it covers wholly."""
    end = min(as_of or date.max, chronology_ends(record, facts))
    found = periods(facts["date"][0], max(end, facts["date"][0]), by)
    after = pl.Series([found[-1]]).dt.offset_by(EVERY[by])[0]
    return found[:-1] if whole and after > end else found


def _span(frame: pl.DataFrame) -> str:
    return f", {frame['period'][0]} to {frame['period'][-1]}"
