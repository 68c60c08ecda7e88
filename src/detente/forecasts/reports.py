"""Fans of what is reported of a pair: counts, share and intensity, from the events held.

What is learnt from the most active pairs (the stack for all areas together, the hierarchical model for single areas)
is kept with the record and serves every pair; a pair's own series are what its forecasts start from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from detente.errors import NoData
from detente.forecasts.fan import Fan, bridge, never_narrower, shown
from detente.forecasts.series.dataset import Dataset
from detente.forecasts.series.datasets import from_record
from detente.forecasts.series.known import Known
from detente.forecasts.series.stack import NOW, STACK, Stack, learn_stack
from detente.forecasts.series.tidy import QUADS
from detente.periods import HORIZON, PERIODS, is_old, next_period, period_end

if TYPE_CHECKING:
    from detente.record.view import View

MOST_PERIODS, MOST_PAIRS, HISTORY = 24, 150, 40
TARGETS = ("counts", "share", "intensity")
UNITS = {"count": "reports", "share": "share", "value": "Goldstein points"}


def periods_asked(horizon: int, by: str) -> int:
    """How many periods make up so many months: one at least, `MOST_PERIODS` at most."""
    return max(1, min(MOST_PERIODS, round(horizon / PERIODS[by].months)))


def fans_of_reports(
    pair: View,
    horizon: int,
    by: str | None = None,
    areas: Sequence[str | None] = (None,),
    *,
    seed: int = 0,
    on_step: Callable[[str], None] = lambda text: None,
) -> list[Fan]:
    """The fans of every target by direction, `horizon` months ahead; NoData where too little is held."""
    unit = by or ("month" if pair.covered_days >= 3 * 365 else "week")
    covered_to = pair.covered_to
    if covered_to is None:
        raise NoData(f"{pair.source} covers no day up to {pair.day}")
    if is_old(covered_to, pair.day):
        raise NoData(f"{pair.source} ends {covered_to}, more than {HORIZON} months before {pair.day}")
    kinds = (([None] * (None in areas), tuple(NOW)), ([area for area in areas if area], ("hierarchical",)))
    targets = [Target(pair, name, unit, some, members, seed) for name in TARGETS for some, members in kinds if some]

    def fans_of(target: Target) -> list[Fan]:
        on_step(f"forecasting {target.name}{'' if None in target.areas else ' by area'}")
        try:
            data = target.dataset((pair.a, pair.b))
        except NoData:
            return []
        return _fans(target, data, horizon, covered_to)

    # A second core learns of another target.
    with ThreadPoolExecutor(2) as pool:
        fans = [fan for some in pool.map(fans_of, targets) for fan in some]
    if not fans:
        raise NoData(f"{pair.source} has too few events of the pair up to {pair.day} to forecast from")
    return fans


@dataclass(frozen=True, slots=True)
class Target:
    """What is forecast of a pair: counts, share or intensity, in which areas, by which members of the stack."""

    pair: View
    name: str
    by: str
    areas: Sequence[str | None]
    members: tuple[str, ...]
    seed: int

    def dataset(self, with_pair: tuple[str, str] | None = None) -> Dataset:
        """The series of the most active pairs, and of one pair whatever its rank."""
        pair = self.pair
        return from_record(
            pair.record,
            self.name,
            by=self.by,
            as_of=pair.day,
            source=pair.source,
            areas=self.areas,
            pairs=MOST_PAIRS,
            with_pair=with_pair,
        )

    def stack(self, own: Dataset, reach: int) -> Stack:
        """What all pairs but the least active teach of so many periods ahead, from the record's cache where it is
        there; `own` is the dataset with the pair.
        """
        pair, items = self.pair, own.keys["item"].unique().sort().to_list()
        others = own.keys.filter(~pl.all_horizontal(pl.col("a", "b").is_in([pair.a, pair.b])))
        # Where the pair alone has one of the items, what is learnt may be of its own dataset, and is no other pair's.
        whose = [] if others["item"].n_unique() == len(items) else [pair.a, pair.b]

        def make() -> Stack:
            data = self.dataset()
            # What the most active pairs have nothing of is learnt from the pair's own dataset.
            data = data if data.keys["item"].unique().sort().to_list() == items else own
            return learn_stack(data, min(reach, data.periods // 2), members=self.members, seed=self.seed)

        asked = [pair.source, pair.day, self.name, self.by, list(self.areas), items, self.members, reach, self.seed]
        made_from = {
            "events": pair.record.digest("events"),
            "codebook": pair.record.codebook.digest,
            "asked": [*asked, MOST_PAIRS, whose],
        }
        return pair.record.cached("forecasts", made_from, make)


def _fans(target: Target, data: Dataset, horizon: int, covered_to: date) -> list[Fan]:
    pair, by = target.pair, data.by
    whole_to = period_end(data.starts[-1], by)
    data_to = min(whole_to, covered_to)
    bridged = bridge(whole_to, pair.day, by, covered_to)
    skipped = len(bridged) - 1
    reach = skipped + periods_asked(horizon, by)
    ahead = min(reach, data.periods // 2)
    if ahead <= skipped or data.periods < 6:
        raise NoData(
            f"{pair.source} covers only {data.periods} whole {by}s, to {data_to}: too few to forecast from as of "
            f"{pair.day}"
        )
    ends = {pair.a, pair.b}
    own = np.array([n for n, (a, b, _) in enumerate(data.keys.iter_rows()) if {a, b} == ends], dtype=np.int64)
    known = Known(data, data.periods - 1, seed=target.seed).of(own)
    quantiles = never_narrower(shown(target.stack(data, reach).forecast(known, ahead)), data.kind)[:, skipped:]
    periods = bridged[-1:]
    while len(periods) < ahead - skipped:
        periods.append(next_period(periods[-1], by))
    basis = f"{pair.source} as known on {pair.day}, {data.size:,} series of all pairs, {data.periods} {by}s"
    fans = []
    for n, (sender, receiver, item) in enumerate(data.keys[own].iter_rows()):
        if not np.isfinite(quantiles[n]).all():
            continue
        area, _, name = item.rpartition(" ")
        fans.append(
            Fan(
                sender,
                receiver,
                name,
                area or None,
                UNITS[data.kind],
                by,
                STACK if len(target.members) > 1 else target.members[0],
                basis,
                data_to,
                _reach(horizon, by, ahead - skipped, skipped, data.periods),
                tuple(zip(data.starts[-HISTORY:], map(float, known.totals[n, -HISTORY:]), strict=True)),
                tuple(periods),
                quantiles[n],
                conflictual=name in QUADS[2:],
            )
        )
    return fans


def _reach(horizon: int, by: str, ahead: int, skipped: int, covered: int) -> str | None:
    """How many periods the fans have and why no more; None where they make up the months asked for."""
    if ahead >= round(horizon / PERIODS[by].months):
        return None
    gap = f", {skipped} of them bridged" if skipped else ""
    why = f"{MOST_PERIODS} at most" if ahead == MOST_PERIODS else f"half of the {covered} {by}s covered{gap}"
    return f"{ahead} {by}{'s' if ahead > 1 else ''}, not {horizon} months: {why}"
