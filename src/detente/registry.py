"""What can be asked for by name: what this package brings, and what other packages add through entry points."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from detente.errors import DetenteError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

T = TypeVar("T")


@lru_cache(maxsize=64)
def _installed(group: str, path: tuple[str, ...]) -> EntryPoints:
    """The entry points of a group in the packages on a path; looking takes some milliseconds a time."""
    from importlib.metadata import entry_points

    return entry_points(group=group)


class Registry(Mapping[str, T]):
    """Objects by name, each imported when it is asked for; names of this package can't be taken by others.
    DetenteError names the package of an object that can't be imported.

    `own` says where this package's lie, as "module:attribute"; another package adds one by an entry point of `group`.

    >>> registry: Registry[type] = Registry("detente.examples", {"day": "datetime:date"})
    >>> registry["day"], "night" in registry, list(registry)
    (<class 'datetime.date'>, False, ['day'])
    """

    def __init__(self, group: str, own: Mapping[str, str]) -> None:
        self.group, self.own = group, own

    def __getitem__(self, name: str) -> T:
        point = self._points()[name]
        try:
            loaded: T = point.load()
        except Exception as error:
            if name in self.own:
                raise
            package = f"{point.dist.name}: " if point.dist else ""
            raise DetenteError(
                f"{package}its {self.group} {name!r} can't be loaded ({error}): mend or uninstall that package"
            ) from None
        return loaded

    def __contains__(self, name: object) -> bool:
        return name in self._points()

    def __iter__(self) -> Iterator[str]:
        return iter(self._points())

    def __len__(self) -> int:
        return len(self._points())

    def _points(self) -> dict[str, EntryPoint]:
        from importlib.metadata import EntryPoint

        own = {name: EntryPoint(name, place, self.group) for name, place in self.own.items()}
        added = {point.name: point for point in _installed(self.group, tuple(sys.path))}
        return own | {name: added[name] for name in sorted(added) if name not in own}
