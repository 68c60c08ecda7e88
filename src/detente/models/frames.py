"""Arrays and frames in: a polars or pandas frame, or an array, as a matrix with names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.errors import DetenteError

if TYPE_CHECKING:
    import polars as pl


def observed(y: NDArray[np.float64], exposure: NDArray[np.float64]) -> pl.Series:
    """y / exposure, null where the exposure is nought."""
    import polars as pl

    with np.errstate(invalid="ignore", divide="ignore"):
        return pl.Series(np.where(exposure > 0, y / exposure, np.nan)).fill_nan(None)


def columns_of(frame: Any) -> tuple[NDArray[np.float64], list[str]]:
    """The numbers (T, n) and the names of the n series.

    DetenteError names a column that isn't numeric, misses a value or never changes.

    >>> columns_of({"a": [1, 2, 3], "b": [2, 1, 2]})[1]
    ['a', 'b']
    """
    if isinstance(frame, dict):
        names, columns = list(frame), list(frame.values())
    elif hasattr(frame, "columns"):
        names = [str(name) for name in frame.columns]
        columns = [np.asarray(frame[name]) for name in frame.columns]
    else:
        values = np.asarray(frame, dtype=float)
        values = values[:, None] if values.ndim == 1 else values
        if values.ndim != 2:
            raise DetenteError(f"a table of periods by series is needed, not an array of {values.ndim} dimensions")
        names, columns = [f"y{i}" for i in range(1, values.shape[1] + 1)], list(values.T)
    if not names:
        raise DetenteError("the frame has no column")
    found = []
    for name, column in zip(names, columns, strict=True):
        try:
            numbers = np.asarray(column, dtype=float)
        except (TypeError, ValueError):
            raise DetenteError(f"column {name!r} isn't numeric; select the series alone") from None
        if not np.isfinite(numbers).all():
            at = int(np.flatnonzero(~np.isfinite(numbers))[0])
            raise DetenteError(f"column {name!r} misses a value in row {at}; fill it or cut the series there")
        if len(numbers) and np.ptp(numbers) == 0:
            raise DetenteError(f"column {name!r} never changes; leave it out")
        found.append(numbers)
    if len({len(numbers) for numbers in found}) > 1:
        raise DetenteError("the columns differ in length")
    return np.column_stack(found), names
