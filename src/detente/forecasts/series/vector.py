"""A Bayesian vector autoregression of each pair's series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.errors import NotEstimable
from detente.forecasts.scores import COUNT, LEVELS
from detente.forecasts.series.dataset import Array, untransform
from detente.forecasts.series.forecaster import Forecaster
from detente.forecasts.series.known import Known

LEAST, MOST, DRAWS = 16, 8, 400


class Vector(Forecaster):
    """On the scale of scores; see `detente.models.BayesianVAR`.

    Of pairs with up to eight series, each known in all of sixteen periods or more, not constant, and none the sum of
    others.
    """

    def forecast(self, known: Known, horizons: Sequence[int], learnt: Any = None) -> dict[int, Array]:
        """Quantiles of draws from the predictive distribution."""
        from detente.models import BayesianVAR

        kind, last, z, scale = known.kind, max(horizons), known.scores, known.now.scale
        quantiles = {h: np.full((len(z), COUNT), np.nan) for h in horizons}
        if z.shape[1] < LEAST:
            return quantiles
        pair_of = known.relatives.pair
        for pair in range(int(pair_of.max()) + 1):
            mine = np.flatnonzero((pair_of == pair) & np.isfinite(z).all(1) & (np.ptp(z, axis=1) > 0))
            if not 1 <= len(mine) <= MOST:
                continue
            try:
                fit = BayesianVAR(lags=1 if len(mine) > 2 else 2).fit(z[mine].T)
            except NotEstimable:
                continue
            paths = fit.predictive(last, draws=DRAWS, seed=known.seed)
            for h in horizons:
                drawn = untransform(kind, np.quantile(paths[:, h - 1], LEVELS, axis=0).T)
                quantiles[h][mine] = drawn * scale[mine, None] if kind == "value" else drawn
        return quantiles


BVAR = Vector()
