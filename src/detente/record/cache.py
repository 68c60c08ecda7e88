"""What took long to work out, kept on disk with the record under a digest of all that it was made from.

An entry is one file, `cache/<kind>/<key>.npz`: arrays as they are, frames as Parquet, the rest as JSON; nothing in it
is run when it is read. The key is a digest of this program's code and of what the caller says the value is made from,
so an entry is never out of date, only unused. The folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl

from detente import __version__

T = TypeVar("T")

_OURS = re.compile(r"[0-9a-f]{20}\.npz|tmp\w{8}\.part")
MOST = 20
"""Entries of one kind that are kept: those used last."""


def key_of(made_from: Mapping[str, Any]) -> str:
    """A digest of the code and of what a value is made from: texts, numbers, days, lists, arrays and frames.

    >>> key_of({"seed": 0}) == key_of({"seed": 0}), key_of({"seed": 0}) == key_of({"seed": 1})
    (True, False)
    """
    text = json.dumps([_code(), made_from], sort_keys=True, default=_digest)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def kept(folder: Path, kind: str, key: str, make: Callable[[], T], *, most: int = MOST) -> T:
    """What the record in `folder` keeps under a kind and key, else what `make` gives, then kept.

    A value is made of None, texts, numbers, days, arrays (no objects), frames, lists, tuples, dicts, and dataclasses
    of this package. Where there is no record, or it can't be written, the value is made each time; an entry that can't
    be read is made anew. Of a kind, the `most` entries used last stay.
    """
    path = folder / "cache" / kind / f"{key}.npz"
    # Whatever is wrong with an entry (most often that there is none), its value can be made anew.
    with suppress(Exception):
        return _read(path)  # type: ignore[no-any-return]  # made by `make` of this key
    value = make()
    # A folder without the marker is no record yet, and must stay empty to become one.
    if (folder / "RECORD.json").exists():
        with suppress(OSError):
            _write(path, value)
            _forget(path.parent, most)
    return value


@cache
def _code() -> str:
    """A digest of the package, its tables too: what another one made is another answer."""
    content = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.*")):
        if path.suffix in (".py", ".csv", ".toml"):
            content.update(path.read_bytes())
    return content.hexdigest()


def _digest(value: Any) -> Any:
    if isinstance(value, pl.DataFrame):
        rows = value.hash_rows().to_numpy().tobytes() if value.width else b""
        return [str(value.schema), hashlib.sha256(rows).hexdigest()]
    if isinstance(value, np.ndarray):
        return [value.dtype.str, value.shape, hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()]
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} has no digest: {value!r}")


def _read(path: Path) -> Any:
    with np.load(path, allow_pickle=False) as arrays:
        name, tree = json.loads(arrays["tree"].tobytes())
        if name != _name(path):
            raise ValueError(f"{path}: is the entry {name}")
        value = _decoded(tree, arrays)
    with suppress(OSError):
        path.touch()
    return value


def _write(path: Path, value: Any) -> None:
    arrays: list[Any] = []
    tree = [_name(path), _encoded(value, arrays)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        try:
            text = np.frombuffer(json.dumps(tree).encode(), np.uint8)
            np.savez_compressed(
                part, allow_pickle=False, tree=text, **{f"a{n}": array for n, array in enumerate(arrays)}
            )
            part.flush()
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink()
            raise


def _name(path: Path) -> str:
    """What an entry is called within: one that came to lie in another's place is none."""
    return f"{path.parent.name}/{path.stem}"


def _forget(folder: Path, most: int) -> None:
    # A folder that came with a link in its place may hold files that are not ours.
    ours = [path for path in folder.iterdir() if _OURS.fullmatch(path.name)]
    for path in sorted(ours, key=lambda path: path.stat().st_mtime, reverse=True)[most:]:
        path.unlink(missing_ok=True)


def _encoded(value: Any, arrays: list[Any]) -> Any:
    """A value as JSON, its arrays and frames put by; what JSON has no form for is a dict of one marked key."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, pl.DataFrame):
        content = BytesIO()
        value.write_parquet(content)
        arrays.append(np.frombuffer(content.getvalue(), np.uint8))
        return {"frame": len(arrays) - 1}
    if isinstance(value, list):
        return [_encoded(item, arrays) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_encoded(item, arrays) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_encoded(part, arrays) for part in item] for item in value.items()]}
    kind = type(value)
    if is_dataclass(kind) and kind.__module__.startswith("detente."):
        values = [_encoded(getattr(value, field.name), arrays) for field in fields(kind) if field.init]
        return {"class": [kind.__module__, kind.__qualname__, *values]}
    raise TypeError(f"a {kind.__name__} can't be kept: {value!r}")


def _decoded(tree: Any, arrays: Mapping[str, Any]) -> Any:
    if isinstance(tree, list):
        return [_decoded(item, arrays) for item in tree]
    if not isinstance(tree, dict):
        return tree
    ((form, content),) = tree.items()
    if form == "date":
        return date.fromisoformat(content)
    if form == "array":
        return arrays[f"a{content}"]
    if form == "frame":
        return pl.read_parquet(BytesIO(arrays[f"a{content}"].tobytes()))
    if form == "class":
        return _instance(content[0], content[1], [_decoded(item, arrays) for item in content[2:]])
    return {"tuple": tuple, "dict": dict}[form](_decoded(item, arrays) for item in content)


def _instance(module: str, name: str, values: list[Any]) -> Any:
    kind = getattr(import_module(module), name) if module.startswith("detente.") else None
    if not is_dataclass(kind):
        raise TypeError(f"{module}.{name} is no dataclass of this package")
    names = [field.name for field in fields(kind) if field.init]
    return kind(**dict(zip(names, values, strict=True)))  # type: ignore[operator]  # a class
