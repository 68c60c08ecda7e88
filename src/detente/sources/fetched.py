"""What was fetched into a folder, from where and when: a line of JSON a file, in a hidden file beside them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

NAME = ".fetched.jsonl"


def note(path: Path, **told: Any) -> None:
    """Say of a file in the folder what is known of its coming."""
    # Each line begins with the line's end: one that a crash cut short spoils no other.
    with (path.parent / NAME).open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({"name": path.name, **told}, sort_keys=True) + "\n")


def book(folder: Path) -> dict[str, dict[str, Any]]:
    """What was said last of every file of a folder, by its name."""
    path = folder / NAME
    try:
        about = path.stat()
        return _read(path, about.st_size, about.st_mtime_ns)
    except OSError:
        return {}


@lru_cache(maxsize=4)
def _read(book: Path, size: int, changed: int) -> dict[str, dict[str, Any]]:
    told = {}
    for line in book.read_text(encoding="utf-8", errors="replace").splitlines():
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
    return {name: str(about[name]) for name in ("from", "at", "release") if about.get(name)}
