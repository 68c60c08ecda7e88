"""UCDP's external support data by supporter, party and year: which state helped which side of a conflict, and how.

Support of a government is cooperation with its state; that of its opponents is named with them, and directed at the
state that they fight where the table says which. Read by the published layout of 18.1, tried on no released file yet.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.actors import states
from detente.actors.names import named_state
from detente.files.rows import BadRow
from detente.sources.common import read_once
from detente.sources.context.days import no_day, with_day
from detente.sources.context.parties import with_states
from detente.sources.context.rows import dated_facts, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

FORMS = {
    "ext_x": "troops",
    "ext_p": "presence of troops",
    "ext_y": "access to territory",
    "ext_w": "weapons",
    "ext_m": "materiel",
    "ext_t": "training",
    "ext_f": "funding",
    "ext_i": "intelligence",
    "ext_l": "access to infrastructure",
}
_RAW = "year dyad_id actor_id actor_name actor_nonstate ext_id ext_name ext_nonstate ext_sup"


def _numbered(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The number of Gleditsch and Ward of the state in names such as "Government of X", "" elsewhere."""

    def read(name: str) -> tuple[str]:
        code = named_state(name.strip().removeprefix("Government of "))
        return (states()[code].gw if code else "",)

    return read_once(frame, [column], read, {f"{column}_gw": pl.Utf8})


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Support by states; years without any, and supporters that are no states, are counted."""
    given, by_state = (pl.col(name) == value for name, value in (("ext_sup", "1"), ("ext_nonstate", "0")))
    skipped = {
        "no support was given": frame.filter(~given).height,
        "the supporter is no state": frame.filter(given & ~by_state).height,
    }
    frame = frame.filter(given & by_state)
    for column in ("ext_name", "actor_name"):
        frame = _numbered(frame, column)
    frame, _ = with_states(frame, "gw", "ext_name_gw", "actor_name_gw", "gwno_a")
    group = pl.col("actor_nonstate") == "1"
    supporter, party, fought = (pl.col(f"{column}_state") for column in ("ext_name_gw", "actor_name_gw", "gwno_a"))
    target = pl.when(group).then(fought).otherwise(party)
    forms = [pl.when(pl.col(name) == "1").then(pl.lit(form)) for name, form in FORMS.items()]
    how = pl.concat_str(forms, separator=", ", ignore_nulls=True).replace("", "form not told")
    alleged = pl.when(pl.col("ext_alleged") == "1").then(pl.lit("alleged ")).otherwise(pl.lit(""))
    frame = with_day(frame, "date", "year").with_columns(target.alias("target"))
    faults = [
        no_day("date", "year"),
        (supporter.is_null(), pl.format("ext_name '{}' names no state", "ext_name")),
        (~group & party.is_null(), pl.format("actor_name '{}' names no state", "actor_name")),
        ((supporter == pl.col("target")).fill_null(False), pl.format("both sides are {}", "target")),
    ]  # fmt: skip
    support = {
        "event_id": pl.concat_str("dyad_id", "actor_id", "ext_id", "year", separator=":"),
        "ends": pl.col("date_last"),
        "actors": pl.concat_list(supporter),
        "targets": pl.when(pl.col("target").is_not_null()).then(pl.concat_list("target")),
        "area": pl.lit("regional_conflict"),
        "kind": pl.lit("military support"),
        "tone": pl.when(group).then(pl.lit("conflictual")).otherwise(pl.lit("cooperative")),
        "reference": pl.coalesce(pl.col("conflict_id").replace("", None), "dyad_id"),
        "description": pl.format("{}support of {} by {}: {}", alleged, "actor_name", supporter, how),
    }
    yield dated_facts("ucdp_support", frame, bad, faults, support, _RAW, skipped=skipped)


SUPPORT = Source(
    "ucdp_support",
    "UCDP external support",
    (reader(f"{_RAW} {' '.join(FORMS)}", make, "conflict_id gwno_a ext_alleged"),),
    ("dated_facts",),
    covers="years",
    citation="Meier et al., External support in armed conflicts: Introducing the UCDP external support dataset (ESD), "
    "Journal of Peace Research 60(3), 2023",
    terms="CC BY 4.0",
    home="https://ucdp.uu.se/downloads/",
)
