"""What a back-test is to do, and the scores of one origin."""

from __future__ import annotations

from dataclasses import dataclass

from detente.forecasts.series.dataset import Array, Dataset
from detente.forecasts.series.forecaster import OURS
from detente.forecasts.series.stack import MEMBERS

WARM_UP, BINS = 2, 20
SUMS = ("log_score", "interval_score", "coverage", "coverage_bounds", "brier")


@dataclass(frozen=True)
class Plan:
    """What to forecast: horizons, the first origin scored, the step between origins, and how often learners learn
    anew.
    """

    horizons: tuple[int, ...]
    first: int
    step: int = 1
    refit: int = 1
    models: tuple[str, ...] = OURS
    classical: bool = True
    seed: int = 0

    def origins(self, data: Dataset) -> list[int]:
        """The origins scored: at least the shortest horizon has an outcome."""
        return list(range(self.first, data.periods - min(self.horizons), self.step))

    @property
    def members(self) -> list[str]:
        """What the stack combines: those of its members that are run, and climatology; nothing where none is."""
        own = [name for name in MEMBERS if name in self.models]
        return [*own, "climatology"] if own else []

    def warm_up(self) -> list[int]:
        """Origins before the first, the earliest first, for the weights of the stack alone."""
        reach = max(self.horizons) + WARM_UP
        origins = [o for o in range(self.first - self.step, self.first - reach - 1, -self.step) if o >= 2]
        return origins[: WARM_UP + max(self.horizons) // self.step][::-1]


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of one origin: `crps` by model (series, horizons), sums of others by model (horizons, items), counts of
    PIT by model (horizons, BINS), and the weights of the stack (horizons, members).
    """

    origin: int
    crps: dict[str, Array]
    sums: dict[str, dict[str, Array]]
    pits: dict[str, Array]
    counts: Array
    weights: Array
