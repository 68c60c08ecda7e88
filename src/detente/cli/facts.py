"""`detente record show`, `agreements`, `figures` and `audit`: the tables kept by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import (
    Day,
    as_of_option,
    format_option,
    open_within,
    pair_arguments,
    record_options,
    source_option,
)
from detente.cli.output import emit, say
from detente.results import plain

if TYPE_CHECKING:
    from detente.measures import Life


@click.command()
@pair_arguments()
@click.option("--area", help="Only this issue area.")
@click.option("--from", "first", type=Day(), help="From this day.")
@click.option("--to", "last", type=Day(last=True), help="To this day; a year or month means its last.")
@as_of_option()
@record_options
@format_option()
@click.pass_context
def show(
    ctx: click.Context,
    /,
    a: str,
    b: str,
    area: str | None,
    first: date | None,
    last: date | None,
    as_of: date | None,
    form: str,
    **options: Any,
) -> None:
    """List the dated facts of a pair, with their sources."""
    import polars as pl

    from detente.errors import DetenteError, NoData

    if first and last and first > last:
        raise DetenteError(f"--from {first} is after --to {last}")
    pair = open_within(ctx, options).pair(a, b, as_of=as_of)
    facts = pair.facts(area).frame
    if first:
        facts = facts.filter(pl.col("date") >= first)
    if last:
        facts = facts.filter(pl.col("date") <= last)
    if facts.is_empty():
        in_all = pair.facts().frame.height
        raise NoData(
            f"none of the {in_all} facts of {pair.a} and {pair.b} is of this area and time"
            if in_all
            else f"no facts of {pair.a} and {pair.b} are held; add them as a case (docs/cases/your-own.md)"
        )
    if form != "table":
        columns = ("date", "precision", "area", "kind", "tone", "channel", "third_party", "agreements", "description")
        emit(facts.select(*columns, "url", "title", "url2", "note", "actors", "targets", "known_on"), form)
        return
    for row in facts.iter_rows(named=True):
        day = row["date"].isoformat()[: {"day": 10, "month": 7, "year": 4}[row["precision"]]]
        mark = "+" if row["tone"] == "cooperative" else "-"
        click.echo(f"{day:<10} {mark} {row['area']:<20} {row['kind']:<22} {row['description']}")
        also = f"; also {row['url2']}" if row["url2"] else ""
        note = f" ({row['note']})" if row["note"] else ""
        click.echo(f"{'':13}{row['title'] or ''} {row['url'] or 'no address'}{also}{note}")


@click.command()
@pair_arguments()
@click.option("--on", type=Day(), help="Their state on this day (default: by the last fact).")
@click.option("--area", help="Only this issue area, as in third_party_dispute:IRN.")
@as_of_option()
@record_options
@format_option()
@click.pass_context
def agreements(
    ctx: click.Context,
    /,
    a: str,
    b: str,
    on: date | None,
    area: str | None,
    as_of: date | None,
    form: str,
    **options: Any,
) -> None:
    """List a pair's agreements, programmes and restrictions, each with its state and since when.

    The JSON form gives every stage of each life with its sources.
    """
    import polars as pl

    from detente.errors import NoData

    opened = open_within(ctx, options)
    day = on or as_of or date.max
    treaties = opened.pair(a, b, as_of=as_of).treaties(day, area=area)
    if treaties.frame.is_empty():
        raise NoData("no agreements of this pair, area and day are held; add them as a case (docs/cases/your-own.md)")
    order = {area.id: n for n, area in enumerate(opened.codebook.areas)}
    lives = sorted(treaties.lives, key=lambda life: (life.tone != "cooperative", order.get(life.area, 99), life.title))
    if form == "json":
        import json

        click.echo(json.dumps([_life(life, day) for life in lives], ensure_ascii=False, indent=1))
        return
    rows = [(life.area, life.title, life.form, life.state_on(day), life.since(day)) for life in lives]
    emit(pl.DataFrame(rows, schema=["area", "title", "form", "state", "since"], orient="row"), form)


def _life(life: Life, day: date) -> dict[str, Any]:
    from dataclasses import asdict

    stages = [asdict(stage) for stage in life.stages if stage.day <= day]
    return dict(plain({**asdict(life), "state": life.state_on(day), "stages": stages}))


@click.command()
@pair_arguments()
@click.option("--measure", help="Only measures whose name begins so, as in un_agreement_nu.")
@as_of_option()
@record_options
@format_option()
@click.pass_context
def figures(
    ctx: click.Context, /, a: str, b: str, measure: str | None, as_of: date | None, form: str, **options: Any
) -> None:
    """List the series of two states, of the pair and of each towards the other, with their sources."""
    import polars as pl

    from detente.errors import NoData
    from detente.record.facts import pair_figures

    pair = open_within(ctx, options).pair(a, b, as_of=as_of)
    rows = pair_figures(pair)
    if measure:
        rows = rows.filter(pl.col("measure").str.starts_with(measure))
    if rows.is_empty():
        raise NoData("no figures of this pair and measure are held")
    columns = ["measure", "subject", "period", "value", "unit", "known_on", "compiled_on"]
    emit(rows.select(columns if form == "table" else [*columns, "area", "url", "title", "note"]), form)
    if form == "table":
        for title, url in rows.select("title", "url").unique(maintain_order=True).iter_rows():
            say(f"{title or ''} {url or 'no address'}")


@click.command()
@pair_arguments(required=False)
@source_option("Only this source, such as case:rus_usa.")
@click.option("--by", type=click.Choice(["all", "area", "year"]), help="Only the counts of this kind.")
@record_options
@format_option()
@click.pass_context
def audit(
    ctx: click.Context, /, a: str | None, b: str | None, source: str | None, by: str | None, form: str, **options: Any
) -> None:
    """Check the facts, all or of a pair: shares with sources, by area and year; twins, weak dates, what is recalled.

    `stages` are facts that change the state of an agreement; `weak_dates` are known to the month or year only.
    """
    import polars as pl

    from detente.errors import DetenteError, NoData

    if a and not b:
        raise DetenteError("name two states, or none for all")
    opened = open_within(ctx, options)
    pair = opened.pair(a, b) if a and b else None
    audited = (pair or opened).audit()
    counts, findings = audited.frame, audited.findings
    if source:
        counts, findings = counts.filter(pl.col("source") == source), findings.filter(pl.col("source") == source)
    if counts.is_empty():
        named = [*([f"{pair.a}-{pair.b}"] if pair else []), *([source] if source else [])]
        raise NoData(f"no facts{' of ' + ' and '.join(named) if named else ''} are held")
    if by:
        counts = counts.filter(pl.col("by") == by)
    if form in ("csv", "parquet"):
        emit(counts, form)
    elif form == "json":
        import json

        both = {"counts": counts.to_dicts(), "findings": findings.to_dicts()}
        click.echo(json.dumps(plain(both), ensure_ascii=False, indent=1))
    else:
        emit(counts, form)
        undescribed = findings.filter(pl.col("what") == "agreement not described")
        for (source_name, name), rows in undescribed.group_by("source", "text", maintain_order=True):
            facts = f"{rows.height} fact{'s' if rows.height > 1 else ''} of {source_name}"
            say(f"agreement {name!r}, named by {facts}, is described nowhere")
        summary = findings.group_by("source", "what", maintain_order=True).len("found")
        say("findings (--format json lists every one):")
        emit(summary, form)
