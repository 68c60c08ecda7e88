"""Writes docs/worked-examples.md: the models on the field's textbook series and on real data; `make examples`.

python tools/worked_examples.py ../shared/data docs [--published FILE]

FILE: ideal points as published by Bailey, Strezhnev and Voeten (doi:10.7910/DVN/LEJUQZ), Stata or CSV, to compare with.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import detente as dt
from detente.models import BayesianVAR, Reciprocity
from detente.models.ideal_points import IdealPointsFit
from detente.plots import svg


def code(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


def table(head: str, rows: list[str]) -> str:
    columns = head.split("|")
    rule = "|".join("---" if n == 0 else "---:" for n, _ in enumerate(columns))
    return "\n".join([f"|{head}|", f"|{rule}|", *(f"|{row}|" for row in rows)])


def levant(data: Path, charts: Path) -> Iterator[str]:
    frame = pl.read_csv(data / "levant" / "weekly_1979_2003.csv").select("i2p", "p2i")
    reference = json.loads((data / "levant" / "reference_weekly.json").read_text())
    flat, ours = BayesianVAR(6, None).fit(frame), BayesianVAR(6).fit(frame)
    given = np.array(reference["irf"])
    yield "## Israel and the Palestinians, 1979 to 2003"
    yield (
        "Weekly Goldstein-scaled totals of the KEDS project (i2p: Israel towards Palestinians), the textbook case "
        "of Brandt and Freeman (2006). The reference is MSBVAR, the "
        "field's R package, no longer installable. With the prior off, `BayesianVAR(lags=6, prior=None)` gives its "
        "figures:"
    )
    selection = np.array([[row[k] for k in ("AIC", "BIC", "HQ")] for row in reference["lag_selection"]])
    gaps = {
        "impulse responses, 12 steps": np.abs(flat.irf(12) - given).max() / np.abs(given).max(),
        "first-lag coefficients": np.abs(flat.coefficients[0] - reference["ar_coefs_lag1"]).max(),
        "residual covariance": np.abs(flat.covariance / reference["residual_covariance"] - 1).max(),
        "AIC, BIC, HQ of 1 to 12 lags": np.abs(
            flat.lag_selection(12).select("AIC", "BIC", "HQ").to_numpy() - selection
        ).max(),
    }
    yield table(" | largest difference", [f" {name} | {gap:.1e}" for name, gap in gaps.items()])
    yield (
        f"With the Minnesota prior (tightness learnt: {ours.prior.tightness:.2f}) responses are smoother and carry "
        "bands that the reference's least-squares run lacks. "
        "Response of p2i to one standard deviation in i2p:"
    )
    band = ours.irf(12, draws=5000, seed=1)
    yield table(
        " week | MSBVAR, least squares | Minnesota | 90% band",
        [
            f" {h} | {given[h, 0, 1]:.2f} | {band[h, 0, 1]:.2f} | {band.low[h, 0, 1]:.2f} to {band.high[h, 0, 1]:.2f}"
            for h in range(0, 12, 2)
        ],
    )
    fit = Reciprocity(6, None, horizon=12, seed=1).fit(frame)
    yield "`Reciprocity(6, None).fit(frame).summary()`:"
    yield code(fit.summary())
    spread = frame.std().row(0)
    yield (
        f"Part of the gap is scale: Israel's series has a standard deviation of {spread[0]:.1f}, the other of "
        f"{spread[1]:.1f}; in standard "
        f"deviations the asymmetry is {fit.asymmetry_scaled}. In windows of five years:"
    )
    rolling = fit.rolling(260, 130)
    years = {end: 1979 + (end + 15) / 52.18 for end in rolling["end"]}
    yield table(
        " window ends | p2i returns of i2p | i2p returns of p2i",
        [
            f" {years[end]:.1f} | "
            + " | ".join(f"{r['returned']:.2f} ({r['low']:.2f} to {r['high']:.2f})" for r in rows.iter_rows(named=True))
            for (end,), rows in rolling.partition_by("end", as_dict=True, maintain_order=True).items()
        ],
    )
    (charts / "levant-responses.svg").write_text(
        svg(band.plot(), "Impulse responses of the weekly Levant series") + "\n"
    )
    yield "![Impulse responses of the weekly Levant series with 90% bands](charts/levant-responses.svg)"


def three_way_street(record: Any) -> Iterator[str]:
    yield "## Three-way street: the United States, Russia and China in 2018"
    yield (
        "Goldstein and Freeman (*Three-Way Street*, 1990; American Political Science Review 85, 1991) found a mix "
        "of routine and reciprocity "
        "between Washington, Moscow and Beijing, and asymmetrical links between the three relations. The same "
        "question of eight months of "
        "ICEWS, by day, "
        '`record.triangle(["USA", "RUS", "CHN"])`:'
    )
    yield code(record.triangle(["USA", "RUS", "CHN"]).summary())
    yield (
        '`record.pair("USA", "RUS").reciprocity()`, `.excitation()`, `.spillover("IRN", area=(None, "diplomatic", '
        '"economic"))`, `.breaks()`:'
    )
    pair = record.pair("USA", "RUS")
    yield code(pair.reciprocity().summary())
    yield code(pair.excitation().summary())
    yield code(pair.spillover("IRN", area=(None, "diplomatic", "economic")).summary())
    yield code(pair.breaks().summary())


def positions(record: Any, charts: Path, published: Path | None) -> Iterator[str]:
    explained = record.ideal_points(sessions=None)
    fit: IdealPointsFit = explained.fit
    frame = explained.frame
    yield "## Ideal points in the UN, 1946 to 2019"
    yield code(explained.summary())
    yield "Russia and the United States, on the scale of the last session; 90% bands. Sessions begin in the year named."
    rows = frame.filter(pl.col("state").is_in(["USA", "RUS"]) & (pl.col("session") >= 47)).sort("session")
    distance = dict(fit.distance("USA", "RUS").select("session", "distance").iter_rows())
    lines = []
    for (session,), two in rows.partition_by("session", as_dict=True, maintain_order=True).items():
        cells = {
            r["state"]: f"{r['ideal_point']:+.2f} ({r['low']:+.2f} to {r['high']:+.2f})"
            for r in two.iter_rows(named=True)
        }
        lines.append(f" {1945 + session} | {cells['RUS']} | {cells['USA']} | {distance[session]:.2f}")
    yield table(" year | Russia | United States | apart", lines)
    ranks = fit.rank_correlation()
    worst = ranks.sort("correlation").row(0, named=True)
    yield (
        "Spearman's rank correlation of the states' order in sessions on end: mean "
        f"{ranks['correlation'].mean():.3f}, lowest {worst['correlation']:.3f} (session {worst['session']}). "
        f"{fit.links.bridges.sum():,} roll calls link a session to the one before; the error of the link grows to "
        f"{fit.links.error.max():.2f} in the first session, and before session 31 few titles "
        "come back, so that comparisons of levels across the first decades rest on the assumption that the "
        "membership as a whole moves little."
    )
    if published:
        yield from compared(frame, published)
    (charts / "ideal-points.svg").write_text(
        svg(explained.plot(), "Ideal points of the United States, Russia and China") + "\n"
    )
    yield "![Ideal points of the United States, Russia and China, 1946 to 2019](charts/ideal-points.svg)"


def compared(frame: pl.DataFrame, published: Path) -> Iterator[str]:
    """Against the published estimates: the same states and years."""
    import pandas as pd

    theirs = pl.from_pandas(pd.read_stata(published) if published.suffix == ".dta" else pd.read_csv(published))
    theirs = theirs.select(
        state=pl.col("iso3c"),
        session=pl.col("year").cast(pl.Int64) - 1945,
        all=pl.col("idealpointall"),
        legacy=pl.col("idealpointlegacy"),
    )
    both = frame.join(theirs, on=["state", "session"])
    lines = []
    for name in ("all", "legacy"):
        some = both.drop_nulls(name).filter(pl.col(name).is_not_nan())
        within = [
            part.select(pl.corr("standing", name, method="spearman")).item()
            for part in some.partition_by("session")
            if part.height > 10
        ]
        russia = some.filter((pl.col("state") == "RUS") & (pl.col("session") >= 47))
        lines.append(
            f" {name} | {some.height:,} | {some.select(pl.corr('standing', name)).item():.3f} | "
            f"{np.mean(within):.3f} | {min(within):.3f} | "
            f"{russia.select(pl.corr('ideal_point', name)).item():.3f}"
        )
    yield (
        "Compared with the estimates that Bailey, Strezhnev and Voeten publish (file of July 2025; not shipped "
        "here): `all` rests on more votes of late, paragraphs included, "
        "`legacy` on whole resolutions, as here. Correlations of the standing with theirs, of ranks within "
        "sessions, and of Russia's path from 1992 on:"
    )
    yield table(" their series | state-years | all | ranks within a session, mean | lowest | Russia since 1992", lines)


def structure(record: Any) -> Iterator[str]:
    yield "## Hidden structure of ICEWS, January to August 2018"
    yield "`record.components()`, K chosen by held-out cells:"
    yield code(record.components().summary())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("docs", type=Path)
    parser.add_argument("--published", type=Path)
    given = parser.parse_args()
    charts = given.docs / "charts"
    charts.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        record = dt.open_record(Path(work) / "record")
        record.ingest([given.data / "icews", given.data / "unvotes"])
        record = dt.open_record(Path(work) / "record")
        parts = [
            "# Worked examples",
            "Made by `make examples` from real data that are not shipped: the Levant series, ICEWS of 2018, the UN "
            "roll calls. How to read each model: [models.md](models.md).",
            *levant(given.data, charts),
            *three_way_street(record),
            *positions(record, charts, given.published),
            *structure(record),
        ]
    (given.docs / "worked-examples.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
