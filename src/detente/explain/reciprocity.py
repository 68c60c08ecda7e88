"""Reciprocity of a pair in the record, period by period."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from detente.explain.result import Explained
from detente.explain.series import directed
from detente.models.reciprocity import Reciprocity, ReciprocityFit

if TYPE_CHECKING:
    from detente.record import Record

LAGS = {
    "day": (1, 2, 3, 5, 7),
    "week": (1, 2, 3, 4, 6),
    "month": (1, 2, 3, 4, 6),
    "quarter": (1, 2, 3, 4),
    "year": (1, 2),
}
HORIZONS = {"day": 14, "week": 12, "month": 12, "quarter": 4, "year": 3}


def reciprocity(
    record: Record,
    a: str,
    b: str,
    *,
    by: str | None = None,
    area: str | None = None,
    as_of: date | None = None,
    source: str | None = None,
    horizon: int | None = None,
    seed: int = 0,
) -> Explained[ReciprocityFit]:
    """How much each side returns of the other's moves; see `detente.models.Reciprocity` and `series.directed`.

    `horizon` is in periods: by default 14 days, 12 weeks or months, 4 quarters. NoData where periods are too few.
    """
    found = directed(record, a, b, by=by, as_of=as_of, area=area, source=source)
    model = Reciprocity(LAGS[found.by], horizon=horizon or HORIZONS[found.by], seed=seed)
    return Explained(model.fit(found.frame.select(found.columns)), found.basis)
