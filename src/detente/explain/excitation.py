"""Event-time reciprocity of a pair: which acts set off which, by a Hawkes process of four kinds of acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.actors import state_name
from detente.errors import NoData
from detente.explain.result import Explained
from detente.measures.panel import choose_source
from detente.models.hawkes import Hawkes, HawkesFit
from detente.record.queries import read_pair, volume

if TYPE_CHECKING:
    from detente.record import Record

Array = NDArray[np.float64]
LEAST_EVENTS = 200
DECAYS = (1.0, 0.15)


@dataclass(frozen=True, eq=False)
class ExcitationFit:
    """Direct offspring [effect, cause] with 90% bounds, averaged over draws of the hour within the day.

    In simulated worlds the bounds hold more than 90%, the more so the fewer the acts (docs/recovery.md): no number may lie
    below nought, which makes estimates surer than their bounds say.
    """

    names: list[str]
    branching: Array
    low: Array
    high: Array
    fits: list[HawkesFit]

    def frame(self) -> pl.DataFrame:
        """Rows effect, cause, value (acts of the effect set off by one act of the cause), low, high (90%)."""
        rows = [
            (
                effect,
                cause,
                self.branching[i, j],
                self.low[i, j],
                self.high[i, j],
            )
            for i, effect in enumerate(self.names)
            for j, cause in enumerate(self.names)
        ]
        schema = {"effect": pl.Utf8, "cause": pl.Utf8, **dict.fromkeys(("value", "low", "high"), pl.Float64)}
        return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)

    def summary(self) -> str:
        """What one act of each kind sets off on the other side, and how well the model fits."""
        first = self.fits[0]
        table = self.frame()
        lines = [
            f"Acts that set off acts: {len(first.times):,} acts of four kinds, mean delays of {', '.join(f'{1 / x:.0f}' for x in DECAYS)} days; "
            f"spectral radius {np.mean([fit.radius for fit in self.fits]):.2f}."
        ]
        for row in table.drop_nulls(("value", "low", "high")).iter_rows(named=True):
            if row["effect"].split(" ")[0] != row["cause"].split(" ")[0]:
                lines.append(
                    f"One {row['cause']} sets off {row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f}) {row['effect']}."
                )
        for row in first.goodness().iter_rows(named=True):
            if row["p"] is not None:
                lines.append(
                    f"{row['type']}: clock test KS {row['statistic']:.3f}, {'fits' if row['p'] >= 0.05 else 'does NOT fit'}."
                )
        return "\n".join(lines)

    def plot(self) -> Any:
        """The branching matrix and the clock test of the first draw."""
        return self.fits[0].plot()


def excitation(
    record: Record,
    a: str,
    b: str,
    *,
    as_of: date | None = None,
    source: str | None = None,
    draws: int = 5,
    seed: int = 0,
) -> Explained[ExcitationFit]:
    """Cooperative and conflictual acts of each side, and how many of each kind one act of another sets off.

    Sources date acts by day, so the moment within the day is drawn `draws` times at random and the fits are combined
    by Rubin's rules (*Multiple Imputation for Nonresponse in Surveys*, 1987). The baseline follows the day's volume
    of all other reports. An act that takes over a news wave counts as set off: read it with the volume in mind.
    Raises NoData for fewer than 200 acts.
    """
    chosen = choose_source(record, source, as_of, pair=(a, b))
    events = read_pair(record, a, b, source=chosen, as_of=as_of)
    if events.height < LEAST_EVENTS:
        raise NoData(
            f"{events.height} acts of {state_name(a)} and {state_name(b)} in {chosen} are too few, {LEAST_EVENTS} are needed"
        )
    names = [f"{s}>{r} {kind}" for s, r in ((a, b), (b, a)) for kind in ("cooperation", "conflict")]
    types = (2 * (events["sender"] == b).cast(pl.Int64) + (events["quad"] > 2).cast(pl.Int64)).to_numpy()
    first, last = events["date"][0], events["date"][-1]
    start = (events["date"] - first).dt.total_days().cast(pl.Float64).to_numpy()
    length = int(start.max()) + 1
    others = (
        pl.DataFrame({"period": pl.date_range(first, last, "1d", eager=True)})
        .join(volume(record, source=chosen, by="day", as_of=as_of), on="period", how="left", maintain_order="left")[
            "volume"
        ]
        .fill_null(0)
        .to_numpy()
        .astype(float)
    )
    others = np.maximum(others - np.bincount(start.astype(int), minlength=length), 1.0)
    exposure = (np.arange(length + 1.0), others / others.mean())
    rng = np.random.default_rng(seed)
    fits = [
        Hawkes(decays=DECAYS).fit(
            start + rng.random(len(start)), types, end=float(length), exposure=exposure, names=names
        )
        for _ in range(draws)
    ]
    basis = f"{events.height:,} {chosen} events, {first} to {last}"
    return Explained(combined(fits), basis, data_to=last)


def combined(fits: Sequence[HawkesFit]) -> ExcitationFit:
    """Fits to several draws of the unknown hours as one, by Rubin's rules on either side of the mean.

    NaN for a cause that never happened: that it sets off nothing was never tried.
    """
    from detente.models.hawkes_likelihood import Z

    sums, draws = np.array([fit.branching for fit in fits]), len(fits)
    between = (1 + 1 / draws) * (sums.var(axis=0, ddof=1) if draws > 1 else 0.0)
    lows, highs = (np.array(side) for side in zip(*(fit.branching_bounds() for fit in fits), strict=True))
    mean = np.where(np.isnan(lows).any(axis=0), np.nan, sums.mean(axis=0))
    down, up = (np.sqrt(((side - sums) ** 2).mean(axis=0) + Z**2 * between) for side in (lows, highs))
    return ExcitationFit(list(fits[0].names), mean, np.maximum(mean - down, 0.0), mean + up, list(fits))
