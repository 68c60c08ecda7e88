"""Chronologies and figures kept by hand: plain CSV, one fact or figure a line.

The columns are described in docs/formats.md; the built-in cases and a user's own files have the
same form. A fact is known on its date unless `known_on` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from detente.actors import Actors, moment
from detente.errors import DetenteError
from detente.sources.reader import Context, Head, Reader
from detente.sources.schema import FACTS, FIGURES, BadRow, Batch
from detente.sources.stream import Block
from detente.sources.tabular import csv_frame

FACT_COLUMNS = ["date", "actors", "area", "kind", "tone", "description", "source"]
FACT_EXTRA = ["targets", "channel", "third_party", "source_title", "source2", "known_on"]
FIGURE_COLUMNS = ["subject", "measure", "period", "value", "unit", "source"]
FIGURE_EXTRA = ["area", "known_on", "source_title"]
TONES = {"cooperative", "conflictual"}
KINDS = {
    "agreement signed",
    "agreement in force",
    "agreement extended",
    "agreement amended",
    "agreement suspended",
    "agreement terminated",
    "agreement expired",
    "programme started",
    "programme ended",
    "meeting",
    "exercise",
    "visit",
    "inspection",
    "transfer",
    "sanction",
    "expulsion",
    "incident",
    "statement of policy",
}


def _whole(blocks: Iterator[Block]) -> tuple[pl.DataFrame, list[BadRow]]:
    data = b"".join(block.data for block in blocks)
    header = Head((data.partition(b"\n")[0],)).header(b",")
    return csv_frame(data, header)


def _precision(text: str) -> str:
    return {10: "day", 7: "month", 4: "year"}.get(len(text), "day")


def _known_on(row: dict[str, str], day: date, precision: str) -> date:
    """The day given, else the last day that the date may mean."""
    if row.get("known_on"):
        return _day(row["known_on"])
    if precision == "day":
        return day
    ends = moment(row["date"], last=True)
    return ends - timedelta(days=1) if ends else day


def _day(text: str) -> date:
    day = moment(text)
    if day is None:
        raise DetenteError("the date is missing")
    return day


def _states(cell: str, index: Actors, what: str) -> list[str]:
    codes = []
    for part in cell.replace("+", ";").split(";"):
        if part.strip():
            try:
                codes.append(index.state(part.strip()))
            except DetenteError as error:
                raise DetenteError(f"{what}: {error}") from None
    return codes


def _fact(row: dict[str, str], context: Context, source: str) -> dict[str, object]:
    day = _day(row["date"])
    precision = _precision(row["date"])
    actors = _states(row["actors"], context.actors, "actors")
    targets = _states(row.get("targets", ""), context.actors, "targets")
    if len({*actors, *targets}) < 2:
        raise DetenteError("a fact needs two different actors, joint or as actor and target")
    area = context.codebook.area(row["area"]).id
    if row["tone"] not in TONES:
        raise DetenteError(f"tone {row['tone']!r} is neither cooperative nor conflictual")
    if row["kind"] not in KINDS:
        raise DetenteError(f"kind {row['kind']!r} is unknown; known: {', '.join(sorted(KINDS))}")
    if not row["description"]:
        raise DetenteError("the description is missing")
    third = _states(row.get("third_party", ""), context.actors, "third_party")
    for address in (row["source"], row.get("source2", "")):
        if address and not address.startswith(("http://", "https://")):
            raise DetenteError(f"source {address!r} is no web address; leave it empty if you have none")
    channel = row.get("channel", "") or "bilateral"
    identity = (
        f"{source}:{row['date']}:{'+'.join(sorted({*actors, *targets}))}:{area}:{row['kind']}:{row['description'][:60]}"
    )
    return {
        "event_id": identity,
        "source": source,
        "date": day,
        "precision": precision,
        "known_on": _known_on(row, day, precision),
        "actors": actors,
        "targets": targets,
        "area": area,
        "kind": row["kind"],
        "tone": row["tone"],
        "channel": channel,
        "third_party": ";".join(third) or None,
        "description": row["description"],
        "url": row["source"] or None,
        "title": row.get("source_title") or None,
        "url2": row.get("source2") or None,
    }


def _figure(row: dict[str, str], context: Context, source: str) -> dict[str, object]:
    try:
        value = float(row["value"])
    except ValueError:
        raise DetenteError(f"value {row['value']!r} is no number") from None
    day = _day(row["period"][:10])
    ends = moment(row["period"][:10], last=True)
    known = _day(row["known_on"]) if row.get("known_on") else (ends - timedelta(days=1) if ends else day)
    area = context.codebook.area(row["area"]).id if row.get("area") else None
    if row["source"] and not row["source"].startswith(("http://", "https://")):
        raise DetenteError(f"source {row['source']!r} is no web address")
    return {
        "event_id": f"{source}:{row['subject']}:{row['measure']}:{area or ''}:{row['period']}",
        "source": source,
        "subject": row["subject"],
        "measure": row["measure"],
        "area": area,
        "period": row["period"],
        "date": day,
        "value": value,
        "unit": row["unit"],
        "known_on": known,
        "url": row["source"] or None,
        "title": row.get("source_title") or None,
    }


def read_facts(blocks: Iterator[Block], context: Context, source: str = "chronology") -> Iterator[Batch]:
    """One batch of facts; rows that break a rule of the form are set aside with the reason."""
    yield _checked(_whole(blocks), lambda row: _fact(row, context, source), "facts", FACTS)


def read_figures(blocks: Iterator[Block], context: Context, source: str = "figures") -> Iterator[Batch]:
    """One batch of figures."""
    yield _checked(_whole(blocks), lambda row: _figure(row, context, source), "figures", FIGURES)


def _checked(read: tuple[pl.DataFrame, list[BadRow]], make: object, table: str, schema: dict[str, object]) -> Batch:
    frame, bad = read
    rows = []
    for row in frame.iter_rows(named=True):
        line = row.pop("line")
        try:
            rows.append(make(row))  # type: ignore[operator]
        except DetenteError as error:
            bad.append(BadRow(line, str(error), ",".join(row.values())[:300]))
    return Batch(table, pl.DataFrame(rows, schema=schema), bad)  # type: ignore[arg-type]


READERS = (
    Reader(
        "chronology", "chronology of facts", lambda head: set(FACT_COLUMNS) <= set(head.header(b",")), read_facts, ""
    ),
    Reader("figures", "figures", lambda head: set(FIGURE_COLUMNS) <= set(head.header(b",")), read_figures, ""),
)
