"""Spillover: how relations with a third state, and disputes over it, go with the pair's own, area by area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.actors import state_name
from detente.errors import DetenteError, NoData
from detente.explain.reciprocity import HORIZONS, LAGS
from detente.explain.series import with_third
from detente.models import BayesianVAR, Minnesota
from detente.models.impulse import decompose, orthogonalised
from detente.models.reciprocity import Estimate, estimate
from detente.models.regression import regress
from detente.models.var import VARFit, lagged, minnesota, residual_deviations

if TYPE_CHECKING:
    from detente.record import Record

Array = NDArray[np.float64]
ASSOCIATED = "more than chance: associated with it"


@dataclass(frozen=True, slots=True)
class Spill:
    """What the third party's block makes of one direction of the pair.

    `last` is its share of the forecast error variance at the horizon when the pair's own shocks go first (the block
    answers for what it alone adds), `first` when the block goes first (it answers for what they share in a period as
    well): the truth under linear dynamics lies between. `placebo` is the 95th percentile of `last` when the block is
    shifted in time against the pair, so that any share is chance. `answer` is the summed answer of the direction,
    over the horizon, to a fall by one standard deviation in both relations with the third state together.
    """

    area: str | None
    direction: str
    last: Estimate
    first: Estimate
    placebo: float
    answer: Estimate

    @property
    def reading(self) -> str:
        """What may be concluded, in one sentence."""
        if self.last.low > self.placebo:
            return ASSOCIATED
        if self.last.value > self.placebo:
            return "more than chance would mostly give, but not surely"
        if self.first.low > max(self.placebo, self.last.high):
            return "they move in the same period; which moves which can't be told"
        return "no more than chance would give"


@dataclass(frozen=True, eq=False)
class PairSpillover:
    """Spillover from a third state; `paths` are the pair's series as they were and without the block's shocks."""

    pair: tuple[str, str]
    third: str
    by: str
    horizon: int
    spills: tuple[Spill, ...]
    paths: pl.DataFrame
    fit: VARFit
    basis: str
    left_out: tuple[str, ...]

    def frame(self) -> pl.DataFrame:
        """Rows area, direction, measure (share_last, share_first, answer), value, low, high, placebo."""
        rows = []
        for one in self.spills:
            for name, value in (("share_last", one.last), ("share_first", one.first), ("answer", one.answer)):
                placebo = one.placebo if name == "share_last" else None
                rows.append((one.area, one.direction, name, value.value, value.low, value.high, placebo))
        schema: dict[str, Any] = {"area": pl.Utf8, "direction": pl.Utf8, "measure": pl.Utf8}
        schema |= dict.fromkeys(("value", "low", "high", "placebo"), pl.Float64)
        return pl.DataFrame(rows, schema=schema, orient="row")

    def summary(self) -> str:
        """The shares with their bands, beside what chance gives, and what may be concluded."""
        name = state_name(self.third)
        lines = [f"Share of the variance, {self.horizon} {self.by}s ahead, that goes with relations with {name}:"]
        for one in self.spills:
            where = one.area or "all areas"
            lines.append(
                f"{one.direction}, {where}: {one.last.value:.0%} ({one.last.low:.0%} to {one.last.high:.0%}) beyond the pair's own "
                f"shocks, {one.first.value:.0%} ({one.first.low:.0%} to {one.first.high:.0%}) with what they share; chance gives up to "
                f"{one.placebo:.0%}: {one.reading}."
            )
        if self.left_out:
            lines.append(f"Too few acts for a model: {', '.join(self.left_out)}.")
        lines.append(f"Basis: {self.basis}; {self.fit.lags} lags. Associations in time, not proven causes.")
        return "\n".join(lines)

    def plot(self) -> Any:
        """Both directions as they were, smoothed over the horizon, and without the block's shocks, with bands."""
        from detente.plots import BLUE, GREY, band, figure, source_line

        directions = self.paths["direction"].unique(maintain_order=True).to_list()
        drawing, axes = figure(2.2 * len(directions) + 0.4, len(directions), squeeze=False)
        for (axis,), direction in zip(axes, directions, strict=True):
            rows = self.paths.filter(pl.col("direction") == direction)

            def smooth(name: str, rows: pl.DataFrame = rows) -> pl.Series:
                return rows[name].rolling_mean(self.horizon, min_samples=1)

            axis.plot(rows["period"], smooth("actual"), color=GREY, linewidth=1.2, label="as it was")
            band(
                axis,
                rows["period"],
                smooth("without"),
                smooth("low"),
                smooth("high"),
                colour=BLUE,
                label=f"without {state_name(self.third)}'s shocks",
            )
            axis.set_ylabel(f"{direction}\nnet intensity")
        axes[0][0].legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, frameon=False, ncols=2)
        axes[-1][0].set_xlabel(self.by)
        source_line(drawing, f"Running means of {self.horizon} {self.by}s; shade: 90% band. Source: {self.basis}.")
        return drawing


