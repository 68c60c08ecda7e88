"""Who a name stands for, and the sector that a role in words belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from detente.actors.tables import sector_rules
from detente.actors.text import normal

_COUNTED = {"state", "organisation", "group", "person", "institution"}


@dataclass(frozen=True, slots=True)
class Actor:
    """What a name stands for on a day.

    `code` is the state (ISO 3166-1 alpha-3 or a historic code) or organisation that the actor
    counts for, "" where it counts for none; `sector` is a CAMEO role code; `rule` says how the
    name was read and `note` what a user should know, such as the days of an office.
    """

    name: str
    kind: str
    code: str = ""
    sector: str = ""
    rule: str = ""
    note: str = ""

    @property
    def known(self) -> bool:
        """True where the mention resolves to a state, an organisation or a known group."""
        return bool(self.code) and self.kind in _COUNTED


UNKNOWN = Actor("", "unknown")


@lru_cache(maxsize=20_000)
def sector_of(role: str) -> str:
    """The CAMEO sector of a role in words, "" where no rule knows it.

    >>> sector_of("Head of Government"), sector_of("Air Force"), sector_of("Citizen")
    ('GOV', 'MIL', 'CVL')
    """
    words = f" {normal(role)} "
    for sector, keys in sector_rules():
        for key in keys:
            needle = normal(key)
            if f" {needle} " in words or f" {needle}s " in words or (needle == "insurgen" and needle in words):
                return sector
    return ""
