"""An answer asked again: each carries what was asked, so that its JSON can be made anew and held against the old."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import polars as pl

from detente import __version__
from detente.errors import DetenteError
from detente.files.trees import read_bytes
from detente.record.view import View
from detente.results import AS_IT_IS, Result, Table, as_json, plain

if TYPE_CHECKING:
    from detente.api import Record

P = ParamSpec("P")
R = TypeVar("R", bound=Result)

MADE_BY = {"version": "version", "record_digest": "record", "codebook_digest": "codebook"}
ABSENT = "nothing"
LONGEST = 80
LARGEST = 256 << 20
"""So many bytes are read of an answer."""
MOST = 1_000_000
"""A larger number in a question, if it is no seed, is none that an answer was made with."""
COLUMNS = {
    "path": "where in the JSON, as in areas[0].level",
    "then": "the value in the file",
    "now": "the value of the answer made now",
}
_TAKEN_BY = {
    "str": {"str", "Day", "Areas"},
    "int": {"int", "float"},
    "float": {"float"},
    "bool": {"bool"},
    "NoneType": {"None", "Day", "Areas"},
    "dict": {"Lever"},
}
"""By the type of a value in JSON, the annotations of the arguments that take it."""


@dataclass(frozen=True, eq=False, repr=False)
class Reproduction(Table):
    """The values in which an answer made anew differs; `same` where none does. What it was made by is in `basis`."""

    @property
    def same(self) -> bool:
        """Whether every value is as it was."""
        return self.rows.is_empty()


def answers(verb: Callable[P, R]) -> Callable[P, R]:
    """A verb whose answer tells in its provenance, as `asked`, what `reproduce` needs to ask it again."""

    @wraps(verb)
    def ask(*args: P.args, **named: P.kwargs) -> R:
        result = verb(*args, **named)
        bound = inspect.signature(verb).bind(*args, **named)
        bound.apply_defaults()
        subject, *_ = bound.args
        given = {name: value for name, value in bound.arguments.items() if _is_of_the_question(name)}
        pair = {}
        if isinstance(subject, View):
            # Without a day some verbs answer as of today, and say so.
            day = getattr(result, "as_of", subject.as_of)
            pair = {"pair": [subject.a, subject.b], "as_of": day, "source": subject.named}
        asked = {"verb": verb.__name__, **pair, "arguments": {name: _plain(value) for name, value in given.items()}}
        return cast(R, replace(cast(Any, result), provenance={**result.provenance, "asked": plain(asked, AS_IT_IS)}))

    return ask


def _is_of_the_question(argument: str) -> bool:
    return argument != "self" and not argument.startswith("on_")  # what is told on the way


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else plain(value, AS_IT_IS)


def reproduce(record: Record, file: str | Path) -> Reproduction:
    """Ask the answer in a JSON file again of a record, and compare value by value.

    Raises DetenteError where the file is no answer that tells what was asked, or one of a newer version.
    """
    path = Path(file)
    then = _read(path)
    now = json.loads(as_json(_ask(record, path, then["provenance"]["asked"]).to_dict()))
    made_by = [_taken(then["provenance"], now["provenance"], key, name) for key, name in MADE_BY.items()]
    rows = [(place, _shown(before), _shown(after)) for place, before, after in _differences(then, now)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.Utf8), orient="row")
    title = f"{path.name}, answered again; values that differ"
    return Reproduction(frame, title, COLUMNS, _drawn, "; ".join(made_by), record.provenance())


def _read(path: Path) -> dict[str, Any]:
    """An answer from its file, with what was asked."""
    if not path.is_file():
        raise DetenteError(f"{path}: no such file")
    try:
        answer = json.loads(read_bytes(path, LARGEST))
    except (ValueError, RecursionError, MemoryError) as error:
        raise DetenteError(f"{path}: is no JSON of an answer ({str(error) or type(error).__name__})") from None
    made = answer.get("provenance") if isinstance(answer, dict) else None
    version = made.get("version") if isinstance(made, dict) else None
    if not isinstance(made, dict) or not isinstance(version, str):
        raise DetenteError(f"{path}: is no answer of detente's with its provenance, as `assess --format json` writes")
    if _numbers(version) > _numbers(__version__):
        raise DetenteError(f"{path}: made by detente {version[:LONGEST]}, newer than this {__version__}; upgrade")
    if not isinstance(made.get("asked"), dict):
        raise DetenteError(f"{path}: does not tell what was asked, so it can't be asked again; make it anew")
    return cast(dict[str, Any], answer)


def _numbers(version: str) -> list[int]:
    return [int(number[:9]) for number in re.findall(r"\d+", version, re.ASCII)[:4]]


def _ask(record: Record, path: Path, asked: dict[str, Any]) -> Result:
    """The answer anew. What is asked comes from a file: only verbs that answer, only arguments that they take."""
    subject: Any = _subject(record, path, asked)
    verb, arguments = asked.get("verb"), asked.get("arguments")
    call: Any = getattr(type(subject), verb, None) if isinstance(verb, str) else None
    if not hasattr(call, "__wrapped__") or not isinstance(arguments, dict):
        raise DetenteError(f"{path}: provenance.asked names no question that is answered here: {_shown(verb)}")
    takes = {name: one for name, one in inspect.signature(call).parameters.items() if _is_of_the_question(name)}
    for name, value in arguments.items():
        kinds = set(re.findall(r"\w+", str(takes[name].annotation))) if name in takes else set()
        if not _fits(name, value, kinds):
            raise DetenteError(f"{path}: {verb} takes no {_shown(name)} of {_shown(value)}")
    lacking = [name for name, one in takes.items() if one.default is one.empty and name not in arguments]
    if lacking:
        raise DetenteError(f"{path}: provenance.asked lacks {lacking[0]}")
    if "levers" in arguments:
        arguments = {**arguments, "levers": _levers(record, path, subject.day, arguments["levers"])}
    return cast(Result, call(subject, **arguments))


def _subject(record: Record, path: Path, asked: dict[str, Any]) -> Record | View:
    """The pair that was asked about, or the record."""
    pair, day, source = asked.get("pair"), asked.get("as_of"), asked.get("source")
    if pair is None:
        return record
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):
        raise DetenteError(f"{path}: provenance.asked.pair is no two states")
    if not isinstance(day, str | None) or not isinstance(source, str | None):
        raise DetenteError(f"{path}: provenance.asked.as_of is a day, source the name of one, or null")
    return record.pair(pair[0], pair[1], day, source=source)


def _levers(record: Record, path: Path, day: date, levers: Any) -> list[Any]:
    from detente.levers.policy import lever_of

    numbered = enumerate(levers if isinstance(levers, list) else [levers], start=1)
    return [
        lever_of(f"{path.name}, lever {n}", one, record.actors, day) if isinstance(one, dict) else one
        for n, one in numbered
    ]


def _fits(name: str, value: Any, kinds: set[str]) -> bool:
    if isinstance(value, list):
        flat = not any(isinstance(one, list) for one in value)
        return flat and bool(kinds & {"Sequence", "Areas"}) and all(_fits(name, one, kinds) for one in value)
    if isinstance(value, int | float) and not (name == "seed" or abs(value) <= MOST):
        return False
    return bool(kinds & _TAKEN_BY.get(type(value).__name__, set()))


def _taken(then: dict[str, Any], now: dict[str, Any], key: str, name: str) -> str:
    before, after = then.pop(key, None), now.pop(key)
    return f"{name} the same ({after})" if before == after else f"{name} then {_shown(before)}, now {after}"


def _differences(then: Any, now: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(then, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*then, *now]):
            inner = f"{place}.{key}" if place else str(key)
            yield from _differences(then.get(key, ...), now.get(key, ...), inner)
    elif isinstance(then, list) and isinstance(now, list):
        for n in range(max(len(then), len(now))):
            before, after = (one[n] if n < len(one) else ... for one in (then, now))
            yield from _differences(before, after, f"{place}[{n}]")
    elif type(then) is not type(now) or then != now:
        yield place, then, now


def _shown(value: Any) -> str:
    """A value of JSON on one line; one with others in it by how many it has."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = ABSENT if value is ... else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _drawn(rows: pl.DataFrame) -> Any:
    """How many values differ in each part of the answer."""
    from detente.plots import figure

    parts = rows["path"].str.extract(r"^([^.\[]*)").alias("part").value_counts(sort=True).reverse()
    drawing, axis = figure(0.25 * parts.height + 1.0)
    axis.barh(range(parts.height), parts["count"])
    axis.set_yticks(range(parts.height), parts["part"].to_list())
    axis.set_xlabel("values that differ")
    return drawing
