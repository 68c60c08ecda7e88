"""Reciprocity of two states: how much of a move is returned, how soon, and whether both return alike.

A vector autoregression of the two directions, read through its impulse responses. The sources are in
`ReciprocityFit.METHODS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import polars as pl

from detente.checks import whole
from detente.errors import DetenteError
from detente.models.base import Estimator, Fit
from detente.models.frames import columns_of
from detente.models.impulse import moving_average, orthogonalised
from detente.models.minnesota import Minnesota, lagged, residual_deviations
from detente.models.regression import Conjugate, regress
from detente.models.var import BayesianVAR, VARFit
from detente.uncertainty import Array, Estimate, NotIdentified, Quotient, away_from_nought, estimate, quotient


@dataclass(frozen=True, slots=True)
class Answer:
    """How one side answers the moves of the other.

    Of one unit that the mover gives, in all, within the horizon: `returned` is what the answerer gives back from
    the next period on, `with_same_period` counts what comes in the same period as well (and with it all that a
    third cause does to both at once). `in_deviations` is `returned` with both series in units of their standard
    deviations, for when one side is reported on a larger scale. `half_by` is the period by which half of `returned` has
    come. `inertia` is what the mover itself adds after the first period to a move of one unit. `to_rises` and
    `to_falls` are the summed answers to moves above and below the mover's mean: alike and positive is tit for tat.

    The first three divide by what the mover gives in all: where that may be nought (its own later moves undo the first)
    they are NotIdentified. `half_by` is None unless the band of `returned` leaves nought out.
    """

    mover: str
    answerer: str
    returned: Quotient
    with_same_period: Quotient
    in_deviations: Quotient
    half_by: int | None
    inertia: Estimate
    to_rises: Estimate
    to_falls: Estimate

    @property
    def condition(self) -> str:
        """Tit for tat, or what else the band of the answers to rises and to falls allows."""
        does, reading = self._reading()
        return f"it {reading}" if does else reading

    def condition_of(self, name: str) -> str:
        """The same as a sentence about the answerer under another name."""
        does, reading = self._reading()
        return f"{name} {reading}" if does else f"{name}: {reading}"

    def _reading(self) -> tuple[bool, str]:
        # Whether the words say what the answerer does, or what its answer is.
        if isinstance(self.returned, NotIdentified):
            return False, f"not identified: what {self.mover} gives in all may be nought"
        up, down = self.to_rises.above, self.to_falls.above
        if up and down:
            return False, "conditional (tit for tat): it answers rises and falls in kind"
        if up:
            return True, "rewards rises; no answer to falls is shown"
        if down:
            return True, "punishes falls; no answer to rises is shown"
        if self.to_rises.below or self.to_falls.below:
            return False, "inverse: it answers the other way"
        return False, "unconditional as far as shown: no answer to rises or falls stands out"


@dataclass(frozen=True)
class Reciprocity(Estimator):
    """Estimator of reciprocity between two series, such as weekly net intensity of A to B and of B to A.

    `lags` and `prior` as in `BayesianVAR`; `horizon` periods within which returns are counted. Assumes a linear
    relation that holds throughout (see `ReciprocityFit.rolling`) and that nothing left out drives both:
    returns are associations in time, not proven causes.

    >>> rng = np.random.default_rng(3)
    >>> y = rng.standard_normal((600, 2))
    >>> y[1:, 1] += 0.5 * y[:-1, 0]
    >>> fit = Reciprocity(lags=2).fit({"a": y[:, 0], "b": y[:, 1]})
    >>> round(fit.answers[0].returned.value, 1), abs(fit.answers[1].returned.value) < 0.1
    (0.5, True)
    """

    lags: int | Sequence[int] = (1, 2, 3, 4, 6, 8)
    prior: Minnesota | None = field(default_factory=Minnesota)
    horizon: int = 12
    draws: int = 2000
    seed: int = 0

    def fit(self, frame: Any) -> ReciprocityFit:
        """Fit to a frame or array of exactly two series; NotEstimable as `BayesianVAR.fit`."""
        whole("horizon", self.horizon)
        whole("draws", self.draws)
        whole("seed", self.seed, 0)
        y, names = columns_of(frame)
        if len(names) != 2:
            raise DetenteError(f"reciprocity is of two series, not {len(names)}")
        fit = BayesianVAR(self.lags, self.prior).fit(dict(zip(names, y.T, strict=True)))
        coefficients, covariance = fit.draws(self.draws, self.seed)
        rng = np.random.default_rng(self.seed)
        spread = y.std(axis=0)
        answers, sums = [], []
        for mover, answerer in ((0, 1), (1, 0)):
            one = _sums(coefficients, covariance, mover, answerer, self.horizon)
            returned = quotient(one.back, one.given)
            rises, falls = _conditional(y, mover, answerer, fit.lags, self.prior, self.draws, rng)
            answers.append(
                Answer(
                    names[mover],
                    names[answerer],
                    returned,
                    quotient(one.back_same, one.given_same),
                    quotient(one.back, one.given, scale=spread[mover] / spread[answerer]),
                    one.half_by if returned.above or returned.below else None,
                    estimate(one.given - 1),
                    estimate(rises),
                    estimate(falls),
                )
            )
            sums.append(one)
        if not all(away_from_nought(one.given) for one in sums):
            return ReciprocityFit(self, fit, (answers[0], answers[1]), NotIdentified(), NotIdentified(), None)
        first, second = (one.back / one.given for one in sums)
        ratio = spread[0] / spread[1]
        gap, scaled = first - second, first * ratio - second / ratio
        return ReciprocityFit(
            self, fit, (answers[0], answers[1]), estimate(gap), estimate(scaled), float((gap > 0).mean())
        )

    @classmethod
    def example(cls, seed: int = 0) -> dict[str, Any]:
        """Two sides over 400 periods; each is moved by its own last move (0.3) and by the other's (0.2)."""
        return BayesianVAR.example(seed)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Draws (draws,) of what is given back from the next period on and of what the mover gives in all, without and with
    the same period; and the period by which half has come back."""

    back: Array
    given: Array
    back_same: Array
    given_same: Array
    half_by: int | None


def _sums(coefficients: Array, covariance: Array, mover: int, answerer: int, horizon: int) -> _Sums:
    order = np.array([mover, answerer])
    mixed = coefficients[..., order, :][..., order]
    # A unit error of the mover alone: the answerer moves from the next period on.
    later = moving_average(mixed, horizon + 1)[:, :, 0, :]
    first = orthogonalised(mixed, covariance[:, order][:, :, order], horizon + 1)[:, :, 0, :]
    path = np.median(np.cumsum(later[:, :, 1], axis=1), axis=0)
    reached = np.flatnonzero(np.abs(path) >= abs(path[-1]) / 2)
    (given, back), (given_same, back_same) = later.sum(1).T, first.sum(1).T
    return _Sums(back, given, back_same, given_same, int(reached[0]) if reached.size else None)


def _conditional(
    y: Array, mover: int, answerer: int, lags: int, prior: Minnesota | None, draws: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Draws of the summed coefficients of the answerer on the mover's past rises and falls."""
    moves = y[:, mover] - y[:, mover].mean()
    x = np.column_stack([y[:, answerer], np.maximum(moves, 0), np.minimum(moves, 0)])
    full = lagged(x, lags)
    target = y[lags:, [answerer]]
    if prior is None:
        drawn = regress(target, full, None).draws(draws, rng)[0]
    else:
        spread = residual_deviations(y, lags)
        # Looser than the tightest: a rise and a fall are two halves of one series.
        reach = prior.tightness if prior.tightness is not None else 0.5
        steps = np.arange(1, lags + 1)[:, None] ** prior.decay
        deviations = reach / (steps * np.array([spread[answerer], spread[mover], spread[mover]]))
        variance = np.concatenate([[1e6], (deviations**2).ravel()])
        own = np.zeros((full.shape[1], 1))
        own[1] = prior.own
        conjugate = Conjugate(own, variance, spread[[answerer]][:, None] ** 2, 3)
        drawn = regress(target, full, conjugate).draws(draws, rng)[0]
    sums = drawn[:, 1:, 0].reshape(draws, lags, 3).sum(1)
    return sums[:, 1], sums[:, 2]


