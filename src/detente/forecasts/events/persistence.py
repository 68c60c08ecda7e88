"""Persistence: what followed past spans of time that began like now, areas shrunk to their common rate.

A rule says of an area and a span of time whether something held in it. For a horizon of h months and a
day d, the past origins are the days whole years before d, as long as both the h months before and
the h months after an origin lie between the first record and d. Origins are classed by whether the
rule held in the span before. With k of the n origins of the area that are of today's class followed by
a span in which it held, and the rate r of that class over all areas (Laplace's rule), the posterior is
Beta(w k + S r, w (n - k) + S (1 - r)), S = 2, w = min(1, 12/h): yearly origins with spans of h months
overlap. Assumptions: the class and the area say all that the past has to say, and areas differ by no more
than S admits. Every step uses records known on the day alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from detente.periods import months_before
from detente.uncertainty import LEVEL

STRENGTH = 2.0
WHOLLY = 1.0


@dataclass(frozen=True, slots=True)
class Origin:
    """A past origin: how far the rule held in the span before it and in the span after (0 to 1)."""

    area: str | None
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Persistence:
    """A posterior of the rule holding, Beta(`shape`); the class's rate, and the counts behind it."""

    shape: tuple[float, float]
    base_rate: float
    own: int
    own_held: float
    alike: int

    @property
    def mean(self) -> float:
        """The mean of the posterior."""
        return self.shape[0] / sum(self.shape)

    @property
    def low(self) -> float:
        """The lower bound of 90%."""
        return self._quantile((1 - LEVEL) / 2)

    @property
    def high(self) -> float:
        """The upper bound of 90%."""
        return self._quantile((1 + LEVEL) / 2)

    def _quantile(self, level: float) -> float:
        from scipy.special import betaincinv

        return float(betaincinv(*self.shape, level))


Held = Callable[[str | None, date, date], float]
"""How far a rule held in an area (None: all) after one day and up to another: 0 not, 1 wholly."""


def past_origins(held: Held, areas: Sequence[str | None], begins: date, as_of: date, horizon: int = 24) -> list[Origin]:
    """The yearly origins of every area whose spans lie between `begins` and `as_of`."""
    origins = []
    for years in range(-(-horizon // 12), 80):
        day = months_before(as_of, 12 * years)
        before, after = months_before(day, horizon), months_before(day, -horizon)
        if before < begins:
            break
        origins += [Origin(area, held(area, before, day), held(area, day, after)) for area in areas]
    return origins


def persistence(origins: Sequence[Origin], area: str | None, before: float, horizon: int = 24) -> Persistence | None:
    """The chance that the rule will hold, `before` saying how far it held until today; None without origins."""
    today = before >= WHOLLY
    alike = [o for o in origins if (o.before >= WHOLLY) == today]
    if not alike:
        return None
    base = (sum(o.after for o in alike) + 1) / (len(alike) + 2)
    own = [o for o in alike if o.area == area]
    k, n, weight = sum(o.after for o in own), len(own), min(1.0, 12 / horizon)
    a, b = weight * k + STRENGTH * base, weight * (n - k) + STRENGTH * (1 - base)
    return Persistence((a, b), base, n, k, len(alike))
