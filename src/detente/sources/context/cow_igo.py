"""Memberships in intergovernmental organisations, Correlates of War 3: by state and year, and shared by two.

Measures of a state: igo_full, igo_associate, igo_observer, igo_any (organisations); of two states: igo_shared (those of
which both are full members). Before 1965 the data have every fifth year. Two tables of counts were tried, drawn from
the release. The release itself (dyadic_formatv3, state_year_formatv3: a column an organisation, told by its first ones)
is read by its codebook alone: 1 is full membership, by dyad joint full membership, 2 an associate, 3 an observer, 0
none; what is negative is unknown or no organisation yet, and counts as none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

import polars as pl

from detente.files.named import Layout, frames, header_of, names_in
from detente.files.rows import BadRow, Head
from detente.files.stream import Block
from detente.sources.context.parties import in_order_of_codes
from detente.sources.context.rows import Fault, Value, as_utf8, indicators, no_numbers, number, reader
from detente.sources.context.yearly import by_year
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch
from detente.sources.source import Source

KINDS = {"igo_full": ["1"], "igo_associate": ["2"], "igo_observer": ["3"], "igo_any": ["1", "2", "3"]}
SUMS = dict(zip(KINDS, ("sum_igo_full", "sum_igo_associate", "sum_igo_observer", "sum_igo_anytype"), strict=True))
ABOUT = {"ccode", "ccode1", "ccode2", "year", "state", "country", "country1", "country2", "dyadid", "version"}
CODES = ["0", "1", "2", "3", "-1", "-9", ""]


def of_states(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Counts by state."""
    faults = no_numbers(SUMS.values())
    yield _batch(frame, bad, faults, {measure: number(column) for measure, column in SUMS.items()})


def of_pairs(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Counts by two states."""
    yield _batch(frame, bad, no_numbers(["dyadigos"]), {"igo_shared": number("dyadigos")}, "ccode1", "ccode2")


def _batch(
    frame: pl.DataFrame, bad: list[BadRow], told: list[Fault], counts: Mapping[str, pl.Expr], *sides: str
) -> Batch:
    columns = sides or ("ccode",)
    frame, faults = by_year(frame, "cow", *columns)
    states = in_order_of_codes(*(f"{side}_state" for side in sides)) if sides else [pl.col("ccode_state")]
    values = [Value(measure, count, *states) for measure, count in counts.items()]
    return indicators("cow_igo", frame, bad, [*faults, *told], values, f"{' '.join(columns)} year")


def _read_members(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    """The release: each organisation's cells are counted."""
    for block in blocks:
        _, header = header_of(block.data.partition(b"\n")[0])
        own = {name: name.replace(" ", "_") for name in header}
        columns = [own[name] for name in header if name not in ABOUT]
        sides = ("ccode1", "ccode2") if "ccode1" in own else ()
        layout = Layout("COW memberships", own, tuple(sides) or ("ccode",), codes=tuple(own.values()))
        for frame, bad in frames(map(as_utf8, chain([block], blocks)), layout):
            cells = frame.select(columns)
            wrong = cells.select(pl.any_horizontal(~pl.all().is_in(CODES)).alias("wrong"))
            told = {kind: cells.select(_count(codes).alias(kind)) for kind, codes in KINDS.items()}
            known = cells.select(pl.any_horizontal(~pl.all().is_in(["-1", "-9", ""])).alias("known"))
            counted = pl.concat([frame.drop(columns), wrong, known, *told.values()], how="horizontal")
            kinds = {"igo_shared": "igo_full"} if sides else dict.fromkeys(KINDS)
            counts = {kind: pl.when("known").then(pl.col(column or kind)) for kind, column in kinds.items()}
            fault = (pl.col("wrong"), "a membership is none of 0, 1, 2, 3, -1, -9")
            yield _batch(counted, bad, [fault], counts, *sides)


def _count(codes: list[str]) -> pl.Expr:
    return pl.sum_horizontal(pl.all().is_in(codes).cast(pl.Int32))


def _members(head: Head) -> bool:
    names = names_in(head)
    by_dyad = {"ccode1", "ccode2", "dyadid", "year"} <= names
    return (by_dyad or {"ccode", "year", "state"} <= names) and bool({"aaaid", "aalco", "un"} & names)


IGO = Source(
    "cow_igo",
    "COW organisations",
    (
        reader(f"ccode year {' '.join(SUMS.values())}", of_states, title="COW memberships by state"),
        reader("ccode1 ccode2 year dyadigos", of_pairs, title="COW memberships shared by two states"),
        Reader(_members, _read_members, "COW memberships, a column an organisation"),
    ),
    ("indicators",),
    covers="years",
    citation="Pevehouse, Nordstrom, McManus and Jamison, Tracking Organizations in the World, Journal of Peace "
    "Research 57(3), 2020",
    terms="as on the site of the Correlates of War",
    home="https://correlatesofwar.org/data-sets/igos/",
)
