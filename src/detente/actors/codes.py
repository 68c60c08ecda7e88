"""Codes and numbers of states in the field's schemes, with the days on which each stood for which state."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from detente.actors.tables import listed, moment, rows, states
from detente.errors import DetenteError

OTHERS = ("imf", "wb", "vdem", "polity")
SCHEMES = ("iso2", "iso3", "numeric", "cow", "gw", "cowc", "gwc", "fips", "cameo", *OTHERS)
# What data sets and R packages call them.
ALIASES = {
    **{"iso": "iso3", "iso3c": "iso3", "iso2c": "iso2", "iso3n": "numeric", "un": "numeric", "m49": "numeric"},
    **{"ccode": "cow", "cown": "cow", "cowcode": "cow", "gwn": "gw", "gwcode": "gw", "gwno": "gw"},
}
_NUMBERS = ("numeric", "cow", "gw", "imf", "vdem", "polity")
_CAMEO = {"WSB": "PSE", "GZS": "PSE", "KOS": "XKX", "XKX": "XKX", "ROU": "ROU", "TLS": "TLS"}
Entry = tuple[date | None, date | None, str]


def state_of(scheme: str, value: str, on: date | None = None) -> str:
    """The state of a code on a day, "" where the scheme has no such code.

    A code that several states had in turn is read as of the day: the state that had it then, else the one
    whose time is nearest; without a day, the state that has it today, else the first that had it.

    >>> state_of("cow", "345", date(1980, 1, 1)), state_of("cow", "345"), state_of("iso2", "CS", date(2005, 1, 1))
    ('YUG', 'SRB', 'SCG')
    """
    entries = _entries(scheme, value)
    if not entries:
        return ""
    if on is None:
        return next((code for _, ends, code in entries if ends is None), entries[0][2])
    return min(entries, key=lambda entry: (_distance(entry, on), entry[1] is None))[2]


def in_use(scheme: str, value: str, on: date) -> bool:
    """Whether a code stood for a state on that day.

    >>> in_use("cow", "260", date(1990, 12, 31)), in_use("cow", "255", date(1990, 12, 31))
    (False, True)
    """
    return any(not _distance(entry, on) for entry in _entries(scheme, value))


def holders(scheme: str, value: str) -> list[str]:
    """Every state that had a code at any time, in order of time.

    >>> holders("iso2", "CS"), holders("iso2", "RU")
    (['CSK', 'SCG'], ['RUS'])
    """
    return list(dict.fromkeys(code for _, _, code in _entries(scheme, value)))


def _entries(scheme: str, value: str) -> tuple[Entry, ...]:
    scheme = ALIASES.get(scheme, scheme)
    if scheme not in SCHEMES:
        raise DetenteError(f"{scheme!r} is no scheme of codes; known: {', '.join(SCHEMES)}")
    table = other_numbers() if scheme in OTHERS else code_table()
    return table.get((scheme, plain_code(scheme, value)), ())


def _distance(entry: Entry, on: date) -> int:
    begins, ends, _ = entry
    if begins and on < begins:
        return (begins - on).days
    return (on - ends).days + 1 if ends and on >= ends else 0


def plain_code(scheme: str, value: str) -> str:
    """A code as the tables have it: in capitals, numbers without decimals and padded as the scheme does.

    >>> plain_code("cow", "002"), plain_code("numeric", "4.0"), plain_code("iso2", " ru ")
    ('2', '004', 'RU')
    """
    text = value.strip().upper()
    number = text.removesuffix(".0").lstrip("0")
    if scheme in _NUMBERS and number.isdigit():
        return number.zfill(3) if scheme == "numeric" else number
    return text


@lru_cache(maxsize=1)
def code_table() -> dict[tuple[str, str], tuple[Entry, ...]]:
    """(scheme, code) -> the states that had it, in order of time."""
    table: dict[tuple[str, str], list[Entry]] = {}
    for spell in listed():
        if spell.number:
            entry = (spell.begins, spell.ends, spell.code)
            table.setdefault((spell.scheme, spell.number), []).append(entry)
            table.setdefault((f"{spell.scheme}c", spell.letters), []).append(entry)
    for state in states().values():
        entry = (state.begins, state.ends, state.code) if state.ends else (None, None, state.code)
        own = () if state.of_the_past else (state.code,)
        cameo = (state.cameo,) if own and state.cameo else own
        codes = {"iso2": (state.iso2,), "iso3": own, "numeric": state.numeric, "fips": state.fips, "cameo": cameo}
        pairs = [(scheme, value) for scheme, values in codes.items() for value in values if value]
        for pair in (*pairs, *(code.partition(":")[::2] for code in state.other_codes)):
            table.setdefault(pair, []).append(entry)
    table |= {("cameo", value): [(None, None, code)] for value, code in _CAMEO.items()}
    return {key: tuple(sorted(codes, key=lambda e: e[0] or date.min)) for key, codes in table.items()}


@lru_cache(maxsize=1)
def other_numbers() -> dict[tuple[str, str], tuple[Entry, ...]]:
    """As `code_table`, the numbers of `OTHERS` (tools/build_numbers.py), which are read when first asked for."""
    numbers: dict[tuple[str, str], list[Entry]] = {}
    for row in rows("numbers.csv"):
        entry = (moment(row["from"]), moment(row["to"], last=True), row["code"])
        numbers.setdefault((row["scheme"], row["number"]), []).append(entry)
    return {key: tuple(sorted(entries, key=lambda e: e[0] or date.min)) for key, entries in numbers.items()}
