"""`detente record`: what it holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.facts import agreements, audit, figures, show
from detente.cli.options import (
    as_of_option,
    by_option,
    format_option,
    open_record,
    open_within,
    record_options,
    source_option,
)
from detente.cli.output import emit, say


@click.group(invoke_without_command=True)
@record_options
@format_option()
@click.pass_context
def record(ctx: click.Context, /, form: str, **options: Any) -> None:
    """Show what the record holds, by table and source.

    Rows, span, states; rows corrected on reading, and in conflict (same id, other content); the share of the time from
    the first day covered to the last that its files deliver, and those days.
    """
    ctx.obj = options
    if ctx.invoked_subcommand is None:
        import polars as pl

        opened = open_record(**options)
        runs = pl.col("covers").list.eval(pl.element().list.eval(pl.element().cast(pl.Utf8)).list.join(" to "))
        more = pl.when(runs.list.len() > 4).then(pl.lit(" ...")).otherwise(pl.lit(""))
        holdings = opened.held().frame.with_columns(
            (runs.list.head(4).list.join("; ") + more).fill_null("").alias("covers")
        )
        say(f"{opened.folder}  (digest {opened.digest()})")
        emit(holdings, form)


@record.command()
@click.option("--limit", default=50, show_default=True, help="How many rows, newest first; 0 for all.")
@record_options
@format_option()
@click.pass_context
def quarantine(ctx: click.Context, /, limit: int, form: str, **options: Any) -> None:
    """List rows and files that could not be taken: file, line (0: the whole file, none: a row held before), reason."""
    rows = open_within(ctx, options).quarantine().frame
    say(f"{rows.height:,} in quarantine")
    emit(rows.reverse().head(limit) if limit else rows, form)


@record.command()
@source_option("One event source (default: all that are held).")
@by_option("year")
@as_of_option("As known on this day.")
@record_options
@format_option()
@click.pass_context
def coverage(ctx: click.Context, /, source: str | None, by: str, as_of: date | None, form: str, **options: Any) -> None:
    """The share of each period that the files of a source deliver: a quarter hour of GDELT 2 is 1/96 of a day."""
    import polars as pl

    from detente.errors import NoData

    opened = open_within(ctx, options)
    sources = opened.event_sources()
    if not sources or (source and source not in sources):
        raise NoData(f"no events{f' of {source!r}' if source else ''} are held; held: {', '.join(sources) or 'none'}")
    frames = [
        opened.coverage(name, as_of, by).select(pl.lit(name).alias("source"), "period", "covered")
        for name in ([source] if source else sources)
    ]
    emit(pl.concat(frames), form)


@record.command()
@record_options
@click.pass_context
def verify(ctx: click.Context, /, **options: Any) -> int:
    """Check every stored file against the digest in the log."""
    opened = open_within(ctx, options)
    faults = opened.verify()
    for fault in faults:
        say(fault)
    parts = sum(len(c.parts) for c in opened.commits)
    click.echo(f"{parts - len(faults)} of {parts} stored files as ingested")
    return 2 if faults else 0


for command in (show, agreements, figures, audit):
    record.add_command(command)


@record.command()
@format_option()
def sources(form: str) -> None:
    """List the sources that can be read: what they hold, what to cite, on what terms, and whether `detente fetch` has
    them.
    """
    import polars as pl

    from detente.sources import sources as known

    rows = [
        (one.id, one.title, ", ".join(one.tables), one.fetch.name if one.fetch else None, one.terms, one.cite())
        for one in known().values()
    ]
    schema = ["source", "title", "tables", "fetch", "terms", "cite"]
    emit(pl.DataFrame(rows, schema=schema, orient="row"), form)
