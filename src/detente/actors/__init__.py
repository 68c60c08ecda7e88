"""Who can act: states, organisations, sectors and office holders in time."""

from detente.actors.actor import UNKNOWN, Actor, sector_of
from detente.actors.codes import SCHEMES
from detente.actors.lives import continuers, counted, counts_as, existed, life, living
from detente.actors.resolve import Actors, actors, who
from detente.actors.tables import Person, Spell, State, identity, last_day, moment, organisations, state_name, states
from detente.files.cells import is_missing

__all__ = [
    "SCHEMES",
    "UNKNOWN",
    "Actor",
    "Actors",
    "Person",
    "Spell",
    "State",
    "actors",
    "continuers",
    "counted",
    "counts_as",
    "existed",
    "identity",
    "is_missing",
    "last_day",
    "life",
    "living",
    "moment",
    "organisations",
    "sector_of",
    "state_name",
    "states",
    "who",
]
