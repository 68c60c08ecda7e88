"""Historical analogues: what followed comparable moves in other pairs.

From yearly reports of all pairs (ICEWS dyad-years, 2002 on), `analogues.json` has for each kind of move and each year
up to which the record was read: how many pairs made it, and the change over the next two years in the pair's
cooperative share, less that of pairs alike before (in share and volume) that did not make it. Made by
tools/fit_analogues.py (`make pooled`), with 90% bounds by a bootstrap over pairs. A weighing as of a day uses the
last year that ended before it. Pairs that move differ in more than what is matched: associations, again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Analogue:
    """A kind of move: how many of how many pairs, and the change of share beyond that of pairs alike, with bounds."""

    kind: str
    words: str
    moves: int
    pairs: int
    change: float
    low: float
    high: float
    until: int


@lru_cache(maxsize=1)
def _held() -> dict[str, Any]:
    return dict(json.loads(files("detente.levers").joinpath("analogues.json").read_text(encoding="utf-8")))


def analogues(as_of: date) -> tuple[Analogue, ...]:
    """Those known before a day; none before the first."""
    years = [int(year) for year in _held() if date(int(year), 12, 31) < as_of]
    return tuple(Analogue(**row, until=max(years)) for row in _held()[str(max(years))]) if years else ()
