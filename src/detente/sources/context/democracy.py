"""Regimes by state and year: V-Dem's polyarchy, Polity's score, and a scale that joins many.

Measures of a state: polyarchy (0 to 1), polity2 (-10 to 10), euds and aeuds (extended unified democracy scores, from
-5 to 5). A year in which one is unknown has no row of it. Tried on a table of all four drawn from the releases. V-Dem's
own country-year file (thousands of columns, of which four are read; states by its three letters) and Polity5's (states
by number, some of its own) are read by their published layouts alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.days import no_day, with_day
from detente.sources.context.parties import with_states
from detente.sources.context.rows import Fault, reader
from detente.sources.context.yearly import of_states, valued
from detente.sources.schema import Batch
from detente.sources.source import Source

UNKNOWN = ("", "NA", "NaN", ".", "-66", "-77", "-88", "-99")
"""-9 is a score of Polity's; -66, -77 and -88 are times of foreign rule, of no rule, and between two rules."""
PARTS = ("PSG", "SML", "ZZB")
"""Gaza, Somaliland and Zanzibar, which V-Dem scores beside Palestine, Somalia and Tanzania."""
BOUNDS = {"polity2": (-10, 10), "v2x_polyarchy": (0, 1), "euds": (-5, 5), "aeuds": (-5, 5)}


def vdem(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """V-Dem's file: a state by its number, else by its letters."""
    apart = pl.col("country_text_id").is_in(PARTS)
    left = {"a part of a state, scored apart": frame.filter(apart).height}
    frame, by_number = with_states(frame.filter(~apart), "vdem", "country_id")
    frame, by_letters = with_states(frame, "iso3", "country_text_id")
    frame = frame.with_columns(pl.coalesce("country_id_state", "country_text_id_state").alias("country_text_id_state"))
    (unknown, _), (_, reason) = by_number[0], by_letters[0]
    faults = [(unknown & pl.col("country_text_id_state").is_null(), reason)]
    yield _scores("vdem", frame, bad, faults, "country_text_id", POLYARCHY, left)


def polity(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Polity5's file: states by numbers of its own."""
    frame, faults = with_states(frame, "polity", "ccode")
    yield _scores("polity", frame, bad, faults, "ccode", POLITY2)


def _scores(
    source: str,
    frame: pl.DataFrame,
    bad: list[BadRow],
    faults: list[Fault],
    code: str,
    measures: Mapping[str, str],
    left: Mapping[str, int] | None = None,
) -> Batch:
    faults = [*faults, no_day("date", "year")]
    return valued(source, with_day(frame, "date", "year"), bad, faults, code, measures, BOUNDS, UNKNOWN, left)


POLYARCHY = {"polyarchy": "v2x_polyarchy"}
POLITY2 = {"polity2": "polity2"}
SCALES = {"euds": "euds", "aeuds": "aeuds"}
DEMOCRACY = Source(
    "democracy",
    "regimes (joined scales)",
    (
        reader(
            "ccode year euds aeuds polity2 v2x_polyarchy",
            of_states("democracy", {**POLYARCHY, **POLITY2, **SCALES}, BOUNDS, UNKNOWN),
            title="regimes by state and year",
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Coppedge et al., V-Dem Dataset v16, 2026; Marshall, Polity5; Marquez, A Quick Method for Extending the "
    "Unified Democracy Scores, 2016",
    terms="V-Dem CC BY 4.0; cite the others",
    home="https://svmiller.com/isard/",
)
VDEM = Source(
    "vdem",
    "V-Dem",
    (reader("country_text_id year v2x_polyarchy", vdem, "country_id", title="V-Dem country-year"),),
    ("indicators",),
    covers="years",
    citation="Coppedge et al., V-Dem Country-Year Dataset, Varieties of Democracy Project",
    terms="CC BY 4.0",
    home="https://www.v-dem.net/data/the-v-dem-dataset/",
)
POLITY = Source(
    "polity",
    "Polity5",
    (
        reader(
            "ccode scode year democ autoc polity2",
            polity,
            title="Polity5 by year",
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Marshall and Gurr, Polity5: Political Regime Characteristics and Transitions, Center for Systemic Peace",
    terms="as on the site of the Center for Systemic Peace",
    home="https://www.systemicpeace.org/inscrdata.html",
)
