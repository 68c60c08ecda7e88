"""Levers weighed, as data: effects by lever and area, the ranking, and on what they rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.actors import state_name
from detente.levers.analogues import Analogue
from detente.levers.policy import Lever
from detente.periods import PERIODS

MAIN, PLAUSIBLE = "main", 0.05
Array = NDArray[np.float64]
NO_CHANCE = "unknown: no chronology complete to the day; changes are of the model's own odds that net cooperation rises"


@dataclass(frozen=True, eq=False)
class Effect:
    """A lever's association with one area: chance and level without and with it, their change with 90% bounds, how plausible.

    Chances 0 to 1; levels in acts (or Goldstein points) a period; `plausibility` the tail probability of a policy so far from what
    the model expects; `by_variant` the change of chance under every variant that could be fitted. `changes` (draws,) are the draws of the
    change, `errors` (periods,) what the model of the area left unexplained.
    """

    lever: str
    area: str
    chance: float
    chance_with: float
    change: float
    change_low: float
    change_high: float
    level_change: float
    level_low: float
    level_high: float
    plausibility: float
    by_variant: dict[str, float]
    changes: Array = field(repr=False)
    errors: Array = field(repr=False)

    @property
    def sensitive_to(self) -> str:
        """The variant whose change differs most from the main one."""
        others = {name: abs(value - self.change) for name, value in self.by_variant.items() if name != MAIN}
        return max(others, key=lambda name: others[name]) if others else ""


@dataclass(frozen=True)
class Ranked:
    """A lever's mean change over the areas in which every lever could be weighed, with 90% bounds of that mean, its rank by
    it, and the ranks it takes over variants. Levers less than 5% plausible have no ranks (None) and come last: of a course that
    the record never saw the model knows nothing."""

    lever: str
    words: str
    change: float
    low: float
    high: float
    plausibility: float
    rank: int | None
    best_rank: int | None
    worst_rank: int | None
    sensitive_to: str


@dataclass(frozen=True, eq=False)
class Weighed:
    """Levers weighed for a pair: effects by lever and area, the ranking, analogues, what could not be weighed, and on what it rests.

    `horizon` is the months asked for, `steps` the periods (`by`) that the data reach; `based` whether the chronology gives a chance of
    improvement on the day: without it the model's chances are not told.
    """

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
        return (
            self.span
            if self.reached
            else f"{self.span}, the longest that these data allow ({self.horizon} months asked for)"
        )

    @property
    def frame(self) -> pl.DataFrame:
        """A row an effect."""
        rows = [
            {
                "lever": e.lever, "area": e.area, "chance": e.chance if self.based else None,
                "chance_with": e.chance_with if self.based else None, "change": e.change,
                "change_low": e.change_low, "change_high": e.change_high, "level_change": e.level_change,
                "level_low": e.level_low, "level_high": e.level_high, "plausibility": e.plausibility, "sensitive_to": e.sensitive_to,
            }
            for e in self.effects
        ]  # fmt: skip
        return pl.DataFrame(rows)

    def sensitivity(self) -> pl.DataFrame:
        """A row an effect and variant: lever, area, variant, change."""
        rows = [(e.lever, e.area, name, value) for e in self.effects for name, value in e.by_variant.items()]
        return pl.DataFrame(rows, schema=["lever", "area", "variant", "change"], orient="row")

    def of(self, lever: str) -> list[Effect]:
        """The effects of a lever, most helpful first."""
        return sorted((e for e in self.effects if e.lever == lever), key=lambda e: -e.change)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; chances are null where `based` is not so."""
        untold = {} if self.based else {"chance": None, "chance_with": None}
        return {
            "pair": list(self.pair),
            "as_of": self.as_of.isoformat(),
            "horizon": {"periods": self.steps, "unit": self.by, "asked_months": self.horizon, "reached": self.reached},
            "chance": "known" if self.based else NO_CHANCE,
            "rests_on": self.basis,
            "levers": [
                _rounded(
                    {
                        **_fields(r),
                        "effects": [
                            _rounded({**_fields(e), **untold, "sensitive_to": e.sensitive_to}) for e in self.of(r.lever)
                        ],
                    }
                )
                for r in self.ranking
            ],
            "analogues": [_rounded(_fields(one)) for one in self.analogues],
            "unknown": list(self.unknown),
            "provenance": self.provenance,
        }

    def to_json(self) -> str:
        """`to_dict` as JSON text with a final newline."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"


def mean_change(effects: Sequence[Effect], *, level: float = 0.90, seed: int = 0) -> tuple[float, float, float]:
    """The mean change of chance over areas with its bounds, by joint draws.

    Each area's draws are kept and put in an order in which their ranks go together as the areas' errors do (a normal
    copula; Iman and Conover, Communications in Statistics B 11, 1982): areas err alike as far as the same events surprise
    their models, and the mean is surer than the areas as far as they don't.
    """
    count = min(len(e.changes) for e in effects)
    length = min(len(e.errors) for e in effects)
    alike = np.atleast_2d(np.corrcoef([e.errors[-length:] for e in effects]))
    # The correlations need not be of one whole: what is negative in their eigenvalues goes.
    values, vectors = np.linalg.eigh(np.nan_to_num(alike) * 0.999 + 0.001 * np.eye(len(effects)))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    ranks = (root @ np.random.default_rng(seed).standard_normal((len(effects), count))).argsort(1).argsort(1)
    drawn = np.mean([np.sort(e.changes[:count])[order] for e, order in zip(effects, ranks, strict=True)], axis=0)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    mean = float(np.mean([e.change for e in effects]))
    return mean, min(float(low), mean), max(float(high), mean)


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__ if name not in ("changes", "errors")}


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 4) if np.isfinite(value) else None
        return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else value

    return {key: plain(value) for key, value in row.items()}


def title(made: Weighed) -> str:
    """As in: United States - Russia: levers over 24 months from 2007-02-01."""
    return f"{' - '.join(state_name(code) for code in made.pair)}: levers over {made.span} from {made.as_of}"
