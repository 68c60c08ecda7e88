"""Rolling-origin back-tests: what every model would have said, period after period, and how it fared.

At every origin a model sees the dataset as it was known at the end of that period, no more. Baselines and our own models forecast
every series at every horizon; the stack combines the members of `MEMBERS` with the weights that their past forecasts earned
up to then, past forecasts being those whose outcome was known at the origin. Warm-up origins before the first are forecast for
the weights alone and not scored. Every origin is one file, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente import __version__
from detente.errors import DetenteError, NoData
from detente.forecasts.scores import bin_edges, bounds, crps, interval_score, log_score, pit
from detente.forecasts.series.baselines import baselines, fitted
from detente.forecasts.series.baselines import sample as climatology
from detente.forecasts.series.dataset import Array, Dataset, transform
from detente.forecasts.series.features import Relatives
from detente.forecasts.series.forecasters import OURS, Forecaster
from detente.forecasts.series.learners import Fitted
from detente.forecasts.series.stack import MEMBERS, STACK, Memory, remember, weights_of
from detente.forecasts.series.stacking import combine
from detente.periods import PERIODS

WARM_UP = 2
BINS = 20
SUMS = ("log_score", "interval_score", "inside", "inside_bounds", "brier")


@dataclass(frozen=True)
class Plan:
    """What to forecast: horizons, the first origin scored, the step between origins, and how often learners learn anew."""

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
        """What the stack combines."""
        return [name for name in MEMBERS if name in self.models or name not in OURS]

    def warm_up(self) -> list[int]:
        """Origins before the first, the earliest first, for the weights of the stack alone."""
        reach = max(self.horizons) + WARM_UP
        least = 2
        found = [o for o in range(self.first - self.step, self.first - reach - 1, -self.step) if o >= least]
        return found[: WARM_UP + max(self.horizons) // self.step][::-1]


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of one origin: `crps` by model (series, horizons), sums of others by model (horizons, items), counts of PIT by
    model (horizons, BINS), and the weights of the stack (horizons, members)."""

    origin: int
    crps: dict[str, Array]
    sums: dict[str, dict[str, Array]]
    pits: dict[str, Array]
    counts: Array
    weights: Array


