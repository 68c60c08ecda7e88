"""Forecasting many pairs: one origin of ours against the classical models that a user would else fit series by series.

    python benchmarks/forecasts.py

Simulated weekly counts of 100 pairs in both directions and four classes (800 series, 34 weeks), eight weeks ahead, on
two cores.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

import detente as dt
from detente.forecasts.scores import LEVELS, crps
from detente.forecasts.series.classical import fitted
from detente.forecasts.series.dataset import build
from detente.forecasts.series.forecaster import FORECASTERS
from detente.forecasts.series.known import Known

HORIZONS = tuple(range(1, 9))


def timed(what: Callable[[], Any]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def main() -> None:
    rng = np.random.default_rng(0)
    rows = []
    for pair in range(100):
        for a, b in ((f"A{pair:02d}", f"B{pair:02d}"), (f"B{pair:02d}", f"A{pair:02d}")):
            for item in range(4):
                rate = rng.gamma(0.5, 1.0)
                rows += [
                    (a, b, str(item), date(2018, 1, 1) + timedelta(d), float(n))
                    for d, n in enumerate(rng.poisson(rate, 34 * 7))
                    if n or d == 0
                ]
    frame = pl.DataFrame(rows, schema=["a", "b", "item", "date", "value"], orient="row")
    data = build(frame, kind="count", by="week", directed=True, last=date(2018, 1, 1) + timedelta(34 * 7 - 1))
    y = data.totals(data.known_at(data.periods - 1), 0, data.periods)
    ours = {
        name: timed(lambda name=name: FORECASTERS[name].forecast(Known(data, data.periods - 1), HORIZONS))
        for name in ("hierarchical", "boosted", "forest", "BVAR")
    }
    sample = 40
    ets, arima = (
        timed(lambda m=m: fitted(y, HORIZONS, m, "count", 52)) * data.size / sample for m in ("AutoETS", "AutoARIMA")
    )
    print(
        f"{data.size} series, 8 horizons, one origin: "
        + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in ours.items())
    )
    print(f"AutoETS {ets:.1f} s, AutoARIMA {arima:.1f} s (scaled from {sample} series)")
    whole = sum(ours[name] for name in ("hierarchical", "boosted", "forest"))
    print(
        f"stack's members {whole:.1f} s: {ets / whole:.2f}x AutoETS, {arima / whole:.2f}x AutoARIMA (above 1: ours "
        "is faster)"
    )
    q, z = np.sort(rng.standard_normal((20_000, len(LEVELS))), axis=1), rng.standard_normal(20_000)

    def pairwise() -> None:
        for n in range(2_000):
            np.abs(q[n] - z[n]).mean() - np.abs(q[n][:, None] - q[n][None, :]).mean() / 2

    fast, slow = timed(lambda: crps(q, z)), timed(pairwise) * 10
    print(f"CRPS of 20,000 forecasts {fast:.3f} s, by the definition row by row {slow:.2f} s: {slow / fast:.0f}x")
    pair = dt.open_record("no-such-folder").pair("USA", "RUS", as_of="2007-02-01")
    first, again = timed(pair.forecast), timed(pair.forecast)
    print(
        f"forecast of one pair from the case: first {first:.2f} s, again {again:.2f} s; levers weighed "
        f"{timed(pair.weigh):.2f} s"
    )


if __name__ == "__main__":
    main()
