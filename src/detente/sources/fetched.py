"""What was fetched into a folder, from where and when: a line of JSON a file, in a hidden file beside them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Any

NAME = ".fetched.jsonl"
LONGEST_LINE = 1 << 16


def note(path: Path, **told: Any) -> None:
    """Say of a file in the folder what is known of its coming. OSError where that can't be written."""
    book = path.parent / NAME
    if book.exists() and not book.is_file():
        raise OSError(None, f"{NAME} is no file")
    # Each line begins with the line's end: one that a crash cut short spoils no other.
    with book.open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({"name": path.name, **told}, sort_keys=True) + "\n")


def book(folder: Path) -> dict[str, dict[str, Any]]:
    """What was said last of every file of a folder, by its name."""
    path = folder / NAME
    try:
        about = path.stat()
        # A pipe or a device would be read for ever.
        return _read(path, about.st_size, about.st_mtime_ns) if S_ISREG(about.st_mode) else {}
    except OSError:
        return {}


@lru_cache(maxsize=4)
def _read(book: Path, size: int, changed: int) -> dict[str, dict[str, Any]]:
    told = {}
    with book.open(encoding="utf-8", errors="replace") as file:
        for line in iter(lambda: file.readline(LONGEST_LINE), ""):
            try:
                about = json.loads(line)
                told[str(about["name"])] = about
            except (ValueError, KeyError, TypeError, RecursionError):
                continue
    return told


def origin(path: Path, sha256: str) -> dict[str, str]:
    """Where a file with that content was fetched: from (its address), at (UTC), release where the publisher names one;
    empty where it was not, or has changed since.
    """
    about = book(path.parent).get(path.name, {})
    if about.get("sha256") != sha256:
        return {}
    known = {name: about.get(name) for name in ("from", "at", "release")}
    return {name: text for name, text in known.items() if text and isinstance(text, str) and text.isprintable()}
