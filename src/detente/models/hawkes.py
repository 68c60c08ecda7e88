"""Event-time reciprocity: a multivariate Hawkes process with exponential kernels.

Intensity of events of type i at time t:

    lambda_i(t) = mu_i v(t) + sum over j, k of a_ijk b_k sum over past events m of type j of exp(-b_k (t - t_m))

so that a_ijk is the number of events of type i that one event of type j sets off, over all later time, on the scale
of decay b_k (Hawkes, Biometrika 58, 1971; the recursion that makes the likelihood O(n): Ozaki, Annals of the
Institute of Statistical Mathematics 31, 1979). For given decays the log likelihood is concave and separates by i.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.checks import all_finite, estimable, numbers, probability
from detente.errors import DetenteError, NotEstimable
from detente.models.hawkes_process import HawkesProcess, spectral_radius

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]
RADIUS = 0.99


@dataclass(frozen=True)
class Hawkes:
    """Estimator by maximum likelihood under a >= 0 and a spectral radius of sum over k of a below 1 (stability).

    `decays` are rates per unit of time, one or several (1 / mean delay); None takes one decay, chosen by likelihood.
    Assumes that events set off others independently, always alike, and never hold others back.

    >>> model = HawkesProcess([0.5, 0.2], [[[0.4], [0.0]], [[0.3], [0.1]]], [1.5])
    >>> times, types = model.simulate(20_000, seed=5)
    >>> Hawkes(decays=[1.5]).fit(times, types).branching.round(1).tolist()
    [[0.4, 0.0], [0.3, 0.1]]
    """

    decays: Sequence[float] | None = None
    stable: bool = True

    def fit(
        self,
        times: ArrayLike,
        types: ArrayLike,
        *,
        end: float | None = None,
        start: float = 0.0,
        exposure: tuple[ArrayLike, ArrayLike] | None = None,
        names: Sequence[str] | None = None,
    ) -> HawkesFit:
        """Fit to events at `times` (n,) of `types` (n,) 0..d-1, observed from `start` to `end` (default: the last).

        Events at one time do not excite each other. `exposure` (edges, values) is v(t), constant between edges
        (as many values as edges less one), say the volume of all reports; 1 throughout by default.

        NotEstimable where events are fewer than what is to be estimated of one type, or all of one moment.
        """
        t, marks, order_names, stop = _checked(times, types, start, end, names)
        v_at, v_total = _exposure(exposure, t, start, stop)
        given = None if self.decays is None else numbers("decays", self.decays)
        if given is not None and (
            given.ndim != 1 or not given.size or not (given > 0).all() or len(set(given)) < given.size
        ):
            raise DetenteError(f"decays must be different positive rates, not {self.decays!r}")
        needed = 1 + len(order_names) * (1 if given is None else len(given))
        if len(t) <= needed:
            raise NotEstimable(f"{len(t)} events are too few for {needed} numbers of each type")
        if given is None:
            from scipy.optimize import minimize_scalar

            def loss(log_decay: float) -> float:
                one = np.array([np.exp(log_decay)])
                return -_maximise(t, marks, len(order_names), one, stop, v_at, v_total, False)[2]

            typical = len(order_names) * (stop - start) / len(t)
            bounds = (np.log(0.002 / typical), np.log(500 / typical))
            chosen = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-3})
            given = np.array([np.exp(chosen.x)])
        base, jumps, log_likelihood, errors = _maximise(
            t, marks, len(order_names), given, stop, v_at, v_total, self.stable
        )
        process = HawkesProcess(base, jumps, given)
        return HawkesFit(
            process, order_names, t, marks, start, stop, v_at, v_total, log_likelihood, errors[0], errors[1]
        )


def _checked(
    times: ArrayLike, types: ArrayLike, start: float, end: float | None, names: Sequence[str] | None
) -> tuple[Array, NDArray[np.int64], list[str], float]:
    t, marks = numbers("times", times), np.asarray(types)
    if t.ndim != 1 or t.shape != marks.shape:
        raise DetenteError("times and types must be lists of one length")
    if not len(t):
        raise NotEstimable("there is no event to estimate from")
    if not np.issubdtype(marks.dtype, np.integer) or marks.min() < 0:
        raise DetenteError("types must be whole numbers from 0")
    if not np.isfinite(t).all():
        raise DetenteError(f"event {int(np.flatnonzero(~np.isfinite(t))[0])} has no time")
    if t.min() == t.max():
        raise NotEstimable("all events are of one moment: what sets off what can't be told")
    stop = float(t.max()) if end is None else float(end)
    if t.min() < start or t.max() > stop or stop <= start:
        raise DetenteError(f"events run from {t.min():g} to {t.max():g}, outside {start:g} to {stop:g}")
    d = int(marks.max()) + 1 if names is None else len(names)
    if marks.max() >= d:
        raise DetenteError(f"type {int(marks.max())} has no name: {d} names are given")
    order = np.argsort(t, kind="stable")
    listed = list(names) if names is not None else [str(i) for i in range(d)]
    return t[order], marks[order].astype(np.int64), listed, stop


def _exposure(exposure: tuple[ArrayLike, ArrayLike] | None, t: Array, start: float, stop: float) -> tuple[Array, Array]:
    """v at the events, and its integral from `start` to each event and (last) to `stop`."""
    at = np.append(t, stop)
    if exposure is None:
        return np.ones(len(t)), at - start
    edges, values = (numbers("exposure", x) for x in exposure)
    if len(edges) != len(values) + 1 or (np.diff(edges) <= 0).any() or edges[0] > start or edges[-1] < stop:
        raise DetenteError("exposure needs rising edges from start to end, one more than values")
    if (values < 0).any():
        raise DetenteError("exposure must not be negative")
    whole = np.concatenate([[0.0], np.cumsum(np.diff(edges) * values)])
    inside = np.interp(at, edges, whole) - np.interp(start, edges, whole)
    v = values[np.clip(np.searchsorted(edges, t, side="right") - 1, 0, len(values) - 1)]
    if (v == 0).any():
        raise NotEstimable("events happen where the exposure is nought")
    return v, inside


def _maximise(
    t: Array, marks: NDArray[np.int64], d: int, decays: Array, stop: float, v_at: Array, v_total: Array, stable: bool
) -> tuple[Array, Array, float, tuple[Array, Array]]:
    """Baseline, jumps, log likelihood and their standard errors."""
    from detente.models.hawkes_likelihood import excitation, fit_rows, fit_stable, pack, standard_errors

    k = len(decays)
    past = excitation(t, marks, d, decays)
    totals = np.concatenate([[v_total[-1]], _whole(t, marks, d, decays, stop).ravel()])
    rows = [pack(past, v_at, marks == i) for i in range(d)]
    with estimable("the process", "events are too few or too regular"):
        theta = np.array([fit_rows(row, totals) for row in rows])
    all_finite("the process", theta)
    if stable and spectral_radius(theta[:, 1:].reshape(d, d, k).sum(2)) >= RADIUS:
        with estimable("the process", "no stable one is found"):
            theta = fit_stable(rows, totals, theta, k, RADIUS)
    value = 0.0
    errors = np.empty_like(theta)
    for i, row in enumerate(rows):
        rate = row @ theta[i]
        value += float(np.log(rate).sum() - totals @ theta[i])
        errors[i] = standard_errors(row, totals, theta[i])
    return (
        theta[:, 0],
        theta[:, 1:].reshape(d, d, k),
        value,
        (errors[:, 0], errors[:, 1:].reshape(d, d, k)),
    )


def _whole(t: Array, marks: NDArray[np.int64], d: int, decays: Array, stop: float) -> Array:
    """By type and decay, the sum of the kernel's mass up to `stop` (d, k)."""
    mass = 1 - np.exp(-np.outer(stop - t, decays))
    out = np.zeros((d, len(decays)))
    for column in range(len(decays)):
        out[:, column] = np.bincount(marks, mass[:, column], d)
    return out


