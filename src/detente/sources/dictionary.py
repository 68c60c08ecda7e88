"""The tables that are kept by hand: their columns, in one place for readers, docs and data packages.

Facts, agreements and figures are plain CSV, one object a line. The types are those of the Frictionless
Table Schema (https://specs.frictionlessdata.io/table-schema/); a list is joined by ";" or "+".
"""

from __future__ import annotations

from dataclasses import dataclass

TONES = ("cooperative", "conflictual")
STAGES = {
    "agreement signed": "signed",
    "agreement in force": "in force",
    "agreement extended": "",
    "agreement amended": "",
    "agreement suspended": "suspended",
    "agreement resumed": "in force",
    "agreement terminated": "ended",
    "agreement expired": "ended",
    "programme started": "in force",
    "programme ended": "ended",
    "sanction": "in force",
}
"""What a fact of this kind makes of the agreement that it names; "" leaves its state as it is."""

KINDS = (
    *(kind for kind in STAGES if kind != "sanction"),
    "meeting",
    "exercise",
    "visit",
    "inspection",
    "transfer",
    "sanction",
    "expulsion",
    "incident",
    "statement of policy",
)
FORMS = (
    "treaty",
    "executive agreement",
    "political commitment",
    "programme",
    "body",
    "trade status",
    "commercial arrangement",
    "restriction",
)
STARTS = ("entry", "signature")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a hand-kept table; `allowed` lists the values it may have, "" being none given."""

    name: str
    description: str
    required: bool = False
    type: str = "string"
    allowed: tuple[str, ...] = ()


FACTS = (
    Column("date", "when it happened: 2006-09-14, 2006-09 or 2006", True, "date"),
    Column("actors", "who acted: state codes or names, joined by + or ;", True),
    Column("targets", "towards whom, where an act has a direction; with the actors at least two parties"),
    Column("area", "an issue area of the codebook", True),
    Column("kind", "what sort of act it was", True, allowed=KINDS),
    Column("tone", "its sign in the eyes of the pair", True, allowed=TONES),
    Column("channel", "bilateral (default), or the organisation in which it happened"),
    Column("third_party", "the states that it was about, joined by ;"),
    Column("agreement", "the agreements or programmes whose life it belongs to, joined by ;"),
    Column("description", "one sentence in our own words", True),
    Column("source", "web address; required as a column, empty where there is none", True),
    Column("source_title", "title of the source"),
    Column("source2", "a second address that confirms it"),
    Column("note", "what does not rest on the sources: day, month, year or more recalled"),
    Column(
        "known_on",
        "the day it became known, read as the last day that it may mean; default that of the date",
        type="date",
    ),
)
AGREEMENTS = (
    Column("agreement", "a short name of letters, digits and _, used by the facts of its life", True),
    Column("title", "its name for readers", True),
    Column("form", "what sort of object it is", True, allowed=FORMS),
    Column("tone", "conflictual for a restriction", True, allowed=TONES),
    Column("area", "an issue area of the codebook", True),
    Column("parties", "who is bound or takes part, joined by ;", True),
    Column("channel", "bilateral (default), or the organisation"),
    Column("third_party", "the states that it is about, joined by ;"),
    Column("starts", "what brings it into force: entry (default) or signature", allowed=STARTS),
    Column("since", "the day it came into force, where that is before the chronology begins", type="date"),
    Column("source", "web address for `since`"),
    Column("source_title", "title of that source"),
)
FIGURES = (
    Column("subject", "a state, a pair as RUS-USA, or a direction as RUS>USA", True),
    Column("measure", "what is measured", True),
    Column("period", "the year, month or day that the value is for", True, "date"),
    Column("value", "the value", True, "number"),
    Column("unit", "its unit, with the number of observations where there is one", True),
    Column("source", "web address; required as a column, empty where there is none", True),
    Column("source_title", "title of the source"),
    Column("area", "an issue area of the codebook"),
    Column("known_on", "the day from which it is used; default the last day of the period", type="date"),
    Column(
        "compiled_on",
        "when it was really compiled, where that is later than known_on; read as the last day that it may mean",
        type="date",
    ),
    Column("note", "sample, question, or what does not rest on the source"),
)
TABLES = {"facts": FACTS, "agreements": AGREEMENTS, "figures": FIGURES}


def required(table: str) -> set[str]:
    """The columns that a file must have to be read as this table.

    >>> sorted(required("figures"))
    ['measure', 'period', 'source', 'subject', 'unit', 'value']
    """
    return {column.name for column in TABLES[table] if column.required}
