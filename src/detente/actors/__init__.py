"""Who can act: states, organisations, sectors and office holders in time."""

from detente.actors.actor import UNKNOWN, Actor, sector_of
from detente.actors.lives import continuers, counted, counts_as, existed, life, living
from detente.actors.resolve import Actors, actors, who
from detente.actors.tables import Person, moment, organisations, state_name, states
from detente.files.cells import is_missing

__all__ = [
    "UNKNOWN",
    "Actor",
    "Actors",
    "Person",
    "actors",
    "continuers",
    "counted",
    "counts_as",
    "existed",
    "is_missing",
    "life",
    "living",
    "moment",
    "organisations",
    "sector_of",
    "state_name",
    "states",
    "who",
]
