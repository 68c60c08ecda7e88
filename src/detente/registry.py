"""What can be asked for by name: what this package brings, and what other packages add through entry points."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pkgutil import resolve_name
from typing import TYPE_CHECKING, TypeVar

from detente.errors import DetenteError, PackageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")


@lru_cache(maxsize=64)
def _installed(group: str, path: tuple[str, ...]) -> dict[str, list[EntryPoint]]:
    """The entry points of a group in the packages on a path, by name; looking takes some milliseconds a time."""
    from importlib.metadata import entry_points

    points: dict[str, list[EntryPoint]] = {}
    for point in sorted(entry_points(group=group), key=_package):
        points.setdefault(point.name, []).append(point)
    return dict(sorted(points.items()))


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "a package"


class Registry(Mapping[str, T]):
    """Objects by name, each imported when it is asked for; names of this package can't be taken by others.

    `own` says where this package's lie, as "module:attribute"; another package adds one by an entry point of `group`.
    It must be a `kind` (in the same form; with `classes`, a class of that kind) and, where it has an id, go by it.
    PackageError names the package whose object isn't, can't be imported, or has the name of another's.

    >>> registry: Registry[type] = Registry("detente.examples", {"day": "datetime:date"}, "builtins:type")
    >>> registry["day"], "night" in registry, list(registry)
    (<class 'datetime.date'>, False, ['day'])
    """

    def __init__(self, group: str, own: Mapping[str, str], kind: str, *, classes: bool = False) -> None:
        self.group, self.own, self.kind, self.classes = group, own, kind, classes

    def __getitem__(self, name: str) -> T:
        loaded: T
        if name in self.own:
            loaded = resolve_name(self.own[name])
            return loaded
        points = self._added()[name]
        if len(points) > 1:
            packages = " and ".join(map(_package, points))
            raise PackageError(f"{packages} both have a {self.group} {name!r}: uninstall one of them")
        with self.blamed(name, "can't be loaded"):
            loaded = points[0].load()
        kind: type = resolve_name(self.kind)
        sound = isinstance(loaded, type) and issubclass(loaded, kind) if self.classes else isinstance(loaded, kind)
        if not sound or getattr(loaded, "id", name) != name:
            raise PackageError(self._told(name, f"is no {kind.__name__} of that name"))
        return loaded

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self._added()

    def __iter__(self) -> Iterator[str]:
        return iter([*self.own, *(name for name in self._added() if name not in self.own)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def usable(self) -> dict[str, T]:
        """Every object that loads, by name; of those of other packages that can't be used, a warning each."""
        loaded = {}
        for name in self:
            try:
                loaded[name] = self[name]
            except PackageError as error:
                warnings.warn(str(error), stacklevel=2)
        for name in self._added():
            if name in self.own:
                warnings.warn(self._told(name, "has a name of ours and is left out"), stacklevel=2)
        return loaded

    @contextmanager
    def blamed(self, name: str, deed: str = "failed") -> Iterator[None]:
        """What goes wrong within is the fault of the object's package, if that is another: PackageError says so."""
        try:
            yield
        except DetenteError:
            raise
        except (Exception, SystemExit) as error:
            if name in self.own:
                raise
            text = " ".join(str(error).split())
            raise PackageError(self._told(name, f"{deed} ({type(error).__name__}: {text})")) from error

    def _told(self, name: str, deed: str) -> str:
        packages = " and ".join(map(_package, self._added().get(name, ())))
        return f"{packages}: its {self.group} {name!r} {deed}: mend or uninstall that package"

    def _added(self) -> dict[str, list[EntryPoint]]:
        return _installed(self.group, tuple(sys.path))
