"""The likelihood of a Hawkes process with exponential kernels: its past in O(n), its maximum, its information."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.checks import all_finite, estimable
from detente.models.compiled import compiled
from detente.models.hawkes_process import spectral_radius
from detente.uncertainty import Array

RADIUS = 0.99


@compiled()
def excitation(times: Array, types: NDArray[np.int64], d: int, decays: Array) -> Array:
    """Row n: b_k times the sum of exp(-b_k (t_n - t_m)) over strictly earlier events, by type and decay (n, d * k)."""
    n, k = len(times), len(decays)
    out = np.empty((n, d * k))
    state = np.zeros((d, k))
    waiting = 0
    last = times[0]
    for i in range(n):
        if times[i] > last:
            # Only now do the events of the last moment enter the past.
            for m in range(waiting, i):
                for c in range(k):
                    state[types[m], c] += decays[c]
            waiting = i
            for c in range(k):
                fade = np.exp(-decays[c] * (times[i] - last))
                for j in range(d):
                    state[j, c] *= fade
            last = times[i]
        for j in range(d):
            for c in range(k):
                out[i, j * k + c] = state[j, c]
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Times (n,) in order and types (n,) 0..d-1 up to `end`; v at each (n,), its integral to each and to the end."""

    times: Array
    types: NDArray[np.int64]
    d: int
    end: float
    exposure_at: Array
    exposure_total: Array

    def regressors(self, decays: Array) -> tuple[list[Array], Array]:
        """Of each type, exposure and past at its own events (n_i, 1 + d * k); and all their integrals (1 + d * k,)."""
        past = np.column_stack([self.exposure_at, excitation(self.times, self.types, self.d, decays)])
        mass = 1 - np.exp(-np.outer(self.end - self.times, decays))
        by_type = np.array([np.bincount(self.types, column, self.d) for column in mass.T]).T
        totals = np.concatenate([[self.exposure_total[-1]], by_type.ravel()])
        return [past[self.types == i] for i in range(self.d)], totals


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """The likeliest baseline (d,) and jumps (d, d, k), their standard errors, and the log likelihood there."""

    baseline: Array
    jumps: Array
    baseline_error: Array
    jumps_error: Array
    log_likelihood: float


def maximise(events: Events, decays: Array, *, stable: bool) -> Maximum:
    """The maximum for given decays, among stable processes alone if asked; NotEstimable where there is none."""
    d, k = events.d, len(decays)
    rows, totals = events.regressors(decays)
    with estimable("the process", "events are too few or too regular"):
        theta = np.array([fit_rows(row, totals) for row in rows])
    all_finite("the process", theta)
    if stable and spectral_radius(theta[:, 1:].reshape(d, d, k).sum(2)) >= RADIUS:
        with estimable("the process", "no stable one is found"):
            theta = fit_stable(rows, totals, theta)
    value = sum(_value(row, totals, one) for row, one in zip(rows, theta, strict=True))
    errors = np.array([standard_errors(row, totals, one) for row, one in zip(rows, theta, strict=True)])
    return Maximum(
        theta[:, 0], theta[:, 1:].reshape(d, d, k), errors[:, 0], errors[:, 1:].reshape(d, d, k), float(value)
    )


def fit_rows(row: Array, totals: Array, start: Array | None = None) -> Array:
    """The non-negative parameters (1 + d * k,) of one type that maximise sum(log(row @ theta)) - totals @ theta.

    Newton steps from `start` (a flat guess by default) on the parameters not held at nought, with backtracking; the
    problem is concave.
    """
    n = len(row)
    if n == 0:
        return np.zeros(row.shape[1])
    theta = np.full(row.shape[1], 0.5 * n / totals.sum()) if start is None else start.copy()
    if start is None:
        theta[0] = 0.5 * n / totals[0]
    # A type that never happened before any event of this one tells nothing: its jump stays at nought.
    idle = totals <= 0
    theta[idle] = 0.0
    value = _value(row, totals, theta)
    for _ in range(200):
        weighted = row / (row @ theta)[:, None]
        gradient = weighted.sum(0) - totals
        free = ((theta > 0) | (gradient > 0)) & ~idle
        information = weighted[:, free].T @ weighted[:, free]
        ridge = 1e-12 * np.trace(information) * np.eye(int(free.sum()))
        step = np.zeros_like(theta)
        step[free] = np.linalg.solve(information + ridge, gradient[free])
        # Descend along the projected path until the likelihood gains enough.
        size = 1.0
        while size > 1e-10:
            tried = np.maximum(theta + size * step, 0.0)
            tried[0] = max(tried[0], 1e-12 * n / totals[0])
            # A step without end is one to be halved.
            with np.errstate(over="ignore", invalid="ignore"):
                rate = row @ tried
                if rate.min() > 0:
                    better = float(np.log(rate).sum() - totals @ tried)
                    if better >= value + 1e-4 * float(gradient @ (tried - theta)):
                        break
            size /= 2
        else:
            break
        gain, theta, value = better - value, tried, better
        if gain < 1e-10 * abs(value) + 1e-10:
            break
    return theta


