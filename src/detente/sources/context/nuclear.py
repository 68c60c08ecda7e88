"""Nuclear cooperation agreements 1951-2003 by pair and year, and plants of enrichment and reprocessing by state and
year (nuclear latency 1.2). Both tried on real files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context.days import no_day, with_day
from detente.sources.context.parties import both, in_order_of_codes, with_states
from detente.sources.context.rows import UNKNOWN, Value, dated_facts, in_order, indicators, no_number, number, reader
from detente.sources.schema import Batch
from detente.sources.source import Source


def agreements(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """A fact for each pair, year and type of the codebook. The file has no ids: `level` is the number of agreements,
    that is of rows of the side that has more, since most stand there once for either side.
    """
    frame, faults = with_states(frame, "cow", "ccode1", "ccode2")
    frame = with_day(frame, "date", "year")
    faults += [no_day("date", "year"), no_number("nca"), no_number("nca_type")]
    kept, wrong = reject(frame, faults, ["ccode1", "ccode2", "year", "nca", "nca_type"])
    signed = kept.filter(number("nca") == 1)
    low, high = in_order_of_codes("ccode1_state", "ccode2_state")
    rest = [
        pl.col(name).first() for name in ("line", "date", "date_last", "date_precision", "ccode1_state", "ccode2_state")
    ]
    side = pl.col("ccode1_state") == pl.col("low")
    signed = signed.with_columns(low.alias("low"), high.alias("high"))
    first = signed.group_by("low", "high", "year", "nca_type", maintain_order=True)
    facts = first.agg(*rest, side.sum().alias("one"), (~side).sum().alias("other"))
    count = pl.max_horizontal("one", "other")
    mirrored = int(facts.select(pl.min_horizontal("one", "other").sum()).item() or 0)
    further = signed.height - facts.height - mirrored
    skipped = {
        "no agreement": kept.height - signed.height,
        "the same agreement for the other side": mirrored,
        "another agreement of the pair, year and type, counted in its level": further,
    }
    own_id = pl.concat_str("low", "high", "year", "nca_type", separator=":")
    columns = {
        "event_id": own_id,
        "actors": both("ccode1_state", "ccode2_state"),
        "area": pl.lit("threat_reduction"),
        "kind": pl.lit("agreement signed"),
        "tone": pl.lit("cooperative"),
        "level": count,
        "reference": own_id,
        "description": pl.when(count == 1)
        .then(pl.format("nuclear cooperation agreement of type {} signed", "nca_type"))
        .otherwise(pl.format("{} nuclear cooperation agreements of type {} signed", count, "nca_type")),
    }
    yield dated_facts("nca", facts, in_order(bad, wrong), [], columns, "line", skipped=skipped)


NCA = Source(
    "nca",
    "nuclear cooperation agreements",
    (reader("ccode1 ccode2 year nca nca_type", agreements, title="nuclear cooperation agreements", whole=True),),
    ("dated_facts",),
    covers="years",
    citation="Fuhrmann, Atomic Assistance, Cornell University Press, 2012",
    terms="as on the author's site; cite",
    home="http://www.matthewfuhrmann.com/datasets.html",
)

GOES_ON, NEVER = "7777", "9999"
"""A plant in operation when the data end, and one that never was (of the codebook)."""
YEARS = (
    "operation_start",
    "operation_end",
    "operation2_start",
    "operation2_end",
    "construction_start",
    "construction_end",
)


def plants(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Plants known to be in operation, in each year from a state's first on: at least so many, since the years of some
    are not known. Where only such a plant may have been in operation, the number is unknown.
    """
    faults = [no_number(name) for name in ("enr_type", *YEARS)]
    frame, states = with_states(frame.with_columns(pl.lit("2000").alias("year")), "cow", "ccode")
    kinds = [str(number) for number in range(1, 9)]
    no_kind = ~pl.col("enr_type").is_in(kinds), pl.format("enr_type '{}' is none of the codebook", "enr_type")
    years = {name: number(name, (*UNKNOWN, GOES_ON, NEVER)) for name in YEARS}
    no_year = [(~y.is_between(1900, 2100), pl.format(f"{name} '{{}}' is no year", name)) for name, y in years.items()]
    faults += [*states, no_kind, *no_year]
    kept, wrong = reject(frame, faults, ["ccode", "facility_name", "enr_type", *YEARS])
    built = kept.filter(pl.col("operation_start") != NEVER)
    ends = {name: year.cast(pl.Int32, strict=False) for name, year in years.items()}
    last = kept.select(pl.max_horizontal(*(expression.max() for expression in ends.values()))).item() or 0
    earliest = pl.lit(kept.select(ends["operation_start"].min()).item() or 0)
    spans = []
    for n in ("", "2"):
        start, end = f"operation{n}_start", f"operation{n}_end"
        until = pl.when(pl.col(end) == GOES_ON).then(last).otherwise(ends[end])
        known = ends[start].is_not_null() & until.is_not_null()
        begins = pl.coalesce(ends[start], ends["construction_start"], ends["construction_end"], earliest)
        spans.append(
            built.filter(pl.lit(not n) | ~pl.col(start).is_in(UNKNOWN)).select(
                "line",
                "ccode",
                pl.when(pl.col("enr_type") == "1")
                .then(pl.lit("reprocessing_plants"))
                .otherwise(pl.lit("enrichment_plants"))
                .alias("measure"),
                begins.alias("begins"),
                until.fill_null(last).alias("until"),
                known.alias("known"),
            )
        )
    operating = pl.concat(spans).filter(pl.col("begins") <= pl.col("until"))
    first = operating.group_by("ccode", "measure").agg(pl.col("begins").min().alias("since"), pl.col("line").min())
    grid = first.with_columns(pl.int_ranges("since", last + 1).alias("year")).explode("year", empty_as_null=True)
    on = operating.with_columns(pl.int_ranges("begins", pl.col("until") + 1).alias("year")).explode(
        "year", empty_as_null=True
    )
    counts = on.group_by("ccode", "measure", "year").agg(pl.col("known").sum().alias("count"))
    table = grid.join(counts, on=["ccode", "measure", "year"], how="left").sort("ccode", "measure", "year")
    value = pl.when(pl.col("count").is_null()).then(0).when(pl.col("count") > 0).then("count")
    table = table.with_columns(value.alias("value"), pl.col("year").cast(pl.Utf8))
    table, _ = with_states(with_day(table, "date", "year"), "cow", "ccode")
    values = [
        Value(name, pl.when(pl.col("measure") == name).then("value"), pl.col("ccode_state"))
        for name in ("enrichment_plants", "reprocessing_plants")
    ]
    batch = indicators("nuclear_latency", table, [], [no_day("date", "year")], values, "line")
    told = built.filter(pl.col("line").is_in(batch.lines.unique().implode())).height
    skipped = {
        "never in operation": kept.height - built.height,
        "a further plant of the state, counted with it": built.height - told,
    }
    yield replace(batch, skipped=skipped, bad=in_order(bad, wrong))


LATENCY = Source(
    "nuclear_latency",
    "nuclear latency",
    (
        reader(
            f"ccode facility_name enr_type {' '.join(YEARS)}",
            plants,
            title="plants of enrichment and reprocessing",
            whole=True,
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Fuhrmann and Tkach, Almost Nuclear: Introducing the Nuclear Latency Dataset, Conflict Management and "
    "Peace Science 32(4), 2015",
    terms="as on the author's site; cite",
    home="http://www.matthewfuhrmann.com/datasets.html",
)
