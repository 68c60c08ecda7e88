"""The series that the models read: net intensity or facts of a pair by direction, in periods that are covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import state_name
from detente.errors import NoData
from detente.measures.coverage import covered_days, said, scaled, usable_run
from detente.measures.panel import choose_source, pair_panel
from detente.models.checks import one_of
from detente.record.coverage import EVERY, next_period, periods
from detente.record.facts import chronology_ends, holds, pair_facts
from detente.record.queries import read_pair

if TYPE_CHECKING:
    from detente.record import Record

LEAST_PERIODS, LEAST_MOVES = 40, 8


@dataclass(frozen=True, slots=True, eq=False)
class Directed:
    """A frame with `period` and a column for each series, the length of a period, and on what it rests."""

    frame: pl.DataFrame
    by: str
    basis: str
    source: str | None

    @property
    def data_to(self) -> date:
        """The last day of its last period."""
        return period_end(self.frame["period"][-1], self.by)

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
    """Net intensity of a to b and of b to a (columns "A>B", "B>A"), from events; where they are too few (and
    neither `source` nor `by` asks for them), from facts.

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
    try:
        return _from_events(record, a, b, by, as_of, area, chosen)
    except NoData as error:
        # Who names a source or a period means the events.
        if source or by:
            raise
        try:
            return _from_facts(record, a, b, by, as_of, area)
        except NoData:
            raise error from None


def _from_events(
    record: Record, a: str, b: str, by: str | None, as_of: date | None, area: str | None, chosen: str
) -> Directed:
    unit = by or fitting_period(record, chosen, as_of)
    if unit is None:
        raise NoData(f"{chosen} covers too few periods{f' up to {as_of}' if as_of else ''}")
    run = covered_run(record, chosen, unit, as_of)
    wide = _intensities(record, a, b, unit, as_of, area, chosen, run)
    frame = _level_weekdays(_checked(wide, unit, f"{chosen} of {state_name(a)} and {state_name(b)}"), unit)
    where = f" in {area}" if area else ""
    return Directed(frame, unit, _basis(chosen, frame, run, unit, where), chosen)


def _basis(source: str, frame: pl.DataFrame, run: pl.DataFrame, by: str, where: str = "") -> str:
    partly = said(run.join(frame, on="period", how="semi"), by)
    return f"net intensity of {source} events{where} by {by}{_span(frame)}{partly}"


def with_third(
    record: Record,
    a: str,
    b: str,
    third: str,
    *,
    by: str | None = None,
    as_of: date | None = None,
    areas: Sequence[str | None] = (None,),
    source: str | None = None,
) -> dict[str | None, Directed | NoData]:
    """By area: the pair's two directions, and each side's relation with the third state ("A~C", "B~C").

    For all areas together (None) the acts about the third state are left out of the pair's. A side's relation is the
    net intensity of its acts towards the third state and of those in return. An area with too few periods or acts has
    the NoData that says so. Needs events.
    """
    chosen = choose_source(record, source, as_of, pair=(a, b))
    unit = by or fitting_period(record, chosen, as_of)
    if unit is None:
        raise NoData(f"{chosen} covers too few periods up to {as_of} for a model of third parties")
    run = covered_run(record, chosen, unit, as_of)
    grid = _intensities(record, a, b, unit, as_of, None, chosen, run).select("period")
    for side in (a, b):
        relation = _intensities(record, side, third, unit, as_of, None, chosen, run)
        total = relation.select("period", pl.sum_horizontal(pl.exclude("period")).alias(f"{side}~{third}"))
        grid = grid.join(total, on="period", how="inner", maintain_order="left")
    events = read_pair(record, a, b, source=chosen, as_of=as_of).with_columns(
        pl.col("date").dt.truncate(EVERY[unit]).alias("period"),
        pl.format("{}>{}", "sender", "receiver").alias("series"),
    )
    about = pl.col("areas").list.contains(f"third_party_dispute:{third}")
    found: dict[str | None, Directed | NoData] = {}
    for area in areas:
        some = events.filter(~about if area is None else pl.col("areas").list.contains(area))
        frame = grid.join(run, on="period", how="left", maintain_order="left")
        for name in (f"{a}>{b}", f"{b}>{a}"):
            sums = (
                some.filter(pl.col("series") == name)
                .group_by("period")
                .agg(pl.col("intensity").cast(pl.Float64).sum().alias(name))
            )
            frame = frame.join(sums, on="period", how="left", maintain_order="left").with_columns(
                scaled(name).fill_null(0.0).alias(name)
            )
        frame = frame.select("period", f"{a}>{b}", f"{b}>{a}", f"{a}~{third}", f"{b}~{third}")
        try:
            checked = _checked(frame, unit, f"{chosen} of {state_name(third)} with both")
        except NoData as error:
            found[area] = error
            continue
        basis = _basis(chosen, frame, run, unit)
        found[area] = Directed(_level_weekdays(checked, unit), unit, basis, chosen)
    return found


