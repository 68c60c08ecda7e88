"""ETS and ARIMA series by series, by statsforecast: what a forecaster would else reach for."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.forecasts.scores import COUNT, LEVELS
from detente.forecasts.series.dataset import Array, transform, untransform
from detente.forecasts.series.forecaster import Forecaster
from detente.forecasts.series.known import Known
from detente.periods import PERIODS

FITTED, LEAST_FITTED, ONE_DEVIATION = 40, 12, 68.26894921370859


class Classical(Forecaster):
    """AutoETS or AutoARIMA (statsforecast) of a random sample of `FITTED` series, with normal errors on the scale of
    scores.

    NaN for all other series, for those with gaps or fewer than twelve periods, and without statsforecast.
    """

    baseline = True

    def __init__(self, model: str) -> None:
        self.model = model

    def forecast(self, known: Known, horizons: Sequence[int], learnt: Any = None) -> dict[int, Array]:
        """The model that statsforecast chooses for each series."""
        y, kind, season = known.totals, known.kind, PERIODS[known.by].per_year
        quantiles = {h: np.full((len(y), COUNT), np.nan) for h in horizons}
        try:
            import statsforecast.models as library
        except ImportError:
            return quantiles
        from scipy.special import ndtri

        fit = np.flatnonzero(np.isfinite(y).all(1)) if y.shape[1] >= LEAST_FITTED else np.zeros(0, dtype=int)
        fit = np.sort(np.random.default_rng(known.seed).permutation(fit)[:FITTED])
        yearly = season if 1 < season <= 12 and y.shape[1] >= 3 * season else 1
        z, last = transform(kind, y), max(horizons)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for n in fit:
                if np.ptp(z[n]) == 0:
                    mean, spread = np.full(last, z[n, -1]), np.full(last, 1e-6)
                else:
                    model: Any = getattr(library, self.model)(season_length=yearly)
                    ahead = model.forecast(y=z[n], h=last, level=[ONE_DEVIATION])
                    mean, spread = ahead["mean"], np.maximum(ahead[f"hi-{ONE_DEVIATION}"] - ahead["mean"], 1e-6)
                for h in horizons:
                    quantiles[h][n] = untransform(kind, mean[h - 1] + ndtri(LEVELS) * spread[h - 1])
        return quantiles


ETS, ARIMA = Classical("AutoETS"), Classical("AutoARIMA")
