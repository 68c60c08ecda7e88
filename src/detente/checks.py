"""What arguments and numbers must be, said in one line: misuse is a DetenteError, too little to go by NotEstimable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import DetenteError, NotEstimable


def probability(name: str, value: float) -> float:
    """A probability strictly between 0 and 1, as a float; DetenteError for any other.

    >>> probability("level", 2)
    Traceback (most recent call last):
    detente.errors.DetenteError: level lies between 0 and 1 (as in 0.9), not 2
    """
    if not isinstance(value, int | float | np.number) or not 0 < value < 1:
        raise DetenteError(f"{name} lies between 0 and 1 (as in 0.9), not {value!r}")
    return float(value)


def whole(name: str, value: Any, least: int = 1) -> int:
    """A whole number of `least` or more; DetenteError for any other.

    >>> whole("draws", 500)
    500
    """
    try:
        number = index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise DetenteError(f"{name} is a whole number of {least} or more, not {value!r}")
    return number


def one_of(name: str, value: Any, choices: Iterable[str]) -> str:
    """The choice itself; DetenteError that lists the choices for any other.

    >>> one_of("by", "fortnight", ("day", "week"))
    Traceback (most recent call last):
    detente.errors.DetenteError: by is one of day, week, not 'fortnight'
    """
    allowed = tuple(choices)
    if value not in allowed:
        raise DetenteError(f"{name} is one of {', '.join(allowed)}, not {value!r}")
    return str(value)


def numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """The values as an array of numbers; DetenteError where some are none, as text is.

    >>> numbers("times", ["a"])
    Traceback (most recent call last):
    detente.errors.DetenteError: times are numbers, not text or tables of unequal rows
    """
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise DetenteError(f"{name} are numbers, not text or tables of unequal rows") from None


def above_nought(name: str, value: float) -> float:
    """A finite number above nought; DetenteError for any other."""
    if not isinstance(value, int | float | np.number) or not 0 < value < np.inf:
        raise DetenteError(f"{name} is a number above 0, not {value!r}")
    return float(value)


@contextmanager
def estimable(
    what: str, why: str = "its series repeat each other or leave no error to estimate from"
) -> Iterator[None]:
    """Turn what linear algebra says of singular or endless numbers into NotEstimable.

    Usable as a decorator as well.

    >>> with estimable("the sum"):  # doctest: +ELLIPSIS
    ...     _ = np.linalg.solve(np.zeros((2, 2)), np.ones(2))
    Traceback (most recent call last):
    detente.errors.NotEstimable: the sum can't be estimated: its series repeat each other or leave no error ...
    """
    try:
        yield
    except (np.linalg.LinAlgError, FloatingPointError, ZeroDivisionError):
        raise NotEstimable(f"{what} can't be estimated: {why}") from None


def all_finite(what: str, *results: ArrayLike) -> None:
    """NotEstimable where an estimate came out as NaN or without end."""
    if not all(np.isfinite(np.asarray(one, dtype=float)).all() for one in results):
        raise NotEstimable(f"{what} can't be estimated: the numbers are too few, too large or too alike")
