"""`detente record show`, `agreements`, `figures` and `audit`: the tables kept by hand."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb, as_rows
from detente.cli.options import Day, pair_options
from detente.errors import DetenteError, NoData, one_line

if TYPE_CHECKING:
    from detente.api import Pair, Record


@click.command(cls=Verb)
@pair_options()
@click.option("--area", help="Only this issue area.")
@click.option("--from", "first", type=Day(), help="From this day.")
@click.option("--to", "last", type=Day(last=True), help="To this day; a year or month means its last.")
def show(pair: Pair, area: str | None, first: date | None, last: date | None) -> Answer:
    """List the dated facts of a pair, with their sources."""
    import polars as pl

    from detente.record.facts import date_text

    if first and last and first > last:
        raise DetenteError(f"--from {first} is after --to {last}")
    table = pair.facts(area)
    facts = table.frame.filter(pl.col("date").is_between(first or date.min, last or date.max))
    if facts.is_empty():
        in_all = pair.facts().frame.height
        raise NoData(
            f"none of the {in_all} facts of {pair.a} and {pair.b} is of this area and time"
            if in_all
            else f"no facts of {pair.a} and {pair.b} are held; add them as a case (docs/cases/your-own.md)"
        )
    lines = []
    for row in facts.iter_rows(named=True):
        day = date_text(row["date"], row["precision"])
        mark = "+" if row["tone"] == "cooperative" else "-"
        also = f"; also {row['url2']}" if row["url2"] else ""
        note = f" ({row['note']})" if row["note"] else ""
        lines.append(f"{day:<10} {mark} {row['area']:<20} {row['kind']:<22} {row['description']}")
        lines.append(f"{'':13}{row['title'] or ''} {row['url'] or 'no address'}{also}{note}")
    lines = [one_line(line) for line in lines]
    columns = ("date", "precision", "area", "kind", "tone", "channel", "third_party", "agreements", "description")
    shown = facts.select(*columns, "url", "title", "url2", "note", "actors", "targets", "known_on")
    return as_rows(replace(table, rows=facts), shown, table=lines)


@click.command(cls=Verb)
@pair_options()
@click.option("--on", type=Day(), help="Their state on this day (default: by the last fact).")
@click.option("--area", help="Only this issue area, as in third_party_dispute:IRN.")
def agreements(pair: Pair, on: date | None, area: str | None) -> Answer:
    """List a pair's agreements, programmes and restrictions, each with its state and since when.

    The JSON form gives every stage of each life with its sources.
    """
    import polars as pl

    day = on or pair.as_of or date.max
    treaties = pair.treaties(day, area=area)
    if treaties.frame.is_empty():
        raise NoData("no agreements of this pair, area and day are held; add them as a case (docs/cases/your-own.md)")
    order = {area.id: n for n, area in enumerate(pair.record.codebook.areas)}
    lives = sorted(treaties.lives, key=lambda life: (life.tone != "cooperative", order.get(life.area, 99), life.title))
    rows = [(life.area, life.title, life.form, life.state_on(day), life.since(day)) for life in lives]
    frame = pl.DataFrame(rows, schema=["area", "title", "form", "state", "since"], orient="row")
    begun = [replace(life, stages=tuple(stage for stage in life.stages if stage.day <= day)) for life in lives]
    return Answer(treaties, frame, [frame], lambda _: [{**asdict(life), "state": life.state_on(day)} for life in begun])


@click.command(cls=Verb)
@pair_options()
@click.option("--measure", help="Only measures whose name begins so, as in un_agreement_nu.")
def figures(pair: Pair, measure: str | None) -> Answer:
    """List the series of two states, of the pair and of each towards the other, with their sources."""
    import polars as pl

    from detente.record.facts import pair_figures

    rows = pair_figures(pair).filter(pl.col("measure").str.starts_with(measure or ""))
    if rows.is_empty():
        raise NoData("no figures of this pair and measure are held")
    short = rows.select("measure", "subject", "period", "value", "unit", "known_on", "compiled_on")
    sources = rows.select("title", "url").unique(maintain_order=True).iter_rows()
    notes = [f"{title or ''} {url or 'no address'}" for title, url in sources]
    return Answer(short.hstack(rows.select("area", "url", "title", "note")), table=[short], notes=notes)


@click.command(cls=Verb)
@pair_options(required=False, as_of=None)
@click.option("--source", "wanted", help="Only this source, such as case:rus_usa.")
@click.option("--by", type=click.Choice(["all", "area", "year"]), help="Only the counts of this kind.")
def audit(record: Record, pair: Pair | None, wanted: str | None, by: str | None) -> Answer:
    """Check the facts, all or of a pair: shares with sources, by area and year; twins, weak dates, what is recalled.

    `stages` are facts that change the state of an agreement; `weak_dates` are known to the month or year only.
    """
    import polars as pl

    audited = (pair or record).audit()
    counts, findings = audited.frame, audited.findings
    if wanted:
        counts, findings = (rows.filter(pl.col("source") == wanted) for rows in (counts, findings))
    if counts.is_empty():
        named = [*([f"{pair.a}-{pair.b}"] if pair else []), *([wanted] if wanted else [])]
        raise NoData(f"no facts{' of ' + ' and '.join(named) if named else ''} are held")
    if by:
        counts = counts.filter(pl.col("by") == by)
    undescribed = findings.filter(pl.col("what") == "agreement not described")
    notes = [
        f"agreement {name!r}, named by {n} fact{'s' if n > 1 else ''} of {source}, is described nowhere"
        for source, name, n in undescribed.group_by("source", "text", maintain_order=True).len().iter_rows()
    ]
    notes.append("findings: --format json lists every one")
    kinds = findings.group_by("source", "what", maintain_order=True).len("found")
    return Answer(
        replace(audited, rows=counts),
        table=[counts, kinds],
        data=lambda rows: {"counts": rows, "findings": findings.to_dicts()},
        notes=notes,
    )
