"""Conditional forecasts of a vector autoregression: what the rest would do were some series to follow a given course.

A policy is a set of linear restrictions R y = T m + c on the stacked path y (steps * n, step by step, series within a
step), m being its expectation without the policy. Given the parameters, y is normal with mean m and covariance M M', M
the responses to orthogonal shocks, so both distributions are exact:

    y* = y + M_p M_p' R' (R M_p M_p' R')^-1 (T m + c - R y)

With every shock allowed (M_p = M) that is the conditional distribution, the hard conditions of Waggoner and Zha (Review
of Economics and Statistics 81, 1999): whatever made the path come true. With the shocks of some series alone (columns
of M_p in the Cholesky order of the series), the others stay as they would have been: what that series' own doing would
bring, if the order identifies it.

How far the policy lies outside experience (after Leeper and Zha's modest interventions, Journal of Monetary Economics
50, 2003) is asked twice of d = T m + c - R m, whose variance would be R M M' R' were the policy just another draw. Of
the whole path, d' V^-1 d is chi squared with as many degrees of freedom as restrictions. The same is asked of what the
policy wants in total of each series, of which there are far fewer (a shift of half a deviation is nothing in any one of
24 periods, but their sum is 2.4 deviations out). The plausibility is twice the smaller of the two upper tails, at most
1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.checks import estimable, whole
from detente.errors import DetenteError
from detente.models.impulse import moving_average
from detente.models.var import VARFit, paths
from detente.uncertainty import Array


@dataclass(frozen=True, eq=False)
class Policy:
    """Restrictions R y = T m + c: `on` and `of` (restrictions, steps * n), `by` (restrictions,).

    `total` (restrictions,) numbers what each adds to: those of one number ask something of one series in all; by
    default all of them do.
    """

    on: Array
    of: Array
    by: Array
    total: NDArray[np.int64] | None = None

    @property
    def totals(self) -> Array:
        """The restrictions summed by what they add to (totals, restrictions)."""
        of = np.zeros(len(self.by), dtype=int) if self.total is None else self.total
        return np.asarray(of[None, :] == np.unique(of)[:, None], dtype=float)

    def __add__(self, other: Policy) -> Policy:
        """Both policies at once."""
        mine, theirs = (one.totals.argmax(0) for one in (self, other))
        return Policy(
            np.vstack([self.on, other.on]),
            np.vstack([self.of, other.of]),
            np.concatenate([self.by, other.by]),
            np.concatenate([mine, mine.max() + 1 + theirs]),
        )


@dataclass(frozen=True, eq=False)
class Conditional:
    """Means and deviations (draws, outcomes) of linear outcomes without and with the policy, its plausibility (draws,).

    Each row is one draw of the parameters; the distribution of paths given them is exact.
    """

    before: Array
    before_deviation: Array
    after: Array
    after_deviation: Array
    plausibility: Array

    def change(self) -> Array:
        """Change of the mean of each outcome (draws, outcomes)."""
        return self.after - self.before

    def chances(self, above: float | Array = 0.0) -> tuple[Array, Array]:
        """P(outcome > above) without and with the policy (draws, outcomes)."""
        from scipy.special import ndtr

        return (
            np.asarray(ndtr((self.before - above) / self.before_deviation)),
            np.asarray(ndtr((self.after - above) / np.maximum(self.after_deviation, 1e-9))),
        )


@estimable("what the policy changes")
def conditional(
    fit: VARFit,
    policy: Policy,
    outcomes: Array,
    *,
    shocks: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> Conditional:
    """What the policy changes in linear outcomes (outcomes, steps * n) of the path after the data.

    `shocks` None allows every shock; names of series allow theirs alone, in the Cholesky `order` of all series (by
    default that of the fit). Raises DetenteError where the policy can't be met by them or its restrictions contradict
    or repeat each other, NotEstimable where the errors of the series are singular.

    >>> from detente.models import BayesianVAR
    >>> rng = np.random.default_rng(3)
    >>> x = rng.standard_normal((400, 1))
    >>> y = np.vstack([np.zeros((1, 1)), 0.8 * x[:-1]]) + 0.1 * rng.standard_normal((400, 1))
    >>> fit = BayesianVAR(lags=1, prior=None).fit(np.hstack([x, y]))
    >>> raise_x = Policy(np.array([[1.0, 0, 0, 0]]), np.array([[1.0, 0, 0, 0]]), np.array([1.0]))
    >>> conditional(fit, raise_x, np.array([[0, 0, 0, 1.0]])).change().mean(0).round(1).tolist()
    [0.8]
    """
    whole("draws", draws)
    n = len(fit.names)
    steps = policy.on.shape[1] // n
    if np.linalg.matrix_rank(policy.on) < len(policy.on):
        raise DetenteError("the levers restrict the same series twice: take one of them away")
    b, s = fit._raw_draws(draws, seed)
    means = paths(fit.data, fit.lags, b, np.zeros((draws, steps, n))).reshape(draws, steps * n)
    psi = moving_average(b[:, 1:].reshape(draws, fit.lags, n, n), steps)
    ordered = list(order or fit.names)
    at = [fit.names.index(name) for name in ordered]
    roots = np.empty_like(s)
    roots[:, at] = np.linalg.cholesky(s[:, at][:, :, at])
    loads = _loads(psi, roots, steps)
    allowed = loads[:, :, _columns(ordered, shocks, steps)]
    wanted = means @ policy.of.T + policy.by - means @ policy.on.T
    gain = allowed @ np.linalg.solve(_gram(policy.on @ allowed), policy.on @ allowed).transpose(0, 2, 1)
    after = (means + (gain @ wanted[..., None])[..., 0]) @ outcomes.T
    left = outcomes @ loads - (outcomes @ gain) @ (policy.on @ loads)
    reach, sums = policy.on @ loads, policy.totals
    tails = np.minimum(_tail(wanted, reach), _tail(wanted @ sums.T, sums @ reach))
    return Conditional(
        means @ outcomes.T,
        np.sqrt(((outcomes @ loads) ** 2).sum(-1)),
        after,
        np.sqrt((left**2).sum(-1)),
        np.minimum(1.0, 2 * tails),
    )


def _tail(shift: Array, reach: Array) -> Array:
    """Upper tail (draws,) of shifts (draws, m) of what shocks move by `reach` (draws, m, shocks), by chi squared."""
    from scipy.special import chdtrc

    distance = (shift * np.linalg.solve(_gram(reach), shift[..., None])[..., 0]).sum(1)
    return np.asarray(chdtrc(shift.shape[1], distance))


def _gram(reach: Array) -> Array:
    """X X' (draws, m, m) with a breath on the diagonal, so that a policy hardly to be reached stays solvable."""
    gram = reach @ reach.transpose(0, 2, 1)
    size = gram.shape[-1]
    return np.asarray(gram + (1e-10 * np.trace(gram, axis1=1, axis2=2) / size + 1e-12)[:, None, None] * np.eye(size))


def _loads(psi: Array, roots: Array, steps: int) -> Array:
    """M (draws, steps * n, steps * n): the path's responses to every orthogonal shock of every step."""
    draws, n = len(roots), roots.shape[-1]
    answers = (roots.transpose(0, 2, 1)[:, None] @ psi).transpose(0, 1, 3, 2)
    path = np.zeros((draws, steps, n, steps, n))
    for t in range(steps):
        path[:, t:, :, t, :] = answers[:, : steps - t]
    return path.reshape(draws, steps * n, steps * n)


def _columns(names: Sequence[str], shocks: Sequence[str] | None, steps: int) -> list[int]:
    if shocks is None:
        return list(range(steps * len(names)))
    unknown = [name for name in shocks if name not in names]
    if unknown or not shocks:
        raise DetenteError(f"no series {', '.join(unknown) or '(none named)'}; the series are {', '.join(names)}")
    chosen = [names.index(name) for name in shocks]
    return [step * len(names) + at for step in range(steps) for at in chosen]
