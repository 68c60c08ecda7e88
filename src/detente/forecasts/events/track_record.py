"""The track record of past forecasts of events: how good they were, against what, how surely; their calibration.

What they are set against, each by what was known on the day of the call:

    base        how often it had happened in any area's past spans (the base rate)
    area        how often it had happened in the area's own past spans (climatology), by Laplace's rule
    even        always one half: 1/4 by Brier's score, whatever came

A base rate can be worse than a coin, so skill is against the best of the three, chosen after the fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from detente.forecasts.scores import brier, mean_of_blocks

REFERENCES = {"base": "base rates", "area": "each area's own past rate", "even": "always 50%"}
LEAST_BAND = 5


@dataclass(frozen=True, slots=True)
class PastForecast:
    """A probability given on a past day from what was known then, its base rate, and what came (0 or 1).

    `area_rate` is the area's own past rate known on that day.
    """

    area: str
    day: date
    probability: float
    base_rate: float
    came: float
    area_rate: float


def track_record(past: Sequence[PastForecast], horizon: int) -> dict[str, float]:
    """n, brier, brier_base, brier_area, brier_even, skill, gap, and gap_low and gap_high where they can be told; {}
    without calls.

    `skill` is 1 - brier over that of the best reference; `gap` is brier less that of the best reference (below nought:
    the calls are better), with 90% bounds over areas and blocks of origins within `horizon` months of each other, since
    calls of one span and of one area err alike.

    >>> calls = [PastForecast("a", date(2000 + n, 1, 1), 0.9, 0.5, 1.0, 0.5) for n in range(3)]
    >>> {name: round(value, 2) for name, value in track_record(calls, 24).items()}
    {'n': 3.0, 'brier': 0.01, 'brier_base': 0.25, 'brier_area': 0.25, 'brier_even': 0.25, 'skill': 0.96, 'gap': -0.24}
    """
    if not past:
        return {}
    came = [c.came for c in past]
    references = {
        "base": [c.base_rate for c in past],
        "area": [c.area_rate for c in past],
        "even": [0.5] * len(past),
    }
    ours = brier([c.probability for c in past], came)
    theirs = {name: brier(values, came) for name, values in references.items()}
    # The base rate among equals.
    best = min(REFERENCES, key=theirs.__getitem__)
    record = {"n": float(len(past)), "brier": ours, **{f"brier_{name}": value for name, value in theirs.items()}}
    record |= {"skill": 1 - ours / theirs[best]} if theirs[best] else {}
    gaps = [(c.probability - c.came) ** 2 - (p - c.came) ** 2 for c, p in zip(past, references[best], strict=True)]
    areas, days = sorted({c.area for c in past}), sorted({c.day for c in past})
    table = np.full((len(days), len(areas)), np.nan)
    for c, gap in zip(past, gaps, strict=True):
        table[days.index(c.day), areas.index(c.area)] = gap
    mean, low, high = mean_of_blocks(table, block=-(-horizon // 12))
    record["gap"] = mean
    return record if np.isnan(low) else record | {"gap_low": low, "gap_high": high}


def against(scores: dict[str, float]) -> str:
    """A record in words: its score, that of every reference, and whether the calls are better than the best of them.

    >>> against({"n": 9, "brier": 0.2, "brier_base": 0.27, "brier_area": 0.24, "brier_even": 0.25, "gap": -0.04})
    "Brier 0.200; base rates 0.270, each area's own past rate 0.240, always 50% 0.250"
    """
    others = ", ".join(f"{words} {scores[f'brier_{name}']:.3f}" for name, words in REFERENCES.items())
    text = f"Brier {scores['brier']:.3f}; {others}"
    if "gap_low" not in scores:
        return text
    low, high = scores["gap_low"], scores["gap_high"]
    word = "better" if high < 0 else "worse" if low > 0 else "not surely better or worse"
    return f"{text}: {word} than the best of these ({scores['gap']:+.3f}, {low:+.3f} to {high:+.3f})"


def calibration(past: Sequence[PastForecast], edges: Sequence[float]) -> list[dict[str, float]]:
    """Past calls by bands of probability: from, to, n, said (mean probability), came (share).

    A band of fewer than five calls is joined to the smaller of its neighbours; [] where there are fewer in all.

    >>> said = [0.1] * 2 + [0.4] * 3 + [0.6] * 5
    >>> calls = [PastForecast("a", date(2000, 1, 1), p, 0.5, 1.0, 0.5) for p in said]
    >>> [(row["from"], row["to"], row["n"]) for row in calibration(calls, (0.35, 0.5))]
    [(0.0, 0.5, 5), (0.5, 1.0, 5)]
    """
    bounds = [0.0, *edges, 1.0]
    within = [
        [c for c in past if low <= c.probability < high or c.probability == high == 1.0]
        for low, high in pairwise(bounds)
    ]
    while len(within) > 1 and min(map(len, within)) < LEAST_BAND:
        at = min(range(len(within)), key=lambda n: len(within[n]))
        other = min((n for n in (at - 1, at + 1) if 0 <= n < len(within)), key=lambda n: len(within[n]))
        first = min(at, other)
        within[first : first + 2] = [within[first] + within[first + 1]]
        del bounds[first + 1]
    if len(past) < LEAST_BAND:
        return []
    return [
        {
            "from": low,
            "to": high,
            "n": len(some),
            "said": float(np.mean([c.probability for c in some])),
            "came": float(np.mean([c.came for c in some])),
        }
        for (low, high), some in zip(pairwise(bounds), within, strict=True)
    ]