def among(
    record: Record,
    states: Sequence[str],
    *,
    by: str | None = None,
    as_of: date | None = None,
    source: str | None = None,
) -> Directed:
    """Net intensity of every directed pair of several states, pair by pair: for three, the triangle. Needs events."""
    pairs = list(combinations(states, 2))
    chosen = choose_source(record, source, as_of, pair=pairs[0])
    unit = by or fitting_period(record, chosen, as_of)
    if unit is None:
        raise NoData(f"{chosen} covers too few periods up to {as_of}")
    run = covered_run(record, chosen, unit, as_of)
    wide = _intensities(record, *pairs[0], unit, as_of, None, chosen, run)
    for a, b in pairs[1:]:
        more = _intensities(record, a, b, unit, as_of, None, chosen, run)
        wide = wide.join(more, on="period", how="inner", maintain_order="left")
    frame = _level_weekdays(_checked(wide, unit, f"{chosen} of {', '.join(map(state_name, states))}"), unit)
    return Directed(frame, unit, _basis(chosen, frame, run, unit), chosen)


def fitting_period(record: Record, source: str, as_of: date | None) -> str | None:
    """Month, week or day: the longest of which what the source covers has 120, 80 or 90; else None."""
    days = covered_days(record, source, as_of)
    return "month" if days >= 3652 else "week" if days >= 560 else "day" if days >= 90 else None


def covered_run(record: Record, source: str, by: str, as_of: date | None) -> pl.DataFrame:
    """The periods that a series may have, with the share covered; see `detente.measures.coverage`. NoData where there is none."""
    one_of("by", by, EVERY)
    run = usable_run(record.coverage(source, as_of, by), by)
    if run.is_empty():
        raise NoData(f"{source} covers no whole {by}{f' up to {as_of}' if as_of else ''}")
    return run


def _intensities(
    record: Record, a: str, b: str, by: str, as_of: date | None, area: str | None, source: str, run: pl.DataFrame
) -> pl.DataFrame:
    """Columns period, "A>B", "B>A" in the periods of the run; what is partly covered is scaled up to the whole."""
    panel = pair_panel(record, a, b, by=by, as_of=as_of, areas=(area,), source=source)
    wide = panel.with_columns(pl.format("{}>{}", "sender", "receiver").alias("series")).pivot(
        on="series", index="period", values="intensity"
    )
    names = [f"{a}>{b}", f"{b}>{a}"]
    both = run.join(wide, on="period", how="inner", maintain_order="left")
    return both.select("period", *(scaled(name).alias(name) for name in names))


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
    names = [name for name in frame.columns if name != "period"]
    still = [name for name in names if (frame[name] != frame[name].mode()[0]).sum() < LEAST_MOVES]
    if still:
        raise NoData(f"{what}: {', '.join(still)} moves in fewer than {LEAST_MOVES} {by}s; nothing can be estimated")
    return frame


def _from_facts(record: Record, a: str, b: str, by: str | None, as_of: date | None, area: str | None) -> Directed:
    facts = pair_facts(record, a, b, as_of, area)
    unit = one_of("by", by or "quarter", EVERY)
    rows = []
    for sender, receiver in ((a, b), (b, a)):
        mine = facts.filter(holds(pl.col("actors"), sender) & holds(pl.col("targets"), receiver))
        rows.append(
            mine.select(
                pl.col("date").alias("day"),
                pl.when(pl.col("tone") == "cooperative").then(1.0).otherwise(-1.0).alias("value"),
                pl.lit(f"{sender}>{receiver}").alias("series"),
            )
        )
    acts = pl.concat(rows)
    grid = pl.DataFrame({"period": fact_periods(record, a, b, as_of, unit, whole=True)})
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


def period_end(period: date, by: str) -> date:
    """The last day of the period that begins on a day.

    >>> period_end(date(2014, 4, 1), "quarter")
    datetime.date(2014, 6, 30)
    """
    return next_period(period, by) - timedelta(days=1)


def period_text(day: date, by: str) -> str:
    """A period by its first day, for readers.

    >>> [period_text(date(2014, 4, 1), by) for by in ("day", "month", "quarter", "year")]
    ['2014-04-01', '2014-04', '2014 Q2', '2014']
    """
    if by == "quarter":
        return f"{day.year} Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"year": 4, "month": 7}.get(by, 10)]


def fact_periods(record: Record, a: str, b: str, as_of: date | None, by: str, *, whole: bool = False) -> list[date]:
    """The periods from a pair's first fact to the day to which its chronology is complete, or to `as_of` where that is earlier.

    With `whole`, only those that it covers wholly. NoData where no fact is held.
    """
    facts = pair_facts(record, a, b, as_of)
    if facts.is_empty():
        raise NoData(f"no events and no chronology of {state_name(a)} and {state_name(b)} are held")
    first, end = facts["date"][0], chronology_ends(record, facts)
    end = min(as_of, end) if as_of else end
    found = periods(first, max(end, first), by)
    return found[:-1] if whole and period_end(found[-1], by) > end else found


def _span(frame: pl.DataFrame) -> str:
    return f", {frame['period'][0]} to {frame['period'][-1]}"
