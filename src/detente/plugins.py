"""What other installed packages add: objects that they name under one of our entry-point groups."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TypeVar

from detente.errors import DetenteError

T = TypeVar("T")


def plugins(group: str, kind: type[T]) -> list[T]:
    """The objects of a kind that installed packages name under a group, by name.

    A package adds one in its pyproject.toml: `[project.entry-points."detente.sources"]`, `mine = "my_package:SOURCE"`.
    DetenteError names the package whose object can't be loaded or is of another kind.

    >>> plugins("detente.nothing", int)
    []
    """
    loaded = []
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        origin = f"{point.dist.name}: " if point.dist else ""
        try:
            thing = point.load()
        except Exception as error:
            raise DetenteError(
                f"{origin}its {group} {point.name!r} can't be loaded ({error}): uninstall or mend that package"
            ) from None
        if not isinstance(thing, kind):
            raise DetenteError(
                f"{origin}its {group} {point.name!r} is no {kind.__name__}: uninstall or mend that package"
            )
        loaded.append(thing)
    return loaded
