"""The chance of improvement of an area, and what it rests on.

With a chronology, improvement of an area within the horizon means: the chronology then gains at least one cooperative
entry, and more cooperative than conflictual ones. Its chance is that of `detente.forecasts.hazards`.

Without one. Improvement means that the cooperative share of reports is higher in the 24 months
after than in those before; the probability is the rate of the reference class (reference.toml).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import polars as pl

from detente.forecasts.hazards import Call, Calls, calls
from detente.measures.shares import LEVEL

OPENING, UNLIKELY = 0.50, 0.35
RULE_FACTS = (
    "within {} months: at least one cooperative entry in the chronology, and more cooperative than conflictual ones"
)
RULE_EVENTS = "the cooperative share of reports is higher in the 24 months after the day than in the window before it"


@dataclass(frozen=True, slots=True)
class Outlook:
    """A probability of improvement with its interval, its base rate and what both rest on."""

    probability: float
    low: float
    high: float
    base_rate: float
    rests_on: str
    rule: str

    @property
    def verdict(self) -> str:
        """opening from 0.50, unlikely below 0.35, limited between."""
        return "opening" if self.probability >= OPENING else "unlikely" if self.probability < UNLIKELY else "limited"


def improvement(facts: pl.DataFrame, areas: Sequence[str], as_of: date, horizon: int = 24, *, seed: int = 0) -> Calls:
    """The calls of improvement of every area by the facts of a pair known on `as_of` (as from `pair_facts`)."""
    dated = [
        (area, day, tone == "cooperative")
        for area, day, tone in facts.select("area", "counts_from", "tone").iter_rows()
        if tone in ("cooperative", "conflictual")
    ]
    begins = facts["date"][0] if facts.height else as_of
    return calls(dated, areas, begins, as_of, horizon, seed=seed)


def from_call(call: Call, made: Calls) -> Outlook:
    """The outlook that a call gives, with the record of past calls of all areas."""
    record = made.record()
    told = (
        f"{record['n']:.0f} past calls of all areas: Brier {record['brier']:.3f}, base rates {record['brier_base']:.3f}"
        if record
        else "no past call could be checked yet"
    )
    return Outlook(
        call.probability,
        call.low,
        call.high,
        call.base_rate,
        ", ".join(f"{name} {share:.0%}" for name, share in call.weights.items()) + f"; {told}",
        RULE_FACTS.format(made.horizon),
    )


@lru_cache(maxsize=1)
def _reference() -> dict[str, Any]:
    return tomllib.loads(files("detente.forecasts").joinpath("reference.toml").read_text(encoding="utf-8"))


def from_reference(level: float, as_of: date) -> Outlook | None:
    """The rate at which all pairs with such a share improved; None before it was known."""
    table = _reference()
    if as_of < date.fromisoformat(table["known_on"]):
        return None
    from scipy.special import betaincinv

    low, high = table["cuts"]
    name = "low" if level < low else "middle" if level < high else "high"
    rose, of = table[name]["rose"], table[name]["of"]
    every = sum(table[n]["rose"] for n in ("low", "middle", "high")) / table["windows"]
    # Windows of a pair overlap by half, and a pair has up to seven: divide the counts by seven.
    a, b = rose / 7 + 0.5, (of - rose) / 7 + 0.5
    tail = (1 - LEVEL) / 2
    return Outlook(
        rose / of,
        float(betaincinv(a, b, tail)),
        float(betaincinv(a, b, 1 - tail)),
        every,
        f"{of} windows of all pairs of states 2002-2011 with a {name} share; nothing of this pair's own past",
        RULE_EVENTS,
    )
