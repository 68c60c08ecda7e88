"""Arrays and frames in: a polars or pandas frame, or an array, as a matrix with names."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from detente import checks
from detente.errors import DetenteError, NotEstimable
from detente.uncertainty import Array

# Squares of larger numbers come near the end of what a computer can hold.
LARGEST = 1e100
UNITS = {"binomial": "share", "poisson": "rate", "gaussian": "value"}
"""The families of a series, and what its level is called."""


def by_period(y: Array, exposure: Array, **estimates: Array) -> pl.DataFrame:
    """Rows period (from 0), observed (y / exposure, null where the exposure is nought), exposure, and the estimates."""
    with np.errstate(invalid="ignore", divide="ignore"):
        own = pl.Series(np.where(exposure > 0, y / exposure, np.nan)).fill_nan(None)
    return pl.DataFrame({"period": np.arange(len(y)), "observed": own, "exposure": exposure, **estimates})


def exposed(y: ArrayLike, exposure: ArrayLike | None, family: str) -> tuple[Array, Array]:
    """y (T,) and its exposure (T,), 1 by default; a period with exposure 0 or y NaN is one unseen: both become 0.

    DetenteError for a family that is none of `UNITS`; it names the period whose number is endless or outside what the
    family can count.

    >>> exposed([1, float("nan"), 3], None, "poisson")
    (array([1., 0., 3.]), array([1., 0., 1.]))
    """
    checks.one_of("family", family, UNITS)
    seen = np.asarray(y, dtype=float)
    weight = np.ones(seen.shape) if exposure is None else np.asarray(exposure, dtype=float)
    if seen.ndim != 1 or seen.shape != weight.shape:
        raise DetenteError("y and exposure must be lists of one length")
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise DetenteError("exposure must be finite and not negative")
    if (endless := (np.abs(seen) > LARGEST) | (weight > LARGEST)).any():
        raise DetenteError(f"period {int(endless.argmax())} is beyond {LARGEST:g}; NaN says that it is unknown")
    weight = np.where(np.isfinite(seen), weight, 0.0)
    seen = np.where(weight > 0, seen, 0.0)
    bad = (seen < 0) | (seen > weight) if family == "binomial" else (seen < 0) & (family == "poisson")
    if bad.any():
        at = int(bad.argmax())
        raise DetenteError(
            f"period {at}: {seen[at]:g} is no count{f' of {weight[at]:g}' if family == 'binomial' else ''}"
        )
    return seen, weight


def columns_of(frame: Any) -> tuple[Array, list[str]]:
    """The numbers (T, n) and the names of the n series.

    DetenteError names a column that isn't numeric or misses a value, NotEstimable one that never changes.

    >>> columns_of({"a": [1, 2, 3], "b": [2, 1, 2]})[1]
    ['a', 'b']
    """
    if isinstance(frame, dict):
        names, columns = list(frame), list(frame.values())
    elif hasattr(frame, "columns"):
        names = [str(name) for name in frame.columns]
        columns = [np.asarray(frame[name]) for name in frame.columns]
    else:
        values = checks.numbers("the values of the table", frame)
        values = values[:, None] if values.ndim == 1 else values
        if values.ndim != 2:
            raise DetenteError(f"a table of periods by series is needed, not an array of {values.ndim} dimensions")
        names, columns = [f"y{i}" for i in range(1, values.shape[1] + 1)], list(values.T)
    if not names:
        raise DetenteError("the frame has no column")
    series = []
    for name, column in zip(names, columns, strict=True):
        try:
            numbers = np.asarray(column, dtype=float)
        except (TypeError, ValueError):
            raise DetenteError(f"column {name!r} isn't numeric; select the series alone") from None
        if not np.isfinite(numbers).all():
            at = int(np.flatnonzero(~np.isfinite(numbers))[0])
            raise DetenteError(f"column {name!r} misses a value in row {at}; fill it or cut the series there")
        if (np.abs(numbers) > LARGEST).any():
            raise DetenteError(f"column {name!r} has numbers beyond {LARGEST:g}; give it in a larger unit")
        if numbers.ndim != 1:
            raise DetenteError(f"column {name!r} is no list of numbers")
        if not len(numbers):
            raise NotEstimable(f"column {name!r} holds no period")
        if np.ptp(numbers) <= 1e-12 * np.abs(numbers).max():
            raise NotEstimable(f"column {name!r} never changes; leave it out")
        series.append(numbers)
    if len({len(numbers) for numbers in series}) > 1:
        raise DetenteError("the columns differ in length")
    return np.column_stack(series), names
