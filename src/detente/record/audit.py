"""How well the hand-kept facts are sourced, and what in them needs a second look."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from detente.record.facts import life_facts, pair_agreements
from detente.sources.dictionary import STAGES

if TYPE_CHECKING:
    from detente.record.store import Store
    from detente.record.view import View

NEAR_DAYS, NEAR_WORDS = 31, 0.5
DORMANT_YEARS = 10
FINDINGS = {"source": pl.Utf8, "what": pl.Utf8, "date": pl.Date, "text": pl.Utf8}


def audit(record: Store, pair: View | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Counts of facts, all or those of a pair, by source, area and year, and the findings behind them.

    The first frame has a row for each source as a whole and for each of its areas and years (`by`, `group`):
    facts, with an address, share, with a second address, stages (facts that change the state of an
    agreement, on which most rests), stages with a second address, dates weaker than a day, and facts with a
    note that something is recalled. The second lists, with source, date and text: facts without an address, what is
    recalled, twins, near twins, agreements named but not described, described but without a stage, and
    dormant ones (in force, but no fact names them for ten years: they may have lapsed).
    """
    facts = (pair.chronology if pair else record.table("facts")).with_columns(
        (pl.col("agreements").list.len().gt(0) & pl.col("kind").is_in(list(STAGES))).alias("stage"),
        pl.col("note").str.contains("recalled").fill_null(False).alias("recalled"),
    )
    counted = [
        facts.group_by("source", group.cast(pl.Utf8).alias("group"))
        .agg(
            pl.len().alias("facts"),
            pl.col("url").is_not_null().sum().alias("address"),
            pl.col("url").is_not_null().mean().alias("share"),
            pl.col("url2").is_not_null().sum().alias("second"),
            pl.col("stage").sum().alias("stages"),
            (pl.col("stage") & pl.col("url2").is_not_null()).sum().alias("stages_second"),
            (pl.col("precision") != "day").sum().alias("weak_dates"),
            pl.col("recalled").sum().alias("recalled"),
        )
        .select("source", pl.lit(by).alias("by"), pl.exclude("source"))
        .sort("source", "group")
        for by, group in (("all", pl.lit("")), ("area", pl.col("area")), ("year", pl.col("date").dt.year()))
    ]
    findings = [
        _finding(facts.filter(pl.col("url").is_null()), "no address"),
        _finding(facts.filter("recalled"), "recalled", pl.format("{} ({})", "description", "note")),
        _finding(facts.filter(pl.struct("source", "date", "actors", "targets", "description").is_duplicated()), "twin"),
        _near(facts),
        *_agreements(record, facts, pair_agreements(pair) if pair else record.table("agreements")),
    ]
    return pl.concat(counted), pl.concat([pl.DataFrame(schema=FINDINGS), *findings]).sort("source", maintain_order=True)


def _finding(rows: pl.DataFrame, what: str, text: str | pl.Expr = "description") -> pl.DataFrame:
    ordered = rows.sort("date", maintain_order=True)
    return ordered.select("source", pl.lit(what).alias("what"), "date", text=text)


def _near(facts: pl.DataFrame) -> pl.DataFrame:
    """Facts of one area and the same parties within a month whose descriptions share half their longer words."""
    parties = pl.concat_list("actors", "targets").list.unique().list.sort().list.join("+")
    words = pl.col("description").str.to_lowercase().str.extract_all(r"\w{5,}").list.unique()
    rows = []
    for group in facts.with_columns(parties.alias("parties"), words.alias("words")).partition_by(
        "source", "area", "parties"
    ):
        for fact, later in pairwise(group.sort("date", "event_id").iter_rows(named=True)):
            a, b = set(fact["words"]), set(later["words"])
            near = (later["date"] - fact["date"]).days <= NEAR_DAYS
            if near and a and b and len(a & b) / len(a | b) >= NEAR_WORDS:
                text = f"{fact['description']} / {later['description']}"
                rows.append((fact["source"], "near twin", later["date"], text))
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def _agreements(record: Store, facts: pl.DataFrame, described: pl.DataFrame) -> list[pl.DataFrame]:
    named = facts.explode("agreements").drop_nulls("agreements").rename({"agreements": "agreement"})
    # An agreement of the same name among other parties doesn't describe the one that a fact names.
    any_lives = life_facts(record, record.table("agreements").unique("agreement", keep="last", maintain_order=True))
    unknown = named.join(any_lives, on=["event_id", "agreement"], how="anti")
    lives = life_facts(record, described).filter(pl.col("kind").is_in(list(STAGES)))
    without = described.join(lives.select("agreement"), on="agreement", how="anti").filter(pl.col("since").is_null())
    last = (
        named.sort("date")
        .group_by("source", "agreement", maintain_order=True)
        .agg(pl.col("date").last(), pl.col("kind").filter(pl.col("kind").is_in(list(STAGES))).last().alias("stage"))
    )
    ended = [kind for kind, state in STAGES.items() if state in ("ended", "suspended")]
    silent = (
        last.filter(~pl.col("stage").is_in(ended))
        .join(facts.group_by("source").agg(pl.col("date").max().alias("end")), on="source")
        .filter(pl.col("date").dt.offset_by(f"{DORMANT_YEARS}y") < pl.col("end"))
        .join(described.select("agreement", "title", "source", "form", "starts"), on=["agreement", "source"])
        .filter(pl.col("form") != "restriction")
        .filter(~((pl.col("stage") == "agreement signed") & (pl.col("starts") == "entry")))
    )
    return [
        _finding(unknown, "agreement not described", "agreement"),
        _finding(without.with_columns(date=pl.lit(None, pl.Date)), "no stage of its life", "title"),
        _finding(silent, "dormant, may have lapsed", "title"),
    ]
