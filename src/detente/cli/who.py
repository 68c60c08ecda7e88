"""`detente who`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.actors.codes import SCHEMES
from detente.cli.common import Answer, Verb, say
from detente.cli.options import NAMES, Day
from detente.errors import DetenteError, NoData

if TYPE_CHECKING:
    import polars as pl


@click.command(cls=Verb, record=False, params=[NAMES])
@click.argument("name", nargs=-1)
@click.option("--on", type=Day(), help="The day; a person counts for a state only while in office.")
@click.option("--scheme", type=click.Choice(SCHEMES), help="Read NAME as a code of this scheme.")
@click.option(
    "--unresolved", type=click.Path(), help="List the most frequent names of an event file that stay unknown."
)
@click.option("--limit", default=25, show_default=True, help="How many names --unresolved lists.")
def who(
    name: tuple[str, ...],
    on: date | None,
    scheme: str | None,
    names_file: str | None,
    unresolved: str | None,
    limit: int,
) -> pl.DataFrame | Answer:
    """Say which state, organisation or group NAME stands for.

    \b
    detente who "Military (Russia)"
    detente who "Sergey Lavrov" --on 2018-06-01
    detente who RS --scheme fips
    detente who --unresolved events.tsv.gz
    """
    import polars as pl

    from detente.actors import actors

    if unresolved:
        return _unresolved(Path(unresolved), names_file, limit)
    if not name:
        raise DetenteError('give a name, as in: detente who "Military (Russia)"')
    index, text = actors(names_file), " ".join(name)
    if scheme:
        index.state(text, scheme)
    actor = index.named(f"{scheme}:{text}" if scheme else text, on)
    if actor.kind == "unknown":
        unknown = "is unknown; add it with --names FILE (columns name, code, sector, from, to)"
        raise NoData(f"{text!r} {actor.note or unknown}")
    code = ", ".join(filter(None, (actor.code or "no state", actor.sector)))
    notes = [f"  {line}" for line in actor.note.split("; ") if line]
    columns = ("name", "kind", "code", "sector", "rule", "note")
    row = [getattr(actor, column) or None for column in columns]
    frame = pl.DataFrame([row], schema=dict.fromkeys(columns, pl.Utf8), orient="row")
    return Answer(frame, table=[f"{actor.name} -> {code}  ({actor.kind}; {actor.rule})", *notes])


def _unresolved(path: Path, names_file: str | None, limit: int) -> pl.DataFrame:
    """Mentions by name over a file of events that tells actors by name."""
    import polars as pl

    from detente.actors import actors
    from detente.files.cells import Calendar
    from detente.files.named import frames
    from detente.sources import detect, open_blocks, readers

    reader = detect(path)
    if not reader.names:
        named = ", ".join(other.title for other in readers() if other.names)
        raise DetenteError(
            f"{path}: holds {reader.title}, whose actors are codes; --unresolved reads files of names ({named})"
        )
    index, calendar = actors(names_file), Calendar()
    counts = [pl.DataFrame(schema={"name": pl.Utf8, "day": pl.Date, "mentions": pl.Int64})]
    for frame, _ in frames(open_blocks(path), reader.names):
        dated = frame.with_columns(calendar.days(frame, "day")).drop_nulls("day")
        both = pl.concat(dated.select(pl.col(f"{side}_name").alias("name"), "day") for side in ("sender", "receiver"))
        counts.append(both.filter(pl.col("name") != "").group_by("name", "day").agg(mentions=pl.len().cast(pl.Int64)))
    mentions = pl.concat(counts).group_by("name", "day").agg(pl.col("mentions").sum())
    known = [index.resolve(name, day).known for name, day in mentions.select("name", "day").iter_rows()]
    lost = mentions.filter(~pl.Series(known, dtype=pl.Boolean)).group_by("name").agg(pl.col("mentions").sum())
    total, unknown = int(mentions["mentions"].sum()), int(lost["mentions"].sum())
    say(
        f"{total:,} mentions, {total - unknown:,} resolved ({(total - unknown) / total:.1%}); "
        f"{lost.height:,} names stay unknown"
        if total
        else "no mentions"
    )
    return lost.sort("mentions", "name", descending=[True, False]).head(limit)
