"""Criteria of a rule read from JSON, every fault named with what is allowed instead."""

from __future__ import annotations

from typing import Any, TypeGuard

from detente.actors import Actors, counts_as
from detente.claims.rules import (
    ANY,
    COMPARED,
    NEW,
    BalanceCriterion,
    Criterion,
    FactsCriterion,
    InForceCriterion,
    SeriesCriterion,
    ShareCriterion,
)
from detente.errors import DetenteError
from detente.record.facts import counted_subject
from detente.sources.dictionary import FORMS, KINDS, TONES
from detente.sources.figures import subject_code

KEYS = {
    "facts": ("at_least", "at_most"),
    "stock": ("by_at_most", "area", "channel"),
    "balance": ("area", "channel"),
    "share": ("value", "area", "channel"),
    "figure": ("is",),
}
"""The sorts of criteria, and what each may say besides."""


def parse(given: Any, areas: set[str], actors: Actors) -> Criterion:
    """A criterion from its JSON object; DetenteError says what in it is wrong and what is allowed."""
    if not isinstance(given, dict):
        raise DetenteError(f"a criterion is an object, not {given!r}")
    sorts = [name for name in KEYS if name in given]
    if len(sorts) != 1:
        raise DetenteError(f"a criterion has one of facts, stock, balance, share and figure, not {sorted(given)}")
    sort = sorts[0]
    known(given, {sort, *KEYS[sort]})
    where = {name: text(given, name) for name in ("area", "channel")}
    criterion: Criterion
    match sort:
        case "facts":
            criterion = _facts(given, actors)
        case "stock":
            change = one_of(given["stock"], COMPARED, "stock")
            most = given.get("by_at_most")
            if most is not None and not (_is_number(most) and most >= 0):
                raise DetenteError(f"by_at_most {most!r} is no share, as 0.25")
            criterion = InForceCriterion(**where, change=change, by_at_most=most)
        case "balance":
            criterion = BalanceCriterion(**where, tone=one_of(given["balance"], TONES, "balance"))
        case "share":
            value = given.get("value")
            if not (_is_number(value) and 0 <= value <= 1):
                raise DetenteError(f"value {value!r} is no share from 0 to 1")
            criterion = ShareCriterion(**where, side=one_of(given["share"], ("below", "above"), "share"), value=value)
        case _:
            series = given["figure"]
            if not isinstance(series, dict) or set(series) != {"subject", "measure"}:
                raise DetenteError("a figure names its subject and measure")
            named = {name: text(series, name) or "" for name in series}
            named["subject"] = counted_subject(subject_code(named["subject"], actors))
            criterion = SeriesCriterion(**named, change=one_of(given.get("is"), COMPARED, "is"))
    if criterion.area not in (None, ANY, *areas):
        raise DetenteError(f"area {criterion.area!r} is unknown; known: any, {', '.join(sorted(areas))}")
    return criterion


def _facts(given: dict[str, Any], actors: Actors) -> FactsCriterion:
    criterion = given["facts"]
    if not isinstance(criterion, dict):
        raise DetenteError(f"facts is an object of conditions, not {criterion!r}")
    known(criterion, {"kind", "tone", "form", "third_party", "agreement", "actor", "area", "channel"})
    bounds = {name: given.get(name) for name in ("at_least", "at_most")}
    if all(bound is None for bound in bounds.values()):
        raise DetenteError("facts need at_least or at_most")
    for name, bound in bounds.items():
        if bound is not None and (not is_count(bound) or bound < 0):
            raise DetenteError(f"{name} {bound!r} is no whole number")
    least, most = bounds.values()
    if least is not None and most is not None and least > most:
        raise DetenteError("at_least is more than at_most: no number of facts could meet it")
    kinds = (
        NEW if criterion.get("kind") == "new" else tuple(one_of(k, KINDS, "kind") for k in _several(criterion, "kind"))
    )
    return FactsCriterion(
        text(criterion, "area"),
        text(criterion, "channel"),
        kinds,
        one_of(criterion["tone"], TONES, "tone") if "tone" in criterion else None,
        tuple(one_of(form, FORMS, "form") for form in _several(criterion, "form")),
        tuple(counts_as(actors.state(name)) for name in _several(criterion, "third_party")),
        text(criterion, "agreement"),
        counts_as(actors.state(actor)) if (actor := text(criterion, "actor")) else None,
        **bounds,
    )


def _several(given: dict[str, Any], name: str) -> tuple[str, ...]:
    return (given[name],) if isinstance(given.get(name), str) else texts(given, name)


def texts(given: dict[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts; () where there is none."""
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise DetenteError(f"{name} is a list of texts, not {value!r}")
    return tuple(value)


def text(given: dict[str, Any], name: str) -> str | None:
    """A text; None where there is none."""
    value = given.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise DetenteError(f"{name} is a text, not {value!r}")
    return value


def is_count(value: Any) -> TypeGuard[int]:
    """Whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def known(given: dict[str, Any], allowed: set[str]) -> None:
    """Nothing where every key is allowed; DetenteError names the first that is not."""
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise DetenteError(f"{unknown[0]!r} is unknown here; known: {', '.join(sorted(allowed))}")


def one_of(value: Any, allowed: Any, name: str) -> str:
    """The value; DetenteError unless it is one of those allowed."""
    if not isinstance(value, str) or value not in allowed:
        raise DetenteError(f"{name} {value!r} is unknown; known: {', '.join(allowed)}")
    return value
