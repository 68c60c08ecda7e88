"""Persons, who count for a state only while in office, and the names of a user's own file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from detente.actors.actor import Actor
from detente.actors.tables import Person, Spell, moment, rows, several
from detente.actors.text import normal
from detente.errors import DetenteError

# Families of names in which a middle name or patronymic may be left out without meaning another person.
_MIDDLE_NAMES = {"USA", "CAN", "GBR", "AUS", "NZL", "RUS", "UKR", "BLR", "FRA", "DEU"}


def office_holders() -> tuple[dict[str, Person], dict[tuple[str, str], Person | None]]:
    """Persons by name, and by first and last name where that is one person's (None where it is several)."""
    persons: dict[str, Person] = {}
    first_last: dict[tuple[str, str], Person | None] = {}
    for row in rows("offices.csv"):
        spell = Spell(row["state"], row["sector"], row["office"], moment(row["from"]), moment(row["to"], last=True))
        person = persons.get(normal(row["name"])) or Person(row["name"])
        person.spells.append(spell)
        for name in (row["name"], *several(row["other_names"])):
            persons.setdefault(normal(name), person)
            words = normal(name).split()
            if row["state"] in _MIDDLE_NAMES and len(words) == 2 and all(len(w) > 2 for w in words):
                key = (words[0], words[1])
                namesake = first_last.get(key, person)
                first_last[key] = person if namesake is person else None
    return persons, first_last


def _own_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a names file, read as every other table of the user's own: any separator, UTF-8 or UTF-16."""
    from detente.files.named import Layout, frames
    from detente.files.packed import kind_of
    from detente.files.stream import held_whole, open_blocks

    columns = ("name", "code", "sector", "from", "to")
    remedy = "it needs a header with name, code and optionally sector, from, to"
    layout = Layout("the names file", {name: name for name in columns}, ("name", "code"), remedy=remedy)
    if path.exists() and not kind_of(path) and not path.stat().st_size:
        raise DetenteError(f"{path}: the names file is empty; {remedy}")
    for frame, bad in frames(held_whole(open_blocks(path)), layout):
        for fault in bad:
            raise DetenteError(f"{path}: line {fault.line}: {fault.reason}")
        for row in frame.iter_rows(named=True):
            yield row.pop("line"), row


def own_names(path: Path, code_of: Callable[[str], str]) -> dict[str, Person]:
    """The names of a user's own file, a spell a line; DetenteError names the line that is wrong.

    `code_of` reads the cells of codes, as `Actors.state` does.
    """
    persons: dict[str, Person] = {}
    for line, row in _own_rows(path):
        try:
            spell = Spell(
                code_of(row["code"]),
                row["sector"],
                "from the names file",
                moment(row["from"]),
                moment(row["to"], last=True),
            )
        except DetenteError as error:
            raise DetenteError(f"{path}: line {line}: {error}") from None
        persons.setdefault(normal(row["name"]), Person(row["name"])).spells.append(spell)
    return persons


def in_office(name: str, person: Person, on: date | None) -> Actor:
    """The state that a person counts for on a day, none out of office; without a day every office is listed."""
    if on is None:
        offices = "; ".join(_spell_text(s) for s in sorted(person.spells, key=lambda s: s.begins or date.min))
        codes = {s.code for s in person.spells}
        return Actor(name, "person", codes.pop() if len(codes) == 1 else "", "", "office holder", offices)
    terms = [s for s in person.spells if s.covers(on)]
    if not terms:
        return Actor(name, "person", "", "ELI", "office holder", f"out of office on {on}")
    best = min(terms, key=lambda s: ("GOV MIL IGO LEG".find(s.sector) % 99, s.office))
    return Actor(name, "person", best.code, best.sector, "office holder", _spell_text(best))


def _spell_text(spell: Spell) -> str:
    begins = spell.begins.isoformat() if spell.begins else ""
    return f"{spell.code} {spell.office} {begins} to {spell.ends.isoformat() if spell.ends else 'now'}"
