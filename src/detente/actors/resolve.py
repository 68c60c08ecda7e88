"""Names and codes -> who acted: a state, an organisation, a known group, or nobody we know."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from detente.actors.actor import UNKNOWN, Actor, sector_of
from detente.actors.codes import ALIASES, SCHEMES, holders, state_of
from detente.actors.doubts import code_doubt, number_doubt
from detente.actors.lives import counts_as, existed, living, spells
from detente.actors.names import AMBIGUOUS, named_state, past_names, state_names
from detente.actors.people import in_office, office_holders, own_names
from detente.actors.tables import Person, as_day, organisations, rows, several, state_name, states
from detente.actors.text import normal
from detente.errors import DetenteError
from detente.files.cells import as_text, is_missing

_ROLE = re.compile(r"^(?P<role>.+?)\s*\((?P<place>[^()]*(?:\([^()]*\))?[^()]*)\)$")
# States that another claims as its own: in its brackets they are still themselves.
_CLAIMED = {("TWN", "CHN"), ("XKX", "SRB"), ("PSE", "ISR"), ("ESH", "MAR")}
_OF = re.compile(r"^(?P<role>.+?) of (?:the )?(?P<place>.+)$")


class Actors:
    """The index of every known name, with optional names of the user's own.

    A name is tried as: the user's own names; a state; "Role (State)"; an organisation, group or
    region; a person (who counts for the state only while in office); an institution or party;
    "Demonym role", as in "Yemeni Armed Forces".
    """

    def __init__(self, names_file: str | Path | None = None) -> None:
        demonyms = [(normal(word), state.code) for state in states().values() for word in state.demonyms]
        self._demonyms = dict(reversed(demonyms))  # the first state counts
        self._fixed: dict[str, Actor] = {}
        self._cameo_groups: dict[str, str] = {}
        self._load_fixed()
        self._persons, self._first_last = office_holders()
        self._own: dict[str, Person] = {}
        self._own = own_names(Path(names_file), self.state) if names_file else {}

    def _load_fixed(self) -> None:
        for body in organisations().values():
            actor = Actor(body.name, body.kind, body.code, "IGO" if body.kind == "organisation" else "", "name")
            for name in (body.code, body.name, *body.other_names):
                self._fixed.setdefault(normal(name), actor)
            for code in body.cameo:
                self._cameo_groups.setdefault(code, body.code)
        for row in rows("institutions.csv"):
            actor = Actor(row["name"], "institution", row["state"], row["sector"], "institution or party")
            for name in (row["name"], *several(row["other_names"])):
                self._fixed.setdefault(normal(name), actor)

    def resolve(self, name: str, on: date | None = None) -> Actor:
        """Who a name stands for on the day `on`; without a day, offices are listed, not judged.

        A state that had ended by then is its successor, one that did not exist yet says so in the note.

        >>> actors = Actors()
        >>> actors.resolve("Military (Russia)").code, actors.resolve("Military (Russia)").sector
        ('RUS', 'MIL')
        >>> actors.resolve("Sergey Viktorovich Lavrov", date(2018, 6, 1)).code
        'RUS'
        >>> actors.resolve("Barack Obama", date(2018, 6, 1)).code
        ''
        """
        actor = self.lookup(as_text(name))
        if isinstance(actor, Person):
            return in_office(name, actor, on)
        if on and not actor.known:
            past = named_state(name, past_names())
            actor = Actor(name, "state", past, "", "state name") if past and existed(past, on, on) else actor
        return _on(actor, on) if on and actor.kind == "state" else actor

    def lookup(self, name: str) -> Actor | Person:
        """The dateless reading of a name: an Actor, or a Person whose spells depend on the day.

        A cell of names is read here: "NA" and "None" are nothing, and no text is read as a two-letter code.
        """
        key = normal(name)
        if key in self._own:
            return self._own[key]
        if is_missing(name) or not key:
            return UNKNOWN
        text = name.strip()
        code, role = named_state(text), _ROLE.match(text)
        place = named_state(role["place"]) if role else ""
        if not code and role and place:
            code = _part(role["role"], place)
            if not code:
                return Actor(name, "state", place, sector_of(role["role"]), "role (state)")
        if code:
            return Actor(name, "state", code, "", "state name")
        if len(text) == 3 and text.isupper() and (code := state_of("iso3", text)):
            return Actor(name, "state", code, "", "iso3 code")
        if key in self._fixed:
            return replace(self._fixed[key], name=name)
        if role and normal(role["place"]) in self._fixed:
            body = self._fixed[normal(role["place"])]
            return replace(body, name=name, sector=sector_of(role["role"]) or body.sector, rule="role (body)")
        if key in self._persons:
            return self._persons[key]
        words = key.split()
        if len(words) in (3, 4):
            person = self._first_last.get((words[0], words[-1]))
            if person:
                return person
        return self._described(name, key) or self._as_code(text) or Actor(name, "unknown", note=_either(key))

    def _described(self, name: str, key: str) -> Actor | None:
        if "(" in name:
            return None
        words = key.removeprefix("the ").split()
        for cut in (3, 2, 1):
            place, role = " ".join(words[:cut]), " ".join(words[cut:])
            code = self._demonyms.get(place)
            if code and not role:
                return Actor(name, "state", code, "CVL", "demonym")
            if code and sector_of(role) and len(words) <= cut + 4:
                return Actor(name, "state", code, sector_of(role), "demonym and role")
        of = _OF.match(name.strip())
        if of and (code := named_state(of["place"])) and sector_of(of["role"]):
            return Actor(name, "state", code, sector_of(of["role"]), "role of state")
        return None

    def _as_code(self, text: str) -> Actor | None:
        scheme, _, value = text.rpartition(":")
        scheme = ALIASES.get(scheme.lower(), scheme.lower())
        if scheme in SCHEMES:
            code = state_of(scheme, value)
            return Actor(text, "state", code, "", f"{scheme} code") if code else None
        if not value.isupper() or len(value) < 3 or (len(value) == 3 and not state_of("cameo", value)):
            return None
        actor = self.cameo_actor(value)
        return actor if actor.known else None

    def named(self, text: str, on: date | None = None) -> Actor:
        """What a user who types `text` means on a day: a name as in `resolve`, or a code in any case.

        A bare number, and what is both the short name of a body and a code of a state (AU), is unknown: the note
        says how to write which.

        >>> index = Actors()
        >>> index.named("ru").code, index.named("usa").code, index.named("cow:365").code, index.named("NA").kind
        ('RUS', 'USA', 'RUS', 'unknown')
        >>> index.named("710").note
        'is a bare number: write cow:710 or gw:710 (China), numeric:710 (South Africa)'
        """
        actor = self.resolve(text, on)
        doubt = number_doubt(text, on) or code_doubt(text, self._fixed.get(normal(text)))
        if doubt and normal(text) not in self._own:
            return Actor(text, "unknown", note=doubt)
        scheme, _, value = text.strip().rpartition(":")
        scheme = ALIASES.get(scheme.lower(), scheme.lower())
        if scheme in SCHEMES:
            code = state_of(scheme, value, on)
            return _on(Actor(text, "state", code, "", f"{scheme} code"), on) if code else actor
        if actor.known and actor.rule != "demonym":
            return actor
        if not is_missing(text):
            for scheme in ("iso3", "iso2"):
                if code := state_of(scheme, text, on):
                    return _on(Actor(text, "state", code, "", f"{scheme} code"), on)
        past = text if text in states() else named_state(text, past_names())
        past = "" if actor.kind != "unknown" or actor.note else past
        return _on(Actor(text, "state", past, "", "state name"), on) if past else actor

    def state(self, text: str, scheme: str | None = None) -> str:
        """The code of a state or organisation given by any name or code, whatever the day; see `side` for one.

        Raises DetenteError, with the states that share the name or the nearest names, where nothing fits.
        """
        if scheme:
            code = self.by_code(scheme, as_text(text))
            if not code:
                raise DetenteError(f"{text!r} is no {scheme} code of a state")
            return code
        actor = self.named(text)
        if actor.code and actor.kind != "institution" and (actor.kind != "state" or not actor.sector):
            return actor.code
        if actor.note and not actor.code:
            raise DetenteError(f"{text!r} {actor.note}")
        import difflib

        names = state_names()
        near = difflib.get_close_matches(normal(text), list(names), n=3, cutoff=0.6)
        hint = f"; near: {', '.join(dict.fromkeys(states()[names[n]].name for n in near))}" if near else ""
        raise DetenteError(f"{text!r} names no state or organisation we know{hint}; give a name or an ISO3 code")

    def side(self, text: str, on: date | None = None) -> str:
        """The code under which a state named in a request counts on a day (today without one).

        Raises DetenteError as `state` and, where the state had ended or did not exist yet, as `living`.

        >>> Actors().side("USSR", date(1985, 1, 1))
        'RUS'
        """
        return living(self.state(text), on)

    def by_code(self, scheme: str, value: str, on: date | None = None) -> str:
        """The state of a code in one of SCHEMES (on a day), "" where there is none.

        Codes are text: "002", "2" and "2.0" are one COW number, lower case is read as upper case.

        >>> Actors().by_code("cow", "365.0"), Actors().by_code("fips", "rs"), Actors().by_code("iso2", "RS")
        ('RUS', 'RUS', 'SRB')
        """
        return state_of(scheme, as_text(value), on)

    def country(self, name: str, code: str = "", scheme: str = "iso2") -> Actor:
        """The state that a cell with a country's name stands for, with the code in the cell beside it, if any.

        The name is never read as a two-letter code, and it wins: where the code says something else, the
        note tells, but for a code that the named state had at another time. A missing name takes the code; the
        code NA is missing, and agrees with Namibia as it does with every other name.

        >>> index = Actors()
        >>> index.country("Namibia", "NA").code, index.country("NA").code, index.country("NA", "NA").code
        ('NAM', '', '')
        >>> index.country("Serbia", "RS").note, index.country("Serbia", "RU").note
        ('', 'the name says SRB, the iso2 code RU says RUS')
        >>> index.country("Serbia and Montenegro", "CS").note, index.country("France", "NA").note
        ('', '')
        """
        coded = "" if is_missing(code) else self.by_code(scheme, code)
        if is_missing(name):
            return Actor(code, "state", coded, "", f"{scheme} code") if coded else UNKNOWN
        actor = self.resolve(name)
        if actor.kind != "state" or not actor.code:
            return Actor(name, "state", coded, "", f"{scheme} code") if coded else Actor(name, "unknown")
        if coded and counts_as(actor.code) not in map(counts_as, holders(scheme, code)):
            return replace(actor, note=f"the name says {actor.code}, the {scheme} code {code} says {coded}")
        return actor

    @lru_cache(maxsize=100_000)  # noqa: B019  one index a process
    def cameo_actor(self, code: str) -> Actor:
        """Read a CAMEO actor code such as RUSGOVMIL, IGONAT or IGOUNO.

        The leading three letters are a state, else the parts are looked for among the known
        organisations and groups; the last primary role code is the sector (CAMEO 1.1b3, ch. 3).

        >>> a = Actors().cameo_actor("RUSMIL"); a.code, a.sector
        ('RUS', 'MIL')
        >>> Actors().cameo_actor("IGOEUREEC").code
        'EU'
        """
        parts = [code[i : i + 3] for i in range(0, len(code), 3)]
        if not parts or not code.isalnum():
            return Actor(code, "unknown")
        state = state_of("cameo", parts[0])
        if state:
            return Actor(code, "state", state, parts[1] if len(parts) > 1 else "", "CAMEO code")
        if code.startswith("IGOUNO") and code[3:9] in self._cameo_groups:
            return self._organisation(code, self._cameo_groups[code[3:9]])
        for part in reversed(parts):
            if part in self._cameo_groups and organisations()[self._cameo_groups[part]].kind != "region":
                if part in ("IGO", "NGO"):
                    continue
                return self._organisation(code, self._cameo_groups[part])
        for part in parts:
            if part in self._cameo_groups:
                body = self._organisation(code, self._cameo_groups[part])
                return body if body.kind == "region" else Actor(code, "unknown", "", part, "CAMEO code")
        return Actor(code, "unknown", "", parts[0], "CAMEO role without a state")

    def _organisation(self, name: str, code: str) -> Actor:
        body = organisations()[code]
        return Actor(
            name,
            body.kind,
            "" if body.kind == "region" else code,
            "IGO" if body.kind == "organisation" else "",
            "CAMEO code",
            body.name,
        )


def _on(actor: Actor, on: date | None) -> Actor:
    """A state as of a day: where it had ended, its successor; where it did not exist, a note says since when."""
    if on is None or not actor.code:
        return actor
    state = states().get(actor.code)
    if state and state.ends and on >= state.ends:
        return replace(actor, code=counts_as(actor.code, on), note=_refusal(actor.code, on))
    return actor if existed(actor.code, on, on) else replace(actor, note=_refusal(actor.code, on))


def _refusal(code: str, on: date) -> str:
    try:
        living(code, on)
    except DetenteError as error:
        return str(error)
    return ""


def _part(head: str, place: str) -> str:
    """The territory or claimed state that the text before a state in brackets names, "" where it is none.

    Hong Kong (China) and Taiwan (China) are themselves. A state of its own is no part of another: in
    Georgia (United States) the head is a namesake within the bracket.
    """
    code = named_state(head)
    claimed = (code, counts_as(place)) in _CLAIMED
    return code if code and (claimed or not spells(code)) else ""


def _either(key: str) -> str:
    meant = [f"{state_name(code)} ({code})" for code in AMBIGUOUS.get(key, ())]
    return f"may be {' or '.join(meant)}" if meant else ""


@lru_cache(maxsize=4)
def actors(names_file: str | None = None) -> Actors:
    """The shared index, built once for each names file."""
    return Actors(names_file)


def who(name: str, on: date | str | None = None, names_file: str | None = None) -> Actor:
    """What a name or code that a user types means; see `Actors.named`.

    >>> who("Head of Government (France)").sector
    'GOV'
    """
    return actors(names_file).named(name, as_day(on))
