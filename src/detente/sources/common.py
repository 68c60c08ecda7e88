"""Steps that several event readers share: actors of names, channel, areas, dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from detente.actors import Actor, Actors, Person, counts_as, organisations, sector_of, states
from detente.files.rows import Head

EARLIEST = date(1945, 1, 1)
# Former states that nobody continues and that have one successor, to which their codes go over when they end.
ENDED = [s.code for s in states().values() if s.ends and len(s.successors) == 1 and not s.continuing]


def headless(head: Head, *, width: int, title: str) -> str:
    """What rows are that have lost their column names: `width` columns, the first an id and the second a day."""
    line = head.lines[0].rstrip(b"\r\n") if head.lines else b""
    if line.count(b"\t") + 1 != width or not re.match(rb"[\w-]+\t(\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4})\t", line):
        return ""
    return f"is {title} events without the line of column names: put it back as the first line"


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
            before = (code == "RUS") & pl.col("date").is_between(state.begins or EARLIEST, state.ends, closed="left")
            chain = pl.when(before).then(pl.lit(state.code)).otherwise(chain)
    for former in ENDED:
        ends = states()[former].ends
        after = (code == former) & (pl.col("date") >= ends)
        chain = pl.when(after).then(pl.lit(counts_as(former, ends))).otherwise(chain)
    return chain.alias(column)


def read_once(
    frame: pl.DataFrame, keys: Sequence[str], read: Callable[..., Iterable[Any]], columns: Mapping[str, Any]
) -> pl.DataFrame:
    """The frame with `columns`, which `read` makes of the values of `keys`; each distinct combination is read once."""
    distinct = frame.select(keys).unique()
    rows = [(*values, *read(*values)) for values in distinct.iter_rows()]
    table = pl.DataFrame(rows, schema={**distinct.schema, **columns}, orient="row")
    return frame.join(table, on=keys, how="left", maintain_order="left", nulls_equal=True)


def resolve_names(frame: pl.DataFrame, side: str, index: Actors, *, has_country: bool) -> pl.DataFrame:
    """Resolve the names in `<side>_name` on each row's date into `<side>` and `<side>_sector`.

    With `has_country`, a name we do not know takes the state of `<side>_country` and the sector of
    `<side>_sectors`; a person known to be out of office takes none. `<side>_note` then says where a state's name and
    the country beside it disagree: the name is taken.
    """
    name, sector = f"{side}_name", f"{side}_sector"
    persons: set[str] = set()

    def dateless(text: str, country: str = "", sectors: str = "") -> tuple[str | None, str | None, str | None]:
        actor = index.lookup(text or "")
        if isinstance(actor, Person):
            persons.add(text)
            return None, None, None
        state, role = _stated(index, country, sectors)
        code = actor.code if actor.known else state
        note = None
        if state and actor.kind == "state" and counts_as(code) != counts_as(state):
            note = f"the name {text} says {code}, the country {country} says {state}"
        return code or None, (actor.sector if actor.known else role) or None, note

    def on_day(text: str, day: date) -> tuple[str | None, str | None]:
        actor = index.resolve(text, day)
        return actor.code or None, actor.sector or None

    keys = [name, f"{side}_country", f"{side}_sectors"] if has_country else [name]
    frame = read_once(frame, keys, dateless, dict.fromkeys((side, sector, f"{side}_note"), pl.Utf8))
    if not persons:
        return frame
    days = frame.filter(pl.col(name).is_in(list(persons))).select(name, "date").unique()
    offices = read_once(days, [name, "date"], on_day, {"code": pl.Utf8, "role": pl.Utf8})
    return (
        frame.join(offices, on=[name, "date"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("code", side).alias(side), pl.coalesce("role", sector).alias(sector))
        .drop("code", "role")
    )


def _stated(index: Actors, country: str, sectors: str) -> tuple[str, str]:
    """The state that a cell names, and the first sector that the cell beside it names; "" for none."""
    actor = index.lookup(country or "")
    if not isinstance(actor, Actor) or actor.kind != "state":
        return "", ""
    return actor.code, next(filter(None, map(sector_of, (sectors or "").split(","))), "")


def place_of(*columns: str) -> pl.Expr:
    """The non-empty parts of a place, from the nearest to the state, joined by commas."""
    parts = [pl.when(pl.col(c) == "").then(None).otherwise(pl.col(c)) for c in columns]
    joined = pl.concat_str(parts, separator=", ", ignore_nulls=True)
    return pl.when(joined == "").then(None).otherwise(joined).alias("place")
