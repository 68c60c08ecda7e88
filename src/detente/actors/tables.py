"""The actor tables that ship with the package, read once.

States come from pycountry (ISO 3166-1) joined to our own table of Correlates of War,
Gleditsch-Ward, FIPS 10-4 and CAMEO codes; historic states, organisations, institutions and
office holders are our own tables. See docs/actors.md for the sources and checks.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from detente.errors import DetenteError


@dataclass(frozen=True, slots=True)
class State:
    """A state, present or historic, with its codes in the field's schemes."""

    code: str
    name: str
    other_names: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    iso2: str = ""
    numeric: str = ""
    cow: str = ""
    gw: str = ""
    fips: tuple[str, ...] = ()
    cameo: str = ""
    begins: date | None = None
    ends: date | None = None
    successor: str = ""
    continuing: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """An international organisation, a known non-state group or a world region."""

    code: str
    name: str
    kind: str
    other_names: tuple[str, ...] = ()
    cameo: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spell:
    """The time during which a name stands for a state or organisation and a sector."""

    code: str
    sector: str
    office: str
    begins: date | None = None
    ends: date | None = None
    checked: tuple[str, ...] = ()

    def covers(self, day: date) -> bool:
        """True where the day lies within the spell; the last day belongs to the successor."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day < self.ends)


@dataclass(slots=True)
class Person:
    """A named person and every office held."""

    name: str
    spells: list[Spell] = field(default_factory=list)


def rows(table: str) -> list[dict[str, str]]:
    """Rows of one of the package's own CSV tables, in file order."""
    text = files("detente.actors").joinpath(table).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def several(cell: str | None) -> tuple[str, ...]:
    """The values of a cell that holds several, parted by bars."""
    return tuple(part.strip() for part in (cell or "").split("|") if part.strip())


def moment(text: str, *, last: bool = False) -> date | None:
    """A date written as YYYY, YYYY-MM or YYYY-MM-DD; with `last`, the first day after it ends.

    >>> moment("2004-03"), moment("2004", last=True)
    (datetime.date(2004, 3, 1), datetime.date(2005, 1, 1))
    """
    if not text:
        return None
    try:
        parts = [int(p) for p in text.split("-")]
        if len(parts) == 3:
            return date(*parts)
        if len(parts) == 2:
            year, month = parts
            if not last:
                return date(year, month, 1)
            return date(year + month // 12, month % 12 + 1, 1)
        return date(parts[0] + (1 if last else 0), 1, 1)
    except (ValueError, TypeError):
        raise DetenteError(f"{text!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD") from None


def last_day(text: str) -> date | None:
    """The last day that a date written as YYYY, YYYY-MM or YYYY-MM-DD may mean.

    >>> last_day("2004-02"), last_day("2004-02-03")
    (datetime.date(2004, 2, 29), datetime.date(2004, 2, 3))
    """
    day, after = moment(text), moment(text, last=True)
    return day if day == after or after is None else after - timedelta(days=1)


@lru_cache(maxsize=1)
def states() -> dict[str, State]:
    """Every state and territory by code: ISO 3166-1 alpha-3, historic ones under their own."""
    import pycountry

    table: dict[str, State] = {}
    for entry in pycountry.countries:
        known: Any = entry
        names = [known.name, getattr(known, "common_name", ""), getattr(known, "official_name", "")]
        names.append(
            known.name.split(",")[0]
            if "," in known.name
            and "Korea" not in known.name
            and "Congo" not in known.name
            and "Virgin" not in known.name
            else ""
        )
        table[known.alpha_3] = State(
            known.alpha_3, known.name, tuple(n for n in names if n), (), known.alpha_2, known.numeric
        )
    for row in rows("states.csv"):
        iso = table.get(row["iso3"])
        table[row["iso3"]] = State(
            row["iso3"],
            row["name"],
            several(row["other_names"]) + (iso.other_names if iso else ()),
            several(row["demonyms"]),
            iso.iso2 if iso else "",
            iso.numeric if iso else "",
            row["cow"],
            row["gw"],
            tuple(f for f in (row["fips"], row["fips_former"]) if f),
            row["cameo"],
        )
    for row in rows("historic.csv"):
        ends = moment(row["to"])
        table[row["code"]] = State(
            row["code"],
            row["name"],
            several(row["other_names"]),
            several(row["demonyms"]),
            "",
            "",
            row["cow"],
            row["gw"],
            tuple(f for f in (row["fips"],) if f),
            row["code"],
            moment(row["from"]),
            ends + timedelta(days=1) if ends else None,
            row["successor"],
            row["continuing"] == "yes",
        )
    return table


@lru_cache(maxsize=512)
def identity(code: str) -> tuple[str, ...]:
    """The codes under which one state acted: itself and the states it continues.

    >>> identity("RUS"), identity("DEU")
    (('RUS', 'SUN'), ('DEU',))
    """
    earlier = [s.code for s in states().values() if s.successor == code and s.continuing]
    return (code, *(c for e in earlier for c in identity(e)))


def state_name(code: str) -> str:
    """The name of a state for readers; the code itself where it is no state's.

    >>> state_name("RUS"), state_name("NATO")
    ('Russia', 'NATO')
    """
    return states()[code].name if code in states() else code


@lru_cache(maxsize=1)
def organisations() -> dict[str, Organisation]:
    """Organisations, non-state groups and regions by their code."""
    return {
        row["code"]: Organisation(
            row["code"], row["name"], row["kind"], several(row["other_names"]), several(row["cameo"])
        )
        for row in rows("organisations.csv")
    }


@lru_cache(maxsize=1)
def sector_rules() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Ordered (sector, words) rules that read a role such as "Head of Government"."""
    text = files("detente.actors").joinpath("sectors.toml").read_text(encoding="utf-8")
    return tuple((rule["sector"], tuple(rule["words"])) for rule in tomllib.loads(text)["rule"])
