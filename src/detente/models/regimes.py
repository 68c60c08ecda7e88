"""How probable a run of periods is as one regime, with memory from period to period: what change points rest on.

Gaussian values: a regime has its own mean, about which values follow a stationary autoregression of order one with the
same coefficient in all regimes (integrated over `MEMORIES` with equal prior weights); mean and variance integrate out.
Counts: quasi-likelihoods, y and exposure divided by how much more the regime's sum varies than its family allows: by
overdispersion (von Neumann's differences, so that breaks hardly enter) and by memory, (1 + r) / (1 - r).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.uncertainty import Array

# Negative memory would make breaks of every series that swings; nobody expects it of relations.
MEMORIES: Array = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])


def lengths(t: int) -> Array:
    """Periods of the regime s..e-1, in [s, e]."""
    return np.asarray(np.arange(t + 1.0)[None, :] - np.arange(t + 1.0)[:, None])


def gaussian(values: Array, seen: NDArray[np.bool_], memory: float) -> Array:
    """Log marginal likelihood [s, e] of values (T,) over periods s..e-1 given the memory; 0 where nothing was seen.

    Normal-inverse-gamma priors: the variance known to about two periods, means as far apart as the values are.
    """
    from scipy.special import gammaln

    t, at = len(values), np.flatnonzero(seen)
    x = values[at] - values[at].mean()
    noise, spread = _noise(x)
    # Every value whitened by the one seen before it, over the gap between them; the first by the stationary variance.
    gap = np.diff(at)
    tie = memory**gap if memory else np.zeros(len(gap))
    unit = np.sqrt((1 - tie**2) / (1 - memory**2))
    inner, first = np.zeros((4, t + 1)), np.zeros((4, t + 1))
    rows = np.array(
        [
            ((1 - tie) / unit) ** 2,
            (1 - tie) * (x[1:] - tie * x[:-1]) / unit**2,
            ((x[1:] - tie * x[:-1]) / unit) ** 2,
            -np.log(unit),
        ]
    )
    inner[:, at[1:]] = rows
    begun = 1 - memory**2
    first[:, at] = np.array([np.full(len(x), begun), begun * x, begun * x**2, np.full(len(x), 0.5 * np.log(begun))])
    follows = np.searchsorted(at, np.arange(t + 1))
    start = np.append(at, t)[follows]
    upto = np.concatenate([np.zeros((4, 1)), np.cumsum(inner[:, :t], axis=1)], axis=1)
    after = upto[:, None, :] - upto[:, np.minimum(start + 1, t)][:, :, None]
    known = start[:, None] < np.arange(t + 1)[None, :]
    weight, s1, s2, root = np.where(known, first[:, start][:, :, None] + after, 0.0)
    counted = np.concatenate([[0.0], np.cumsum(seen)])
    n = np.maximum(counted[None, :] - counted[:, None], 0.0)
    weight, s2 = np.maximum(weight, 0.0), np.maximum(s2, 0.0)
    innovation = noise * (1 + memory)
    kappa, a, b = innovation / spread, 1.5, 1.5 * innovation
    fall = b + 0.5 * np.maximum(s2 - s1**2 / (kappa + weight), 0)
    value = gammaln(a + n / 2) - gammaln(a) + a * np.log(b) - (a + n / 2) * np.log(fall)
    return np.asarray(value + root + 0.5 * np.log(kappa / (kappa + weight)) - 0.5 * n * np.log(2 * np.pi))


def _noise(x: Array) -> tuple[float, float]:
    """Half the squared difference of neighbours, robustly, and the variance of all, at least as large."""
    whole = float(x.var())
    noise = float(np.median(np.abs(np.diff(x))) / 0.954) ** 2 if len(x) > 1 else 0.0
    noise = noise or whole or 1.0
    return noise, max(whole, noise)


def binomial(y: Array, exposure: Array, inflation: float) -> Array:
    """The same of counts y of exposure: beta prior (1/2, 1/2)."""
    from scipy.special import betaln

    k, n = _sums(y / inflation), _sums(exposure / inflation)
    return np.asarray(betaln(np.maximum(k, 0) + 0.5, np.maximum(n - k, 0) + 0.5) - betaln(0.5, 0.5))


def poisson(y: Array, exposure: Array, inflation: float) -> Array:
    """The same of counts y over exposure: gamma prior worth one period of the usual exposure, at the average rate."""
    from scipy.special import gammaln

    k, n = np.maximum(_sums(y / inflation), 0), np.maximum(_sums(exposure / inflation), 0)
    b = float(exposure[exposure > 0].mean()) / inflation
    a = max(float(y.sum() / exposure.sum()) * b, 0.5)
    return np.asarray(gammaln(a + k) - gammaln(a) + a * np.log(b) - (a + k) * np.log(b + n))


def _sums(x: Array) -> Array:
    total = np.concatenate([[0.0], np.cumsum(x)])
    return np.asarray(total[None, :] - total[:, None])


def dispersion(family: str, y: Array, exposure: Array) -> float:
    """How much more neighbours differ than the family allows: robust, as breaks are few (von Neumann's differences)."""
    seen = exposure > 0
    if seen.sum() < 4:
        return 1.0
    rate, weight = y[seen] / exposure[seen], exposure[seen]
    pooled = (y[seen][1:] + y[seen][:-1] + 0.5) / (weight[1:] + weight[:-1] + 1)
    spread = pooled * (1 - pooled) if family == "binomial" else pooled
    squares = np.diff(rate) ** 2 / (spread * (1 / weight[1:] + 1 / weight[:-1]))
    return float(max(1.0, squares.mean()))


def stabilised(family: str, y: Array, exposure: Array) -> Array:
    """Counts on a scale where their variance hardly depends on their level: arcsine of shares, square root of rates."""
    rate = (y + 0.375) / (exposure + (0.75 if family == "binomial" else 0.0) + (exposure == 0))
    return np.asarray(np.arcsin(np.sqrt(np.clip(rate, 0, 1))) if family == "binomial" else np.sqrt(rate))
