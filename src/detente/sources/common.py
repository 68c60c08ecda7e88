"""Steps that several event readers share: actors of names, channel, areas, dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import polars as pl

from detente.actors import Actor, Actors, Person, counts_as, organisations, sector_of, states
from detente.files.rows import Head

EARLIEST = date(1945, 1, 1)
# Codes that read as another state after the end of theirs.
ENDED = [s.code for s in states().values() if s.ends and len(s.successors) == 1 and not s.continuing]


def headless(width: int, title: str) -> Callable[[Head], str]:
    """What tells rows of `width` columns, the first an id and the second a day, that have lost their column names."""

    def test(head: Head) -> str:
        line = head.lines[0].rstrip(b"\r\n") if head.lines else b""
        if line.count(b"\t") + 1 != width or not re.match(rb"[\w-]+\t(\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4})\t", line):
            return ""
        return f"is {title} events without the line of column names: put it back as the first line"

    return test


def channel() -> pl.Expr:
    """ "bilateral" between two states; the organisation where one acts."""
    bodies = [o.code for o in organisations().values() if o.kind == "organisation"]
    return (
        pl.when(pl.col("receiver").is_in(bodies))
        .then(pl.col("receiver"))
        .when(pl.col("sender").is_in(bodies))
        .then(pl.col("sender"))
        .when(pl.col("sender").is_not_null() & pl.col("receiver").is_not_null())
        .then(pl.lit("bilateral"))
        .alias("channel")
    )


def historic(column: str) -> pl.Expr:
    """The code of a state on the day: RUS before 26 December 1991 is SUN; a state that has ended is its one
    successor.
    """
    code = pl.col(column)
    chain = code
    for state in states().values():
        if state.continuing and state.ends and state.successors == ("RUS",):
            before = (code == "RUS") & (pl.col("date") < state.ends)
            chain = pl.when(before).then(pl.lit(state.code)).otherwise(chain)
    for former in ENDED:
        ends = states()[former].ends
        after = (code == former) & (pl.col("date") >= ends)
        chain = pl.when(after).then(pl.lit(counts_as(former, ends))).otherwise(chain)
    return chain.alias(column)


def resolve_names(frame: pl.DataFrame, side: str, index: Actors, *, has_country: bool) -> pl.DataFrame:
    """Resolve the names in `<side>_name` on each row's date into `<side>` and `<side>_sector`.

    With `has_country`, a name we do not know takes the state of `<side>_country` and the sector of
    `<side>_sectors`; a person known to be out of office takes none. `<side>_note` then says where a state's name and
    the country beside it disagree: the name is taken.
    """
    name, country, sectors = f"{side}_name", f"{side}_country", f"{side}_sectors"
    keys = [name, country, sectors] if has_country else [name]
    unique = frame.select(keys).unique()
    fixed: list[tuple[str | None, ...]] = []
    persons: list[tuple[str, Person]] = []
    for row in unique.iter_rows():
        found = index.lookup(row[0] or "")
        if isinstance(found, Person):
            persons.append((row[0], found))
            fixed.append((*row, None, None, None))
            continue
        code, sector = (found.code, found.sector) if found.known else ("", "")
        stated = _stated(index, row[1], row[2]) if has_country else ("", "")
        if not code:
            code, sector = stated
        note = None
        if stated[0] and found.kind == "state" and counts_as(code) != counts_as(stated[0]):
            note = f"the name {row[0]} says {code}, the country {row[1]} says {stated[0]}"
        fixed.append((*row, code or None, sector or None, note))
    added = (side, f"{side}_sector", f"{side}_note")
    table = pl.DataFrame(fixed, schema=dict.fromkeys((*keys, *added), pl.Utf8), orient="row")
    frame = frame.join(table, on=keys, how="left", maintain_order="left", nulls_equal=True)
    if not persons:
        return frame
    named = dict(persons)
    days = frame.filter(pl.col(name).is_in(list(named))).select(name, "date").unique()
    held: list[tuple[str, date, str | None, str | None]] = []
    for person, day in days.iter_rows():
        actor: Actor = index.resolve(person, day)
        held.append((person, day, actor.code or None, actor.sector or None))
    in_office = pl.DataFrame(
        held, schema={name: pl.Utf8, "date": pl.Date, "code": pl.Utf8, "role": pl.Utf8}, orient="row"
    )
    return (
        frame.join(in_office, on=[name, "date"], how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("code", side).alias(side), pl.coalesce("role", f"{side}_sector").alias(f"{side}_sector")
        )
        .drop("code", "role")
    )


def _stated(index: Actors, country: str | None, sectors: str | None) -> tuple[str, str]:
    found = index.lookup(country or "")
    if not isinstance(found, Actor) or found.kind != "state":
        return "", ""
    for part in (sectors or "").split(","):
        if sector_of(part):
            return found.code, sector_of(part)
    return found.code, ""


def place_of(*columns: str) -> pl.Expr:
    """The non-empty parts of a place, from the nearest to the state, joined by commas."""
    parts = [pl.when(pl.col(c) == "").then(None).otherwise(pl.col(c)) for c in columns]
    joined = pl.concat_str(parts, separator=", ", ignore_nulls=True)
    return pl.when(joined == "").then(None).otherwise(joined).alias("place")
