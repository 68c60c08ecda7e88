"""Where states lie: contiguity (Correlates of War 3.2), capitals, and the least distance of two (CShapes 2).

Measures of two states: contiguity (1 land, 2 to 5 water of at most 12, 24, 150, 400 miles), least_distance (kilometres
on 1 January); of a state: capital_latitude, capital_longitude (degrees). Contiguity and capitals are spells; one that
lasts to the end of the data has no end known. Where the releases say that two were not contiguous, there is no row.
All were tried on tables drawn from the releases; of the releases contdir of contiguity is read by its layout alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.days import backwards, ended, no_day, with_date
from detente.sources.context.parties import in_order_of_codes, with_states
from detente.sources.context.rows import Make, Value, indicators, no_numbers, number, once, reader
from detente.sources.context.yearly import by_year
from detente.sources.schema import Batch
from detente.sources.source import Source

NO_DEGREES = ("", "NA")
"""-9 and -99 are degrees too."""
NO_DISTANCE = (*NO_DEGREES, "-1")


def _contiguity(one: str, other: str, begin: str, end: str) -> Make:
    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        # Months, even where they are written as days.
        frame = with_date(frame.with_columns(pl.col(begin, end).str.replace(r"-\d\d$", "")), "date", begin)
        frame = with_date(frame, "ended", end)
        frame, faults = with_states(frame, "cow", one, other, year="date_year")
        a, b = in_order_of_codes(f"{one}_state", f"{other}_state")
        apart = frame.filter(pl.col("conttype") == "0").height
        frame = frame.filter(pl.col("conttype") != "0")
        # Both directions of a pair are in the table, and of some pairs one state has had two numbers.
        keys = [a.alias("a"), b.alias("b"), pl.col("date"), pl.col("ended"), pl.col("conttype")]
        known = pl.when(pl.all_horizontal(a.is_not_null(), b.is_not_null(), pl.col("date").is_not_null()))
        frame, left = once(frame, [*keys, known.then(0).otherwise("line").alias("n")], "the other direction of a pair")
        faults += [no_day("date", begin), no_day("ended", end), *no_numbers(["conttype"], low=1, high=5)]
        faults.append(backwards())
        values = [Value("contiguity", number("conttype"), a, b)]
        raw = f"{one} {other} conttype {begin} {end}"
        yield indicators(
            "cow_contiguity",
            frame,
            bad,
            faults,
            values,
            raw,
            ends=ended(),
            until=pl.col("ended_last"),
            skipped={**left, "not contiguous": apart},
        )

    return make


def capitals(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """The degrees of a capital, from day to day."""
    frame = with_date(with_date(frame, "date", "stdate"), "ended", "enddate")
    frame, faults = with_states(frame, "cow", "ccode", year="date_year")
    faults += [no_day("date", "stdate"), no_day("ended", "enddate"), backwards()]
    faults += no_numbers(["lat"], low=-90, high=90, unknown=NO_DEGREES)
    faults += no_numbers(["lng"], low=-180, high=180, unknown=NO_DEGREES)
    place = {"capital_latitude": "lat", "capital_longitude": "lng"}
    values = [Value(name, number(column, NO_DEGREES), pl.col("ccode_state")) for name, column in place.items()]
    yield indicators(
        "capitals",
        frame,
        bad,
        faults,
        values,
        "ccode capital stdate enddate lat lng",
        ends=ended(),
        until=pl.col("ended_last"),
    )


def _distance(scheme: str, one: str, other: str) -> Make:
    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        frame, faults = by_year(frame, scheme, one, other)
        faults += no_numbers(["mindist"], high=20100, unknown=NO_DISTANCE)
        a, b = in_order_of_codes(f"{one}_state", f"{other}_state")
        values = [Value("least_distance", number("mindist", NO_DISTANCE), a, b)]
        yield indicators("cshapes", frame, bad, faults, values, f"{one} {other} year mindist")

    return make


CONTIGUITY = Source(
    "cow_contiguity",
    "COW contiguity",
    (
        reader(
            "ccode1 ccode2 conttype stdate enddate",
            _contiguity("ccode1", "ccode2", "stdate", "enddate"),
            title="COW contiguity (periods)",
            whole=True,
        ),
        reader(
            "statelno statehno conttype begin end",
            _contiguity("statelno", "statehno", "begin", "end"),
            title="COW contiguity (contdir)",
            whole=True,
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Stinnett, Tir, Schafer, Diehl and Gochman, The Correlates of War Project Direct Contiguity Data 3, "
    "Conflict Management and Peace Science 19(2), 2002",
    terms="as on the site of the Correlates of War",
    home="https://correlatesofwar.org/data-sets/direct-contiguity/",
)
CAPITALS = Source(
    "capitals",
    "capitals",
    (reader("ccode capital stdate enddate lat lng", capitals, title="capitals with coordinates", whole=True),),
    ("indicators",),
    covers="years",
    citation="Miller, peacesciencer: An R Package for Quantitative Peace Science Research, Conflict Management and "
    "Peace Science 39(6), 2022",
    terms="as in the package (GPL-2)",
    home="https://svmiller.com/peacesciencer/",
)
CSHAPES = Source(
    "cshapes",
    "CShapes distances",
    (
        reader("ccode1 ccode2 year mindist", _distance("cow", "ccode1", "ccode2"), title="least distances (COW)"),
        reader("gwcode1 gwcode2 year mindist", _distance("gw", "gwcode1", "gwcode2"), title="least distances (GW)"),
    ),
    ("indicators",),
    covers="years",
    citation="Schvitz, Girardin, Rueegger, Weidmann, Cederman and Gleditsch, Mapping the International System, "
    "1886-2019: The CShapes 2.0 Dataset, Journal of Conflict Resolution 66(1), 2022",
    terms="CC BY-NC-SA 4.0",
    home="https://icr.ethz.ch/data/cshapes/",
)
