"""Origins on disk, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from detente import __version__
from detente.backtest.plan import SUMS, Plan, Scored
from detente.errors import DetenteError
from detente.forecasts.series.dataset import Dataset
from detente.forecasts.series.stack import Memory


class Keeper:
    """Origins on disk, under the digest of plan and data; nothing without a folder."""

    def __init__(self, folder: Path | None, data: Dataset, plan: Plan) -> None:
        self.folder = folder
        if folder is None:
            return
        rows = data.rows.hash_rows(seed=0).sum() if data.rows.height else 0
        identity = [__version__, data.name, data.kind, data.by, data.keys.rows(), int(data.scored.sum())]
        what = json.dumps([*identity, str(data.starts[0]), data.periods, int(rows), repr(plan)])
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
        """The scores (None: it was a warm-up) and the memory of an origin; None where it is not kept."""
        path = self._path(origin)
        if path is None or not path.exists():
            return None
        with np.load(path) as file:
            parts = dict(file)
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
        """Keep an origin."""
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
