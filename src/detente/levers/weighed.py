"""Levers weighed, as data: effects by lever and area, the ranking, and on what they rest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from detente.actors import state_name
from detente.levers.analogues import Analogue
from detente.levers.policy import Lever

MAIN = "main"


@dataclass(frozen=True)
class Effect:
    """A lever's association with one area: chance and level without and with it, their change with 90% bounds, how plausible.

    Chances 0 to 1; levels in acts (or Goldstein points) a period; `plausibility` the tail probability of a policy so far from what
    the model expects; `by_variant` the change of chance under every variant that could be fitted.
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

    @property
    def sensitive_to(self) -> str:
        """The variant whose change differs most from the main one."""
        others = {name: abs(value - self.change) for name, value in self.by_variant.items() if name != MAIN}
        return max(others, key=lambda name: others[name]) if others else ""


@dataclass(frozen=True)
class Ranked:
    """A lever's mean change over the areas in which every lever could be weighed, the mean of their 90% bounds (wider than
    bounds of the mean), its rank by that change, and the ranks it takes over variants."""

    lever: str
    words: str
    change: float
    low: float
    high: float
    plausibility: float
    rank: int
    best_rank: int
    worst_rank: int
    sensitive_to: str


@dataclass(frozen=True, eq=False)
class Weighed:
    """Levers weighed for a pair: effects by lever and area, the ranking, analogues, what could not be weighed, and on what it rests."""

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

    def frame(self) -> pl.DataFrame:
        """A row an effect."""
        rows = [
            {
                "lever": e.lever, "area": e.area, "chance": e.chance, "chance_with": e.chance_with, "change": e.change,
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
        """Everything as plain data."""
        return {
            "pair": list(self.pair),
            "as_of": self.as_of.isoformat(),
            "horizon_months": self.horizon,
            "rests_on": self.basis,
            "levers": [
                _rounded(
                    {
                        **_fields(r),
                        "effects": [_rounded({**_fields(e), "sensitive_to": e.sensitive_to}) for e in self.of(r.lever)],
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


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 4) if np.isfinite(value) else None
        return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else value

    return {key: plain(value) for key, value in row.items()}


def title(made: Weighed) -> str:
    """As in: United States - Russia: levers over 24 months from 2007-02-01."""
    return f"{' - '.join(state_name(code) for code in made.pair)}: levers over {made.horizon} months from {made.as_of}"