def spillover(
    record: Record,
    a: str,
    b: str,
    third: str,
    *,
    by: str | None = None,
    areas: Sequence[str | None] = (None,),
    as_of: date | None = None,
    source: str | None = None,
    horizon: int | None = None,
    draws: int = 500,
    placebos: int = 100,
    seed: int = 0,
) -> PairSpillover:
    """A VAR of the pair's two directions and of each side's relation with a third state (Bayesian, Minnesota prior).

    By area: the pair's acts in that area (all areas: without those about the third state). Areas with too few acts are
    named in `left_out`. Variance shares after Sims (1980) under both orders of the block, as the order can't be tested.
    Raises NoData where events are too few for any area.
    """
    if third in (a, b):
        raise DetenteError(f"{state_name(third)} is one of the pair; a third state is needed")
    spills: list[Spill] = []
    left_out: list[str] = []
    kept: tuple[VARFit, pl.DataFrame, str, str, int] | None = None
    series = with_third(record, a, b, third, by=by, as_of=as_of, areas=areas, source=source)
    for area, found in series.items():
        if isinstance(found, NoData):
            if len(series) == 1:
                raise found
            left_out.append(area or "all areas")
            continue
        span = horizon or HORIZONS[found.by]
        fit = BayesianVAR(LAGS[found.by]).fit(found.frame.select(found.columns))
        spills += _spills(fit, area, span, draws, placebos, seed)
        if kept is None:
            kept = (
                fit,
                _paths(fit, found.frame["period"], draws=min(draws, 300), seed=seed),
                found.by,
                found.basis,
                span,
            )
    if kept is None:
        raise NoData(f"too few acts of {state_name(a)} and {state_name(b)} in every area asked about")
    fit, paths, unit, basis, span = kept
    return PairSpillover((a, b), third, unit, span, tuple(spills), paths, fit, basis, tuple(left_out))


def _spills(fit: VARFit, area: str | None, span: int, draws: int, placebos: int, seed: int) -> list[Spill]:
    coefficients, covariance = fit.draws(draws, seed)
    last_order, first_order = np.array([0, 1, 2, 3]), np.array([2, 3, 0, 1])
    last = _block_share(coefficients, covariance, span, last_order)
    first = _block_share(coefficients, covariance, span, first_order)
    chance = _placebo(fit, span, placebos, seed)
    responses = orthogonalised(
        coefficients[..., first_order, :][..., first_order], covariance[:, first_order][:, :, first_order], span
    )
    answers = -responses[:, :, :2, 2:].sum((1, 2))
    return [
        Spill(
            area, fit.names[i], estimate(last[:, i]), estimate(first[:, i]), float(chance[i]), estimate(answers[:, i])
        )
        for i in range(2)
    ]


def _block_share(coefficients: Array, covariance: Array, span: int, order: NDArray[np.int64]) -> Array:
    """Share of the variance of series 0 and 1 that the shocks of series 2 and 3 make, in this Cholesky order (..., 2)."""
    shares = decompose(
        orthogonalised(coefficients[..., order, :][..., order], covariance[..., order, :][..., order], span)
    )[..., -1, :, :]
    place = np.argsort(order)
    return np.asarray(shares[..., place, :][..., place][..., 2:, :2].sum(-2))


def _placebo(fit: VARFit, span: int, placebos: int, seed: int) -> Array:
    """95th percentile of the block's share when it is shifted in a circle by at least a tenth of the series (2,)."""
    rng = np.random.default_rng(seed)
    y, n = fit.data, len(fit.data)
    prior = minnesota(fit.prior or Minnesota(0.2), residual_deviations(y, fit.lags), fit.lags)
    least = max(fit.lags + 1, n // 10)
    shares = []
    for shift in rng.integers(least, n - least, placebos):
        moved = np.column_stack([y[:, :2], np.roll(y[:, 2:], shift, axis=0)])
        other = regress(moved[fit.lags :], lagged(moved, fit.lags), prior)
        shares.append(_block_share(other.mean[1:].reshape(fit.lags, 4, 4), other.covariance, span, np.arange(4)))
    return np.asarray(np.quantile(shares, 0.95, axis=0))


def _paths(fit: VARFit, periods: pl.Series, *, draws: int, seed: int) -> pl.DataFrame:
    point, low, high = fit.counterfactual(fit.names[2:], draws=draws, seed=seed)
    return pl.concat(
        pl.DataFrame(
            {
                "period": periods[fit.lags :],
                "direction": [fit.names[i]] * len(point),
                "actual": fit.data[fit.lags :, i],
                "without": point[:, i],
                "low": point[:, i] if low is None else low[:, i],
                "high": point[:, i] if high is None else high[:, i],
            }
        )
        for i in range(2)
    )
