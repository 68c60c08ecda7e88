"""The chance that, within a horizon, a chronology gains more events of one sort than of another, area by area.

With cooperative against conflictual facts that is improvement; with agreements signed against nothing, a new
agreement; with agreements coming into force against those lapsing, a rising stock. Members:

    rates        Gamma-Poisson: an area's rate of each sort is its discounted past, drawn towards the mean of all
                 areas; the two numbers to come are negative binomial. Twelve variants: half-life of the past 3 or 8
                 years or endless, prior worth 1 or 4 years, counts as they are or thrice as dispersed.
    persistence  what followed past spans of its kind (`detente.forecasts.events.persistence`)
    base rate    how often it happened in any area's past spans, whatever came before

Their probabilities are averaged with weights in proportion to exp(w S), S the sum of the log scores of their calls on
past origins (whole years before the day) and w = min(1, 12 / horizon), since yearly spans of two years overlap:
Bayesian model averaging (Hoeting et al., Statistical Science 14, 1999) with prequential scores (Dawid, JRSS A 147,
1984). Each past call used what was known by its own day alone, its weights too: they are the record by which the
calls are to be judged. Assumes that areas and sorts are independent given the rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product

import numpy as np

from detente.forecasts.events.persistence import Origin, persistence
from detente.forecasts.events.result import EventForecast, EventForecasts
from detente.forecasts.events.track_record import PastForecast
from detente.forecasts.scores import BAND, Array
from detente.periods import months_before
from detente.uncertainty import Estimate

HALF_LIVES, PRIORS, DISPERSIONS = (3.0, 8.0, 1e6), (1.0, 4.0), (1.0, 3.0)
VARIANTS = tuple(product(HALF_LIVES, PRIORS, DISPERSIONS))
MOST = 60
DRAWS = 2_000
Dated = Sequence[tuple[str, date, bool]]
"""Events: area, the day from which it counts, and whether it is of the first sort (else the second)."""


def event_forecasts(
    dated: Dated,
    areas: Sequence[str],
    begins: date,
    as_of: date,
    horizon: int = 24,
    *,
    complete_to: date | Mapping[str, date] | None,
    seed: int = 0,
) -> EventForecasts:
    """The chance for every area that more events of the first sort than of the second come within `horizon` months of
    `as_of`.

    `begins` and `complete_to` are the days between which the chronology is complete; events after `as_of` are not
    looked at. No calls where `as_of` lies after `complete_to` (None: there is no chronology): silence there is no
    evidence. By area: an area whose chronology ends before `as_of` has no call and teaches the others nothing; one
    without an end (nothing was ever listed of it) has no call.
    """
    complete = complete_to if isinstance(complete_to, Mapping) else dict.fromkeys(areas, complete_to or date.min)
    areas = [area for area in areas if complete.get(area, as_of) >= as_of]
    if not any(area in complete for area in areas):
        return EventForecasts(as_of, horizon, {}, ())
    known = [event for event in dated if event[1] <= as_of]
    days = [months_before(as_of, 12 * years) for years in range(80)]
    days = [day for day in days if months_before(day, horizon) >= begins][::-1]
    if not days:
        return EventForecasts(as_of, horizon, {}, ())
    history = _History(known, areas, begins)
    chances = np.stack([_members(history, days[: n + 1], day, horizon) for n, day in enumerate(days)])
    ends = [months_before(day, -horizon) for day in days]
    came = np.array(
        [[history.more(area, day, end) for area in range(len(areas))] for day, end in zip(days, ends, strict=True)]
    )
    logs = np.log(np.where(came[:, :, None] > 0, chances, 1 - chances)).sum(1)
    overlap = min(1.0, 12 / horizon)
    past: list[PastForecast] = []
    weights = np.full(chances.shape[2], 1 / chances.shape[2])
    for n, day in enumerate(days):
        done = np.array([end <= day for end in ends])
        from scipy.special import softmax

        weights = softmax(overlap * logs[done].sum(0))
        if ends[n] <= as_of and done.any():
            own = (came[done].sum(0) + 1) / (done.sum() + 2)
            past += [
                PastForecast(area, day, *map(float, (chances[n, a] @ weights, chances[n, a, -1], came[n, a], own[a])))
                for a, area in enumerate(areas)
            ]
    rng = np.random.default_rng(seed)
    by_area = {}
    for a, area in enumerate(areas):
        if area not in complete:
            continue
        low, high = _bounds(history, a, as_of, horizon, chances[-1, a], weights, rng)
        split = {"rates": float(weights[:-2].sum()), "persistence": float(weights[-2]), "base rate": float(weights[-1])}
        p = float(chances[-1, a] @ weights)
        by_area[area] = EventForecast(area, Estimate(p, min(low, p), max(high, p)), float(chances[-1, a, -1]), split)
    return EventForecasts(as_of, horizon, by_area, tuple(past))


class _History:
    """Events by area and sort as years since the beginning."""

    def __init__(self, dated: Dated, areas: Sequence[str], begins: date) -> None:
        self.begins = begins
        at = {area: n for n, area in enumerate(areas)}
        self.size = len(areas)
        self._more: dict[tuple[int, date, date], float] = {}
        rows = [(at[area], self.years(day), first) for area, day, first in dated if area in at and day > begins]
        self.times = [
            [np.array([t for a, t, f in rows if a == n and f is sort]) for n in range(self.size)]
            for sort in (True, False)
        ]
        self.any = [any(len(times) for times in sort) for sort in self.times]

    def years(self, day: date) -> float:
        return (day - self.begins).days / 365.25

    def more(self, area: int, after: date, until: date) -> float:
        # Every later day asks of the spans before it again.
        if (area, after, until) not in self._more:
            first, last = self.years(after), self.years(until)
            ups, downs = (int(((sort[area] > first) & (sort[area] <= last)).sum()) for sort in self.times)
            self._more[area, after, until] = float(ups > downs)
        return self._more[area, after, until]

    def gamma(self, sort: int, now: float, half_life: float, prior: float, dispersion: float) -> tuple[Array, float]:
        """Shapes (areas,) and rate of the posteriors of the yearly numbers of events."""
        if not self.any[sort]:
            return np.zeros(self.size), 1.0
        decay = np.log(2) / half_life
        counts = np.array([np.exp(-decay * (now - times[times <= now])).sum() for times in self.times[sort]])
        exposure = (1 - np.exp(-decay * now)) / decay
        shared = (counts.sum() + 0.5) / (self.size * exposure + 1)
        return (prior * shared + counts) / dispersion, (prior + exposure) / dispersion


def _members(history: _History, days: Sequence[date], day: date, horizon: int) -> Array:
    """Probabilities (areas, members) on a day; `days` are the origins up to it."""
    now, span = history.years(day), horizon / 12
    up, down = ([history.gamma(sort, now, *variant) for variant in VARIANTS] for sort in (0, 1))
    shapes = (np.concatenate([shape for shape, _ in sort]) for sort in (up, down))
    rates = (np.repeat([rate for _, rate in sort], history.size) for sort in (up, down))
    (more, less), (more_rate, less_rate) = shapes, rates
    columns = list(more_likely(more, more_rate, less, less_rate, span).reshape(len(VARIANTS), -1))
    earlier = [o for o in days if months_before(o, -horizon) <= day]
    spans = [
        Origin(str(a), history.more(a, months_before(o, horizon), o), history.more(a, o, months_before(o, -horizon)))
        for o in earlier
        for a in range(history.size)
    ]
    base = (sum(o.after for o in spans) + 1) / (len(spans) + 2)
    persistent = []
    for a in range(history.size):
        posterior = persistence(spans, str(a), history.more(a, months_before(day, horizon), day), horizon)
        persistent.append(posterior.mean if posterior else base)
    columns += [np.array(persistent), np.full(history.size, base)]
    return np.clip(np.column_stack(columns), 0.01, 0.99)


def more_likely(up: Array, up_rate: Array | float, down: Array, down_rate: Array | float, years: float) -> Array:
    """P(C > K) for negative binomial numbers C and K over so many years, from gamma shapes (areas,) and rates
    (areas,) of either, or one for all.

    Shapes of nought stand for no events at all.

    >>> more_likely(np.array([1e6]), 1e6, np.array([0.0]), 1.0, 1.0).round(3).tolist()
    [0.632]
    """
    more, less = (_probabilities(shape, rate, years) for shape, rate in ((up, up_rate), (down, down_rate)))
    below = np.cumsum(less, axis=1) - less
    # What lies beyond MOST counts as more.
    return np.asarray((more * below).sum(1) + (1 - more.sum(1)))


def _probabilities(shape: Array, rate: Array | float, years: float) -> Array:
    """P(n) (areas, MOST) of negative binomial numbers over so many years."""
    from scipy.special import gammaln

    n, a, b = np.arange(MOST), np.maximum(shape, 1e-9)[:, None], np.asarray(rate)[..., None]
    logs = gammaln(n + a) - gammaln(a) - gammaln(n + 1)
    return np.asarray(np.exp(logs + a * np.log(b / (b + years)) + n * np.log(years / (b + years))))


def _bounds(
    history: _History, area: int, day: date, horizon: int, chances: Array, weights: Array, rng: np.random.Generator
) -> tuple[float, float]:
    """90% bounds of the probability: over members, and over the rates of each or the beta of a frequency."""
    from scipy.special import pdtr

    now, span = history.years(day), horizon / 12
    numbers = rng.multinomial(DRAWS, weights / weights.sum())
    n = np.arange(MOST)
    drawn: list[Array] = []
    for (half_life, prior, dispersion), count in zip(VARIANTS, numbers[:-2], strict=True):
        if not count:
            continue
        (up, up_rate), (down, down_rate) = (history.gamma(s, now, half_life, prior, dispersion) for s in (0, 1))
        first = rng.gamma(max(up[area], 1e-9), 1 / up_rate, count)[:, None] * span
        second = rng.gamma(max(down[area], 1e-9), 1 / down_rate, count)[:, None] * span
        below = np.concatenate([np.zeros((count, 1)), pdtr(n[:-1], second)], axis=1)
        at = np.diff(pdtr(n, first), axis=1, prepend=0.0)
        drawn.append((at * below).sum(1) + 1 - pdtr(MOST - 1, first[:, 0]))
    for member, count in ((-2, numbers[-2]), (-1, numbers[-1])):
        strength = 4.0 if member == -2 else 20.0
        drawn.append(rng.beta(strength * chances[member] + 0.5, strength * (1 - chances[member]) + 0.5, count))
    low, high = np.quantile(np.concatenate(drawn), [(1 - BAND) / 2, (1 + BAND) / 2])
    return float(low), float(high)
