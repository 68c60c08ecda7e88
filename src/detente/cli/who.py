"""`detente who`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from detente.actors.codes import SCHEMES
from detente.cli.options import Day, format_option
from detente.cli.output import emit, say


@click.command()
@click.argument("name", nargs=-1)
@click.option("--on", type=Day(), help="The day; a person counts for a state only while in office.")
@click.option(
    "--scheme",
    type=click.Choice(SCHEMES),
    help="Read NAME as a code of this scheme.",
)
@click.option("--names", "names_file", type=click.Path(), help="Your own names: CSV with name, code, sector, from, to.")
@click.option(
    "--unresolved", type=click.Path(), help="List the most frequent names of an event file that stay unknown."
)
@click.option("--limit", default=25, show_default=True, help="How many names --unresolved lists.")
@format_option()
def who(
    name: tuple[str, ...],
    on: date | None,
    scheme: str | None,
    names_file: str | None,
    unresolved: str | None,
    limit: int,
    form: str,
) -> None:
    """Say which state, organisation or group NAME stands for.

    \b
    detente who "Military (Russia)"
    detente who "Sergey Lavrov" --on 2018-06-01
    detente who RS --scheme fips
    detente who --unresolved events.tsv.gz
    """
    import polars as pl

    from detente.actors import actors
    from detente.errors import DetenteError, NoData

    index = actors(names_file)
    if unresolved:
        _unresolved(Path(unresolved), names_file, limit, form)
        return
    if not name:
        raise DetenteError('give a name, as in: detente who "Military (Russia)"')
    text = " ".join(name)
    if scheme:
        index.state(text, scheme)
    actor = index.named(f"{scheme}:{text}" if scheme else text, on)
    if actor.kind == "unknown":
        unknown = "is unknown; add it with --names FILE (columns name, code, sector, from, to)"
        raise NoData(f"{text!r} {actor.note or unknown}")
    row = {
        "name": actor.name,
        "kind": actor.kind,
        "code": actor.code or None,
        "sector": actor.sector or None,
        "rule": actor.rule or None,
        "note": actor.note or None,
    }
    if form == "table":
        code = ", ".join(filter(None, (actor.code or "no state", actor.sector)))
        click.echo(f"{actor.name} -> {code}  ({actor.kind}; {actor.rule})")
        for line in filter(None, actor.note.split("; ")):
            click.echo(f"  {line}")
    else:
        emit(pl.DataFrame([row], schema=dict.fromkeys(row, pl.Utf8)), form)


def _unresolved(path: Path, names_file: str | None, limit: int, form: str) -> None:
    """Mentions by name over a file of events that tells actors by name."""
    import polars as pl

    from detente.actors import actors
    from detente.errors import DetenteError
    from detente.files.cells import Calendar
    from detente.files.named import frames
    from detente.sources import detect, open_blocks, readers

    reader = detect(path)
    if not reader.names:
        named = ", ".join(one.title for one in readers() if one.names)
        raise DetenteError(
            f"{path}: holds {reader.title}, whose actors are codes; --unresolved reads files of names ({named})"
        )
    counts: dict[tuple[str, date], int] = {}
    calendar = Calendar()
    for frame, _ in frames(open_blocks(path), reader.names):
        frame = frame.with_columns(calendar.days(frame, "day")).drop_nulls("day")
        both = pl.concat(
            [
                frame.select(pl.col("sender_name").alias("name"), "day"),
                frame.select(pl.col("receiver_name").alias("name"), "day"),
            ]
        )
        for known, day, count in both.filter(pl.col("name") != "").group_by("name", "day").len().iter_rows():
            counts[known, day] = counts.get((known, day), 0) + count
    index = actors(names_file)
    missed: dict[str, int] = {}
    total = 0
    for (name, day), count in counts.items():
        total += count
        if not index.resolve(name, day).known:
            missed[name] = missed.get(name, 0) + count
    lost = sum(missed.values())
    say(
        f"{total:,} mentions, {total - lost:,} resolved ({(total - lost) / total:.1%}); "
        f"{len(missed):,} names stay unknown"
        if total
        else "no mentions"
    )
    rows = sorted(missed.items(), key=lambda x: (-x[1], x[0]))[:limit]
    emit(pl.DataFrame(rows, schema={"name": pl.Utf8, "mentions": pl.Int64}, orient="row"), form)
