"""The first, simple model of improvement: persistence, with areas shrunk to their common rate.

With a chronology. Improvement of an area within 24 months of a day means: the chronology then gains
at least one cooperative entry, and more cooperative than conflictual ones. For a day `d`, the past
origins are d - 24, d - 36, d - 48 ... months, as long as both the 24 months before and the 24 months
after an origin lie within the chronology. Origins are classed by whether the 24 months before were
cooperative on balance. With k improvements at the n origins of the area that are of today's class,
and the rate b of that class over all areas, the posterior is
Beta(k/2 + S b, (n - k)/2 + S (1 - b)), S = 2: counts are halved because yearly origins with two-year
windows overlap by half. Assumptions: the class and the area say all that the past has to say, and
areas differ by no more than S admits. Every step uses entries known on the day alone.

Without one. Improvement means that the cooperative share of reports is higher in the 24 months
after than in those before; the probability is the rate of the reference class (reference.toml).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import polars as pl

from detente.assessment.windows import HORIZON, fact_share, months_before
from detente.measures.shares import LEVEL, Share

STRENGTH = 2.0
OPENING, UNLIKELY = 0.50, 0.35
RULE_FACTS = (
    "within 24 months: at least one cooperative entry in the chronology, and more cooperative than conflictual ones"
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


@dataclass(frozen=True, slots=True)
class Origin:
    """One past origin: was the area cooperative on balance before it, and did it improve after?"""

    area: str
    cooperative: bool
    improved: bool


def _on_balance(counts: Share) -> bool:
    return counts.k > counts.n - counts.k


def past_origins(facts: pl.DataFrame, areas: list[str], as_of: date) -> list[Origin]:
    """The yearly origins of every area whose windows lie between the first fact and `as_of`."""
    if facts.is_empty():
        return []
    begins: date = facts["date"].min()  # type: ignore[assignment]
    found = []
    for years in range(HORIZON // 12, 80):
        day = months_before(as_of, 12 * years)
        before, after = months_before(day, HORIZON), months_before(day, -HORIZON)
        if before < begins:
            break
        found += [
            Origin(
                area,
                _on_balance(fact_share(facts, area, before, day)),
                _on_balance(fact_share(facts, area, day, after)),
            )
            for area in areas
        ]
    return found


def from_facts(origins: list[Origin], area: str, now: Share) -> Outlook | None:
    """The outlook of an area by the persistence model; None without any past origin."""
    from scipy.special import betaincinv

    today = _on_balance(now)
    alike = [o for o in origins if o.cooperative == today]
    if not alike:
        return None
    base = (sum(o.improved for o in alike) + 1) / (len(alike) + 2)
    own = [o for o in alike if o.area == area]
    k, n = sum(o.improved for o in own), len(own)
    a, b = k / 2 + STRENGTH * base, (n - k) / 2 + STRENGTH * (1 - base)
    tail = (1 - LEVEL) / 2
    state = "cooperative on balance" if today else "not cooperative on balance"
    return Outlook(
        a / (a + b),
        float(betaincinv(a, b, tail)),
        float(betaincinv(a, b, 1 - tail)),
        base,
        f"{n} past two-year windows of the area ({k} improved) and {len(alike)} of all areas, like now {state}",
        RULE_FACTS,
    )


@lru_cache(maxsize=1)
def _reference() -> dict[str, Any]:
    return tomllib.loads(files("detente.assessment").joinpath("reference.toml").read_text(encoding="utf-8"))


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
