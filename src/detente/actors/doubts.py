"""What a user types that may mean two things: a bare number, the short name of a body that is a state's code too."""

from __future__ import annotations

import re
from datetime import date

from detente.actors.actor import Actor
from detente.actors.codes import OTHERS, state_of
from detente.actors.tables import organisations, state_name

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def number_doubt(text: str, on: date | None = None) -> str:
    """Why a bare number is no state: lists number states differently, so that its list must be named; "" for no number.

    >>> number_doubt("710")
    'is a bare number: write cow:710 or gw:710 (China), numeric:710 (South Africa)'
    >>> number_doubt("9999"), number_doubt("RUS")
    ('is a bare number, of no list of states that we know: give a name or an ISO3 code', '')
    """
    if not _NUMBER.fullmatch(text.strip()):
        return ""
    number = text.strip().removesuffix(".0")
    for schemes in (("cow", "gw", "numeric"), OTHERS):
        meant: dict[str, list[str]] = {}
        for scheme in schemes:
            if code := state_of(scheme, number, on):
                meant.setdefault(code, []).append(f"{scheme}:{number}")
        if meant:
            ways = ", ".join(f"{' or '.join(ways)} ({state_name(code)})" for code, ways in meant.items())
            return f"is a bare number: write {ways}"
    return "is a bare number, of no list of states that we know: give a name or an ISO3 code"


def code_doubt(text: str, body: Actor | None) -> str:
    """Why the short name of a body, as in AU, is not taken where it is a state's ISO code too; "" where it is none.

    >>> code_doubt("AU", Actor("AU", "organisation", "AU"))
    'may be African Union or Australia (AUS): write African Union, or AUS'
    """
    state = (state_of("iso2", text) or state_of("iso3", text)) if body and len(text.strip()) in (2, 3) else ""
    if body is None or not state or body.code == state:
        return ""
    organisation = organisations().get(body.code)
    name = organisation.name if organisation else body.name
    return f"may be {name} or {state_name(state)} ({state}): write {name}, or {state}"
