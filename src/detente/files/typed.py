"""What JSON holds as dataclasses whose every value is of the type that they declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def made(kind: Callable[..., T], told: Any) -> T:
    """A dataclass of texts, whole numbers, lists, dicts and other dataclasses; ValueError, with the name of the value,
    where it is of another type, unknown or lacking.
    """
    if not isinstance(told, Mapping):
        raise ValueError(f"is {_shown(told)}, no object")
    needed, types = _declared(kind)
    if unknown := sorted(told.keys() - types.keys()):
        raise ValueError(f"{unknown[0]} is unknown")
    if lacking := sorted(needed - told.keys()):
        raise ValueError(f"{lacking[0]} is lacking")
    return kind(**{name: _value(types[name], value, name) for name, value in told.items()})


@cache
def _declared(kind: Any) -> tuple[frozenset[str], dict[str, Any]]:
    """The fields that need a value, and the types of all."""
    free = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    return frozenset(free), get_type_hints(kind)


def _value(kind: Any, value: Any, name: str) -> Any:
    if type(value) is kind:
        return value
    origin = get_origin(kind)
    if origin is list and type(value) is list:
        (inner,) = get_args(kind)
        return [_value(inner, one, name) for one in value]
    if origin is dict and type(value) is dict:
        _, inner = get_args(kind)
        return {key: _value(inner, one, name) for key, one in value.items()}
    if hasattr(kind, "__dataclass_fields__"):
        return made(kind, value)
    raise ValueError(f"{name} is {_shown(value)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
