"""Event-time reciprocity of a pair: which acts set off which, by a Hawkes process of four kinds of acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np
import polars as pl

from detente.actors import life, state_name
from detente.checks import whole
from detente.errors import NoData
from detente.explain.result import Explained
from detente.explain.topic import Draft, Question, Topic, in_text
from detente.models.base import Fit
from detente.models.hawkes import Hawkes, HawkesFit
from detente.record.view import View
from detente.uncertainty import Array, Estimate, text

LEAST_EVENTS, LEAST_OF_KIND = 200, 5
KINDS = ("cooperation", "conflict")
DECAYS = (1.0, 0.15)


@dataclass(frozen=True, eq=False, repr=False)
class ExcitationFit(Fit):
    """Direct offspring [effect, cause] with 90% bounds, averaged over draws of the hour within the day.

    NaN where fewer than 5 acts of the cause or of the effect are held; `counts` (kinds,) has how many there are,
    `senders` who acts. How often the bounds hold the truth, for rare kinds and common ones, is in docs/recovery.md:
    about 90% or more; 95% and more where the truth is nought, which no bound can miss from below.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "effect": "the kind of act that follows",
        "cause": "the kind of act that sets it off",
        "value": "acts of the effect set off by one act of the cause; null where too few are held",
        "low": "lower bound of the 90% band",
        "high": "upper bound of the 90% band",
    }
    METHODS: ClassVar[tuple[str, ...]] = HawkesFit.METHODS

    names: list[str]
    senders: list[str]
    branching: Array
    low: Array
    high: Array
    fits: list[HawkesFit]
    counts: Array

    @property
    def rare(self) -> str:
        """The kinds of which fewer acts are held than are needed, in words; empty where there are none."""
        few = [
            f"{name} ({_acts(int(n))})" for name, n in zip(self.names, self.counts, strict=True) if n < LEAST_OF_KIND
        ]
        return f"fewer than {LEAST_OF_KIND} acts, so that nothing can be said of: {', '.join(few)}" if few else ""

    @property
    def frame(self) -> pl.DataFrame:
        """A row a kind that follows and a kind that sets it off; see `COLUMNS`."""
        return self._table(
            (effect, cause, self.branching[i, j], self.low[i, j], self.high[i, j])
            for i, effect in enumerate(self.names)
            for j, cause in enumerate(self.names)
        )

    def summary(self) -> str:
        """What one act of each kind sets off on the other side, and how well the model fits."""
        first = self.fits[0]
        lines = [
            f"Acts that set off acts: {len(first.times):,} acts of four kinds, mean delays of "
            f"{', '.join(f'{1 / x:.0f}' for x in DECAYS)} days; "
            f"spectral radius {np.mean([fit.radius for fit in self.fits]):.2f}."
        ]
        sides = dict(zip(self.names, self.senders, strict=True))
        for row in self.frame.drop_nulls(("value", "low", "high")).iter_rows(named=True):
            if sides[row["effect"]] != sides[row["cause"]]:
                value = text(row["value"], row["low"], row["high"])
                lines.append(f"One {row['cause']} sets off {value} {row['effect']}.")
        if self.rare:
            lines.append(f"Unknown: {self.rare}.")
        for row in first.goodness().drop_nulls("p").iter_rows(named=True):
            word = "fits" if row["p"] >= 0.05 else "does NOT fit"
            lines.append(f"{row['type']}: clock test KS {row['statistic']:.3f}, {word}.")
        return "\n".join(lines)

    def plot(self) -> Any:
        """The branching matrix and the clock test of the first draw."""
        return self.fits[0].plot()


def excitation(pair: View, *, draws: int = 5, seed: int = 0) -> Explained[ExcitationFit]:
    """Cooperative and conflictual acts of each side, and how many of each kind one act of another sets off.

    Sources date acts by day, so the moment within the day is drawn `draws` times at random and the fits are combined
    by Rubin's rules (*Multiple Imputation for Nonresponse in Surveys*, 1987). The baseline follows the day's volume
    of all other reports. The process is observed on every day that the source covers (and both states lived), before
    the first act and after the last as well; gaps have no baseline, and acts dated to them are left out. An act that
    takes over a news wave counts as set off: read it with the volume in mind. Raises NoData for fewer than 200 acts.
    """
    whole("draws", draws)
    whole("seed", seed, 0)
    chosen = pair.source
    events = pair.reports()
    _enough(events, pair)
    names = _kinds(pair)
    days = _days(pair)
    if days.is_empty():
        raise NoData(
            f"what sets off acts is told from all reports: the files of {chosen} held have only those of the two"
        )
    events = events.join(days.filter("covered"), on="date", how="semi", maintain_order="left")
    _enough(events, pair)
    types = (2 * (events["sender"] == pair.b).cast(pl.Int64) + (events["quad"] > 2).cast(pl.Int64)).to_numpy()
    first, last, length = days["date"][0], days["date"][-1], days.height
    start = (events["date"] - first).dt.total_days().cast(pl.Float64).to_numpy()
    every = pair.all_reports("day")
    reports = days.join(every, left_on="date", right_on="period", how="left", maintain_order="left")["volume"]
    others = reports.fill_null(0).to_numpy().astype(float) - np.bincount(start.astype(int), minlength=length)
    others = np.where(days["covered"], np.maximum(others, 1.0), 0.0)
    exposure = (np.arange(length + 1.0), others / others.mean())
    rng = np.random.default_rng(seed)
    fits = [
        Hawkes(decays=DECAYS).fit(
            start + rng.random(len(start)), types, end=float(length), exposure=exposure, names=names
        )
        for _ in range(draws)
    ]
    basis = f"{events.height:,} {chosen} events, in what it covers from {first} to {last}"
    provenance = pair.provenance(HawkesFit.METHODS, draws=draws, seed=seed)
    return Explained(
        combined(fits, senders=np.repeat(pair.directions, len(KINDS)).tolist()),
        basis,
        data_to=last,
        provenance=provenance,
    )