@dataclass(frozen=True, eq=False, repr=False)
class ReciprocityFit(Fit):
    """Both answers (to the first series' moves, then to the second's) and how unequal they are.

    `asymmetry` is what the second side returns less what the first returns, `asymmetry_scaled` the same in standard
    deviations; `more` is the probability that the former is above nought. Equal treatment means both near nought. Where
    either side's answer is not identified, neither are these, and `more` is None.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "mover": "series whose move is answered",
        "answerer": "series that answers",
        "measure": "a measure of `Answer`, or an asymmetry (of the second's answer)",
        "value": "posterior median; null where a ratio is not identified or half is not reached",
        "low": "lower bound of its 90% band",
        "high": "upper bound of its 90% band",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "Goldstein and Freeman, Three-Way Street: Strategic Reciprocity in World Politics, 1990",
        "Brandt, Colaresi and Freeman, The dynamics of reciprocity, accountability and credibility, Journal of "
        "Conflict Resolution 52, 2008",
        *VARFit.METHODS,
    )

    model: Reciprocity
    var: VARFit
    answers: tuple[Answer, Answer]
    asymmetry: Quotient
    asymmetry_scaled: Quotient
    more: float | None

    @property
    def frame(self) -> pl.DataFrame:
        """A row a measure; see `COLUMNS`."""
        rows: list[tuple[Any, ...]] = []
        for one in self.answers:
            for name in ("returned", "with_same_period", "in_deviations", "inertia", "to_rises", "to_falls"):
                value = getattr(one, name)
                rows.append((one.mover, one.answerer, name, value.value, value.low, value.high))
            half = None if one.half_by is None else float(one.half_by)
            rows.append((one.mover, one.answerer, "half_by", half, None, None))
        first = self.answers[0]
        for name, gap in (("asymmetry", self.asymmetry), ("asymmetry_scaled", self.asymmetry_scaled)):
            rows.append((first.mover, first.answerer, name, gap.value, gap.low, gap.high))
        return self._table(rows)

    @property
    def treatment(self) -> str:
        """Whether both return alike, in words: who returns more, if the bands on both scales say so."""
        return self.treatment_of(self.answers[1].answerer, self.answers[0].answerer)

    def treatment_of(self, first: str, second: str) -> str:
        """The same with the two sides under other names."""
        if isinstance(self.asymmetry, NotIdentified):
            return str(self.asymmetry)
        if self.asymmetry.above and self.asymmetry_scaled.above:
            return f"not equal, {second} returns more"
        if self.asymmetry.below and self.asymmetry_scaled.below:
            return f"not equal, {first} returns more"
        clear = self.asymmetry.above or self.asymmetry.below
        return "it depends on the scale" if clear else "no inequality is shown"

    def rolling(self, window: int, step: int = 1) -> pl.DataFrame:
        """Returns through time: rows end (number of the window's last period), mover, answerer, returned, low, high.

        Each window is fitted alone, with the number of lags of the whole and 500 draws; windows in which a series
        never changes are left out; null where a return is not identified. DetenteError where the window is longer than
        the series or too short for a fit.
        """
        y, names, model = self.var.data, self.var.names, self.model
        if not self.var.lags + 3 <= window <= len(y) or step < 1:
            raise DetenteError(f"a window needs {self.var.lags + 3} to {len(y)} periods and a step of 1 or more")
        rows = []
        for end in range(window, len(y) + 1, step):
            part = y[end - window : end]
            if (np.ptp(part, axis=0) == 0).any():
                continue
            drawn = BayesianVAR(self.var.lags, model.prior).fit(part).draws(500, model.seed)
            for mover, answerer in ((0, 1), (1, 0)):
                sums = _sums(*drawn, mover, answerer, model.horizon)
                middle = quotient(sums.back, sums.given)
                rows.append((end - 1, names[mover], names[answerer], middle.value, middle.low, middle.high))
        schema = {"end": pl.Int64, "mover": pl.Utf8, "answerer": pl.Utf8}
        schema |= dict.fromkeys(("returned", "low", "high"), pl.Float64)
        return pl.DataFrame(rows, schema=schema, orient="row")

    def summary(self) -> str:
        """The answers in the field's words, each number with its 90% band."""
        lines = []
        for one in self.answers:
            if isinstance(one.returned, NotIdentified):
                lines.append(f"Of one unit in {one.mover}, {one.answerer}'s answer is {one.condition}.")
                continue
            when = f"; half of it by period {one.half_by}" if one.half_by is not None and one.returned.above else ""
            lines.append(
                f"Of one unit in {one.mover}, {one.answerer} returns {one.returned} within {self.model.horizon} "
                f"periods, from the next on{when}; with the same period {one.with_same_period}."
            )
            lines.append(
                f"  {one.mover} goes on by itself with {one.inertia}. {one.answerer}: {one.condition} "
                f"(rises {one.to_rises}, falls {one.to_falls})."
            )
        second, first = self.answers[0].answerer, self.answers[1].answerer
        gap = f"{second} less {first} {self.asymmetry}, in standard deviations {self.asymmetry_scaled}"
        lines.append(f"Equal treatment: {self.treatment}{'' if self.more is None else f' ({gap})'}.")
        lines.append(
            f"Rests on {self.var.observations} periods, {self.var.lags} lags. "
            "Associations in time: a third cause may move both."
        )
        return "\n".join(lines)

    def plot(self) -> Any:
        """Responses of each direction to a move of the other and of itself."""
        return self.var.plot(self.model.horizon + 1, draws=self.model.draws, seed=self.model.seed)
