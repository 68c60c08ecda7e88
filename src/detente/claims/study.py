"""A claims file: what a study claimed of two states, and by which rule each claim can be resolved.

JSON with study, as_of, dyad and claims; see docs/claims.md. A claim without a rule takes that of its
direction; what it says in words of probability is read by the midpoints of ICD 203 (`SAID`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeGuard

from detente.actors import Actors, counts_as, moment
from detente.claims.rules import (
    ANY,
    COMPARED,
    NEW,
    BalanceCriterion,
    Criterion,
    FactsCriterion,
    FigureCriterion,
    Scope,
    ShareCriterion,
    StockCriterion,
)
from detente.codebook import Codebook
from detente.errors import DetenteError
from detente.record.facts import counted_subject
from detente.sources.dictionary import FORMS, KINDS, TONES
from detente.sources.figures import subject_code

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
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DetenteError(f"{path}: can't be read: {error.strerror}") from None
    except ValueError as error:
        raise DetenteError(f"{path}: no JSON: {error}") from None
    try:
        return _study(path.stem, told, actors, codebook)
    except DetenteError as error:
        raise DetenteError(f"{path}: {error}") from None


def _study(name: str, told: Any, actors: Actors, codebook: Codebook) -> Study:
    if not isinstance(told, dict):
        raise DetenteError("a claims file is an object with study, as_of, dyad and claims")
    for needed in ("study", "as_of", "dyad", "claims"):
        if not told.get(needed):
            raise DetenteError(f"{needed} is missing")
    _known(told, STUDY_KEYS)
    if not isinstance(told["dyad"], list) or len(told["dyad"]) != 2:
        raise DetenteError("dyad is a list of two states")
    if not isinstance(told["claims"], list):
        raise DetenteError("claims is a list")
    as_of = moment(str(told["as_of"]))
    a, b = (actors.side(str(state), as_of) for state in told["dyad"])
    if a == b or as_of is None:
        raise DetenteError("dyad needs two different states, as_of a day")
    areas = {area.id for area in codebook.areas}
    sentences = _texts(told, "sentences")
    claims = tuple(_claim(given, n, areas, actors) for n, given in enumerate(told["claims"], start=1))
    ids = [claim.id for claim in claims]
    for one in ids:
        if ids.count(one) > 1:
            raise DetenteError(f"two claims have the id {one!r}")
    for claim in claims:
        if claim.sentence is not None and not 0 < claim.sentence <= len(sentences):
            raise DetenteError(f"claim {claim.id!r}: there is no sentence {claim.sentence}")
    return Study(
        name,
        str(told["study"]),
        (a, b),
        as_of,
        str(told.get("note", "")),
        _texts(told, "sources"),
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
    _known(given, CLAIM_KEYS | FOR_READERS)
    area = _one_of(given.get("area", "overall"), (*WHOLE, *sorted(areas)), "area")
    said = _one_of(given.get("said", "likely"), SAID, "said")
    horizon, sentence = given.get("horizon_months"), given.get("sentence")
    if not _is_count(horizon) or not 0 < horizon <= 600:
        raise DetenteError(f"horizon_months {horizon!r} is no number of months from 1 to 600")
    if sentence is not None and not _is_count(sentence):
        raise DetenteError(f"sentence {sentence!r} is no number of a sentence")
    if not given.get("claim"):
        raise DetenteError("the claim itself is missing")
    rule: Any = given.get("rule")
    direction = str(given.get("direction", ""))
    undecidable = ""
    if rule is None and area == "lever":
        rule, undecidable = [], LEVER
    elif isinstance(rule, dict) and set(rule) == {"undecidable"}:
        rule, undecidable = [], _text(rule, "undecidable") or ""
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
        _text(given, "channel"),
        direction or ("lever" if area == "lever" else ""),
        horizon,
        said,
        sentence,
        tuple(parse(criterion, areas, actors) for criterion in rule),
        undecidable,
    )


def parse(given: Any, areas: set[str], actors: Actors) -> Criterion:
    """A criterion from its JSON object; DetenteError says what in it is wrong and what is allowed."""
    if not isinstance(given, dict):
        raise DetenteError(f"a criterion is an object, not {given!r}")
    sorts = [name for name in ("facts", "stock", "balance", "share", "figure") if name in given]
    if len(sorts) != 1:
        raise DetenteError(f"a criterion has one of facts, stock, balance, share and figure, not {sorted(given)}")
    where = {name: _text(given, name) for name in ("area", "channel")}
    made: Criterion
    match sorts[0]:
        case "facts":
            made = _facts(given, actors)
        case "stock":
            _known(given, {"stock", "by_at_most", "area", "channel"})
            change = _one_of(given["stock"], COMPARED, "stock")
            most = given.get("by_at_most")
            if most is not None and (isinstance(most, bool) or not isinstance(most, int | float) or not most >= 0):
                raise DetenteError(f"by_at_most {most!r} is no share, as 0.25")
            made = StockCriterion(**where, change=change, by_at_most=most)
        case "balance":
            _known(given, {"balance", "area", "channel"})
            made = BalanceCriterion(**where, tone=_one_of(given["balance"], TONES, "balance"))
        case "share":
            _known(given, {"share", "value", "area", "channel"})
            value = given.get("value")
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise DetenteError(f"value {value!r} is no share from 0 to 1")
            made = ShareCriterion(**where, side=_one_of(given["share"], ("below", "above"), "share"), value=value)
        case _:
            _known(given, {"figure", "is"})
            series = given["figure"]
            if not isinstance(series, dict) or set(series) != {"subject", "measure"}:
                raise DetenteError("a figure names its subject and measure")
            named = {name: _text(series, name) or "" for name in series}
            named["subject"] = counted_subject(subject_code(named["subject"], actors))
            made = FigureCriterion(**named, change=_one_of(given.get("is"), COMPARED, "is"))
    if made.area not in (None, ANY, *areas):
        raise DetenteError(f"area {made.area!r} is unknown; known: any, {', '.join(sorted(areas))}")
    return made


def _facts(given: dict[str, Any], actors: Actors) -> FactsCriterion:
    _known(given, {"facts", "at_least", "at_most"})
    told = given["facts"]
    if not isinstance(told, dict):
        raise DetenteError(f"facts is an object of conditions, not {told!r}")
    _known(told, {"kind", "tone", "form", "third_party", "agreement", "actor", "area", "channel"})
    bounds = {name: given.get(name) for name in ("at_least", "at_most")}
    if all(bound is None for bound in bounds.values()):
        raise DetenteError("facts need at_least or at_most")
    for name, bound in bounds.items():
        if bound is not None and (not _is_count(bound) or bound < 0):
            raise DetenteError(f"{name} {bound!r} is no whole number")
    least, most = bounds.values()
    if least is not None and most is not None and least > most:
        raise DetenteError("at_least is more than at_most: no number of facts could meet it")
    kinds = NEW if told.get("kind") == "new" else tuple(_one_of(k, KINDS, "kind") for k in _several(told, "kind"))
    return FactsCriterion(
        _text(told, "area"),
        _text(told, "channel"),
        kinds,
        _one_of(told["tone"], TONES, "tone") if "tone" in told else None,
        tuple(_one_of(form, FORMS, "form") for form in _several(told, "form")),
        tuple(counts_as(actors.state(name)) for name in _several(told, "third_party")),
        _text(told, "agreement"),
        counts_as(actors.state(actor)) if (actor := _text(told, "actor")) else None,
        **bounds,
    )


def _several(told: dict[str, Any], name: str) -> tuple[str, ...]:
    return (told[name],) if isinstance(told.get(name), str) else _texts(told, name)


def _texts(told: dict[str, Any], name: str) -> tuple[str, ...]:
    value = told.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise DetenteError(f"{name} is a list of texts, not {value!r}")
    return tuple(value)


def _text(told: dict[str, Any], name: str) -> str | None:
    value = told.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise DetenteError(f"{name} is a text, not {value!r}")
    return value


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _known(given: dict[str, Any], allowed: set[str]) -> None:
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise DetenteError(f"{unknown[0]!r} is unknown here; known: {', '.join(sorted(allowed))}")


def _one_of(value: Any, allowed: Any, name: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise DetenteError(f"{name} {value!r} is unknown; known: {', '.join(allowed)}")
    return value
