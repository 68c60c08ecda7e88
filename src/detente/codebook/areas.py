"""Issue areas: a TOML codebook that users can replace."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from detente.actors import organisations, states
from detente.codebook.actions import actions
from detente.errors import DetenteError
from detente.files.trees import parse_toml, read_bytes

# What options, claims and results call things that are no area.
_TAKEN = frozenset({"all", "any", "overall", "lever"})
_CONDITIONS = ("actions", "sectors", "orgs", "places", "words", "contexts", "un_issues")


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions that must all hold; an empty condition asks nothing."""

    actions: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    un_issues: tuple[str, ...] = ()

    def text(self) -> str:
        """The rule in words, for explanations."""
        conditions = [
            f"{name.replace('_', ' ')}: {', '.join(getattr(self, name))}" for name in _CONDITIONS if getattr(self, name)
        ]
        return "; ".join(conditions)


@dataclass(frozen=True, slots=True)
class Area:
    """One issue area with its definition, boundary and rules.

    An area with `third_party` also names the state that an act is about; in one with `incentives`, what a side gives
    counts as economic incentives.
    """

    id: str
    title: str
    definition: str
    boundary: str
    rules: tuple[Rule, ...]
    third_party: bool = False
    incentives: bool = False


@dataclass(frozen=True, slots=True)
class Codebook:
    """The areas in order, and the digest of the file they were read from."""

    version: str
    areas: tuple[Area, ...]
    digest: str

    def area(self, name: str) -> Area:
        """The area of that id, which may name the third state, as in third_party_dispute:IRN.

        DetenteError lists the ids, or says that the state is unknown or the area takes none.
        """
        id_, colon, state = name.partition(":")
        for area in self.areas:
            if area.id == id_:
                if colon and not area.third_party:
                    raise DetenteError(f"area {id_!r} names no third state: leave out {':' + state!r}")
                if colon and state not in states():
                    raise DetenteError(f"{state!r} in {name!r} is no ISO3 code of a state")
                return area
        raise DetenteError(f"no issue area {name!r}; the codebook has {', '.join(a.id for a in self.areas)}")

    @property
    def incentives(self) -> list[str]:
        """The ids of the areas in which what a side gives counts as economic incentives."""
        return [area.id for area in self.areas if area.incentives]

    def about(self, third: str | None = None) -> list[str]:
        """The areas that name third states, or those names of one state, as in third_party_dispute:IRN."""
        ids = [area.id for area in self.areas if area.third_party]
        return ids if third is None else [f"{area}:{third}" for area in ids]


def areas_alone(areas: pl.Expr) -> pl.Expr:
    """Lists of areas as events carry them, without the third states that some name.

    >>> import polars as pl
    >>> events = pl.DataFrame({"areas": [["third_party_dispute", "third_party_dispute:IRN"], ["economic"]]})
    >>> events.select(areas_alone(pl.col("areas")), third=third_states(pl.col("areas"))).rows()
    [(['third_party_dispute'], ['IRN']), (['economic'], [])]
    """
    return areas.list.eval(pl.element().filter(~pl.element().str.contains(":")))


def third_states(areas: pl.Expr) -> pl.Expr:
    """The third states that the areas of events name, as in third_party_dispute:IRN."""
    return areas.list.eval(pl.element().filter(pl.element().str.contains(":")).str.split(":").list.last())


def _rule(where: str, data: Any) -> Rule:
    if not isinstance(data, dict):
        raise DetenteError(f"{where}: a rule is a table of conditions")
    unknown = set(data) - set(_CONDITIONS)
    if unknown:
        raise DetenteError(f"{where}: unknown condition {', '.join(sorted(unknown))}; known: {', '.join(_CONDITIONS)}")
    for name, value in data.items():
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise DetenteError(f"{where}: {name} must be a list of texts")
    rule = Rule(**{name: tuple(value) for name, value in data.items()})
    if not rule.text():
        raise DetenteError(f"{where}: a rule without conditions would take every event")
    for name, values, known, what in (
        (
            "actions",
            rule.actions,
            {code[:n] for code in actions() for n in range(1, 5)},
            "CAMEO codes or their beginnings",
        ),
        ("orgs", rule.orgs, organisations(), "codes of organisations"),
        ("places", rule.places, {*states(), "*"}, 'ISO3 codes of states, or "*"'),
    ):
        if strange := [value for value in values if value not in known]:
            raise DetenteError(f"{where}: {name} {strange[0]!r} is unknown; they are {what}")
    return rule


def parse_codebook(data: bytes, name: str) -> Codebook:
    """Read a codebook from TOML bytes; errors name the file, the area and the remedy."""
    tree = parse_toml(data, name)
    if not isinstance(tree.get("areas"), dict) or not tree["areas"]:
        raise DetenteError(f"{name}: a codebook needs at least one [areas.NAME] table (see `detente codebook --toml`)")
    areas = tuple(_area(f"{name}: area {area_id!r}", area_id, body) for area_id, body in tree["areas"].items())
    return Codebook(str(tree.get("version", "")), areas, hashlib.sha256(data).hexdigest()[:16])


def _area(where: str, area_id: str, body: Any) -> Area:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", area_id):
        raise DetenteError(f"{where} is no short name: small letters, digits and _, a letter first")
    if area_id in _TAKEN:
        raise DetenteError(f"{where} is a word for something else: give it another name")
    if not isinstance(body, dict):
        raise DetenteError(f"{where} is a table with title, definition and rules")
    missing = [key for key in ("title", "definition", "rules") if not body.get(key)]
    if missing:
        raise DetenteError(f"{where} lacks {', '.join(missing)}")
    for key, kind, what in (
        *((key, str, "a text") for key in ("title", "definition", "boundary")),
        *((key, bool, "true or false") for key in ("third_party", "incentives")),
        ("rules", list, "a list of tables"),
    ):
        if not isinstance(body.get(key, kind()), kind):
            raise DetenteError(f"{where}: {key} must be {what}")
    return Area(
        area_id,
        body["title"],
        body["definition"],
        body.get("boundary", ""),
        tuple(_rule(f"{where}, rule {n}", rule) for n, rule in enumerate(body["rules"], start=1)),
        body.get("third_party", False),
        body.get("incentives", False),
    )


@lru_cache(maxsize=4)
def load_codebook(path: str | Path | None = None) -> Codebook:
    """The codebook in `path`, or the package's own.

    >>> [a.id for a in load_codebook().areas][:3]
    ['strategic_arms', 'missile_defence', 'threat_reduction']
    """
    if path is None:
        return parse_codebook(files("detente.codebook").joinpath("areas.toml").read_bytes(), "areas.toml")
    return parse_codebook(read_bytes(Path(path)), str(path))
