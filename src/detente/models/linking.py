"""Linking the scales of sessions by the resolutions that come back: each session measures in its own units.

Median linking in the tradition of separate calibration (Kolen and Brennan, *Test Equating, Scaling, and Linking*,
2014, ch. 6): a roll call that is the same in two sessions has the same curve, so the ratio of its two
discriminations is the ratio of the scales and the difference of its two middles the shift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.uncertainty import Array

# What is believed before any resolution came back: a session's scale and middle are nearly those of the one before.
STRETCH, SHIFT = 0.05, 0.10
LEAST_DISCRIMINATION = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """By session: position on the last session's scale = stretch * position + shift; its error; bridges used."""

    sessions: NDArray[np.int64]
    stretch: Array
    shift: Array
    error: Array
    bridges: NDArray[np.int64]


def link(sessions: NDArray[np.int64], names: NDArray[np.int64], discrimination: Array, middle: Array) -> Links:
    """Link by items (m,): of each its session, its name (the same where it came back), and its two parameters.

    `bridges` counts the items of each session that came back from the one before; `error` is the standard error of
    the shift, which adds up over the sessions up to the last.

    >>> linked = link(np.array([1, 2]), np.array([7, 7]), np.array([1.0, 1.0]), np.array([0.5, 0.5]))
    >>> linked.shift.tolist(), linked.bridges.tolist()
    ([0.0, 0.0], [0, 1])
    """
    present = np.unique(sessions)
    usable = np.abs(discrimination) >= LEAST_DISCRIMINATION
    by_session = [{int(names[i]): i for i in np.flatnonzero((sessions == session) & usable)} for session in present]
    stretch, shift, error = np.ones(len(present)), np.zeros(len(present)), np.zeros(len(present))
    bridges = np.zeros(len(present), dtype=np.int64)
    for t in range(len(present) - 1, 0, -1):
        old, new = by_session[t - 1], by_session[t]
        pairs = [(old[name], new[name]) for name in old if name in new]
        pairs = [(i, j) for i, j in pairs if discrimination[i] * discrimination[j] > 0]
        bridges[t] = len(pairs)
        ratio, gap, gap_error = 0.0, 0.0, SHIFT
        if pairs:
            i, j = np.array(pairs).T
            ratio, _ = _shrunk(np.log(discrimination[j] / discrimination[i]), STRETCH)
            gap, gap_error = _shrunk((middle[i] - middle[j]) / discrimination[i], SHIFT)
        # Position in the older units is exp(ratio) * x + gap; turned round to bring the older session to the newer.
        inverse = np.exp(-ratio)
        stretch[t - 1] = stretch[t] * inverse
        shift[t - 1] = shift[t] - stretch[t] * inverse * gap
        error[t - 1] = np.hypot(error[t], stretch[t] * inverse * gap_error)
    return Links(present, stretch, shift, error, bridges)


def _shrunk(values: Array, prior: float) -> tuple[float, float]:
    """Posterior mean and deviation of the centre of values, by their median, under N(0, prior^2)."""
    middle = float(np.median(values))
    # One item alone says nothing of its own noise: take as much as is usual, a deviation of 0.5.
    deviation = 1.4826 * float(np.median(np.abs(values - middle))) if len(values) > 4 else 0.5
    noise = (1.2533 * max(deviation, 0.05)) ** 2 / len(values)
    weight = prior**2 / (prior**2 + noise)
    return weight * middle, float(np.sqrt(weight * noise))
