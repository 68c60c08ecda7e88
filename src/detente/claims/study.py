"""A claims file: what a study claimed of two states, and by which rule each claim can be resolved.

JSON with study, as_of, dyad and claims; see docs/claims.md. A claim without a rule takes that of its
direction; what it says in words of probability is read by the midpoints of ICD 203 (`SAID`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.actors import Actors, moment
from detente.claims.parsing import is_count, known, one_of, parse, text, texts
from detente.claims.rules import Criterion, Scope
from detente.codebook import Codebook
from detente.errors import DetenteError
from detente.files.trees import read_json

SAID = {
    "almost certain": 0.97,
    "very likely": 0.875,
    "likely": 0.675,
    "about even": 0.50,
    "unlikely": 0.325,
    "very unlikely": 0.125,
    "remote": 0.03,
}
"""Midpoints of the ranges of Intelligence Community Directive 203 (2015), Analytic Standards."""

NEW_AGREEMENT: dict[str, Any] = {"facts": {"kind": "new", "tone": "cooperative"}, "at_least": 1}
DIRECTIONS: dict[str, list[dict[str, Any]]] = {
    "improvement": [NEW_AGREEMENT, {"stock": "higher"}, {"balance": "cooperative"}],
    "slight improvement": [{"stock": "higher", "by_at_most": 0.25}, {"balance": "cooperative"}],
    "deterioration": [{"stock": "lower"}, {"balance": "conflictual"}],
    "no new agreement": [{**NEW_AGREEMENT, "at_least": None, "at_most": 0}],
    "no alliance": [
        {
            "facts": {
                "kind": ["agreement signed", "agreement in force"],
                "form": "treaty",
                "area": "military_dialogue",
            },
            "at_most": 0,
        },
        {"share": "below", "value": 0.9},
    ],
}
LEVER = (
    "it says what would help, not what will happen: the record shows what went together, but not what would have "
    "happened otherwise"
)
WHOLE = ("overall", "lever")
CLAIM_KEYS = {"id", "claim", "area", "channel", "said", "horizon_months", "direction", "rule", "sentence"}
FOR_READERS = {"note", "lever", "outcome_hint"}
STUDY_KEYS = {"study", "as_of", "dyad", "claims", "note", "sources", "sentences"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: `probability` is how likely the study said it was to hold; `undecidable` why no rule can tell."""

    id: str
    text: str
    area: str | None
    channel: str | None
    direction: str
    horizon: int
    said: str
    sentence: int | None
    criteria: tuple[Criterion, ...]
    undecidable: str

    @property
    def probability(self) -> float:
        """The number that the study's word stands for."""
        return SAID[self.said]

    @property
    def scope(self) -> Scope:
        """Where its criteria look."""
        return Scope(self.area, self.channel)

    @property
    def resolution(self) -> str:
        """The rule in words."""
        return self.undecidable or "; ".join(criterion.words(self.scope) for criterion in self.criteria)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the study, in words of our own, by its number."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Study:
    """A study's claims about a pair as of a day, by the name of its file; `note` and `sources` are for readers."""

    name: str
    title: str
    pair: tuple[str, str]
    as_of: date
    note: str
    sources: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    claims: tuple[Claim, ...]


def read_study(path: Path, actors: Actors, codebook: Codebook) -> Study:
    """Read and check a claims file; DetenteError names the file, the claim and the remedy."""
    given = read_json(path)
    try:
        return _study(path.stem, given, actors, codebook)
    except DetenteError as error:
        raise DetenteError(f"{path}: {error}") from None


def _study(name: str, given: Any, actors: Actors, codebook: Codebook) -> Study:
    if not isinstance(given, dict):
        raise DetenteError("a claims file is an object with study, as_of, dyad and claims")
    for needed in ("study", "as_of", "dyad", "claims"):
        if not given.get(needed):
            raise DetenteError(f"{needed} is missing")
    known(given, STUDY_KEYS)
    if not isinstance(given["dyad"], list) or len(given["dyad"]) != 2:
        raise DetenteError("dyad is a list of two states")
    if not isinstance(given["claims"], list):
        raise DetenteError("claims is a list")
    as_of = moment(str(given["as_of"]))
    a, b = (actors.side(str(state), as_of) for state in given["dyad"])
    if a == b or as_of is None:
        raise DetenteError("dyad needs two different states, as_of a day")
    areas = {area.id for area in codebook.areas}
    sentences = texts(given, "sentences")
    claims = tuple(_claim(claim, n, areas, actors) for n, claim in enumerate(given["claims"], start=1))
    for one, times in Counter(claim.id for claim in claims).items():
        if times > 1:
            raise DetenteError(f"two claims have the id {one!r}")
    for claim in claims:
        if claim.sentence is not None and not 0 < claim.sentence <= len(sentences):
            raise DetenteError(f"claim {claim.id!r}: there is no sentence {claim.sentence}")
    return Study(
        name,
        str(given["study"]),
        (a, b),
        as_of,
        str(given.get("note", "")),
        texts(given, "sources"),
        tuple(Sentence(n, text) for n, text in enumerate(sentences, start=1)),
        claims,
    )


def _claim(given: Any, number: int, areas: set[str], actors: Actors) -> Claim:
    if not isinstance(given, dict) or not given.get("id"):
        raise DetenteError(f"claim {number} has no id")
    try:
        return _checked(given, areas, actors)
    except DetenteError as error:
        raise DetenteError(f"claim {given['id']!r}: {error}") from None


def _checked(given: dict[str, Any], areas: set[str], actors: Actors) -> Claim:
    known(given, CLAIM_KEYS | FOR_READERS)
    area = one_of(given.get("area", "overall"), (*WHOLE, *sorted(areas)), "area")
    said = one_of(given.get("said", "likely"), SAID, "said")
    horizon, sentence = given.get("horizon_months"), given.get("sentence")
    if not is_count(horizon) or not 0 < horizon <= 600:
        raise DetenteError(f"horizon_months {horizon!r} is no number of months from 1 to 600")
    if sentence is not None and not is_count(sentence):
        raise DetenteError(f"sentence {sentence!r} is no number of a sentence")
    if not given.get("claim"):
        raise DetenteError("the claim itself is missing")
    rule: Any = given.get("rule")
    direction = str(given.get("direction", ""))
    undecidable = ""
    if rule is None and area == "lever":
        rule, undecidable = [], LEVER
    elif isinstance(rule, dict) and set(rule) == {"undecidable"}:
        rule, undecidable = [], text(rule, "undecidable") or ""
    elif rule is None:
        if direction not in DIRECTIONS:
            raise DetenteError(f"direction {direction!r} has no rule; known: {', '.join(DIRECTIONS)}; or give a rule")
        rule = DIRECTIONS[direction]
    if not isinstance(rule, list) or not (rule or undecidable):
        raise DetenteError('rule is a list of criteria, or {"undecidable": why}')
    return Claim(
        str(given["id"]),
        str(given["claim"]),
        None if area in WHOLE else area,
        text(given, "channel"),
        direction or ("lever" if area == "lever" else ""),
        horizon,
        said,
        sentence,
        tuple(parse(criterion, areas, actors) for criterion in rule),
        undecidable,
    )
