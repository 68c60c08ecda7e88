"""Event-time reciprocity: a multivariate Hawkes process with exponential kernels.

Intensity of events of type i at time t:

    lambda_i(t) = mu_i v(t) + sum over j, k of a_ijk b_k sum over past events m of type j of exp(-b_k (t - t_m))

so that a_ijk is the number of events of type i that one event of type j sets off, over all later time, on the scale
of decay b_k. For given decays the log likelihood is concave and separates by i. The sources are in `HawkesFit.METHODS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from detente.checks import numbers
from detente.errors import DetenteError, NotEstimable
from detente.models.base import Estimator, Fit
from detente.models.hawkes_process import HawkesProcess, spectral_radius
from detente.plots import GREY, SERIES, figure, legend, matrix, source_line
from detente.uncertainty import Array, reach

if TYPE_CHECKING:
    from detente.models.hawkes_likelihood import Events


@dataclass(frozen=True)
class Hawkes(Estimator):
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
        from detente.models.hawkes_likelihood import Events, maximise

        t, marks, labels, stop = _checked(times, types, start, end, names)
        events = Events(t, marks, len(labels), stop, *_exposure(exposure, t, start, stop))
        decays = None if self.decays is None else numbers("decays", self.decays)
        if decays is not None and (
            decays.ndim != 1 or not decays.size or not (decays > 0).all() or len(set(decays)) < decays.size
        ):
            raise DetenteError(f"decays must be different positive rates, not {self.decays!r}")
        needed = 1 + len(labels) * (1 if decays is None else len(decays))
        if len(t) <= needed:
            raise NotEstimable(f"{len(t)} events are too few for {needed} numbers of each type")
        if decays is None:
            from scipy.optimize import minimize_scalar

            def loss(log_decay: float) -> float:
                return -maximise(events, np.array([np.exp(log_decay)]), stable=False).log_likelihood

            typical = len(labels) * (stop - start) / len(t)
            bounds = (np.log(0.002 / typical), np.log(500 / typical))
            chosen = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-3})
            decays = np.array([np.exp(chosen.x)])
        best = maximise(events, decays, stable=self.stable)
        process = HawkesProcess(best.baseline, best.jumps, decays)
        return HawkesFit(process, labels, events, best.log_likelihood, best.baseline_error, best.jumps_error)

    @classmethod
    def example(cls, seed: int = 0) -> dict[str, Any]:
        """Acts of two sides over 1,000 days: each act sets off 0.3 of its own side's and 0.2 of the other's."""
        process = HawkesProcess([0.2, 0.2], [[[0.3], [0.2]], [[0.2], [0.3]]], [1.0])
        times, types = process.simulate(1000, seed=seed)
        return {"times": times, "types": types, "names": ["a", "b"]}


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


@dataclass(frozen=True, eq=False, repr=False)
class HawkesFit(Fit):
    """A fitted process. Standard errors are from the observed information; for a jump at nought, see `standard_errors`.

    Near nought, bands by standard errors (`frame`) are cut at nought and are rough.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "effect": "type of the events set off",
        "cause": "type of the event that sets them off; null for the baseline",
        "decay": "rate at which the cause fades; null for the baseline",
        "value": "events set off by one event, or the baseline's rate",
        "error": "standard error; null where none is known",
        "low": "lower bound of its band, cut at nought",
        "high": "upper bound of its band",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "Hawkes, Spectra of some self-exciting and mutually exciting point processes, Biometrika 58, 1971",
        "Ozaki, Maximum likelihood estimation of Hawkes' self-exciting point processes, Annals of the Institute of "
        "Statistical Mathematics 31, 1979",
        "Ogata, Statistical models for earthquake occurrences and residual analysis for point processes, Journal of "
        "the American Statistical Association 83, 1988",
    )

    process: HawkesProcess
    names: list[str]
    events: Events
    log_likelihood: float
    baseline_error: Array
    jumps_error: Array

    @property
    def times(self) -> Array:
        """Times of the events, in order (n,)."""
        return self.events.times

    @property
    def types(self) -> NDArray[np.int64]:
        """Types of the events (n,)."""
        return self.events.types

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
        from detente.models.hawkes_likelihood import sum_bounds

        d, k = len(self.names), len(self.decays)
        rows, totals = self.events.regressors(self.decays)
        bounds = np.empty((2, d, d))
        for i, row in enumerate(rows):
            for j in range(d):
                bounds[:, i, j] = sum_bounds(row, totals, 1 + j * k + np.arange(k))
        return bounds[0], bounds[1]

    @property
    def radius(self) -> float:
        """Spectral radius of the branching matrix: below 1, bursts die out."""
        return spectral_radius(self.branching)

    @property
    def endogenous(self) -> Array:
        """Share of the events of each type that others set off, not the baseline (d,); nan where there are none."""
        counts = np.bincount(self.types, minlength=len(self.names)).astype(float)
        counts[counts == 0] = np.nan
        return 1 - self.baseline * self.events.exposure_total[-1] / counts

    def rescaled(self) -> list[Array]:
        """Times between events of each type on the clock of the fitted intensity: exponential of mean 1 if it fits.

        The time-rescaling theorem: Papangelou 1972; Ogata 1988.
        """
        from detente.models.hawkes_likelihood import excitation

        d = len(self.names)
        past = excitation(self.times, self.types, d, self.decays).reshape(-1, d, len(self.decays))
        gaps = []
        seen = np.zeros((len(self.times), d))
        for j in range(d):
            seen[:, j] = np.searchsorted(self.times[self.types == j], self.times, side="left")
        for i in range(d):
            mass = seen[:, :, None] - past / self.decays
            clock = self.baseline[i] * self.events.exposure_total[:-1] + (mass * self.jumps[i]).sum((1, 2))
            gaps.append(np.diff(clock[self.types == i], prepend=0.0))
        return gaps

    def goodness(self) -> pl.DataFrame:
        """Kolmogorov-Smirnov test of `rescaled` against the exponential: rows type, events, statistic, p.

        Parameters were estimated from the same events, so that p is somewhat too high.
        """
        from scipy.stats import kstest

        rows = []
        for name, gaps in zip(self.names, self.rescaled(), strict=True):
            test = kstest(gaps, "expon") if len(gaps) else None
            rows.append((name, len(gaps), test and float(test.statistic), test and float(test.pvalue)))
        schema = {"type": pl.Utf8, "events": pl.Int64, "statistic": pl.Float64, "p": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    @property
    def frame(self) -> pl.DataFrame:
        """The estimates with their 90% bands; see `bands`."""
        return self.bands()

    def bands(self, level: float = 0.90) -> pl.DataFrame:
        """The rows of `frame` with bands that hold `level`."""
        z = reach(level)
        rows: list[tuple[Any, ...]] = []
        for i, effect in enumerate(self.names):
            rows.append((effect, None, None, self.baseline[i], self.baseline_error[i]))
            for j, cause in enumerate(self.names):
                for k, decay in enumerate(self.decays):
                    rows.append((effect, cause, decay, self.jumps[i, j, k], self.jumps_error[i, j, k]))
        return self._table((*row, max(row[3] - z * row[4], 0.0), row[3] + z * row[4]) for row in rows)

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
        for row in self.goodness().drop_nulls("p").iter_rows(named=True):
            word = "fits" if row["p"] >= 0.05 else "does NOT fit"
            lines.append(f"{row['type']}: the clock test {word} (KS {row['statistic']:.3f}, p = {row['p']:.3f}).")
        return "\n".join(lines)

    def plot(self) -> Any:
        """The branching matrix, and the rescaled times against the exponential."""
        drawing, (left, right) = figure(3.2, 1, 2, sharex=False)
        matrix(left, self.branching, self.names, [[f"{value:.2f}" for value in row] for row in self.branching])
        left.set_xticks(range(len(self.names)), self.names, rotation=30, ha="right")
        left.set_xlabel("one event of")
        left.set_ylabel("sets off events of")
        for number, (name, gaps) in enumerate(zip(self.names, self.rescaled(), strict=True)):
            if len(gaps):
                steps = (np.arange(len(gaps)) + 0.5) / len(gaps)
                right.plot(-np.log1p(-steps), np.sort(gaps), color=SERIES[number % len(SERIES)], label=name)
        right.axline((0, 0), slope=1, color=GREY, linestyle=":")
        right.set_xlabel("exponential quantile")
        right.set_ylabel("rescaled time between events")
        legend(right)
        source_line(
            drawing, "Left: events that one event sets off directly. Right: on the dotted line, the process fits."
        )
        return drawing
