"""The actor tables that ship with the package, read once.

States come from pycountry (ISO 3166-1) joined to our own table of Correlates of War,
Gleditsch-Ward, FIPS 10-4 and CAMEO codes; historic states, organisations, institutions and
office holders are our own tables. See docs/actors.md for the sources and checks.
"""

from __future__ import annotations

import csv
import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from detente.errors import DetenteError
from detente.files.dates import read_date


@dataclass(frozen=True, slots=True)
class State:
    """A state, present or former, with its codes in the field's schemes.

    `more_names` are names of lists and former times, read in cells and on the command line but not sought
    in texts. `begins` and `ends` (the first day after) are the days under this code, as far as known; its
    numbers are those of its last spell. `continuing` says that its one successor is the same actor.
    """

    code: str
    name: str
    other_names: tuple[str, ...] = ()
    more_names: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    iso2: str = ""
    numeric: tuple[str, ...] = ()
    cow: str = ""
    gw: str = ""
    fips: tuple[str, ...] = ()
    cameo: str = ""
    other_codes: tuple[str, ...] = ()
    begins: date | None = None
    ends: date | None = None
    successors: tuple[str, ...] = ()
    continuing: bool = False

    @property
    def of_the_past(self) -> bool:
        """True where it ended before our records begin or soon after: its name is a region's or a city's today."""
        return self.ends is not None and self.ends.year <= 1950


@dataclass(frozen=True, slots=True)
class Listed:
    """A spell of a state in one list (cow, gw, own, un), with its number there; the last day is excluded."""

    code: str
    scheme: str
    number: str
    letters: str
    begins: date | None
    ends: date | None


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
    return list(csv.DictReader(files(__package__).joinpath(table).read_text(encoding="utf-8").splitlines()))


def several(cell: str | None) -> tuple[str, ...]:
    """The values of a cell that holds several, parted by bars."""
    return tuple(part.strip() for part in (cell or "").split("|") if part.strip())


def moment(text: str, *, last: bool = False) -> date | None:
    """A date written as YYYY, YYYY-MM or YYYY-MM-DD; with `last`, the first day after it ends. A year has four digits.

    >>> moment("2004-03"), moment("2004", last=True)
    (datetime.date(2004, 3, 1), datetime.date(2005, 1, 1))
    """
    if not text:
        return None
    if re.fullmatch(r"\d{4}(-\d{1,2}){0,2}", text):
        with suppress(DetenteError, OverflowError):
            dated = read_date(text)
            return dated.last + timedelta(days=1) if last and dated.precision != "day" else dated.first
    raise DetenteError(f"{text!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD")


def as_day(value: str | date | None) -> date | None:
    """A day given by a program, as text (see `moment`) or as a date; DetenteError for anything else.

    >>> as_day("2004-02-03"), as_day(None)
    (datetime.date(2004, 2, 3), None)
    """
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, str):
        return moment(value)
    raise DetenteError(f"{value!r} is no day: write it as text, as in '2007-02-01', or give a date")


def last_day(text: str) -> date | None:
    """The last day that a date written as YYYY, YYYY-MM or YYYY-MM-DD may mean.

    >>> last_day("2004-02"), last_day("2004-02-03")
    (datetime.date(2004, 2, 29), datetime.date(2004, 2, 3))
    """
    day, after = moment(text), moment(text, last=True)
    return day if day == after or after is None else after - timedelta(days=1)


@lru_cache(maxsize=1)
def listed() -> tuple[Listed, ...]:
    """The spells of states in the field's lists, by state, list and time (tools/build_spells.py)."""
    return tuple(
        Listed(
            r["code"],
            r["scheme"],
            r["number"],
            r["letters"],
            date.fromisoformat(r["from"]) if r["from"] else None,
            _after(r["to"]),
        )
        for r in rows("spells.csv")
    )


@lru_cache(maxsize=1)
def by_code() -> dict[str, list[Listed]]:
    """The spells of each state in the field's lists."""
    spells: dict[str, list[Listed]] = {}
    for spell in listed():
        spells.setdefault(spell.code, []).append(spell)
    return spells


@lru_cache(maxsize=1)
def states() -> dict[str, State]:
    """Every state and territory by code: ISO 3166-1 alpha-3, former ones under their own."""
    import pycountry

    spells = by_code()
    table: dict[str, State] = {}
    country: Any
    for country in pycountry.countries:
        names = [country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")]
        head, comma, _ = country.name.partition(",")
        names.append(head if comma and not any(word in head for word in ("Korea", "Congo", "Virgin")) else "")
        table[country.alpha_3] = State(
            country.alpha_3, country.name, tuple(filter(None, names)), iso2=country.alpha_2, numeric=(country.numeric,)
        )
    for row in rows("states.csv"):
        iso = table.get(row["iso3"], State(row["iso3"], row["name"]))
        table[row["iso3"]] = State(
            row["iso3"],
            row["name"],
            several(row["other_names"]) + iso.other_names,
            several(row["more_names"]),
            several(row["demonyms"]),
            iso.iso2,
            iso.numeric,
            fips=tuple(f for f in (row["fips"], row["fips_former"]) if f),
            cameo=row["cameo"],
            other_codes=several(row["other_codes"]),
            **_numbers(spells.get(row["iso3"], [])),
        )
    for row in rows("historic.csv"):
        days = {"begins": moment(row["from"]), "ends": _after(row["to"])}
        table[row["code"]] = State(
            row["code"],
            row["name"],
            several(row["other_names"]),
            (),
            several(row["demonyms"]),
            row["iso2"],
            several(row["numeric"]),
            fips=tuple(f for f in (row["fips"],) if f),
            cameo=row["code"],
            successors=several(row["successors"]),
            continuing=row["continuing"] == "yes",
            **(_numbers(spells[row["code"]]) if row["code"] in spells else days),
        )
    return table


def _after(day: str) -> date | None:
    last = moment(day)
    return last + timedelta(days=1) if last else None


def _numbers(spells: list[Listed]) -> dict[str, Any]:
    """The numbers of the last spells, and the days from the first spell to the last."""
    numbers: dict[str, Any] = {s.scheme: s.number for s in spells if s.number}
    lived = [s for s in spells if s.scheme != "un"]
    if lived and all(s.begins for s in lived):
        numbers["begins"] = min(s.begins for s in lived if s.begins)
    if lived and all(s.ends for s in lived):
        numbers["ends"] = max(s.ends for s in lived if s.ends)
    return numbers


@lru_cache(maxsize=512)
def identity(code: str) -> tuple[str, ...]:
    """The codes under which one state acted: itself and the states it continues.

    >>> identity("RUS"), identity("DEU")
    (('RUS', 'SUN'), ('DEU',))
    """
    earlier = [s.code for s in states().values() if s.successors == (code,) and s.continuing]
    return (code, *(c for e in earlier for c in identity(e)))


def state_name(code: str, on: date | None = None) -> str:
    """The name of a state for readers, that of the day `on` if given; the code itself where it is no state's.

    >>> state_name("RUS"), state_name("RUS", date(1985, 1, 1)), state_name("NATO")
    ('Russia', 'Soviet Union', 'NATO')
    """
    if code not in states():
        return code
    former = [states()[c] for c in identity(code)[1:]] if on else []
    then = [s for s in former if on and s.begins and s.ends and s.begins <= on < s.ends]
    return (then[0] if then else states()[code]).name


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
