"""Who can act: states, organisations, sectors and office holders in time."""

from detente.actors.resolve import SCHEMES, UNKNOWN, Actor, Actors, actors, sector_of, who
from detente.actors.tables import Person, Spell, State, moment, organisations, states

__all__ = ["SCHEMES", "UNKNOWN", "Actor", "Actors", "Person", "Spell", "State", "actors", "moment", "organisations",
           "sector_of", "states", "who"]
