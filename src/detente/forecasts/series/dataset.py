"""Many short series on one clock: what forecasts are made from and scored on.

A series is a pair (a, b) and an item (a quad class, an issue, or just the value). Values come dated to fine units
(days, or the periods themselves) and are added up to periods (weeks to years), the clock of origins and horizons.
Every value has the unit in which it became known, so that an origin sees no more than was known then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.errors import DetenteError, NoData
from detente.measures.coverage import LEAST, WHOLE, said, scaled, usable_run
from detente.periods import LONGER, PERIODS, period, periods

Array = NDArray[np.float64]
KINDS = ("count", "value", "share")
MOST_CELLS = 40_000_000


@dataclass(frozen=True, eq=False)
class Dataset:
    """Series of one kind: count (whole numbers; absent is nought), value (sums; absent is nought), share (0 to 1;
    absent is missing). What of the clock was covered, and what was left out or scaled up, is for `build` to say.

    `keys` has a, b, item, one row a series; `starts` the first days of periods; `edges` (periods + 1) where each
    begins in fine units; `length` the fine units of a usual period; `rows` the cells: series, unit, known (unit),
    value, weight. `scored` marks the series (series,) on which models are judged; the others only teach.
    """

    keys: pl.DataFrame
    kind: str
    by: str
    starts: list[date]
    edges: NDArray[np.int64]
    length: float
    rows: pl.DataFrame
    directed: bool
    scored: NDArray[np.bool_]
    name: str = ""

    @property
    def size(self) -> int:
        """How many series."""
        return self.keys.height

    @property
    def periods(self) -> int:
        """How many periods."""
        return len(self.starts)

    def known_at(self, origin: int) -> Array:
        """What was known at the end of the period `origin`: fine values (series, units up to then)."""
        end = int(self.edges[origin + 1])
        if not self._late:
            return self._full[:, :end]
        return self._matrix(self.rows.filter(pl.col("known") < end))[:, :end]

    def outcomes(self, period: int) -> Array:
        """The outcomes (series,) of a period, by all that is known now; NaN where missing."""
        totals = self.totals(self._full, period, period + 1)[:, 0]
        return np.round(totals) if self.kind == "count" else totals

    def totals(self, fine: Array, first: int, last: int) -> Array:
        """Fine values added up (shares: averaged) to the periods from `first` up to, not including, `last`."""
        edges = self.edges[first : last + 1]
        cut = fine[:, edges[0] : edges[-1]]
        if cut.shape[1] == last - first:
            return cut
        return np.add.reduceat(cut, edges[:-1] - edges[0], axis=1)

    @cached_property
    def _late(self) -> bool:
        return bool((self.rows["known"] > self.rows["unit"]).any())

    @cached_property
    def _full(self) -> Array:
        return self._matrix(self.rows)

    def _matrix(self, rows: pl.DataFrame) -> Array:
        shape = (self.size, int(self.edges[-1]))
        at = (rows["series"].to_numpy(), rows["unit"].to_numpy())
        values, weights = rows["value"].to_numpy(), rows["weight"].to_numpy()
        if self.kind != "share":
            matrix = np.zeros(shape)
            np.add.at(matrix, at, values)
            return matrix
        count, total = np.zeros(shape), np.zeros(shape)
        np.add.at(total, at, values * weights)
        np.add.at(count, at, weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / count)


def transform(kind: str, values: Array) -> Array:
    """The scale of scores: log(1 + n) for counts, asinh for values, shares as they are."""
    return np.asarray(np.log1p(values) if kind == "count" else np.arcsinh(values) if kind == "value" else values)


def untransform(kind: str, scores: Array) -> Array:
    """The reverse of `transform`: counts rounded to whole numbers, shares kept within 0 and 1."""
    if kind == "count":
        return np.maximum(np.round(np.expm1(np.minimum(scores, 30.0))), 0.0)
    return np.sinh(np.clip(scores, -40, 40)) if kind == "value" else np.clip(scores, 0.0, 1.0)


def build(
    frame: pl.DataFrame,
    *,
    kind: str,
    by: str,
    directed: bool,
    name: str = "",
    last: date | None = None,
    covered: pl.DataFrame | None = None,
) -> Dataset:
    """A dataset from tidy rows: a, b, item, date, value and, where it differs from date, known_on; of shares, weight
    too.

    The clock runs from the first date to the last (or to `last`, the day to which rows are complete). Units are days
    where dates fall within periods, else the periods; periods begun or ended by the data are left out where days say
    that they are not whole.

    `covered` (period, covered: the share for which rows were delivered) says which periods are known: the clock is
    then the latest long run of periods covered by half or more (see `detente.measures.coverage`), whose counts and
    values are scaled up where they are partly covered; `name` says so. Of shares, those outside what is covered are
    left out. Raises NoData where there is nothing.
    """
    period(by, LONGER)
    if kind not in KINDS:
        raise DetenteError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    if frame.is_empty():
        raise NoData("no rows to forecast from")
    if "known_on" not in frame.columns:
        frame = frame.with_columns(pl.col("date").alias("known_on"))
    if "weight" not in frame.columns:
        frame = frame.with_columns(pl.lit(1.0).alias("weight"))
    frame = frame.with_columns(pl.col("date").dt.truncate(PERIODS[by].every).alias("period"))
    days = frame["date"].to_list()
    first, end = min(days), max(*days, last or date.min)
    starts = pl.Series("period", periods(first, end, by))
    daily = kind != "share" and bool((frame["date"] != frame["period"]).any())
    if covered is None:
        after = starts.dt.offset_by(PERIODS[by].every).dt.offset_by("-1d")
        kept = starts.filter((starts >= first) & (after <= end)) if daily else starts
    else:
        run = _clock(covered, by, kind)
        name += said(run, by) + _left_out(run, covered, by)
        kept = run["period"]
        frame = _brought_up(frame, run, kind)
    if kept.is_empty():
        raise NoData(f"the rows do not fill one whole {by}")
    begin, stop = kept[0], kept.dt.offset_by(PERIODS[by].every)[-1]
    frame = frame.filter((pl.col("period") >= begin) & (pl.col("date") < stop))
    if frame.is_empty():
        raise NoData(f"no rows lie in the {by}s that are covered")
    keys = frame.select("a", "b", "item").unique().sort("a", "b", "item")
    if daily and keys.height * (stop - begin).days <= MOST_CELLS:
        edges = np.array([(day - begin).days for day in [*kept, stop]], dtype=np.int64)
        unit = (pl.col("date") - pl.lit(begin)).dt.total_days()
        known = (pl.col("known_on") - pl.lit(begin)).dt.total_days()
        length = PERIODS[by].days
    else:
        edges, length = np.arange(len(kept) + 1, dtype=np.int64), 1.0
        number = {day: n for n, day in enumerate(kept)}
        unit = pl.col("period").replace_strict(number, return_dtype=pl.Int64)
        late = pl.col("known_on").dt.truncate(PERIODS[by].every)
        known = late.replace_strict(number, default=len(kept), return_dtype=pl.Int64)
    order = keys.with_row_index("series").with_columns(pl.col("series").cast(pl.Int64))
    rows = (
        frame.with_columns(unit.alias("unit"), known.alias("known"))
        .join(order, on=["a", "b", "item"])
        .select(
            "series",
            "unit",
            pl.max_horizontal("unit", "known").alias("known"),
            pl.col("value", "weight").cast(pl.Float64),
        )
        .sort("series", "unit", "known")
    )
    scored = np.ones(keys.height, dtype=bool)
    return Dataset(keys, kind, by, kept.to_list(), edges, length, rows, directed, scored, name)


def _clock(covered: pl.DataFrame, by: str, kind: str) -> pl.DataFrame:
    """The periods (period, covered) on the clock: for shares all from the first covered to the last, else the latest
    long run.
    """
    if kind != "share":
        return usable_run(covered, by, latest=True)
    # Neither end of the clock is a period less covered than others are: a week of five days is not whole.
    delivered = covered.filter(pl.col("covered") > 0)
    usual = min(WHOLE, float(delivered["covered"].median() or 0.0))  # type: ignore[arg-type]  # a number
    usual_days = delivered.filter(pl.col("covered") >= usual)["period"]
    if usual_days.is_empty():
        return covered.clear()
    every = pl.DataFrame({"period": periods(usual_days.min(), usual_days.max(), by)})  # type: ignore[arg-type]  # days
    return every.with_columns(pl.lit(1.0).alias("covered"))


def _left_out(run: pl.DataFrame, covered: pl.DataFrame, by: str) -> str:
    """Words on the periods that are covered for the most part, but cut off from the clock by a gap."""
    fit = covered.filter(pl.col("covered") >= LEAST).height
    if run.is_empty() or fit - run.height <= 2:
        return ""
    return f" ({fit - run.height} {by}s beyond a gap left out)"


def _brought_up(frame: pl.DataFrame, run: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The rows of the periods of a run, counts and values brought up to the whole of periods partly covered."""
    inside = frame.join(run, on="period", how="inner", maintain_order="left")
    if kind == "share":
        return inside
    whole = pl.col("covered") >= WHOLE
    return inside.with_columns(pl.when(whole).then("value").otherwise(scaled("value")).alias("value"))
