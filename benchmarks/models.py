"""The models against what a user would otherwise take, each pair measured in one run.

python benchmarks/models.py [--data ../shared/data]
"""

from __future__ import annotations

import argparse
import math
import resource
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

import detente as dt
from detente.models import BayesianVAR, ChangePoints, Hawkes, HawkesProcess, LocalLevel, PoissonTensor
from detente.models.tensor_sweep import Gammas


def timed(work: Callable[[], object], runs: int = 5) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def once(work: Callable[[], object]) -> float:
    return timed(work, 1)


def say(what: str, ours: float, other: str, theirs: float) -> None:
    print(f"  {what:<58} {ours:9.4f} s")
    print(f"  {other:<58} {theirs:9.4f} s   detente: {theirs / ours:,.1f} x as fast", flush=True)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def vector_autoregression(data: Path) -> None:
    from statsmodels.tsa.api import VAR

    path = data / "levant" / "weekly_1979_2003.csv"
    frame = pl.read_csv(path).select("i2p", "p2i")
    y = frame.to_numpy()
    print(f"Vector autoregression, {path.name}: 1,278 weeks, 2 series, 6 lags")
    say(
        "BayesianVAR fit, prior's tightness learnt",
        timed(lambda: BayesianVAR(6).fit(frame)),
        "statsmodels VAR fit, least squares alone",
        timed(lambda: VAR(y).fit(6)),
    )
    fit, theirs = BayesianVAR(6).fit(frame), VAR(y).fit(6)
    ours = timed(lambda: fit.irf(12, draws=5000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        slow = once(lambda: theirs.irf_errband_mc(orth=True, repl=50, steps=12, seed=1)) * 100
    say("irf, 12 steps, 5,000 draws, with band", ours, "statsmodels irf_errband_mc (50 of 5,000 measured)", slow)


def hawkes() -> None:
    rng = np.random.default_rng(1)
    d, decays = 6, np.array([2.0, 0.2])
    jumps = rng.uniform(0, 0.12, (d, d, 2)) * (rng.uniform(size=(d, d, 2)) < 0.6)
    process = HawkesProcess(rng.uniform(0.3, 0.6, d), jumps, decays)
    end = 225_000.0
    times, types = process.simulate(end, seed=1)
    times, types = times[:1_000_000], types[:1_000_000]
    Hawkes(decays=[2.0, 0.2]).fit(times[:2000], types[:2000])
    print(f"Hawkes process, {len(times):,} events, {d} types, 2 decays")
    start = time.perf_counter()
    fit = Hawkes(decays=[2.0, 0.2]).fit(times, types)
    ours = time.perf_counter() - start
    print(
        f"  fit with standard errors                                   {ours:9.4f} s   largest error "
        f"{np.abs(fit.jumps - jumps).max():.3f}"
    )

    def loop(n: int) -> float:
        """One evaluation of the likelihood by the textbook recursion in plain Python and numpy."""
        state, last, value = np.zeros((d, 2)), 0.0, 0.0
        for t, i in zip(times[:n].tolist(), types[:n].tolist(), strict=True):
            state *= np.exp(-decays * (t - last))
            last = t
            value += math.log(fit.baseline[i] + float((fit.jumps[i] * state).sum()))
            state[i] += decays
        return value

    few = 20_000
    say(
        "the whole fit",
        ours,
        "one evaluation of the likelihood by a numpy loop (scaled)",
        once(lambda: loop(few)) * len(times) / few,
    )


def poisson_tensor() -> None:
    rng = np.random.default_rng(2)
    dims, k, wanted = (250, 250, 20, 35), 50, 83_707
    factors = [rng.gamma(0.1, 1, (n, k)) for n in dims]
    weights = rng.gamma(1, 1, k)
    which = rng.choice(k, 130_000, p=weights / weights.sum())
    cells = np.column_stack(
        [
            np.array([rng.choice(n, p=f[:, c] / f[:, c].sum()) for c in which])
            for n, f in zip(dims, factors, strict=True)
        ]
    )
    where, counts = np.unique(cells, axis=0, return_counts=True)
    where, counts = where[:wanted], counts[:wanted]
    print(f"Poisson tensor factorisation, {' x '.join(map(str, dims))}, {len(where):,} non-zeros, K = {k}, per sweep")
    fit = PoissonTensor(k=k, sweeps=2, tolerance=0).fit(where, counts, dims)
    assert len(fit.bounds) == 2
    before = peak()
    ours = (
        once(lambda: PoissonTensor(k=k, sweeps=42, tolerance=0).fit(where, counts, dims))
        - once(lambda: PoissonTensor(k=k, sweeps=2, tolerance=0).fit(where, counts, dims))
    ) / 40
    grown = peak() - before
    half = len(where) // 2
    less = (
        once(lambda: PoissonTensor(k=k, sweeps=42, tolerance=0).fit(where[:half], counts[:half], dims))
        - once(lambda: PoissonTensor(k=k, sweeps=2, tolerance=0).fit(where[:half], counts[:half], dims))
    ) / 40
    thin = (
        once(lambda: PoissonTensor(k=k // 2, sweeps=42, tolerance=0).fit(where, counts, dims))
        - once(lambda: PoissonTensor(k=k // 2, sweeps=2, tolerance=0).fit(where, counts, dims))
    ) / 40

    gammas = [Gammas.start(n, k, 0.1, rng) for n in dims]

    def published() -> None:
        """The published updates with numpy: gather the factors' rows at the non-zeros, split, scatter back."""
        for m, n in enumerate(dims):
            product = np.prod([g.geometric[where[:, o]] for o, g in enumerate(gammas)], axis=0)
            ratio = counts / product.sum(1)
            shape = np.zeros((n, k))
            np.add.at(shape, where[:, m], product * ratio[:, None])
            rate = np.prod([g.mean.sum(0) for o, g in enumerate(gammas) if o != m], axis=0)[None, :]
            gammas[m] = gammas[m].updated(0.1, shape, rate)

    say("PoissonTensor", ours, "the published method in numpy", timed(published, 5))
    print(
        f"  half the non-zeros {less / ours:.2f}, half the components {thin / ours:.2f} of the time; memory grown "
        f"by {grown:.0f} MB in fitting (dense: {np.prod(dims) * 8 / 2**20:.0f} MB)"
    )


def levels() -> None:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    rng = np.random.default_rng(3)
    y = np.cumsum(rng.normal(0, 0.5, 240)) + rng.normal(0, 1, 240)
    n = rng.poisson(20, 240).astype(float)
    k = rng.binomial(n.astype(int), 0.6)
    LocalLevel("binomial").fit(k, n)
    print("Local level of 240 months, variances averaged over")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = timed(lambda: UnobservedComponents(y, "local level").fit(disp=0), 3)
    say(
        "LocalLevel, Gaussian",
        timed(lambda: LocalLevel("gaussian").fit(y)),
        "statsmodels UnobservedComponents, Gaussian, variances fixed",
        theirs,
    )
    print(
        "  LocalLevel, binomial                                       "
        f"{timed(lambda: LocalLevel('binomial').fit(k, n)):9.4f} s   (statsmodels has none)"
    )


def breaks() -> None:
    import ruptures

    rng = np.random.default_rng(4)
    y = np.repeat([0.0, 1.0, 0.0, 2.0], 250) + rng.normal(size=1000)
    print("Change points in 1,000 periods")
    say(
        "ChangePoints, posterior of dates and number",
        timed(lambda: ChangePoints("gaussian").fit(y), 3),
        "ruptures Dynp, dates alone, number given",
        once(lambda: ruptures.Dynp(model="l2", min_size=2, jump=1).fit(y).predict(n_bkps=3)),
    )


def record(data: Path) -> None:
    import pandas as pd

    with tempfile.TemporaryDirectory(prefix="bench-", dir=".") as work:
        held = dt.open_record(Path(work) / "record", cases=False)
        held.ingest([data / "icews", data / "unvotes"])
        held.panel(by="week")
        start = time.perf_counter()
        panel = held.panel(by="week", source="icews_triples").frame
        ours = time.perf_counter() - start
        pairs = panel.select("sender", "receiver").unique()
        events = pd.concat([pd.read_parquet(p) for p in held.paths(held.parts("events", "icews_triples", "pairs"))])
        events["date"] = pd.to_datetime(events["date"])

        def loop(n: int) -> None:
            for a, b in pairs.head(n).iter_rows():
                mine = events[(events["sender"] == a) & (events["receiver"] == b)]
                mine.groupby([mine["date"].dt.to_period("W"), "quad"]).size().unstack(fill_value=0)

        few = 100
        print(f"Panels of {pairs.height:,} directed pairs by week, {panel.height:,} rows")
        say(
            "record.panel(by='week'), from Parquet",
            ours,
            f"pandas, a loop over pairs ({few} measured, scaled)",
            once(lambda: loop(few)) * pairs.height / few,
        )

        print("UN votes: 869,937 votes, 6,202 roll calls")
        start = time.perf_counter()
        table = held.similarity().frame
        ours = time.perf_counter() - start
        votes = pd.concat([pd.read_parquet(p) for p in held.paths(held.parts("votes"))])
        calls = held.table("rollcalls").select("rcid", pl.col("date").dt.year().alias("year")).to_pandas()
        votes = votes.merge(calls, on="rcid")
        by_state = dict(tuple(votes.groupby("state")))
        two = table.select("a", "b").unique().sort("a", "b")

        def merges(n: int) -> None:
            for a, b in two.head(n).iter_rows():
                both = by_state[a].merge(by_state[b], on="rcid")
                both.assign(same=both["choice_x"] == both["choice_y"]).groupby("year_x")["same"].agg(["mean", "size"])

        few = 100
        say(
            f"record.similarity(): six indices, {two.height:,} pairs",
            ours,
            f"pandas, agreement alone, a merge a pair ({few} measured, scaled)",
            once(lambda: merges(few)) * two.height / few,
        )
        held.ideal_points(sessions=2)
        start = time.perf_counter()
        fit = held.ideal_points(sessions=None).fit
        print(
            f"  record.ideal_points(): {fit.votes_used:,} votes, 74 sessions, with errors  "
            f"{time.perf_counter() - start:9.4f} s   (no peer in Python; bound: 60 s)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    given = parser.parse_args()
    vector_autoregression(given.data)
    hawkes()
    poisson_tensor()
    levels()
    breaks()
    record(given.data)


if __name__ == "__main__":
    main()
