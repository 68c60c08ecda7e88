"""A multivariate Hawkes process with exponential kernels by its parameters, and exact simulation of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.checks import above_nought
from detente.errors import DetenteError
from detente.uncertainty import Array


def spectral_radius(branching: Array) -> float:
    """The largest modulus of the eigenvalues: below 1, bursts die out."""
    return float(np.abs(np.linalg.eigvals(branching)).max())


@dataclass(frozen=True, eq=False)
class HawkesProcess:
    """Parameters: `baseline` (d,), `jumps` a (d, d, k): [effect, cause, decay], `decays` (k,)."""

    baseline: ArrayLike
    jumps: ArrayLike
    decays: ArrayLike

    def simulate(self, end: float, *, seed: int) -> tuple[Array, NDArray[np.int64]]:
        """Times and types of events from 0 to `end`, exactly, generation by generation (no events before 0).

        DetenteError where the process is not stable, or a number is no rate.
        """
        above_nought("end", end)
        base, jumps = np.asarray(self.baseline, dtype=float), np.asarray(self.jumps, dtype=float)
        decays = np.asarray(self.decays, dtype=float)
        if not all(np.isfinite(x).all() and (x >= 0).all() for x in (base, jumps, decays)) or (decays == 0).any():
            raise DetenteError("baseline and jumps are finite numbers from 0, decays above 0")
        if spectral_radius(jumps.sum(2)) >= 1:
            raise DetenteError("the process is not stable: its branching matrix has a spectral radius of 1 or more")
        rng = np.random.default_rng(seed)
        d = len(base)
        counts = rng.poisson(base * end)
        types = np.repeat(np.arange(d), counts)
        times = rng.uniform(0, end, len(types))
        all_times, all_types = [times], [types]
        while len(times):
            # offspring[n, i, k]: children of type i on scale k of event n
            offspring = rng.poisson(jumps[:, types, :].transpose(1, 0, 2))
            parent, kind, scale = np.nonzero(offspring)
            repeat = offspring[parent, kind, scale]
            parent, kind, scale = (np.repeat(x, repeat) for x in (parent, kind, scale))
            times = times[parent] + rng.exponential(1 / decays[scale])
            kept = times < end
            times, types = times[kept], kind[kept]
            all_times.append(times)
            all_types.append(types)
        t, m = np.concatenate(all_times), np.concatenate(all_types)
        order = np.argsort(t, kind="stable")
        return t[order], m[order].astype(np.int64)
