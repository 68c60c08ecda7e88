"""The first, simple model of what comes next: persistence, with areas shrunk to their common rate.

A rule says of an area and a span of time whether something held in it. For a horizon of h months and a
day d, the past origins are the days whole years before d, as long as both the h months before and
the h months after an origin lie between the first record and d. Origins are classed by whether the
rule held in the span before. With k of the n origins of the area that are of today's class followed by
a span in which it held, and the rate r of that class over all areas (Laplace's rule), the posterior is
Beta(w k + S r, w (n - k) + S (1 - r)), S = 2, w = min(1, 12/h): yearly origins with spans of h months
overlap. Assumptions: the class and the area say all that the past has to say, and areas differ by no more
than S admits. Every step uses records known on the day alone.

With a chronology, improvement of an area within 24 months means: the chronology then gains at least
one cooperative entry, and more cooperative than conflictual ones.

Without one. Improvement means that the cooperative share of reports is higher in the 24 months
after than in those before; the probability is the rate of the reference class (reference.toml).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import polars as pl

from detente.assessment.windows import HORIZON, months_before
from detente.measures.shares import LEVEL, Share

STRENGTH = 2.0
WHOLLY = 1.0
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
    """A past origin: how far the rule held in the span before it and in the span after (0 to 1)."""

    area: str | None
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A posterior of the rule holding: mean, 90% bounds, the class's rate, and the counts behind it."""

    mean: float
    low: float
    high: float
    base_rate: float
    own: int
    own_held: float
    alike: int


Held = Callable[[str | None, date, date], float]
"""How far a rule held in an area (None: all) after one day and up to another: 0 not, 1 wholly."""


def past_origins(
    held: Held, areas: Sequence[str | None], begins: date, as_of: date, horizon: int = HORIZON
) -> list[Origin]:
    """The yearly origins of every area whose spans lie between `begins` and `as_of`."""
    found = []
    for years in range(-(-horizon // 12), 80):
        day = months_before(as_of, 12 * years)
        before, after = months_before(day, horizon), months_before(day, -horizon)
        if before < begins:
            break
        found += [Origin(area, held(area, before, day), held(area, day, after)) for area in areas]
    return found


def persistence(origins: Sequence[Origin], area: str | None, before: float, horizon: int = HORIZON) -> Estimate | None:
    """The chance that the rule will hold, `before` saying how far it held until today; None without origins."""
    from scipy.special import betaincinv

    today = before >= WHOLLY
    alike = [o for o in origins if (o.before >= WHOLLY) == today]
    if not alike:
        return None
    base = (sum(o.after for o in alike) + 1) / (len(alike) + 2)
    own = [o for o in alike if o.area == area]
    k, n, weight = sum(o.after for o in own), len(own), min(1.0, 12 / horizon)
    a, b = weight * k + STRENGTH * base, weight * (n - k) + STRENGTH * (1 - base)
    tail = (1 - LEVEL) / 2
    low, high = (float(betaincinv(a, b, t)) for t in (tail, 1 - tail))
    return Estimate(a / (a + b), low, high, base, n, k, len(alike))


def balance_of(facts: pl.DataFrame) -> Held:
    """The rule of improvement: cooperative facts outnumber conflictual ones (1, else 0)."""
    rows = list(zip(facts["area"], facts["counts_from"], facts["tone"], strict=True))

    def held(area: str | None, first: date, last: date) -> float:
        tones = [tone for name, day, tone in rows if first < day <= last and area in (None, name)]
        return float(2 * tones.count("cooperative") > len(tones))

    return held


def from_facts(origins: Sequence[Origin], area: str, now: Share) -> Outlook | None:
    """The outlook of an area by the persistence of its balance; None without any past origin."""
    today = float(2 * now.k > now.n)
    found = persistence(origins, area, today)
    if found is None:
        return None
    state = "cooperative on balance" if today else "not cooperative on balance"
    return Outlook(
        found.mean,
        found.low,
        found.high,
        found.base_rate,
        f"{found.own} past two-year windows of the area ({found.own_held:.0f} improved) and {found.alike} of all areas, "
        f"like now {state}",
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
