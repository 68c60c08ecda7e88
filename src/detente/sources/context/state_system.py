"""Which states there were, and which were major powers: Correlates of War 2016 and 2024, Gleditsch and Ward.

Measures of a state: system_member, major_power (1 for the days of the spell). A spell that lasts to the end of the data
has no end known. Tried on tables drawn from the releases, whose columns are those of the Correlates of War; of
Gleditsch and Ward's own file (ksgmdw, iisystem: no header, days as 31:12:2017) only the layout is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from detente.files.rows import BadRow
from detente.files.stream import Block
from detente.sources.context.days import backwards, ended, no_day, with_date, with_day
from detente.sources.context.parties import with_states
from detente.sources.context.rows import Make, Value, indicators, reader
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch
from detente.sources.source import Source

_GW_LINE = re.compile(rb"\d{1,3}\t[A-Z]{3}\t[^\t\n]+\t\d\d:\d\d:\d{4}\t\d\d:\d\d:\d{4}\s*$")


def _cow(source: str, measure: str) -> Make:
    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        frame = with_day(frame, "date", "styear", "stmonth", "stday")
        frame = with_day(frame, "ended", "endyear", "endmonth", "endday")
        yield _spells(source, measure, "cow", "ccode", frame, bad, "styear", "endyear")

    return make


def gw(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Spells whose days are written in one column."""
    mended = pl.col("startdate", "enddate").str.replace(r"^(\d\d):(\d\d):(\d{4})$", "$3-$2-$1")
    frame = with_date(with_date(frame.with_columns(mended), "date", "startdate"), "ended", "enddate")
    yield _spells("gw_states", "system_member", "gw", "gwcode", frame, bad, "startdate", "enddate")


def _spells(
    source: str, measure: str, scheme: str, code: str, frame: pl.DataFrame, bad: list[BadRow], begin: str, end: str
) -> Batch:
    years = frame.with_columns(pl.col("date").dt.year().cast(pl.Utf8).fill_null("").alias("began"))
    frame, faults = with_states(years, scheme, code, year="began")
    faults = [no_day("date", begin), no_day("ended", end), *faults, backwards()]
    values = [Value(measure, pl.lit(1.0), pl.col(f"{code}_state"))]
    raw = f"{code} {begin} {end}"
    until = pl.col("ended_last")
    return indicators(source, frame, bad, faults, values, raw, ends=ended(), until=until)


def _read_headless(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    """Gleditsch and Ward's own file, under the names of the columns that it lacks."""

    def named() -> Iterator[Block]:
        for block in blocks:
            if block.line > 1:
                yield block
            else:
                yield replace(block, line=0, data=b"gwcode\tstateabb\tstatename\tstartdate\tenddate\n" + block.data)

    yield from _GW.read(named(), context)


_GW = reader("gwcode statename startdate enddate", gw, title="Gleditsch-Ward states", whole=True)
COW_STATES = Source(
    "cow_states",
    "COW states",
    (
        reader(
            "statenme ccode styear stmonth stday endyear endmonth endday",
            _cow("cow_states", "system_member"),
            title="COW state system",
            whole=True,
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Correlates of War Project, State System Membership List",
    terms="as on the site of the Correlates of War",
    home="https://correlatesofwar.org/data-sets/state-system-membership/",
)
COW_MAJORS = Source(
    "cow_majors",
    "COW major powers",
    (
        reader(
            "ccode styear stmonth stday endyear endmonth endday version",
            _cow("cow_majors", "major_power"),
            title="COW major powers",
            whole=True,
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Correlates of War Project, State System Membership List: Major Powers",
    terms="as on the site of the Correlates of War",
    home="https://correlatesofwar.org/data-sets/state-system-membership/",
)
GW_STATES = Source(
    "gw_states",
    "Gleditsch-Ward states",
    (
        _GW,
        Reader(
            lambda head: bool(head.lines and _GW_LINE.match(head.lines[0])),
            _read_headless,
            "Gleditsch-Ward states, no header",
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Gleditsch and Ward, A Revised List of Independent States since the Congress of Vienna, International "
    "Interactions 25(4), 1999",
    terms="CC BY 4.0",
    home="http://ksgleditsch.com/data-4.html",
)
