"""Fans of what is reported of a pair: counts, share and intensity, from the events held.

What is learnt from the most active pairs (the stack for all areas together, the hierarchical model for single areas)
is kept with the record and serves every pair; a pair's own series are what its forecasts start from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.errors import NoData
from detente.forecasts.fan import Fan, bridge, never_narrower, shown
from detente.forecasts.scores import Array
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
    jobs = [(target, chosen, members) for target in TARGETS for chosen, members in kinds if chosen]

    def fans_of(job: tuple[str, list[str | None], tuple[str, ...]]) -> list[Fan]:
        target, chosen, members = job
        on_step(f"forecasting {target}{'' if None in chosen else ' by area'}")
        try:
            data = _dataset(pair, target, unit, chosen, with_pair=True)
        except NoData:
            return []
        return _of_dataset(pair, data, target, chosen, members, horizon, covered_to, seed)

    # A second core learns of another target.
    with ThreadPoolExecutor(2) as pool:
        fans = [fan for some in pool.map(fans_of, jobs) for fan in some]
    if not fans:
        raise NoData(f"{pair.source} has too few events of the pair up to {pair.day} to forecast from")
    return fans


def _of_dataset(
    pair: View,
    data: Dataset,
    target: str,
    areas: Sequence[str | None],
    members: tuple[str, ...],
    horizon: int,
    covered_to: date,
    seed: int,
) -> list[Fan]:
    unit = data.by
    whole_to = period_end(data.starts[-1], unit)
    data_to = min(whole_to, covered_to)
    bridged = bridge(whole_to, pair.day, unit, covered_to)
    skipped = len(bridged) - 1
    reach = skipped + periods_asked(horizon, unit)
    ahead = min(reach, data.periods // 2)
    if ahead <= skipped or data.periods < 6:
        raise NoData(
            f"{pair.source} covers only {data.periods} whole {unit}s, to {data_to}: too few to forecast from as of "
            f"{pair.day}"
        )
    ends = {pair.a, pair.b}
    own = np.array([n for n, (a, b, _) in enumerate(data.keys.iter_rows()) if {a, b} == ends], dtype=np.int64)
    known = Known(data, data.periods - 1, seed=seed).of(own)
    stack = _learnt(pair, data, target, areas, members, reach, seed)
    quantiles = never_narrower(shown(stack.forecast(known, ahead)), data.kind)[:, skipped:]
    text = _reach(horizon, unit, ahead - skipped, skipped, data.periods)
    model = STACK if len(members) > 1 else members[0]
    return _fans(pair, data, own, known.totals, quantiles, model, bridged[-1], data_to, text)


def _dataset(pair: View, target: str, by: str, areas: Sequence[str | None], *, with_pair: bool) -> Dataset:
    return from_record(
        pair.record,
        target,
        by=by,
        as_of=pair.day,
        source=pair.source,
        areas=areas,
        pairs=MOST_PAIRS,
        with_pair=(pair.a, pair.b) if with_pair else None,
    )


def _learnt(
    pair: View,
    own: Dataset,
    target: str,
    areas: Sequence[str | None],
    members: tuple[str, ...],
    reach: int,
    seed: int,
) -> Stack:
    """The stack of all pairs but the least active, from the record's cache where it is there."""
    items = own.keys["item"].unique().sort().to_list()
    others = own.keys.filter(~pl.all_horizontal(pl.col("a", "b").is_in([pair.a, pair.b])))
    # Where the pair alone has one of the items, what is learnt may be of its own dataset, and is no other pair's.
    whose = [] if others["item"].n_unique() == len(items) else [pair.a, pair.b]

    def make() -> Stack:
        data = _dataset(pair, target, own.by, areas, with_pair=False)
        # What the most active pairs have nothing of is learnt from the pair's own dataset.
        data = data if data.keys["item"].unique().sort().to_list() == items else own
        return learn_stack(data, min(reach, data.periods // 2), members=members, seed=seed)

    made_from = {
        "events": pair.record.digest("events"),
        "codebook": pair.record.codebook.digest,
        "asked": [pair.source, pair.day, target, own.by, list(areas), items, members, reach, seed, MOST_PAIRS, whose],
    }
    return pair.record.cached("forecasts", made_from, make)


def _reach(horizon: int, by: str, ahead: int, skipped: int, covered: int) -> str:
    """How many periods the fans have and why no more; empty where they make up the months asked for."""
    if ahead >= round(horizon / PERIODS[by].months):
        return ""
    gap = f", {skipped} of them bridged" if skipped else ""
    why = f"{MOST_PERIODS} at most" if ahead == MOST_PERIODS else f"half of the {covered} {by}s covered{gap}"
    return f"{ahead} {by}{'s' if ahead > 1 else ''}, not {horizon} months: {why}"


def _fans(
    pair: View,
    data: Dataset,
    own: NDArray[np.int64],
    past: Array,
    quantiles: Array,
    model: str,
    first: date,
    data_to: date,
    reach: str,
) -> list[Fan]:
    following = [first]
    while len(following) < quantiles.shape[1]:
        following.append(next_period(following[-1], data.by))
    basis = f"{pair.source} as known on {pair.day}, {data.size:,} series of all pairs, {data.periods} {data.by}s"
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
                data.by,
                tuple(zip(data.starts[-HISTORY:], map(float, past[n, -HISTORY:]), strict=True)),
                tuple(following),
                quantiles[n],
                model,
                basis,
                data_to,
                reach,
                conflictual=name in QUADS[2:],
            )
        )
    return fans