def fit_stable(rows: Sequence[Array], totals: Array, start: Array) -> Array:
    """The maximum (d, 1 + d * k) among processes whose branching matrix has a spectral radius of RADIUS at most."""
    from scipy.optimize import NonlinearConstraint, minimize

    d, k = len(rows), (start.shape[1] - 1) // len(rows)
    counts = np.array([max(1, len(row)) for row in rows])

    def branching(flat: Array) -> Array:
        return flat.reshape(d, -1)[:, 1:].reshape(d, d, k).sum(2)

    def loss(flat: Array) -> tuple[float, Array]:
        theta = flat.reshape(d, -1)
        value, slope = 0.0, np.empty_like(theta)
        for i, row in enumerate(rows):
            rate = np.maximum(row @ theta[i], 1e-300)
            value -= float(np.log(rate).sum() - totals @ theta[i])
            slope[i] = totals - (1 / rate) @ row
        return value / counts.sum(), slope.ravel() / counts.sum()

    def spectral(flat: Array) -> float:
        return spectral_radius(branching(flat))

    def slope(flat: Array) -> Array:
        values, right = np.linalg.eig(branching(flat))
        top = int(np.abs(values).argmax())
        left = np.linalg.inv(right)[top]
        change = np.real(np.outer(left, right[:, top]))
        out = np.zeros((d, flat.size // d))
        out[:, 1:] = np.repeat(change[:, :, None], k, axis=2).reshape(d, -1)
        return out.ravel()

    shrunk = start.copy()
    shrunk[:, 1:] *= 0.95 * RADIUS / spectral(start.ravel())
    shrunk[:, 0] = np.maximum(shrunk[:, 0], 0.1 * counts / totals[0])
    solved = minimize(
        loss,
        shrunk.ravel(),
        jac=True,
        method="SLSQP",
        bounds=[(0, None)] * shrunk.size,
        constraints=[NonlinearConstraint(spectral, -np.inf, RADIUS, jac=slope)],
        options={"maxiter": 500, "ftol": 1e-12},
    )
    return np.asarray(solved.x).reshape(d, -1)


# Half the 90% quantile of chi square with one degree of freedom, and the normal's 95% quantile.
DROP, Z = 1.3527717270270744, 1.6448536269514722


def standard_errors(row: Array, totals: Array, theta: Array) -> Array:
    """Standard errors (1 + d * k,) of one type's parameters, by the inverse observed information.

    For a parameter held at nought: 1/1.645 of the value at which the likelihood, the others held, has fallen as far as
    at the end of a 90% interval, so that the usual upper bound is that value.
    """
    out = np.full(len(theta), np.nan)
    if not len(row):
        return out
    weighted = row / (row @ theta)[:, None]
    information = weighted.T @ weighted
    free = np.flatnonzero(theta > 0)
    variances = np.diag(np.linalg.pinv(information[np.ix_(free, free)]))
    # Causes that always went together leave variances of nought and below by rounding: no error is known.
    out[free] = np.sqrt(np.where(variances > 0, variances, np.nan))
    for nil in np.flatnonzero((theta <= 0) & (totals > 0)):
        slope, curve = max(totals[nil] - weighted[:, nil].sum(), 0.0), information[nil, nil]
        upper = (np.sqrt(slope**2 + 2 * curve * DROP) - slope) / curve if curve > 0 else DROP / max(slope, 1e-12)
        out[nil] = upper / Z
    return out


def sum_bounds(row: Array, totals: Array, chosen: NDArray[np.int64]) -> tuple[float, float]:
    """90% bounds of the sum of some of one type's parameters: where the likelihood, the rest refitted, falls by DROP.

    The likelihood itself is followed, not its curvature, which says nothing at nought or where acts are few. What two
    decays say of one cause goes together, so that their sum is surer than either. Where the truth is 0 no bound can
    miss it from below: bounds then hold it in 95%. NaN without events of the type, or where no cause came before any.
    """
    moved = chosen[totals[chosen] > 0]
    if not len(row) or not len(moved):
        return float("nan"), float("nan")
    best = fit_rows(row, totals)
    top = _value(row, totals, best)

    def pulled(pull: float, start: Array) -> tuple[float, float, Array]:
        """The sum and the fall of likelihood where the sum is pulled up (or down) by so much, and the parameters."""
        changed = totals.copy()
        changed[moved] -= pull
        theta = fit_rows(row, changed, start)
        return float(theta[moved].sum()), top - _value(row, totals, theta), theta

    without = totals.copy()
    without[moved] = 0.0
    none = top - _value(row, totals, fit_rows(row, without))
    low = 0.0 if none <= DROP else _reached(pulled, best, -np.inf)
    return low, _reached(pulled, best, float(totals[moved].min()))


def _value(row: Array, totals: Array, theta: Array) -> float:
    return float(np.log(row @ theta).sum() - totals @ theta)


def _reached(pulled: Callable[[float, Array], tuple[float, float, Array]], best: Array, limit: float) -> float:
    """The sum at which the likelihood has fallen by DROP, pulled towards `limit` (which no pull may reach).

    The pull is the slope of the profile there (the envelope theorem): what is left to fall is gone along it.
    """
    near, far, theta = 0.0, limit, best
    pull = 0.5 * limit if np.isfinite(limit) else -1.0
    total = fall = 0.0
    for _ in range(60):
        total, fall, there = pulled(pull, theta)
        if fall < DROP:
            near, theta = pull, there
        else:
            far = pull
        if abs(fall - DROP) < 0.02 or abs(far - near) < 1e-3 * abs(pull):
            break
        # The fall goes about as the square of the pull: the next is tried where that would have it at DROP.
        guess = pull * float(np.sqrt(DROP / max(fall, 1e-6)))
        lower, upper = sorted((0.9 * near + 0.1 * far, 0.1 * near + 0.9 * far))
        pull = min(max(guess, lower), upper) if np.isfinite(far) else guess
    return max(total + (DROP - fall) / pull, 0.0)
