"""What levers act on and what they are to move: a pair's series, from events or from its chronology, and policies on them.

Drivers, as the levers need them: `A>B` and `B>A` (one-sided acts), `economy A` and `economy B` (economic cooperation by a side),
`dispute C` (conflictual acts in disputes over a third state), `channel O` and `bilateral` (cooperation through an organisation, and
not). From facts all are cooperative less conflictual entries a quarter (dispute: conflictual alone; channel and
bilateral: cooperative alone), from events sums of the Goldstein scale. An area's outcome is its own sum. Acts that belong to the outcome
and to a driver alike are left in the outcome and out of the driver, so that no lever helps an area by definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from detente.actors import existed, state_name
from detente.errors import DetenteError, NoData
from detente.explain.series import covered_run, fact_periods, fitting_period
from detente.levers.policy import Lever, Move
from detente.measures.coverage import said, scaled
from detente.models.conditional import Policy
from detente.periods import PERIODS
from detente.record.facts import holds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.record.view import View

    Array = NDArray[np.float64]

LEAST_PERIODS, LEAST_MOVES = 24, 4


@dataclass(frozen=True, eq=False)
class System:
    """The acts of a pair by period, and how to add them up to series.

    `acts` has period, sender ("" for joint acts), area, third, channel, economic (whether it may be an incentive), and
    value (cooperation positive); `periods` the whole ones.
    """

    a: str
    b: str
    acts: pl.DataFrame
    periods: list[date]
    by: str
    basis: str
    source: str | None

    @property
    def months(self) -> float:
        """The length of a period."""
        return PERIODS[self.by].months

    def steps(self, horizon: int, most: int = 24) -> int:
        """Periods within `horizon` months, `most` at the most and no more than a third of those held."""
        return max(1, min(most, round(horizon / self.months), len(self.periods) // 3))

    def outcome(self, area: str) -> Array:
        """The area's sum by period (periods,)."""
        return self._sums(pl.col("area").list.contains(area), pl.col("value"))

    def driver(self, name: str, area: str) -> Array:
        """A driver's sum by period, without the acts of `area`."""
        kind, _, about = name.partition(" ")
        outside = ~pl.col("area").list.contains(area)
        value = pl.col("value")
        if ">" in name:
            return self._sums(outside & (pl.col("sender") == name[:3]), value)
        if kind == "economy":
            economic = pl.col("economic") & pl.col("sender").is_in([about, ""])
            return self._sums(outside & economic, pl.max_horizontal(value, pl.lit(0.0)))
        if kind == "dispute":
            # What the two do together about the third state is no dispute, and not to be contained.
            return self._sums(outside & pl.col("third").list.contains(about), pl.max_horizontal(-value, pl.lit(0.0)))
        through = pl.col("channel") == about if kind == "channel" else pl.col("channel") == "bilateral"
        return self._sums(outside & through, pl.max_horizontal(value, pl.lit(0.0)))

    def _sums(self, which: pl.Expr, value: pl.Expr) -> Array:
        found = self.acts.filter(which).group_by("period").agg(value.sum().alias("sum"))
        grid = pl.DataFrame({"period": self.periods}).join(found, on="period", how="left", maintain_order="left")
        return np.asarray(grid["sum"].fill_null(0.0).to_numpy(), dtype=np.float64)

    def drivers(self, lever: Lever) -> list[str]:
        """The drivers that a lever needs, policy first."""
        both = [f"{self.a}>{self.b}", f"{self.b}>{self.a}"]
        found = self.acts_of(lever)
        for move in lever.moves:
            found += [] if move.kind == "channel" else both
        return list(dict.fromkeys(found))

    def _side(self, move: Move, default: str) -> str:
        if move.about and move.about not in (self.a, self.b):
            raise DetenteError(f"{move.kind}={move.about}: {move.about} is neither of {self.a} and {self.b}")
        return move.about or default

    def acts_of(self, lever: Lever) -> list[str]:
        """The drivers that the lever itself sets."""
        found: list[str] = []
        for move in lever.moves:
            if move.kind == "incentives":
                found.append(f"economy {self._side(move, self.a)}")
            elif move.kind == "reciprocity":
                answer = self._side(move, self.b)
                found.append(f"{answer}>{self.a if answer == self.b else self.b}")
            elif move.kind == "equal":
                found += [f"{self.a}>{self.b}", f"{self.b}>{self.a}"]
            else:
                found += [f"{'dispute' if move.kind == 'contain' else 'channel'} {move.about}"]
                found += ["bilateral"] if move.kind == "channel" else []
        return list(dict.fromkeys(found))

    def policy(self, lever: Lever, names: Sequence[str], steps: int, expected: Array, spread: Array) -> Policy:
        """The lever as restrictions on the path (steps * series).

        `expected` (steps, series) is what is to be expected without it, `spread` (series,) the standard deviation of each series.
        """
        made: Policy | None = None
        for move in lever.moves:
            months = move.months or round(steps * self.months)
            span = max(1, min(steps, round(months / self.months)))
            one = self._restrict(move, list(names), steps, span, expected, spread)
            made = one if made is None else made + one
        if made is None:
            raise DetenteError("a lever needs at least one move")
        return made

    def _restrict(self, move: Move, names: list[str], steps: int, span: int, expected: Array, spread: Array) -> Policy:
        n = len(names)

        def cell(step: int, name: str) -> Array:
            row = np.zeros(steps * n)
            row[step * n + names.index(name)] = 1.0
            return row

        on, of, by, total = [], [], [], []

        def add(row: Array, target: Array, constant: float, series: int = 0) -> None:
            on.append(row)
            of.append(target)
            by.append(constant)
            total.append(series)

        def less(name: str, step: int) -> float:
            """The share taken away from a series of acts of one sign: none of what isn't expected."""
            return move.amount if expected[step, names.index(name)] > 0 else 0.0

        first, second = f"{self.a}>{self.b}", f"{self.b}>{self.a}"
        for step in range(span):
            if move.kind == "incentives":
                economy = f"economy {self._side(move, self.a)}"
                row = cell(step, economy)
                add(row, row, move.amount * float(spread[names.index(economy)]))
            elif move.kind == "reciprocity":
                answer, called = (second, first) if self._side(move, self.b) == self.b else (first, second)
                add(cell(step, answer) - move.amount * cell(step, called), np.zeros(steps * n), 0.0)
            elif move.kind == "equal":
                higher = first if expected[step, names.index(first)] >= expected[step, names.index(second)] else second
                for number, name in enumerate((first, second)):
                    add(cell(step, name), cell(step, higher), 0.0, number)
            elif move.kind == "contain":
                dispute = f"dispute {move.about}"
                row = cell(step, dispute)
                add(row, (1 - less(dispute, step)) * row, 0.0)
            else:
                through, bilateral = cell(step, f"channel {move.about}"), cell(step, "bilateral")
                add(through, through + less("bilateral", step) * bilateral, 0.0)
                add(bilateral, (1 - less("bilateral", step)) * bilateral, 0.0, 1)
        return Policy(np.array(on), np.array(of), np.array(by), np.array(total))


