"""Levers compared, as data: effects by lever and area, the ranking, and on what they rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.actors import state_name
from detente.errors import NoData
from detente.levers.analogues import Analogue
from detente.levers.policy import Lever
from detente.periods import PERIODS
from detente.results import Result, flat, keys, plain
from detente.uncertainty import Estimate

MAIN, PLAUSIBLE = "main", 0.05
PLACES = 4
LONGEST = ", the longest that these data allow ({} months asked for)"
Array = NDArray[np.float64]
NO_CHANCE = "unknown: no chronology complete to the day; changes are of the model's own odds that net cooperation rises"


@dataclass(frozen=True, eq=False)
class Effect:
    """What goes with a lever in one area: chance and level without and with it, and how plausible it is.

    Chances are 0 to 1, levels in acts (or Goldstein points) a period, changes with 90% bounds. `plausibility` is the
    tail probability of a policy so far from what the model expects, `by_variant` the change of chance under every
    variant that could be fitted. `changes` (draws,) are the draws of the change, `errors` (periods,) what the model
    left unexplained.
    """

    lever: str
    area: str
    chance: float
    chance_with: float
    change: Estimate = field(metadata=keys("change", "change_low", "change_high"))
    level_change: Estimate = field(metadata=keys("level_change", "level_low", "level_high"))
    plausibility: float
    by_variant: dict[str, float]
    changes: Array = field(repr=False, metadata=keys())
    errors: Array = field(repr=False, metadata=keys())

    @property
    def sensitive_to(self) -> str:
        """The variant whose change differs most from the main one."""
        return most_different([self])


def most_different(effects: Iterable[Effect]) -> str:
    """The variant whose changes differ most from those of the main model over some effects; "" without any."""
    differences: dict[str, float] = {}
    for e in effects:
        for name, value in e.by_variant.items():
            if name != MAIN:
                differences[name] = differences.get(name, 0.0) + abs(value - e.change.value)
    return max(differences, key=differences.__getitem__, default="")


@dataclass(frozen=True)
class Ranked:
    """A lever's place by its mean change over the areas in which every lever could be weighed, with 90% bounds.

    `best_rank` and `worst_rank` are those that it takes over variants. Levers less than 5% plausible have no ranks
    (None) and come last: of a course that the record never saw the model knows nothing.
    """

    lever: str
    words: str
    change: Estimate = field(metadata=keys("change", "low", "high"))
    plausibility: float
    rank: int | None
    best_rank: int | None
    worst_rank: int | None
    sensitive_to: str


@dataclass(frozen=True, eq=False, repr=False)
class LeverComparison(Result):
    """Levers weighed for a pair: effects by lever and area, the ranking, analogues, what could not be weighed.

    `horizon` is the months asked for, `steps` the periods (`by`) that the data reach; `based` says whether the
    chronology gives a chance of improvement on the day: without it the model's chances are null in `frame` and JSON.
    """

    COLUMNS: ClassVar = {
        "lever": "the lever's name",
        "area": "id of the issue area",
        "chance": "chance of improvement without the lever, 0 to 1",
        "chance_with": "the same with it",
        "change": "mean difference of the two",
        "change_low": "lower bound of its 90% band",
        "change_high": "upper bound",
        "level_change": "mean change of the area's sum a period",
        "level_low": "lower bound of its 90% band",
        "level_high": "upper bound",
        "plausibility": "chance that the record's own dynamics go as far as the lever asks",
        "sensitive_to": "the variant of the model whose change differs most",
    }
    METHODS: ClassVar = (
        "Waggoner, Zha: Conditional forecasts in dynamic models. Review of Economics and Statistics 81, 1999",
        "Leeper, Zha: Modest policy interventions. Journal of Monetary Economics 50, 2003",
    )

    pair: tuple[str, str]
    as_of: date
    horizon: int
    steps: int
    by: str
    levers: tuple[Lever, ...]
    effects: tuple[Effect, ...]
    ranking: tuple[Ranked, ...]
    analogues: tuple[Analogue, ...]
    unknown: tuple[str, ...]
    basis: str
    titles: dict[str, str]
    provenance: dict[str, Any]
    based: bool = True

    @property
    def reached(self) -> bool:
        """Whether the periods ahead make up the months asked for."""
        return self.steps >= round(self.horizon / PERIODS[self.by].months)

    @property
    def span(self) -> str:
        """As in 24 months, or, where the data don't allow that, 24 days."""
        return f"{self.horizon} months" if self.reached else f"{self.steps} {self.by}{'s' if self.steps > 1 else ''}"

    @property
    def allowed(self) -> str:
        """The span, and that it is not the one asked for where it isn't."""
        return f"{self.span}{'' if self.reached else LONGEST.format(self.horizon)}"

    @property
    def frame(self) -> pl.DataFrame:
        """A row an effect."""
        return pl.DataFrame([self._row(effect) for effect in self.effects]).drop("by_variant")

    def sensitivity(self) -> pl.DataFrame:
        """A row an effect and variant: lever, area, variant, change."""
        rows = [(e.lever, e.area, name, value) for e in self.effects for name, value in e.by_variant.items()]
        return pl.DataFrame(rows, schema=["lever", "area", "variant", "change"], orient="row")

    def of(self, lever: str) -> list[Effect]:
        """The effects of a lever, most helpful first."""
        return sorted((e for e in self.effects if e.lever == lever), key=lambda e: -e.change.value)

    def clearest(self, lever: str) -> list[Effect]:
        """The effects of a lever on the three areas on which it bears most, most helpful first."""
        return sorted(sorted(self.of(lever), key=lambda e: -abs(e.change.value))[:3], key=lambda e: -e.change.value)

    def summary(self) -> str:
        """The levers by rank, each with its mean change in percentage points, and on what that rests."""
        names = " - ".join(state_name(code, self.as_of) for code in self.pair)
        lines = [f"{names}: levers over {self.span} from {self.as_of}"]
        for row in self.ranking:
            change, low, high = (f"{100 * x:+.1f}" for x in (row.change.value, row.change.low, row.change.high))
            place = f"{row.rank}." if row.rank else "no rank (outside what the record has seen):"
            lines.append(
                f"{place} {row.lever}: {change} ({low} to {high}) percentage points, {row.plausibility:.0%} plausible"
            )
        return "\n".join([*lines, *(f"Unknown: {text}." for text in self.unknown), f"Rests on {self.basis}."])

    def plot(self) -> Any:
        """The mean change that goes with each lever, with its 90% bounds, best first."""
        from detente.plots import dots, source_line

        if not self.ranking:
            raise NoData("no lever could be ranked: there is nothing to draw")
        drawing = dots([(row.lever, row.change) for row in self.ranking], "change of the chance of improvement")
        source_line(
            drawing, f"Mean over areas and 90% bounds, over {self.span} from {self.as_of}. Source: {self.basis}."
        )
        return drawing

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; chances are null where `based` is not so."""
        effects = {row.lever: [self._row(effect) for effect in self.of(row.lever)] for row in self.ranking}
        answer = {
            "pair": self.pair,
            "as_of": self.as_of,
            "horizon": {"periods": self.steps, "unit": self.by, "asked_months": self.horizon, "reached": self.reached},
            "chance": "known" if self.based else NO_CHANCE,
            "rests_on": self.basis,
            "levers": [{**flat(row), "effects": effects[row.lever]} for row in self.ranking],
            "analogues": self.analogues,
            "unknown": self.unknown,
        }
        return {**plain(answer, PLACES), "provenance": self.provenance}

    def _row(self, effect: Effect) -> dict[str, Any]:
        untold = {} if self.based else {"chance": None, "chance_with": None}
        return {**flat(effect), **untold, "sensitive_to": effect.sensitive_to}
