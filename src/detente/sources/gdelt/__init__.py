"""GDELT, 1.0 and 2.0: files of events by quarter hour, day, month or year."""

from __future__ import annotations

from functools import partial
from typing import Any

from detente.sources.gdelt.files import HOSTS, event_files, other_files
from detente.sources.gdelt.rows import is_headerless, is_named, read_headerless, read_named
from detente.sources.reader import Reader
from detente.sources.source import Fetch, Source

__all__ = ["GDELT1", "GDELT2"]

_ABOUT: dict[str, Any] = {
    "covers": "known",
    "spans_hold": True,
    "fetch": Fetch("gdelt", event_files, HOSTS),
    "citation": (
        "Leetaru and Schrodt, GDELT: Global Data on Events, Location and Tone, ISA Annual Convention 2013, "
        "and the GDELT Project"
    ),
    "terms": "free for any use with citation",
    "home": "https://www.gdeltproject.org",
}


def _readers(name: str, title: str, *widths: int) -> tuple[Reader, ...]:
    named = Reader(partial(is_named, source=name), partial(read_named, source=name), f"{title} with a header")
    headerless = (
        Reader(partial(is_headerless, width=width), partial(read_headerless, width=width, source=name), joinable=True)
        for width in widths
    )
    return (named, *headerless)


GDELT2 = Source(
    "gdelt2",
    "GDELT 2.0 events",
    _readers("gdelt2", "GDELT 2.0 events", 61),
    rank=4,
    spans=((r"(?<!\d)((?:19|20)\d{12})\.export\.csv", "%Y%m%d%H%M%S"),),
    quarter_hours=True,
    other_files=other_files,
    **_ABOUT,
)
GDELT1 = Source(
    "gdelt1",
    "GDELT 1.0 events",
    _readers("gdelt1", "GDELT 1.0 events", 58, 57),
    rank=5,
    spans=(
        (r"(?<!\d)((?:19|20)\d{6})\.export\.csv", "%Y%m%d"),
        (r"^((?:19|20)\d{4})\.(?:zip|csv)", "%Y%m"),
        (r"^((?:19|20)\d\d)\.(?:zip|csv)", "%Y"),
    ),
    **_ABOUT,
)