def system(pair: View, *, by: str | None = None) -> System:
    """From the pair's chronology where it has one of 24 quarters or more and no source is named, else from events.

    NoData where neither gives enough periods.
    """
    if pair.named is None and by in (None, "quarter"):
        try:
            return _from_facts(pair)
        except NoData:
            if by:
                raise
    return _from_events(pair, by)


def _from_facts(pair: View) -> System:
    facts = pair.chronology
    names = f"{state_name(pair.a)} and {state_name(pair.b)}"
    if facts.is_empty():
        raise NoData(f"no chronology of {names} is known on {pair.day}")
    periods = fact_periods(pair, "quarter", whole=True)
    if len(periods) < LEAST_PERIODS:
        raise NoData(
            f"the chronology of {names} has {len(periods)} whole quarters up to {pair.day}; {LEAST_PERIODS} are needed"
        )

    def by_side(side: str) -> pl.Expr:
        return holds(pl.col("actors"), side)

    aimed = pl.col("targets").list.len() > 0
    acts = facts.select(
        pl.col("date").dt.truncate(PERIODS["quarter"].every).alias("period"),
        pl.when(aimed & by_side(pair.a))
        .then(pl.lit(pair.a))
        .when(aimed & by_side(pair.b))
        .then(pl.lit(pair.b))
        .otherwise(pl.lit(""))
        .alias("sender"),
        pl.concat_list("area").alias("area"),
        pl.col("third_party").fill_null("").str.split(";").alias("third"),
        "channel",
        pl.col("area").is_in(pair.record.codebook.incentives).alias("economic"),
        pl.when(pl.col("tone") == "cooperative").then(1.0).otherwise(-1.0).alias("value"),
    )
    basis = f"{acts.height} facts of the chronology by quarter, {periods[0]} to {periods[-1]}"
    return System(pair.a, pair.b, acts, periods, "quarter", basis, None)


def _from_events(pair: View, by: str | None) -> System:
    chosen = pair.source
    unit = by or fitting_period(pair)
    if unit is None or unit == "year":
        raise NoData(f"{chosen} covers too few periods up to {pair.day} to weigh levers")
    events = pair.reports()
    run = covered_run(pair, unit)
    periods = [day for day in run["period"] if existed(pair.a, day, day) and existed(pair.b, day, day)]
    if len(periods) < LEAST_PERIODS:
        raise NoData(f"{chosen} covers {len(periods)} whole {unit}s up to {pair.day}; {LEAST_PERIODS} are needed")
    third = pl.col("areas").list.eval(pl.element().filter(pl.element().str.contains(":")).str.split(":").list.last())
    acts = events.select(
        pl.col("date").dt.truncate(PERIODS[unit].every).alias("period"),
        "sender",
        pl.col("areas").list.eval(pl.element().str.split(":").list.first()).alias("area"),
        third.alias("third"),
        pl.col("channel").fill_null("bilateral"),
        (pl.col("areas").list.set_intersection(pair.record.codebook.incentives).list.len() > 0).alias("economic"),
        pl.col("intensity").cast(pl.Float64).alias("value"),
    )
    acts = acts.join(run, on="period", how="inner", maintain_order="left").with_columns(scaled("value").alias("value"))
    basis = f"{acts.height} events of {chosen} by {unit}, {periods[0]} to {periods[-1]}{said(run, unit)}"
    return System(pair.a, pair.b, acts, periods, unit, basis, chosen)


def enough(series: Array) -> bool:
    """Whether a series moves often enough to be estimated from."""
    values, counts = np.unique(series, return_counts=True)
    return len(values) > 1 and len(series) - int(counts.max()) >= LEAST_MOVES
