"""World Treaty Index: bilateral treaties from 1900, signed and in force, by topic.

Registration falls off after 1980 (1,762 treaties signed in 1976, 343 in 1986, none in 2001): the treaties of later
years are facts, but the source covers no year after 1980, so that their silence is not read as no treaties. Tried on a
real file that has ISO codes beside the codes of the index. Topic 2SECUR is social security.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import corrections
from detente.sources.common import historic
from detente.sources.context.acts import acts
from detente.sources.context.days import misread, no_day, on_day
from detente.sources.context.parties import both, in_order_of_codes, with_states
from detente.sources.context.rows import once, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

REGISTERED = date(1980, 12, 31)
"""The last day up to which treaties were registered as they were signed."""
LATEST = 25 * 365
"""A treaty said to be in force so many days before or after its signature has a wrong year: most are of the twenties,
and stand in those of the next century.
"""
# Areas by topic. A code that is not here has that of its first digit, in AREAS.
TOPICS = {
    "1ARMCO": "strategic_arms",  # control of arms: SALT, the ABM Treaty
    "1ALLY": "military_dialogue",  # defence and mutual security, bases
    "4MILIT": "military_dialogue",  # military aid: missions, training, arms given
    "4MILT": "military_dialogue",  # the same, mistyped
    "9MILIT": "military_dialogue",  # armed forces: status of forces, graves, visits of ships
    "9MILT": "military_dialogue",  # the same, mistyped
    "9MILMI": "military_dialogue",  # military missions
    "1PEACE": "regional_conflict",  # armistices and treaties of peace
    "1OCCUP": "regional_conflict",  # occupation after a war
    "10OCCUP": "regional_conflict",  # the same, mistyped
    "4ATOM": "threat_reduction",  # peaceful use of nuclear energy under safeguards
    "7SPACE": "cyber_space",  # tracking stations and flights
    "1REPAR": "economic",  # reparations are payments
    "2SECUR": "economic",  # social security: pensions of workers abroad, nothing military
    "2LABOR": "economic",  # workers abroad
}
AREAS = {
    "1": "diplomatic",  # relations as such: friendship, recognition, territory, disputes
    "2": "diplomatic",  # welfare: health, refugees, drugs, human rights
    "3": "economic",  # trade, payments, taxes, claims, patents
    "4": "economic",  # aid: loans, food, technical help
    "5": "economic",  # transport by air, land and water
    "6": "diplomatic",  # post, telephone, radio
    "7": "diplomatic",  # culture, education, science
    "8": "economic",  # resources: energy, fish, metals, water
    "9": "diplomatic",  # administration: visas, consuls, courts, borders
}


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Both acts of a treaty between two states, each pair and day of signature with one topic and headnote once."""
    bilateral, stated = pl.col("laterality") != "UNILAT", (pl.col("iso3a") != "") & (pl.col("iso3b") != "")
    states = frame.filter(bilateral & stated)
    a, b = in_order_of_codes("iso3a", "iso3b")
    same = [a.alias("a"), b.alias("b"), *map(pl.col, ("signed", "topic_code", "headnote"))]
    treaties, again = once(states, same, "the same treaty registered elsewhere")
    skipped = {
        "a declaration of one side": frame.filter(~bilateral).height,
        "a party that is no state": frame.filter(bilateral & ~stated).height,
        **again,
    }
    treaties = treaties.rename({"signed": "signed_on", "force": "force_on"})
    treaties = on_day(treaties, "signed", "signed_on", "%Y-%m-%d").with_columns(
        pl.col("signed").dt.year().cast(pl.Utf8).fill_null("").alias("year")
    )
    treaties = on_day(treaties, "in force", "force_on", "%Y-%m-%d")
    treaties, faults = with_states(treaties, "iso3", "iso3a", "iso3b")
    treaties = treaties.with_columns(pl.col("signed").alias("date")).with_columns(
        historic("iso3a_state"), historic("iso3b_state")
    )
    faults = [no_day("signed", "signed_on"), misread("in force", "force_on"), *faults]

    def far(day: pl.Expr) -> pl.Expr:
        return (day - pl.col("signed")).dt.total_days().abs() > LATEST

    earlier = pl.col("in force").dt.offset_by("-100y")
    wrong, century = far(pl.col("in force")), far(pl.col("in force")) & ~far(earlier)
    mended = corrections(
        treaties,
        [
            (century, "in force a century late: taken as a hundred years before"),
            (wrong & ~century, "in force over 25 years before or after it was signed: left out"),
        ],
    )
    day = pl.when(century).then(earlier).when(~wrong).then("in force").alias("in force")
    treaties = treaties.with_columns(
        day, day.alias("in force_last"), pl.when(wrong).then(pl.lit("")).otherwise("force_on").alias("force_on")
    )
    topic = pl.col("topic_code").str.replace(r"/.*", "")
    area = pl.coalesce(
        topic.replace_strict(TOPICS, default=None, return_dtype=pl.Utf8),
        topic.str.slice(0, 1).replace_strict(AREAS, default=None, return_dtype=pl.Utf8),
    )
    shared = {
        "event_id": pl.col("treaty_id"),
        "actors": both("iso3a_state", "iso3b_state"),
        "area": area,
        "reference": pl.col("treaty_id"),
    }
    title = pl.col("headnote").str.to_lowercase()
    named = {
        "signed": {
            "description": pl.format("treaty signed: {}", title),
        },
        "in force": {
            "description": pl.format("treaty in force: {}", title),
        },
    }
    raw = "treaty_id signed_on force_on iso3a iso3b topic_code"
    for batch in acts("wti", treaties, bad, faults, shared, named, raw, skipped):
        mended = mended.filter(pl.col("line").is_in(batch.lines.implode())) if batch.span else mended.clear()
        first, last = batch.span or (date.max, date.max)
        yield replace(batch, span=(first, min(last, REGISTERED)) if first <= REGISTERED else None, corrected=mended)


WTI = Source(
    "wti",
    "World Treaty Index",
    (
        reader(
            "treaty_id signed force iso3a iso3b laterality topic_code headnote",
            make,
            title="World Treaty Index (bilateral)",
            whole=True,
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="Poast, Bommarito and Katz, The Electronic World Treaty Index, 2010; Pearson, International Journal of "
    "Legal Information 29, 2001; Rohn, World Treaty Index, 1984",
    terms="cite; not to be redistributed. Registration falls off after 1980: later years are not covered",
    home="http://worldtreatyindex.com",
)
