"""What is to be expected of one pair: counts, shares, intensity and votes as fans; events of interest as chances, area by area.

With events held, all pairs teach: the stack of the hierarchical model, the forest and climatology for all areas together, the
hierarchical model alone for single areas, whose items share strength through senders and receivers. Without events, a case's yearly counts
and agreement in UN votes are carried on by the pooled model that ships (`detente.forecasts.pooled`), fitted to all pairs before the day.
From the chronology come improvement, new agreements, suspensions and a rising stock (`detente.forecasts.hazards`).
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
from detente.errors import DetenteError, NoData
from detente.explain.series import period_end
from detente.forecasts import pooled
from detente.forecasts.dataset import DAYS, Dataset
from detente.forecasts.fan import Fan, bridge, never_narrower, shown
from detente.forecasts.hazards import Calls, calls
from detente.forecasts.outlook import improvement
from detente.forecasts.pair_forecast import PairForecast
from detente.forecasts.scores import Array
from detente.measures.coverage import covered_days
from detente.measures.months import HORIZON, is_old
from detente.measures.panel import choose_source
from detente.measures.stock import Life, lives
from detente.models.checks import whole
from detente.record.coverage import next_period
from detente.record.facts import area_ends, pair_facts

if TYPE_CHECKING:
    from detente.record import Record

MOST_PERIODS, MOST_PAIRS, HISTORY = 24, 150, 40
PER_MONTH = {"week": 52 / 12, "month": 1.0, "quarter": 1 / 3, "year": 1 / 12}
TARGETS = ("counts", "share", "intensity")


def forecast(
    record: Record,
    a: str,
    b: str,
    *,
    as_of: date,
    horizon: int = 24,
    by: str | None = None,
    source: str | None = None,
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
    if not 1 <= whole("horizon", horizon) <= 120:
        raise DetenteError(f"the horizon is 1 to 120 months, not {horizon}")
    if by is not None and by not in DAYS:
        raise DetenteError(f"by must be one of {', '.join(DAYS)}, not {by!r}")
    told = on_step or (lambda text: None)
    titles = {area.id: area.title for area in record.codebook.areas}
    told("asking the chronology")
    facts = pair_facts(record, a, b, as_of)
    ends = area_ends(record, facts)
    events = event_calls(record, a, b, facts, list(titles), as_of, horizon, complete_to=ends, seed=seed)
    unknown: list[str] = []
    fans: list[Fan] = []
    try:
        chosen: str | None = choose_source(record, source, as_of, pair=(a, b))
    except NoData:
        if source:
            raise
        chosen = None
    if chosen is not None:
        try:
            fans += _from_events(record, a, b, chosen, as_of, horizon, by, areas, seed, told)
        except NoData as error:
            unknown.append(f"reports: {error}")
    years = _periods(horizon, "year")
    for topic, carried in (("reports", pooled.counts_of), ("agreement in UN votes", pooled.votes_of)):
        # Yearly counts of a case are another source's: they speak where no events are held, never beside them.
        if topic == "reports" and chosen is not None:
            continue
        told(f"carrying on the {topic}")
        try:
            fans += carried(record, a, b, as_of, years)
        except NoData as error:
            unknown.append(f"{topic}: {error}")
    called = any(made.calls for made in events.values())
    if late := {area: end for area, end in ends.items() if end < as_of}:
        where = f" in {', '.join(titles.get(area, area) for area in late)}" if called else ""
        unknown.append(
            f"chances of events{where}: the chronology is complete to {min(late.values())} only, its silence after is no evidence"
        )
    elif not called:
        unknown.append(f"chances of events: no chronology of {horizon} months before some earlier day")
    if not fans and not called:
        raise NoData(
            f"nothing of {state_name(a)} and {state_name(b)} known on {as_of} can be carried forward: "
            + "; ".join(unknown)
        )
    provenance = {
        "version": __version__,
        "record_digest": record.digest(),
        "codebook_digest": record.codebook.digest,
        "parameters": {"horizon": horizon, "by": by, "source": source, "areas": list(areas), "seed": seed},
    }
    return PairForecast((a, b), as_of, horizon, tuple(fans), events, titles, tuple(unknown), provenance)


def event_calls(
    record: Record,
    a: str,
    b: str,
    facts: pl.DataFrame,
    areas: Sequence[str],
    as_of: date,
    horizon: int,
    *,
    complete_to: Mapping[str, date],
    seed: int = 0,
) -> dict[str, Calls]:
    """The chances of every rule of RULES in every area; none after the day to which the chronology is complete."""
    begins = facts["date"][0] if facts.height else as_of
    held = lives(record, a, b, as_of)
    signed = [
        (area, day, True)
        for area, day, kind in facts.select("area", "counts_from", "kind").iter_rows()
        if kind == "agreement signed"
    ]
    moves = _moves(held)
    lapses = [(area, day, True) for area, day, up in moves if not up]

    def asked(dated: Sequence[tuple[str, date, bool]]) -> Calls:
        return calls(dated, areas, begins, as_of, horizon, complete_to=complete_to, seed=seed)

    return {
        "improvement": improvement(facts, areas, as_of, horizon, complete_to=complete_to, seed=seed),
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
    return max(1, min(MOST_PERIODS, round(horizon * PER_MONTH[by])))


def _from_events(
    record: Record,
    a: str,
    b: str,
    source: str,
    as_of: date,
    horizon: int,
    by: str | None,
    areas: Sequence[str | None],
    seed: int,
    told: Callable[[str], None],
) -> list[Fan]:
    from detente.forecasts.backtest import STACK
    from detente.forecasts.of_record import from_record

    unit = by or _fitting(record, source, as_of)
    covered = record.covers(source, as_of)
    if not covered:
        raise NoData(f"{source} covers no day up to {as_of}")
    if is_old(covered[-1][1], as_of):
        raise NoData(f"{source} ends {covered[-1][1]}, more than {HORIZON} months before {as_of}")
    fans: list[Fan] = []
    for target in TARGETS:
        for some, models in (([None] if None in areas else [], True), ([area for area in areas if area], False)):
            if not some:
                continue
            told(f"forecasting {target}{'' if models else ' by area'}")
            try:
                data = from_record(
                    record, target, by=unit, as_of=as_of, source=source, areas=some, pairs=MOST_PAIRS, with_pair=(a, b)
                )
            except NoData:
                continue
            data_to = min(period_end(data.starts[-1], unit), covered[-1][1])
            ahead_of = bridge(period_end(data.starts[-1], unit), as_of, unit, covered[-1][1])
            skipped = len(ahead_of) - 1
            ahead = min(skipped + _periods(horizon, unit), skipped + MOST_PERIODS, data.periods // 2)
            if ahead <= skipped or data.periods < 6:
                raise NoData(
                    f"{source} covers only {data.periods} whole {unit}s, to {data_to}: too few to forecast from as of {as_of}"
                )
            made = never_narrower(shown(_kept(record, data, ahead, models, seed)), data.kind)[:, skipped:]
            reach = _reach(horizon, unit, ahead - skipped, skipped, data.periods)
            told_by = STACK if models else "hierarchical"
            fans += _fans(data, a, b, made, told_by, source, as_of, ahead_of[-1], data_to, reach)
    if not fans:
        raise NoData(f"{source} has too few events of the pair up to {as_of} to forecast from")
    return fans


def _reach(horizon: int, by: str, ahead: int, skipped: int, held: int) -> str:
    """How many periods the fans have and why no more; empty where they make up the months asked for."""
    if ahead >= round(horizon * PER_MONTH[by]):
        return ""
    gap = f", {skipped} of them bridged" if skipped else ""
    why = f"{MOST_PERIODS} at most" if ahead == MOST_PERIODS else f"half of the {held} {by}s covered{gap}"
    return f"{ahead} {by}{'s' if ahead > 1 else ''}, not {horizon} months: {why}"


def _fitting(record: Record, source: str, as_of: date) -> str:
    return "month" if covered_days(record, source, as_of) >= 3 * 365 else "week"


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
    past = data.totals(data.seen(data.periods - 1), 0, data.periods)
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


def _kept(record: Record, data: Dataset, ahead: int, full: bool, seed: int) -> Array:
    """The forecasts of all series (series, ahead, COUNT), from the record's cache where it has them."""
    import hashlib

    from detente.forecasts.backtest import forecast_now

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