def _kinds(pair: View) -> list[str]:
    """The four kinds of acts by name, as in "USA>RUS cooperation"."""
    return [f"{direction} {kind}" for direction in pair.directions for kind in KINDS]


def _enough(events: pl.DataFrame, pair: View) -> None:
    if events.height < LEAST_EVENTS:
        acts = f"{events.height} acts of {state_name(pair.a)} and {state_name(pair.b)} in {pair.source}"
        raise NoData(f"{acts} are too few, {LEAST_EVENTS} are needed")


def _days(pair: View) -> pl.DataFrame:
    """Every day (date, covered) from the first that the source covers to the last, of those on which both states
    lived. Days on which files of the pair alone add to what is covered are none: how much else was reported they don't
    tell.
    """
    days = pair.wholly_reported("day").select(pl.col("period").alias("date"), pl.col("covered") > 0)
    for born, ends in (life(code) for code in (pair.a, pair.b)):
        days = days.filter(pl.col("date").is_between(born or date.min, ends or date.max, closed="left"))
    return days


def _acts(n: int) -> str:
    return f"only {n} act{'' if n == 1 else 's'}" if n else "no act"


def combined(fits: Sequence[HawkesFit], least: int = LEAST_OF_KIND, senders: Sequence[str] = ()) -> ExcitationFit:
    """Fits to several draws of the unknown hours as one, by Rubin's rules on either side of the mean.

    NaN for kinds of fewer acts than `least`. `senders` says who acts, kind by kind: another for each kind if not told.
    """
    from detente.models.hawkes_likelihood import Z

    sums, draws = np.array([fit.branching for fit in fits]), len(fits)
    between = (1 + 1 / draws) * (sums.var(axis=0, ddof=1) if draws > 1 else 0.0)
    lows, highs = (np.array(side) for side in zip(*(fit.branching_bounds() for fit in fits), strict=True))
    mean = np.where(np.isnan(lows).any(axis=0), np.nan, sums.mean(axis=0))
    down, up = (np.sqrt(((side - sums) ** 2).mean(axis=0) + Z**2 * between) for side in (lows, highs))
    counts = np.bincount(fits[0].types, minlength=len(mean)).astype(float)
    rare = counts < least
    known = np.where(rare[:, None] | rare, np.nan, mean)
    names = list(fits[0].names)
    return ExcitationFit(
        names, list(senders) or names, known, np.maximum(known - down, 0.0), known + up, list(fits), counts
    )


def _say(ask: Question, draft: Draft) -> None:
    pair = ask.pair
    answer = excitation(pair, seed=ask.seed)
    table, names = answer.frame, (in_text(pair.a), in_text(pair.b))
    kinds = _kinds(pair)
    acts = {name: (names[n // 2], KINDS[n % 2]) for n, name in enumerate(kinds)}
    for row in table.drop_nulls(("value", "low", "high")).iter_rows(named=True):
        value = Estimate(row["value"], row["low"], row["high"])
        draft.add(f"{row['cause']} sets off {row['effect']}", value, "acts")
        (mover, kind), (answerer, same) = acts[row["cause"]], acts[row["effect"]]
        if mover != answerer and kind == same:
            word = "cooperative" if kind == "cooperation" else "conflictual"
            draft.say(f"One {word} act of {mover} sets off {value} {word} acts of {answerer}.")
    if answer.fit.rare:
        draft.say(f"Unknown for want of acts: {answer.fit.rare}.")
    elif lost := table.select(pl.any_horizontal(pl.col("value", "low", "high").is_null()).sum()).item():
        draft.say(f"Not identified from these acts: {lost} of {table.height} kinds of answer.")
    for worst in answer.fit.fits[0].goodness().drop_nulls("p").sort("p").head(1).iter_rows(named=True):
        draft.say(
            f"The clock test {'passes' if worst['p'] >= 0.05 else 'fails'} for the worst-fitted kind "
            f"({worst['type']}, p = {worst['p']:.2f})."
        )
    draft.basis = f"Hawkes process, hours within days drawn at random; {answer.basis}"
    draft.data_to = answer.data_to
    draft.charts["excitation"] = answer.plot


TOPIC = Topic("excitation", "Event by event", _say, methods=ExcitationFit.METHODS)
