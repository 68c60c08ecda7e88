"""Write the public API on one page, from the signatures and docstrings themselves.

python tools/build_api.py > docs/api.md
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

import detente
from detente import models
from detente.explain.topic import TOPICS
from detente.forecasts.series.forecaster import FORECASTERS
from detente.measures.variables import VARIABLES
from detente.record.view import View
from detente.registry import Registry
from detente.report import FORMATS
from detente.results import Result
from detente.sources.source import SOURCES

WIDTH = 116
REGISTRIES: tuple[Registry[Any], ...] = (SOURCES, VARIABLES, models.ESTIMATORS, TOPICS, FORECASTERS, FORMATS)
ADDED = (
    "Objects by name; an entry point of the group adds one (CONTRIBUTING.md shows each kind). Cases, which are folders "
    "of tables, are added by the group `detente.cases`. This package brings:"
)
HEAD = """# The public API

Made by `make api` from the code. Everything is reached from `import detente as dt`; estimators for plain arrays
are in `detente.models`. Days are text (`2007-02-01`, `2007-02`, `2007`) or dates; an area is one name or a list,
`None` standing for all together.
"""


def signature(name: str, call: Any) -> str:
    """As in `name(a, b, *, by='month') -> Result`, without `self` and types of arguments that a default tells."""
    given = inspect.signature(call)
    parameters = [
        one.replace(annotation=inspect.Parameter.empty) for one in given.parameters.values() if one.name != "self"
    ]
    gives = str(given.return_annotation)
    plain = given.replace(parameters=parameters, return_annotation=inspect.Signature.empty)
    return f"{name}{plain}" + ("" if inspect.isclass(call) else f" -> {gives}")


def said(thing: Any) -> str:
    """The first paragraph of a docstring in one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def verbs(kind: type) -> Iterator[tuple[str, Any]]:
    """What a class defines itself, in the order of the file, without what is private or a field."""
    for name, thing in vars(kind).items():
        if not name.startswith("_") and (inspect.isfunction(thing) or isinstance(thing, property)):
            yield name, thing


def entry(name: str, thing: Any) -> str:
    """A line or two of Markdown: how it is called, what it gives."""
    head = name if isinstance(thing, property) else signature(name, thing)
    return textwrap.fill(f"- `{head}`: {said(thing)}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def names(registry: Registry[Any]) -> str:
    """The entry-point group of a registry and the names that this package brings."""
    line = f"- `{registry.group}`: {'; '.join(registry.own)}."
    return textwrap.fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def sections() -> Iterator[tuple[str, str, Iterator[str]]]:
    """Title, introduction and entries of every section."""
    opening = (name for name in detente.__all__ if inspect.isfunction(getattr(detente, name)))
    yield "Opening", "", (entry(f"dt.{name}", getattr(detente, name)) for name in opening)
    yield "Record", said(detente.Record), (entry(name, thing) for name, thing in verbs(detente.Record))
    yield "Pair", said(detente.Pair), (entry(name, thing) for name, thing in verbs(detente.Pair))
    settled = "What is settled once for a pair and a day, and handed to every room:"
    yield "What a pair knows of itself", settled, (entry(name, thing) for name, thing in verbs(View))
    yield "Results", said(Result), (entry(name, thing) for name, thing in verbs(Result))
    estimators = (getattr(models, name) for name in models.__all__)
    classes = (one for one in estimators if inspect.isclass(one) and hasattr(one, "fit"))
    introduction = "In `detente.models`. Each has `fit`, which gives a result, and `example()`, numbers to try it on."
    yield "Estimators", introduction, (entry(one.__name__, one) for one in classes if one is not models.Estimator)
    yield "What other packages can add", ADDED, (names(one) for one in REGISTRIES)
    errors = (detente.DetenteError, detente.NoData, detente.NotEstimable)
    yield "Errors", "", (f"- `{error.__name__}`: {said(error)}" for error in errors)


def page() -> str:
    """The whole page."""
    parts = [HEAD.rstrip()]
    for title, introduction, entries in sections():
        parts += [f"## {title}", *([textwrap.fill(introduction, WIDTH)] if introduction else []), "\n".join(entries)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    print(page(), end="")
