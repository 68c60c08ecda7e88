"""What is to be expected of one pair: counts, shares, intensity and votes as fans; events of interest as chances, area by area.

With events held, all pairs teach: the stack of the hierarchical model, the forest and climatology for all areas together, the
hierarchical model alone for single areas, whose items share strength through senders and receivers. Without events, a case's yearly counts
and agreement in UN votes are carried on by the pooled model that ships (`detente.forecasts.pooled`), fitted to all pairs before the day.
From the chronology come improvement, new agreements, suspensions and a rising stock (`detente.forecasts.events.hazards`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from detente import __version__
from detente.actors import state_name
from detente.checks import whole
from detente.errors import DetenteError, NoData
from detente.forecasts import pooled
from detente.forecasts.events.hazards import EventForecasts, event_forecasts
from detente.forecasts.events.outlook import improvement
from detente.forecasts.fan import Fan, bridge, never_narrower, shown
from detente.forecasts.result import PairForecast
from detente.forecasts.scores import Array
from detente.forecasts.series.dataset import Dataset
from detente.measures.in_force import Life, lives
from detente.periods import HORIZON, LONGER, PERIODS, is_old, next_period, period, period_end

if TYPE_CHECKING:
    from detente.record import Store
    from detente.record.view import View

MOST_PERIODS, MOST_PAIRS, HISTORY = 24, 150, 40
TARGETS = ("counts", "share", "intensity")


def forecast(
    pair: View,
    *,
    horizon: int = 24,
    by: str | None = None,
    areas: Sequence[str | None] = (None,),
    seed: int = 0,
    on_step: Callable[[str], None] | None = None,
) -> PairForecast:
    """Forecast a pair from what was known on `as_of`, `horizon` months ahead; see the module.

    `by` None takes the longest period of which enough are covered. Fans begin with the period that holds the day after `as_of`; what
    lies between the end of the data and that day is bridged by the model, whose errors are those of so many periods ahead. They
    reach 24 periods at most, and no further from the data than half of what is covered (`Fan.reach` says so); none where the data ended
    more than 24 months before. Their bands never narrow with the distance (`detente.forecasts.fan.never_narrower`). NoData where nothing is held. Raises DetenteError for a horizon that is not 1 to 120 months.
    """
    whole("seed", seed, 0)
    if not isinstance(horizon, int) or not 1 <= horizon <= 120:
        raise DetenteError(f"the horizon is 1 to 120 whole months, not {horizon}")
    if by is not None:
        period(by, LONGER)
    told = on_step or (lambda text: None)
    titles = {area.id: area.title for area in pair.record.codebook.areas}
    told("asking the chronology")
    facts = pair.chronology
    ends = pair.area_ends
    events = chances_of_events(pair, facts, list(titles), horizon, complete_to=ends, seed=seed)
    unknown: list[str] = []
    fans: list[Fan] = []
    try:
        chosen: str | None = pair.source
    except NoData:
        if pair.named:
            raise
        chosen = None
    if chosen is not None:
        try:
            fans += _from_events(pair, horizon, by, areas, seed, told)
        except NoData as error:
            unknown.append(f"reports: {error}")
    years = _periods(horizon, "year")
    for topic, carried in (("reports", pooled.counts_of), ("agreement in UN votes", pooled.votes_of)):
        # Yearly counts of a case are another source's: they speak where no events are held, never beside them.
        if topic == "reports" and chosen is not None:
            continue
        told(f"carrying on the {topic}")
        try:
            fans += carried(pair, years)
        except NoData as error:
            unknown.append(f"{topic}: {error}")
    called = any(made.by_area for made in events.values())
    if late := {area: end for area, end in ends.items() if end < pair.day}:
        where = f" in {', '.join(titles.get(area, area) for area in late)}" if called else ""
        unknown.append(
            f"chances of events{where}: the chronology is complete to {min(late.values())} only, its silence after is no evidence"
        )
    elif not called:
        unknown.append(f"chances of events: no chronology of {horizon} months before some earlier day")
    if not fans and not called:
        raise NoData(
            f"nothing of {state_name(pair.a)} and {state_name(pair.b)} known on {pair.day} can be carried forward: "
            + "; ".join(unknown)
        )
    provenance = {
        "version": __version__,
        "record_digest": pair.record.digest(),
        "codebook_digest": pair.record.codebook.digest,
        "parameters": {"horizon": horizon, "by": by, "source": pair.named, "areas": list(areas), "seed": seed},
    }
    return PairForecast((pair.a, pair.b), pair.day, horizon, tuple(fans), events, titles, tuple(unknown), provenance)


def chances_of_events(
    pair: View,
    facts: pl.DataFrame,
    areas: Sequence[str],
    horizon: int,
    *,
    complete_to: Mapping[str, date],
    seed: int = 0,
) -> dict[str, EventForecasts]:
    """The chances of every rule of RULES in every area; none after the day to which the chronology is complete."""
    begins = facts["date"][0] if facts.height else pair.day
    held = lives(pair)
    signed = [
        (area, day, True)
        for area, day, kind in facts.select("area", "counts_from", "kind").iter_rows()
        if kind == "agreement signed"
    ]
    moves = _moves(held)
    lapses = [(area, day, True) for area, day, up in moves if not up]

    def asked(dated: Sequence[tuple[str, date, bool]]) -> EventForecasts:
        return event_forecasts(dated, areas, begins, pair.day, horizon, complete_to=complete_to, seed=seed)

    return {
        "improvement": improvement(facts, areas, pair.day, horizon, complete_to=complete_to, seed=seed),
        "new agreement": asked(signed),
        "suspension": asked(lapses),
        "rising stock": asked(moves),
    }


def _moves(held: Sequence[Life]) -> list[tuple[str, date, bool]]:
    """Days on which a cooperative agreement came into force or back (True), or left it (False)."""
    found = []
    for life in held:
        if life.tone != "cooperative":
            continue
        before = ""
        for stage in life.stages:
            if (stage.state == "in force") != (before == "in force"):
                found.append((life.area, stage.day, stage.state == "in force"))
            before = stage.state
    return sorted(found, key=lambda move: move[1])


def _periods(horizon: int, by: str) -> int:
    return max(1, min(MOST_PERIODS, round(horizon / PERIODS[by].months)))


def _from_events(
    pair: View, horizon: int, by: str | None, areas: Sequence[str | None], seed: int, told: Callable[[str], None]
) -> list[Fan]:
    from detente.forecasts.series.datasets import from_record
    from detente.forecasts.series.stack import STACK

    unit = by or ("month" if pair.covered_days >= 3 * 365 else "week")
    covered = pair.record.covers(pair.source, pair.day)
    if not covered:
        raise NoData(f"{pair.source} covers no day up to {pair.day}")
    if is_old(covered[-1][1], pair.day):
        raise NoData(f"{pair.source} ends {covered[-1][1]}, more than {HORIZON} months before {pair.day}")
    fans: list[Fan] = []
    for target in TARGETS:
        for some, models in (([None] if None in areas else [], True), ([area for area in areas if area], False)):
            if not some:
                continue
            told(f"forecasting {target}{'' if models else ' by area'}")
            try:
                data = from_record(
                    pair.record,
                    target,
                    by=unit,
                    as_of=pair.day,
                    source=pair.source,
                    areas=some,
                    pairs=MOST_PAIRS,
                    with_pair=(pair.a, pair.b),
                )
            except NoData:
                continue
            data_to = min(period_end(data.starts[-1], unit), covered[-1][1])
            ahead_of = bridge(period_end(data.starts[-1], unit), pair.day, unit, covered[-1][1])
            skipped = len(ahead_of) - 1
            ahead = min(skipped + _periods(horizon, unit), skipped + MOST_PERIODS, data.periods // 2)
            if ahead <= skipped or data.periods < 6:
                raise NoData(
                    f"{pair.source} covers only {data.periods} whole {unit}s, to {data_to}: too few to forecast from as of {pair.day}"
                )
            made = never_narrower(shown(_kept(pair.record, data, ahead, models, seed)), data.kind)[:, skipped:]
            reach = _reach(horizon, unit, ahead - skipped, skipped, data.periods)
            told_by = STACK if models else "hierarchical"
            fans += _fans(data, pair.a, pair.b, made, told_by, pair.source, pair.day, ahead_of[-1], data_to, reach)
    if not fans:
        raise NoData(f"{pair.source} has too few events of the pair up to {pair.day} to forecast from")
    return fans


def _reach(horizon: int, by: str, ahead: int, skipped: int, held: int) -> str:
    """How many periods the fans have and why no more; empty where they make up the months asked for."""
    if ahead >= round(horizon / PERIODS[by].months):
        return ""
    gap = f", {skipped} of them bridged" if skipped else ""
    why = f"{MOST_PERIODS} at most" if ahead == MOST_PERIODS else f"half of the {held} {by}s covered{gap}"
    return f"{ahead} {by}{'s' if ahead > 1 else ''}, not {horizon} months: {why}"


def _fans(
    data: Dataset,
    a: str,
    b: str,
    made: Array,
    model: str,
    source: str,
    as_of: date,
    first: date,
    data_to: date,
    reach: str,
) -> list[Fan]:
    past = data.totals(data.known_at(data.periods - 1), 0, data.periods)
    following = [first]
    while len(following) < made.shape[1]:
        following.append(next_period(following[-1], data.by))
    unit = {"count": "reports", "share": "share", "value": "Goldstein points"}[data.kind]
    fans = []
    for n, (sender, receiver, item) in enumerate(data.keys.iter_rows()):
        if {sender, receiver} != {a, b} or not np.isfinite(made[n]).all():
            continue
        area, _, name = item.rpartition(" ")
        history = tuple(zip(data.starts[-HISTORY:], (float(v) for v in past[n, -HISTORY:]), strict=True))
        basis = f"{source} as known on {as_of}, {data.size:,} series of all pairs, {data.periods} {data.by}s"
        fans.append(
            Fan(
                sender,
                receiver,
                name,
                area or None,
                unit,
                data.by,
                history,
                tuple(following),
                made[n],
                model,
                basis,
                data_to,
                reach,
            )
        )
    return fans


def _kept(record: Store, data: Dataset, ahead: int, full: bool, seed: int) -> Array:
    """The forecasts of all series (series, ahead, COUNT), from the record's cache where it has them."""
    import hashlib

    from detente.forecasts.series.stack import forecast_now

    rows = int(data.rows.hash_rows(seed=0).sum()) if data.rows.height else 0
    what = json.dumps([__version__, data.name, data.by, data.periods, data.keys.rows(), rows, ahead, full, seed])
    path = Path(record.folder) / "cache" / "forecasts" / f"{hashlib.sha256(what.encode()).hexdigest()[:20]}.npz"
    if path.exists():
        with np.load(path) as held:
            return np.asarray(held["quantiles"], dtype=np.float64)
    made = forecast_now(data, ahead, full=full, seed=seed).astype(np.float32)
    if Path(record.folder).is_dir():
        part = path.with_suffix(".part.npz")
        # A record that can't be written to is forecast all the same, only not faster the next time.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(part, quantiles=made)
            part.replace(path)
    return made.astype(np.float64)
