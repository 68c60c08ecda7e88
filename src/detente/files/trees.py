"""JSON and TOML that users write: claims, codebooks, levers, what a case says of itself."""

from __future__ import annotations

import codecs
import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from detente.errors import DetenteError
from detente.files.packed import DamagedFile, open_file

MOST = 4 << 20


def read_json(path: Path) -> Any:
    """What a JSON file holds; DetenteError names the file and the fault."""
    return _parsed(read_bytes(path), str(path), "JSON", _json)


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds; DetenteError names the file and the fault."""
    return parse_toml(read_bytes(path), str(path))


def parse_toml(data: bytes, name: str) -> dict[str, Any]:
    """What TOML holds.

    >>> parse_toml(codecs.BOM_UTF8 + b"version = '1'", "areas.toml")
    {'version': '1'}
    """
    tree: dict[str, Any] = _parsed(data, name, "TOML", tomllib.loads)
    return tree


def read_bytes(path: Path, most: int = MOST) -> bytes:
    """A small file; DamagedFile where it is no file, can't be read or has over `most` bytes."""
    with open_file(path) as file:
        try:
            # To ask for `most` bytes would take that much memory for a file of a few.
            large = os.fstat(file.fileno()).st_size > most
            data = b"" if large else file.read()
        except OSError as error:
            raise DamagedFile(f"{path}: can't be read: {error.strerror or error}") from None
    if large:
        raise DamagedFile(f"{path}: is larger than {most >> 20} MiB: this is no such file")
    return data


def _parsed(data: bytes, name: str, form: str, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(_text(data))
    except UnicodeError as error:
        raise DetenteError(f"{name}: no {form}: holds what is no text ({error}); save it as UTF-8") from None
    except ValueError as error:
        raise DetenteError(f"{name}: no {form}: {error}") from None
    except RecursionError:
        raise DetenteError(f"{name}: no {form} that we read: lists within lists without end") from None


def _text(data: bytes) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _json(text: str) -> Any:
    tree = json.loads(text, object_pairs_hook=_once)
    # Escapes can write halves of characters, which no file or terminal can hold.
    json.dumps(tree, ensure_ascii=False).encode()
    return tree


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in pairs:
        if name in tree:
            raise ValueError(f"{name!r} is given twice")
        tree[name] = value
    return tree
