"""How the tables of pairs and records are drawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from detente.measures.panel import CONFLICTUAL, COOPERATIVE
from detente.plots import BLUE, GREY, ORANGE, SERIES, band, figure

TONES = {"cooperative": (BLUE, "o"), "conflictual": (ORANGE, "x")}


def shares(panel: pl.DataFrame) -> Any:
    """The cooperative share by direction with its band, of the first area; of many pairs, of all their reports
    together.
    """
    area = panel["area"][0]
    panel = panel.filter(pl.col("area").eq_missing(area))
    directions = panel.select("sender", "receiver").unique(maintain_order=True).rows()
    drawing, axis = figure(3.0)
    if len(directions) == 2:
        for n, (sender, receiver) in enumerate(directions):
            rows = panel.filter((pl.col("sender") == sender) & (pl.col("receiver") == receiver))
            lines = (rows[name] for name in ("period", "share", "share_low", "share_high"))
            band(axis, *lines, colour=SERIES[n], label=f"{sender} towards {receiver}")
    else:
        share = COOPERATIVE.sum() / (COOPERATIVE + CONFLICTUAL).sum()
        rows = panel.group_by("period").agg(share=share).sort("period")
        axis.plot(rows["period"], rows["share"], color=BLUE, label=f"{len(directions)} directed pairs together")
    axis.set_ylim(0, 1)
    axis.set_ylabel("cooperative share of reports")
    return _with_legend(drawing)


def dated(facts: pl.DataFrame) -> Any:
    """The facts as marks on their days, an area a line."""
    areas = facts["area"].unique().sort(descending=True).to_list()
    drawing, axis = figure(0.25 * len(areas) + 1.2)
    for tone, (colour, mark) in TONES.items():
        rows = facts.filter(pl.col("tone") == tone)
        axis.scatter(
            rows["date"], [areas.index(a) for a in rows["area"]], color=colour, marker=mark, s=18, alpha=0.7, label=tone
        )
    _lines(axis, areas)
    return _with_legend(drawing)


def lives(treaties: pl.DataFrame) -> Any:
    """Since when every agreement has been in its state."""
    rows = treaties.drop_nulls("since").sort("since", descending=True)
    drawing, axis = figure(0.2 * rows.height + 1.2)
    colours = {"in force": BLUE, "suspended": ORANGE, "signed": SERIES[2], "ended": GREY}
    for state, colour in colours.items():
        at = (rows["state"] == state).arg_true().to_list()
        axis.scatter(rows["since"].gather(at), at, color=colour, s=22, label=f"{state} since")
    _lines(axis, [title if len(title) < 50 else f"{title[:49]}…" for title in rows["title"]])
    return _with_legend(drawing)


def steps(in_force: pl.DataFrame) -> Any:
    """Agreements in force, suspended, and restrictions, as steps; of the first area."""
    rows = in_force.filter(pl.col("area").eq_missing(in_force["area"][0]))
    drawing, axis = figure(2.6)
    for name, style, colour, label in (
        ("in_force", "-", BLUE, "agreements and programmes in force"),
        ("suspended", "--", GREY, "suspended"),
        ("restrictions", "-", ORANGE, "restrictions in force"),
    ):
        axis.step(rows["day"], rows[name], style, where="post", color=colour, linewidth=1.6, label=label)
    axis.set_ylim(0, None)
    axis.yaxis.get_major_locator().set_params(integer=True)
    axis.set_ylabel("number")
    return _with_legend(drawing)


def votes(similarity: pl.DataFrame) -> Any:
    """The share of identical votes by year, with any band it has; of many pairs, the median and middle half."""
    drawing, axis = figure(2.6)
    name = "agreement" if "agreement" in similarity.columns else "share"
    if "a" in similarity.columns:
        quartiles = [pl.col(name).quantile(q).alias(str(q)) for q in (0.5, 0.25, 0.75)]
        rows = similarity.group_by("year").agg(quartiles).sort("year")
        band(axis, rows["year"], rows["0.5"], rows["0.25"], rows["0.75"], label="median of all pairs, middle half")
    else:
        if "issue" not in similarity.columns:
            similarity = similarity.with_columns(issue=pl.lit(None, pl.Utf8))
        for n, rows in enumerate(similarity.partition_by("issue", maintain_order=True)):
            issue = rows["issue"][0]
            ends = (f"{name}_low", f"{name}_high") if f"{name}_low" in rows.columns else (name, name)
            colour = SERIES[n % len(SERIES)]
            lines = (rows[column] for column in ("year", name, *ends))
            band(axis, *lines, colour=colour, label=f"issue {issue}" if issue else "all roll calls")
    axis.set_ylim(0, 1)
    axis.set_ylabel("share of identical votes")
    axis.set_xlabel("year")
    return _with_legend(drawing)


def spans(held: pl.DataFrame) -> Any:
    """The days that every table and source covers, from its first row to its last where no more is known."""
    rows = held.drop_nulls("first").reverse()
    drawing, axis = figure(0.25 * rows.height + 1.0)
    for n, row in enumerate(rows.iter_rows(named=True)):
        for first, last in row["covers"] or [(row["first"], row["last"])]:
            axis.plot([first, last], [n, n], color=BLUE, linewidth=5, solid_capstyle="butt", marker="|")
    _lines(axis, [f"{table}: {source}" for table, source in rows.select("table", "source").iter_rows()])
    return drawing


def context(rows: pl.DataFrame) -> Any:
    """What happened and held between two states: a line a kind, its spells as bars and its acts as marks."""
    facts = rows.filter(pl.col("unit").is_null())
    kinds = facts["what"].unique(maintain_order=True).to_list()[::-1]
    drawing, axis = figure(0.25 * len(kinds) + 1.2)
    for n, kind in enumerate(kinds):
        for row in facts.filter(pl.col("what") == kind).iter_rows(named=True):
            last = row["ends"] or (date(row["data_to"], 12, 31) if row["data_to"] else row["date"])
            axis.plot([row["date"], last], [n, n], color=BLUE, linewidth=4, marker="|", alpha=0.6)
    _lines(axis, kinds)
    return drawing


def dyads(rows: pl.DataFrame) -> Any:
    """How many dyads there are in each year."""
    counts = rows.group_by("year").len().sort("year")
    drawing, axis = figure(2.5)
    axis.step(counts["year"], counts["len"], color=BLUE, where="mid")
    axis.set_ylabel("dyads")
    return drawing


def taken(files: pl.DataFrame) -> Any:
    """The rows that files added, by source."""
    rows = files.group_by("source").agg(pl.col("rows").sum()).sort("source", descending=True)
    drawing, axis = figure(0.25 * rows.height + 1.0)
    axis.barh(range(rows.height), rows["rows"], color=BLUE)
    _lines(axis, rows["source"].to_list())
    axis.set_xlabel("rows")
    return drawing


def reasons(quarantine: pl.DataFrame) -> Any:
    """Rows in quarantine by reason, the ten most frequent."""
    counts = quarantine["reason"].value_counts(sort=True).head(10).reverse()
    drawing, axis = figure(0.25 * counts.height + 1.0)
    axis.barh(range(counts.height), counts["count"], color=GREY)
    _lines(axis, [reason if len(reason) < 60 else f"{reason[:59]}…" for reason in counts["reason"]])
    axis.set_xlabel("rows")
    return drawing


def sourced(audit: pl.DataFrame) -> Any:
    """The share of facts with a web address, a line for each source and area."""
    rows = audit.filter(pl.col("by") != "year").reverse()
    drawing, axis = figure(0.2 * rows.height + 1.0)
    axis.barh(range(rows.height), rows["share"], color=BLUE)
    _lines(axis, [f"{source} {group or ''}".strip() for source, group in rows.select("source", "group").iter_rows()])
    axis.set_xlim(0, 1)
    axis.set_xlabel("share of facts with an address")
    return drawing


def _lines(axis: Any, names: Iterable[str]) -> None:
    labels = list(names)
    axis.set_yticks(range(len(labels)), labels, fontsize=7.5)
    axis.set_ylim(-0.7, len(labels) - 0.3)
    axis.grid(axis="x", color="#e5e7eb", linewidth=0.7)
    axis.set_axisbelow(True)


def _with_legend(drawing: Any) -> Any:
    drawing.legend(loc="outside upper left", frameon=False, ncols=4)
    return drawing
