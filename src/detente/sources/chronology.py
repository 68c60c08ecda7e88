"""Chronologies and agreements kept by hand: plain CSV, one object a line.

The columns are those of `detente.sources.dictionary`; the built-in cases and a user's own files have
the same form. A fact is known on its date unless `known_on` says otherwise.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from detente.actors import Actors, living
from detente.errors import DetenteError
from detente.files.dates import Dated, read_date
from detente.files.stream import Block
from detente.sources.figures import read_figures
from detente.sources.own import checked, not_after, recognises
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch
from detente.sources.source import DAY, MONTH, YEAR, Source

ALWAYS = date(1900, 1, 1)
# An id holds so many letters of a longer description, and a digest of the whole.
NAMED_BY = 60


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;+]", cell) if part.strip()]


def _states(cell: str, index: Actors, what: str, on: Dated | None = None) -> list[str]:
    """The codes in a cell; with a date, a state that did not live on any day that it may mean is refused.

    A seat in the UN counts as life: what Ukraine or India signed before independence is a fact of theirs.
    """
    codes = []
    for part in _parts(cell):
        try:
            code = index.state(part)
            if on:
                living(code, on.first, on.last, seats=True)
        except DetenteError as error:
            raise DetenteError(f"{what}: {error}") from None
        codes.append(code)
    return list(dict.fromkeys(codes))


def _names(cell: str) -> list[str]:
    names = _parts(cell)
    for name in names:
        if not re.fullmatch(r"[a-z0-9_]+", name):
            raise DetenteError(f"agreement {name!r} is no short name: small letters, digits and _ only")
    return list(dict.fromkeys(names))


def _wording(description: str) -> str:
    """What a description adds to an id: two facts whose wordings differ anywhere are two.

    >>> _wording("Talks  held"), _wording("a" * 99) == _wording("a" * 98 + "b")
    ('Talks held', False)
    """
    text = " ".join(description.split())
    return text if len(text) <= NAMED_BY else f"{text[:NAMED_BY]}~{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _fact(row: dict[str, str], context: Context, source: str) -> dict[str, object]:
    when = read_date(row["date"])
    known = read_date(row["known_on"]).last if row["known_on"] else when.last
    not_after(when.first, context.today, "the date")
    if row["known_on"]:
        not_after(known, context.today, "known_on")
    if known < when.first:
        raise DetenteError(f"known_on {known} lies before the date {when.text}")
    actors = _states(row["actors"], context.actors, "actors", when)
    targets = _states(row["targets"], context.actors, "targets", when)
    if len({*actors, *targets}) < 2:
        raise DetenteError("a fact needs two different actors, joint or as actor and target")
    area = context.codebook.area(row["area"]).id
    third = _states(row["third_party"], context.actors, "third_party")
    parties = ">".join("+".join(sorted(side)) for side in (actors, targets) if side)
    return {
        "event_id": f"{source}:{when.text}:{parties}:{area}:{row['kind']}:{_wording(row['description'])}",
        "source": source,
        "date": when.first,
        "precision": when.precision,
        "known_on": known,
        "actors": actors,
        "targets": targets,
        "area": area,
        "kind": row["kind"],
        "tone": row["tone"],
        "channel": row["channel"] or "bilateral",
        "third_party": ";".join(third) or None,
        "agreements": _names(row["agreement"]),
        "description": row["description"],
        "url": row["source"] or None,
        "title": row["source_title"] or None,
        "url2": row["source2"] or None,
        "note": row["note"] or None,
    }


def _agreement(row: dict[str, str], context: Context, source: str) -> dict[str, object]:
    (name, *more) = _names(row["agreement"])
    if more:
        raise DetenteError("a line describes one agreement")
    begun = read_date(row["since"]) if row["since"] else None
    since = begun.first if begun else None
    # A party may join, and be born, after the beginning: only one that had ended by then can't be right.
    parties = _states(row["parties"], context.actors, "parties", replace(begun, last=date.max) if begun else None)
    if len(set(parties)) < 2:
        raise DetenteError("an agreement needs two different parties")
    if since:
        not_after(since, context.today, "since")
    third = _states(row["third_party"], context.actors, "third_party")
    return {
        "event_id": f"{source}:{name}",
        "source": source,
        "agreement": name,
        "title": row["title"],
        "form": row["form"],
        "tone": row["tone"],
        "area": context.codebook.area(row["area"]).id,
        "parties": parties,
        "channel": row["channel"] or "bilateral",
        "third_party": ";".join(third) or None,
        "starts": row["starts"] or "entry",
        "since": since,
        "known_on": since or ALWAYS,
        "url": row["source"] or None,
        "cited": row["source_title"] or None,
    }


def read_facts(blocks: Iterator[Block], context: Context, source: str = "chronology") -> Iterator[Batch]:
    """One batch of facts; rows that break a rule of the form are set aside with the reason."""
    yield checked(blocks, lambda row: _fact(row, context, source), "facts")


def read_agreements(blocks: Iterator[Block], context: Context, source: str = "agreements") -> Iterator[Batch]:
    """One batch of agreements and programmes."""
    yield checked(blocks, lambda row: _agreement(row, context, source), "agreements")


# A day of eight digits is the publishers' way; in the names of people's own files digits may be a span of years or a
# number.
_RELEASES = rf"(?<!\d)({YEAR}-{MONTH}-{DAY})(?![-\d])"


def _own(name: str, title: str, table: str, read: Callable[[Iterator[Block], Context], Iterator[Batch]]) -> Source:
    readers = (Reader(recognises(table), read),)
    return Source(name, title, readers, (table,), covers="", releases=_RELEASES, terms="your own")


CHRONOLOGY = _own("chronology", "chronology of facts", "facts", read_facts)
AGREEMENTS = _own("agreements", "agreements and programmes", "agreements", read_agreements)
FIGURES = _own("figures", "figures", "figures", read_figures)