def backtest(
    data: Dataset, plan: Plan, folder: Path | None = None, *, on_origin: Callable[[int, int], None] | None = None
) -> list[Scored]:
    """Scores of every origin of the plan, in order; see the module.

    `folder` keeps them (it may hold those of an interrupted run of the same plan and data). `on_origin` hears how many of how many
    are done. NoData where no origin has an outcome.
    """
    origins = plan.origins(data)
    if plan.first < 2 or not origins:
        raise NoData(
            f"{data.periods} {data.by}s are too few for origins from the {plan.first + 1}th on and "
            f"{min(plan.horizons)} ahead: at least 3 {data.by}s before the first origin, and one outcome after it"
        )
    keeper = _Keeper(folder, data, plan)
    relatives, everyone = Relatives.of(data), [*plan.warm_up(), *origins]
    learners: dict[tuple[str, int], Fitted | None] = {}
    learnt_at = -1
    memory: list[Memory] = []
    found: list[Scored] = []
    for number, origin in enumerate(everyone):
        kept = keeper.read(origin)
        if kept is None:
            block = everyone[number // plan.refit * plan.refit]
            if block != learnt_at:
                learners, learnt_at = {}, block
                if block != origin:
                    # A run resumed within a block learns where the block began, as an unbroken run did.
                    _learn(Forecaster(data, block, seed=plan.seed, relatives=relatives, learners=learners), plan)
            ahead = Forecaster(data, origin, seed=plan.seed, relatives=relatives, learners=learners)
            kept = _origin(ahead, plan, memory, scored=origin in origins)
            keeper.write(origin, kept)
        scored, remembered = kept
        memory.append(remembered)
        if scored is not None:
            found.append(scored)
        if on_origin:
            on_origin(number + 1, len(everyone))
    return found


def _learn(ahead: Forecaster, plan: Plan) -> None:
    for name in ("boosted", "forest"):
        if name in plan.models:
            ahead.learnt(name, plan.horizons)


def _origin(ahead: Forecaster, plan: Plan, memory: list[Memory], *, scored: bool) -> tuple[Scored | None, Memory]:
    data, origin, horizons = ahead.data, ahead.origin, plan.horizons
    rng = np.random.default_rng([plan.seed, origin])
    members = plan.members
    said = ahead.all(horizons, plan.models if scored else [name for name in members if name in OURS])
    if "climatology" in members:
        said["climatology"] = dict.fromkeys(horizons, climatology(ahead.totals))
    kept = remember(ahead, said, members, horizons, rng)
    if not scored:
        return None, kept
    weights = weights_of(data, origin, horizons, members, memory, ahead.totals)
    if members:
        said[STACK] = {
            h: combine(np.stack([said[name][h] for name in members]), weights[n]) for n, h in enumerate(horizons)
        }
    for name, way in baselines(data.kind, data.by, ahead.relatives.item).items():
        said[name] = {h: way(ahead.totals, h) for h in horizons}
    if plan.classical:
        for name in ("ETS", "ARIMA"):
            said[name] = fitted(
                ahead.totals, horizons, f"Auto{name}", data.kind, PERIODS[data.by].per_year, seed=plan.seed
            )
    return _score(ahead, horizons, said, weights, rng), kept


def _score(
    ahead: Forecaster,
    horizons: Sequence[int],
    said: dict[str, dict[int, Array]],
    weights: Array,
    rng: np.random.Generator,
) -> Scored:
    data, items = ahead.data, ahead.relatives.item
    count = int(items.max()) + 1
    scored: dict[str, Array] = {}
    sums: dict[str, dict[str, Array]] = {}
    pits: dict[str, Array] = {}
    z = transform(data.kind, ahead.totals)
    edges = [bin_edges(z[items == item]) for item in range(count)]
    year = PERIODS[data.by].recent
    with np.errstate(invalid="ignore"):
        recent = np.array([np.nanmean(row) if np.isfinite(row).any() else np.nan for row in z[:, -year:]])
    counts = np.zeros((len(horizons), count))
    for name, by_horizon in said.items():
        table = np.full((data.size, len(horizons)), np.nan, dtype=np.float64)
        sums[name] = {what: np.full((len(horizons), count), np.nan) for what in SUMS}
        pits[name] = np.zeros((len(horizons), BINS))
        for n, h in enumerate(horizons):
            if ahead.origin + h >= data.periods:
                continue
            outcome = transform(data.kind, data.outcomes(ahead.origin + h))
            quantiles = transform(data.kind, by_horizon[h])
            known = data.scored & np.isfinite(outcome) & np.isfinite(quantiles).all(1) & np.isfinite(recent)
            if not known.any():
                continue
            q, y = quantiles[known], outcome[known]
            table[known, n] = crps(q, y)
            u = pit(q, y, rng)
            pits[name][n] = np.histogram(u, BINS, (0, 1))[0]
            low, high = bounds(q)
            cells = {
                "interval_score": interval_score(q, y),
                "inside": ((u >= 0.05) & (u < 0.95)).astype(float),
                "inside_bounds": ((y >= low) & (y <= high)).astype(float),
                "brier": ((q > recent[known, None]).mean(1) - (y > recent[known])) ** 2,
            }
            logs = np.zeros(len(y))
            for item in range(count):
                mine = items[known] == item
                logs[mine] = log_score(q[mine], y[mine], edges[item])
            cells["log_score"] = logs
            number = np.bincount(items[known], minlength=count)
            counts[n] = np.maximum(counts[n], number)
            for what, values in cells.items():
                with np.errstate(invalid="ignore", divide="ignore"):
                    sums[name][what][n] = np.bincount(items[known], values, count) / number
        scored[name] = table
    return Scored(ahead.origin, scored, sums, pits, counts, weights)


class _Keeper:
    """Origins on disk, under the digest of plan and data; nothing without a folder."""

    def __init__(self, folder: Path | None, data: Dataset, plan: Plan) -> None:
        self.folder = folder
        if folder is None:
            return
        rows = data.rows.hash_rows(seed=0).sum() if data.rows.height else 0
        what = json.dumps(
            [
                __version__,
                data.name,
                data.kind,
                data.by,
                data.keys.rows(),
                int(data.scored.sum()),
                str(data.starts[0]),
                data.periods,
                int(rows),
                repr(plan),
            ]
        )
        digest = hashlib.sha256(what.encode()).hexdigest()[:16]
        mark = folder / "plan.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if mark.exists() and mark.read_text(encoding="utf-8").strip() != digest:
                raise DetenteError(
                    f"{folder} holds a back-test of another plan or of other data: name a new folder or empty it"
                )
            mark.write_text(digest + "\n", encoding="utf-8")
        except OSError as error:
            raise DetenteError(f"{folder}: {error.strerror or error}") from None

    def _path(self, origin: int) -> Path | None:
        return None if self.folder is None else self.folder / f"origin-{origin:04d}.npz"

    def read(self, origin: int) -> tuple[Scored | None, Memory] | None:
        path = self._path(origin)
        if path is None or not path.exists():
            return None
        with np.load(path) as held:
            parts = {name: held[name] for name in held.files}
        remembered = Memory(origin, parts["sample"], parts["quantiles"])
        names = [str(name) for name in parts.get("models", [])]
        if not names:
            return None, remembered
        scored = Scored(
            origin,
            {name: parts[f"crps {name}"] for name in names},
            {name: {what: parts[f"{what} {name}"] for what in SUMS} for name in names},
            {name: parts[f"pit {name}"] for name in names},
            parts["counts"],
            parts["weights"],
        )
        return scored, remembered

    def write(self, origin: int, made: tuple[Scored | None, Memory]) -> None:
        path = self._path(origin)
        if path is None:
            return
        scored, remembered = made
        parts: dict[str, Any] = {"sample": remembered.sample, "quantiles": remembered.quantiles}
        if scored is not None:
            parts |= {"models": np.array(list(scored.crps)), "counts": scored.counts, "weights": scored.weights}
            for name in scored.crps:
                parts |= {f"crps {name}": scored.crps[name], f"pit {name}": scored.pits[name]}
                parts |= {f"{what} {name}": scored.sums[name][what] for what in SUMS}
        # Whole or not at all: a run may be killed while it writes.
        part = path.with_suffix(".part.npz")
        np.savez_compressed(part, **parts)
        part.replace(path)
