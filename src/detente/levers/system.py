"""What levers act on and what they are to move: series of a pair from its chronology or from events, and policies.

From facts, series are cooperative less conflictual entries a quarter, from events sums of the Goldstein scale. An
area's outcome is its own sum. Acts that belong to the outcome and to a driver alike are left in the outcome and out
of the driver, so that no lever helps an area by definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from detente.actors import existed
from detente.codebook.areas import areas_alone, third_states
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


@dataclass(frozen=True, slots=True)
class Driver:
    """A series that levers act on.

    Its kind is acts (one-sided ones of a state), economy (economic cooperation by a state), dispute (conflictual acts
    over a third state), channel (cooperation through an organisation) or bilateral (cooperation through none); `of`
    is that state or organisation, `to` the side that acts are aimed at.

    >>> Driver("acts", "USA", "RUS").name, Driver("dispute", "IRN").name, Driver("bilateral").name
    ('USA>RUS', 'dispute IRN', 'bilateral')
    """

    kind: str
    of: str = ""
    to: str = ""

    @property
    def name(self) -> str:
        """The name of the series in the model."""
        return f"{self.of}>{self.to}" if self.kind == "acts" else f"{self.kind} {self.of}".rstrip()


BILATERAL = Driver("bilateral")


@dataclass(frozen=True, eq=False)
class System:
    """The acts of a pair by period, and how to add them up to series.

    `acts` has period, sender ("" for joint acts), area, third, channel, economic (whether it may be an incentive), and
    value (cooperation positive); `periods` the whole ones; `source` the event source, None for a chronology.
    """

    a: str
    b: str
    acts: pl.DataFrame
    periods: list[date]
    by: str
    basis: str
    source: str | None
    _driven_by: dict[tuple[Driver, str], Array] = field(default_factory=dict, init=False)

    @property
    def months(self) -> float:
        """The length of a period."""
        return PERIODS[self.by].months

    def steps(self, horizon: int) -> int:
        """Periods within `horizon` months, 24 at the most and no more than a third of those held."""
        return max(1, min(24, round(horizon / self.months), len(self.periods) // 3))

    def outcome(self, area: str) -> Array:
        """The area's sum by period (periods,)."""
        return self._sums(pl.col("area").list.contains(area), pl.col("value"))

    def driver(self, driver: Driver, area: str) -> Array:
        """A driver's sum by period (periods,), without the acts of `area`."""
        if (driver, area) not in self._driven_by:
            self._driven_by[driver, area] = self._driven(driver, area)
        return self._driven_by[driver, area]

    def _driven(self, driver: Driver, area: str) -> Array:
        outside, value, nought = ~pl.col("area").list.contains(area), pl.col("value"), pl.lit(0.0)
        if driver.kind == "acts":
            return self._sums(outside & (pl.col("sender") == driver.of), value)
        if driver.kind == "dispute":
            # What the two do together about the third state is no dispute, and not to be contained.
            return self._sums(outside & pl.col("third").list.contains(driver.of), pl.max_horizontal(-value, nought))
        if driver.kind == "economy":
            which = pl.col("economic") & pl.col("sender").is_in([driver.of, ""])
        else:
            which = pl.col("channel") == (driver.of or "bilateral")
        return self._sums(outside & which, pl.max_horizontal(value, nought))

    def _sums(self, which: pl.Expr, value: pl.Expr) -> Array:
        sums = self.acts.filter(which).group_by("period").agg(value.sum().alias("sum"))
        grid = pl.DataFrame({"period": self.periods}).join(sums, on="period", how="left", maintain_order="left")
        return np.asarray(grid["sum"].fill_null(0.0).to_numpy(), dtype=np.float64)

    @property
    def sides(self) -> tuple[Driver, Driver]:
        """The acts of either side towards the other."""
        return Driver("acts", self.a, self.b), Driver("acts", self.b, self.a)

    def drivers(self, lever: Lever) -> list[Driver]:
        """The drivers that a lever needs, those that it sets first."""
        needed = self.acts_of(lever)
        if any(move.kind != "channel" for move in lever.moves):
            needed += self.sides
        return list(dict.fromkeys(needed))

    def _side(self, move: Move, default: str) -> str:
        if move.about and move.about not in (self.a, self.b):
            raise DetenteError(f"{move.kind}={move.about}: {move.about} is neither of {self.a} and {self.b}")
        return move.about or default

    def _answer(self, move: Move) -> tuple[Driver, Driver]:
        """The acts that answer by a move of reciprocity, and those that are answered."""
        first, second = self.sides
        return (second, first) if self._side(move, self.b) == self.b else (first, second)

    def acts_of(self, lever: Lever) -> list[Driver]:
        """The drivers that the lever itself sets."""
        own: list[Driver] = []
        for move in lever.moves:
            if move.kind == "incentives":
                own.append(Driver("economy", self._side(move, self.a)))
            elif move.kind == "reciprocity":
                own.append(self._answer(move)[0])
            elif move.kind == "equal":
                own += self.sides
            elif move.kind == "contain":
                own.append(Driver("dispute", move.about))
            else:
                own += [Driver("channel", move.about), BILATERAL]
        return list(dict.fromkeys(own))

    def policy(self, lever: Lever, names: Sequence[str], steps: int, expected: Array, spread: Array) -> Policy:
        """The lever as restrictions on the path (steps * series).

        `expected` (steps, series) is what is to be expected without it, `spread` (series,) the standard deviation of
        each series.
        """
        if not lever.moves:
            raise DetenteError("a lever needs at least one move")
        policies = []
        for move in lever.moves:
            months = move.months or round(steps * self.months)
            span = max(1, min(steps, round(months / self.months)))
            policies.append(self._restrict(move, list(names), steps, span, expected, spread))
        return reduce(add, policies)

    def _restrict(self, move: Move, names: list[str], steps: int, span: int, expected: Array, spread: Array) -> Policy:
        """One move as restrictions: rows of the path, the rows that they are set to, a constant, the series."""
        n = len(names)
        rows: list[tuple[Array, Array, float, int]] = []

        def at(driver: Driver) -> int:
            return names.index(driver.name)

        def cell(step: int, driver: Driver) -> Array:
            row = np.zeros(steps * n)
            row[step * n + at(driver)] = 1.0
            return row

        def less(driver: Driver, step: int) -> float:
            """The share taken away from a series of acts of one sign: none of what isn't expected."""
            return move.amount if expected[step, at(driver)] > 0 else 0.0

        for step in range(span):
            if move.kind == "incentives":
                economy = Driver("economy", self._side(move, self.a))
                row = cell(step, economy)
                rows.append((row, row, move.amount * float(spread[at(economy)]), 0))
            elif move.kind == "reciprocity":
                answer, answered = self._answer(move)
                rows.append((cell(step, answer) - move.amount * cell(step, answered), np.zeros(steps * n), 0.0, 0))
            elif move.kind == "equal":
                higher = max(self.sides, key=lambda side: expected[step, at(side)])
                rows += [(cell(step, side), cell(step, higher), 0.0, number) for number, side in enumerate(self.sides)]
            elif move.kind == "contain":
                dispute = Driver("dispute", move.about)
                row = cell(step, dispute)
                rows.append((row, (1 - less(dispute, step)) * row, 0.0, 0))
            else:
                through, bilateral = cell(step, Driver("channel", move.about)), cell(step, BILATERAL)
                rows.append((through, through + less(BILATERAL, step) * bilateral, 0.0, 0))
                rows.append((bilateral, (1 - less(BILATERAL, step)) * bilateral, 0.0, 1))
        return Policy(*map(np.array, zip(*rows, strict=True)))


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
    names = " and ".join(pair.names)
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
    acts = events.select(
        pl.col("date").dt.truncate(PERIODS[unit].every).alias("period"),
        "sender",
        areas_alone(pl.col("areas")).alias("area"),
        third_states(pl.col("areas")).alias("third"),
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