@dataclass(frozen=True, eq=False)
class HawkesFit:
    """A fitted process. Standard errors are from the observed information; for a jump at nought, see `standard_errors`.

    Near nought, bands by standard errors (`frame`) are cut at nought and are rough.
    """

    process: HawkesProcess
    names: list[str]
    times: Array
    types: NDArray[np.int64]
    start: float
    end: float
    exposure_at: Array
    exposure_total: Array
    log_likelihood: float
    baseline_error: Array
    jumps_error: Array

    @property
    def baseline(self) -> Array:
        """mu (d,)."""
        return np.asarray(self.process.baseline)

    @property
    def jumps(self) -> Array:
        """a (d, d, k): [effect, cause, decay]."""
        return np.asarray(self.process.jumps)

    @property
    def decays(self) -> Array:
        """b (k,)."""
        return np.asarray(self.process.decays)

    @property
    def branching(self) -> Array:
        """Events of type i that one of type j sets off directly (d, d): [effect, cause]."""
        return self.jumps.sum(2)

    def branching_bounds(self) -> tuple[Array, Array]:
        """90% bounds of `branching` (d, d) each: of the sums over decays; see `hawkes_likelihood.sum_bounds`."""
        from detente.models.hawkes_likelihood import excitation, pack, sum_bounds

        d, k = len(self.names), len(self.decays)
        past = excitation(self.times, self.types, d, self.decays)
        mass = _whole(self.times, self.types, d, self.decays, self.end)
        totals = np.concatenate([[self.exposure_total[-1]], mass.ravel()])
        found = np.empty((2, d, d))
        for i in range(d):
            row = pack(past, self.exposure_at, self.types == i)
            for j in range(d):
                found[:, i, j] = sum_bounds(row, totals, 1 + j * k + np.arange(k))
        return found[0], found[1]

    @property
    def radius(self) -> float:
        """Spectral radius of the branching matrix: below 1, bursts die out."""
        return spectral_radius(self.branching)

    @property
    def endogenous(self) -> Array:
        """Share of the events of each type that others set off, as against the baseline (d,); nan where there are none."""
        counts = np.bincount(self.types, minlength=len(self.names)).astype(float)
        counts[counts == 0] = np.nan
        return 1 - self.baseline * self.exposure_total[-1] / counts

    def rescaled(self) -> list[Array]:
        """Times between events of each type on the clock of the fitted intensity: exponential of mean 1 if it fits.

        The time-rescaling theorem: Papangelou 1972; Ogata, Journal of the American Statistical Association 83, 1988.
        """
        from detente.models.hawkes_likelihood import excitation

        d = len(self.names)
        past = excitation(self.times, self.types, d, self.decays).reshape(-1, d, len(self.decays))
        found = []
        seen = np.zeros((len(self.times), d))
        for j in range(d):
            seen[:, j] = np.searchsorted(self.times[self.types == j], self.times, side="left")
        for i in range(d):
            mass = seen[:, :, None] - past / self.decays
            clock = self.baseline[i] * self.exposure_total[:-1] + (mass * self.jumps[i]).sum((1, 2))
            found.append(np.diff(clock[self.types == i], prepend=0.0))
        return found

    def goodness(self) -> pl.DataFrame:
        """Kolmogorov-Smirnov test of `rescaled` against the exponential: rows type, events, statistic, p.

        Parameters were estimated from the same events, so that p is somewhat too high.
        """
        import polars as pl
        from scipy.stats import kstest

        rows = []
        for name, gaps in zip(self.names, self.rescaled(), strict=True):
            test = kstest(gaps, "expon") if len(gaps) else None
            rows.append(
                (name, len(gaps), float(test.statistic) if test else None, float(test.pvalue) if test else None)
            )
        schema = {"type": pl.Utf8, "events": pl.Int64, "statistic": pl.Float64, "p": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    @property
    def frame(self) -> pl.DataFrame:
        """The estimates with their 90% bands; see `bands`."""
        return self.bands()

    def bands(self, level: float = 0.90) -> pl.DataFrame:
        """Rows effect, cause (null for the baseline), decay, value, error, low, high."""
        import polars as pl
        from scipy.special import ndtri

        z = float(ndtri((1 + probability("level", level)) / 2))
        rows: list[tuple[Any, ...]] = []
        for i, effect in enumerate(self.names):
            rows.append((effect, None, None, self.baseline[i], self.baseline_error[i]))
            for j, cause in enumerate(self.names):
                for k, decay in enumerate(self.decays):
                    rows.append((effect, cause, decay, self.jumps[i, j, k], self.jumps_error[i, j, k]))
        schema = {"effect": pl.Utf8, "cause": pl.Utf8, **dict.fromkeys(("decay", "value", "error"), pl.Float64)}
        made = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("error").fill_nan(None))
        return made.with_columns(
            (pl.col("value") - z * pl.col("error")).clip(lower_bound=0).alias("low"),
            (pl.col("value") + z * pl.col("error")).alias("high"),
        )

    def summary(self) -> str:
        """What sets off what, in words and numbers."""
        lines = [
            f"Hawkes process of {len(self.times):,} events, decays {', '.join(f'{x:.3g}' for x in self.decays)}; "
            f"spectral radius {self.radius:.2f}, log likelihood {self.log_likelihood:,.1f}."
        ]
        for i, effect in enumerate(self.names):
            if np.isnan(self.endogenous[i]):
                lines.append(f"{effect}: no events.")
                continue
            causes = ", ".join(f"{cause} {self.branching[i, j]:.2f}" for j, cause in enumerate(self.names))
            lines.append(f"{effect}: {self.endogenous[i]:.0%} set off by others; one event of each sets off: {causes}.")
        for row in self.goodness().iter_rows(named=True):
            if row["p"] is not None:
                word = "fits" if row["p"] >= 0.05 else "does NOT fit"
                lines.append(f"{row['type']}: the clock test {word} (KS {row['statistic']:.3f}, p = {row['p']:.3f}).")
        return "\n".join(lines)

    def plot(self) -> Any:
        """The branching matrix, and the rescaled times against the exponential."""
        from detente.plots import BLUE, GREY, SERIES, figure, source_line

        drawing, (left, right) = figure(3.2, 1, 2, sharex=False)
        left.imshow(self.branching, cmap="Blues", vmin=0)
        labels = range(len(self.names))
        left.set_xticks(labels, self.names, rotation=30, ha="right")
        left.set_yticks(labels, self.names)
        left.set_xlabel("one event of")
        left.set_ylabel("sets off events of")
        for i in labels:
            for j in labels:
                dark = self.branching[i, j] > self.branching.max() / 2
                left.text(j, i, f"{self.branching[i, j]:.2f}", ha="center", va="center", color="w" if dark else BLUE)
        for number, (name, gaps) in enumerate(zip(self.names, self.rescaled(), strict=True)):
            if len(gaps):
                steps = (np.arange(len(gaps)) + 0.5) / len(gaps)
                right.plot(-np.log1p(-steps), np.sort(gaps), color=SERIES[number % len(SERIES)], label=name)
        right.axline((0, 0), slope=1, color=GREY, linestyle=":")
        right.set_xlabel("exponential quantile")
        right.set_ylabel("rescaled time between events")
        right.legend(frameon=False, fontsize=7.5)
        source_line(
            drawing, "Left: events that one event sets off directly. Right: on the dotted line, the process fits."
        )
        return drawing
