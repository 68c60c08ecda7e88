"""`detente record`: what it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verbs, as_rows, out, say
from detente.cli.facts import agreements, audit, figures, show
from detente.cli.ingest import tell
from detente.cli.options import as_of_option, by_option, source_option
from detente.errors import NoData

if TYPE_CHECKING:
    import polars as pl

    from detente.api import Record


@click.command(cls=Verbs, invoke_without_command=True)
def record(record: Record) -> Answer:
    """Show what the record holds, by table and source.

    Rows, span, states; rows corrected on reading, and in conflict (same id, other content); the share of the time from
    the first day covered to the last that its files deliver, and those days.
    """
    import polars as pl

    runs = pl.col("covers").list.eval(pl.element().list.eval(pl.element().cast(pl.Utf8)).list.join(" to "))
    ellipsis = pl.when(runs.list.len() > 4).then(pl.lit(" ...")).otherwise(pl.lit(""))
    table = record.held()
    say(f"{record.folder}  (digest {record.digest()})")
    covers = (runs.list.head(4).list.join("; ") + ellipsis).fill_null("").alias("covers")
    return as_rows(table, table.frame.with_columns(covers))


@record.command()
def files(record: Record) -> Answer:
    """List the files ingested: rows, the publisher's release, from where and when each was fetched."""
    table = record.files()
    return as_rows(table, table=[table.frame.drop("digest")])


@record.command()
@click.option("--limit", default=50, show_default=True, help="How many rows, newest first; 0 for all.")
def quarantine(record: Record, limit: int) -> Answer:
    """List rows and files that could not be taken: file, line (0: the whole file, none: a row held before), reason."""
    table = record.quarantine()
    say(f"{table.rows.height:,} in quarantine")
    return as_rows(replace(table, rows=table.rows.reverse().head(limit)) if limit else table)


@record.command()
@source_option("One event source (default: all that are held).")
@by_option("year")
@as_of_option("As known on this day.")
def coverage(record: Record, source: str | None, by: str, as_of: date | None) -> pl.DataFrame:
    """The share of each period that the files of a source deliver: a quarter hour of GDELT 2 is 1/96 of a day."""
    import polars as pl

    sources = record.event_sources()
    if not sources or (source and source not in sources):
        raise NoData(f"no events{f' of {source!r}' if source else ''} are held; held: {', '.join(sources) or 'none'}")
    return pl.concat(
        record.coverage(name, as_of, by).select(pl.lit(name).alias("source"), "period", "covered")
        for name in ([source] if source else sources)
    )


@record.command(prints=False)
def verify(record: Record) -> int:
    """Check the log and every stored file: parts, rows set aside, files that no commit names, rows counted twice."""
    faults = record.verify()
    for fault in faults:
        say(fault)
    if faults:
        out(f"{len(faults)} faults\n")
        return 2
    parts = sum(len(commit.parts) for commit in record.commits)
    out(f"{parts} stored files of {len(record.commits)} commits as ingested\n")
    return 0


@record.command(prints=False)
def repair(record: Record) -> int:
    """Make the log whole again from copies and parts. Nothing is deleted: what belongs nowhere goes to lost+found."""
    for line in record.repair(on_wait=say):
        say(line)
    faults = record.verify()
    for fault in faults:
        say(fault)
    out("the log is whole" + (f"; {len(faults)} faults remain" if faults else "") + "\n")
    return 2 if faults else 0


@record.command(prints=False)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def restore(record: Record, files: tuple[Path, ...]) -> int:
    """Read the files of damaged parts anew, all that `detente record verify` names, and put them in their place."""
    summary = record.ingest(list(files), restore=True, on_wait=say)
    tell(summary)
    return 2 if summary.failed else 0


@record.command(record=False)
def sources() -> pl.DataFrame:
    """List the sources that can be read: what they hold, what to cite, on what terms, and whether `detente fetch` has
    them.
    """
    import polars as pl

    from detente.sources import sources as all_sources

    rows = [
        (s.id, s.title, ", ".join(s.tables), s.fetch.name if s.fetch else None, s.terms, s.cite())
        for s in all_sources().values()
    ]
    return pl.DataFrame(rows, schema=["source", "title", "tables", "fetch", "terms", "cite"], orient="row")


for command in (show, agreements, figures, audit):
    record.add_command(command)
