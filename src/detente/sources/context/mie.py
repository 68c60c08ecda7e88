"""Militarised interstate events, MIE 1.0: what one state did to another on a day, in every confrontation 1816-2014.

Tried on the released file (cut off after 2012).
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context import militarised
from detente.sources.context.days import with_spell
from detente.sources.context.parties import with_states
from detente.sources.context.rows import dated_facts, no_numbers, number, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

_RAW = "micnum eventnum ccode1 ccode2 styear stmon stday endyear endmon endday action hostlev"
_DEATHS = ("fatalmin1", "fatalmax1", "fatalmin2", "fatalmax2")


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Events of the first state towards the second; deaths are told where there were any."""
    frame, faults = with_states(frame, "cow", "ccode1", "ccode2", year="styear")
    frame, undated = with_spell(frame, ["styear", "stmon", "stday"], ["endyear", "endmon", "endday"])
    faults += [*undated, militarised.no_level("hostlev")]
    faults += [militarised.no_action("action"), *no_numbers(_DEATHS)]
    range_of = ("{} to {} of {}", "{} to {} of {}")
    deaths = pl.format(
        f"; deaths: {', '.join(range_of)}",
        *_DEATHS[:2], "ccode1_state", *_DEATHS[2:], "ccode2_state",
    )  # fmt: skip
    deadly = pl.sum_horizontal(number("fatalmax1"), number("fatalmax2")) > 0
    event = militarised.fact("militarised event", number("hostlev"), "micnum") | {
        "event_id": pl.concat_str("micnum", "eventnum", separator=":"),
        "known_on": pl.max_horizontal("date_last", "ended_last"),
        "actors": pl.concat_list("ccode1_state"),
        "targets": pl.concat_list("ccode2_state"),
        "description": pl.format(
            "militarised event: {} by {} against {}{}",
            militarised.action("action"),
            "ccode1_state",
            "ccode2_state",
            pl.when(deadly).then(deaths).otherwise(pl.lit("")),
        ),
    }
    yield dated_facts("mie", frame, bad, faults, event, _RAW)


MIE = Source(
    "mie",
    "militarised interstate events (MIE)",
    (reader(f"{_RAW} {' '.join(_DEATHS)}", make),),
    ("dated_facts",),
    covers="years",
    citation="Gibler and Miller, The Militarized Interstate Events (MIE) Dataset, 1816-2014, Conflict Management and "
    "Peace Science, 2024",
    terms="of the International Conflict Data Project: to be cited, not to be passed on",
    home="https://internationalconflict.ua.edu/data-download/",
)
