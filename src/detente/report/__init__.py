"""Reports: a builder makes a document of a result, a format writes it; neither computes.

A builder is a module whose `build(result)` returns a `Document`; a format is a function `render(document)` that returns
text or bytes. A file in `report/formats/` adds a format, and so does another package's entry point in the group
`detente.formats`: every result can be written in it from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from detente.errors import DetenteError
from detente.registry import Registry
from detente.report import formats
from detente.report.document import Document

FORMATS: Registry[Callable[[Document], str | bytes]] = Registry(
    "detente.formats",
    {one.name: f"{formats.__name__}.{one.name}:render" for one in iter_modules(formats.__path__)},
    "collections.abc:Callable",
)
"""The formats by name: a file each in `report/formats/`, and those that other packages add."""
BUILDERS = {
    "Assessment": "assessment",
    "Digest": "explanation",
    "PairForecast": "forecast",
    "Report": "claims",
    "Result": "result",
    "Scorecard": "scorecard",
    "LeverComparison": "levers",
}
"""The module that builds the document of a result, by the name of the result's class or a base of it."""


def build(result: Any) -> Document:
    """The document of a result, by the builder of its class; a document is its own.

    Raises DetenteError for what is no result.
    """
    if isinstance(result, Document):
        return result
    for kind in type(result).__mro__:
        if kind.__name__ in BUILDERS:
            document: Document = import_module(f"{__name__}.{BUILDERS[kind.__name__]}").build(result)
            return document
    raise DetenteError(f"no document is made of {type(result).__name__}, only of results")


def render(result: Any, form: str = "terminal") -> str | bytes:
    """A result, or a document of one, in a format.

    Raises DetenteError where there is no such format, or no document of such a result.

    >>> from detente.report.document import Note
    >>> render(Document("Title", "of a day", (Note("One <b>."),)), "markdown")
    '# Title\\n\\nof a day\\n\\nOne &lt;b&gt;.\\n'
    """
    if form not in FORMATS:
        raise DetenteError(f"{form}: no such format; there are {', '.join(FORMATS)}")
    document = build(result)
    with FORMATS.blamed(form):
        text = FORMATS[form](document)
        if not isinstance(text, str | bytes):
            raise TypeError(f"it gives {type(text).__name__}, neither text nor bytes")
        return text


def write(result: Any, path: str | Path, form: str = "html") -> Path:
    """Write a result, or a document of one, to a file in a format, and return its path.

    Raises DetenteError where the file can't be written; see `render`.
    """
    text = render(result, form)
    try:
        Path(path).write_bytes(text.encode() if isinstance(text, str) else text)
    except OSError as error:
        raise DetenteError(f"{path}: can't be written: {error.strerror}") from None
    return Path(path)
