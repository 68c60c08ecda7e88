"""When relations changed regime, with the uncertainty of the dates and the facts near them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar

import polars as pl

from detente.actors import state_name
from detente.checks import one_of, whole
from detente.errors import NoData
from detente.explain.levels import fact_counts
from detente.explain.series import fitting_period
from detente.explain.topic import Draft, Question, Topic
from detente.measures.panel import CONFLICTUAL, COOPERATIVE, pair_panel
from detente.models import ChangePoints
from detente.models.change_points import ChangePointsFit
from detente.periods import PERIODS, next_period, period_end, period_text, start_of
from detente.plots import period_axis, source_line
from detente.record.facts import date_text, pair_facts
from detente.record.view import View
from detente.results import Result

NEAR = 4
LEAST_PERIODS, LEAST_COUNTS = 8, 20


@dataclass(frozen=True, eq=False, repr=False)
class PairBreaks(Result):
    """The breaks of a pair's cooperative share. `periods` are the first days of the periods of `fit`, `data_to` their
    last day covered.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "date": "first day of the period of the break",
        "low": "lower bound of the date (90%)",
        "high": "upper bound of the date",
        "probability": "that there is a break in that span",
        "level_before": "cooperative share before it",
        "level_after": "cooperative share after it",
        "facts": "facts near it, nearest first",
    }

    pair: tuple[str, str]
    by: str
    periods: list[date]
    fit: ChangePointsFit
    facts: pl.DataFrame
    basis: str
    data_to: date
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def frame(self) -> pl.DataFrame:
        """A row a break; see `COLUMNS`. Up to four facts each, as "day description"."""
        posterior, days, levels = self.fit.breaks, pl.Series(self.periods), self.fit.regimes()["level"]
        table = posterior.select(
            date=days.gather(posterior["period"]),
            low=days.gather(posterior["low"]),
            high=days.gather(posterior["high"]),
            probability="probability",
            level_before=levels.head(-1),
            level_after=levels.tail(-1),
        )
        facts = [self.near(*dates) for dates in table["date", "low", "high"].iter_rows()]
        return table.with_columns(pl.Series("facts", facts, dtype=pl.List(pl.Utf8)))

    def near(self, when: date, low: date, high: date) -> list[str]:
        """Facts of the span of a break's date and a period around it, nearest to the date first."""
        before, after = start_of(low - timedelta(days=1), self.by), next_period(high, self.by)
        facts = self.facts.filter(pl.col("date").is_between(before, after))
        nearest = facts.sort((pl.col("date") - when).abs(), "date", "event_id").head(NEAR)
        return [
            f"{date_text(row['date'], row['precision'])} {row['description']}" for row in nearest.iter_rows(named=True)
        ]

    def when(self, day: date) -> str:
        """A period by its first day, for readers."""
        return period_text(day, self.by)

    def summary(self) -> str:
        """Each break with the uncertainty of its date, the levels around it and the facts near it."""
        names = " and ".join(state_name(code) for code in self.pair)
        counts = ", ".join(f"{n}: {p:.0%}" for n, p in self.fit.counts.items() if p >= 0.05)
        lines = [f"Breaks in the cooperative share of {names} (probability of each number: {counts})."]
        for row in self.frame.iter_rows(named=True):
            lines.append(
                f"{self.when(row['date'])} (90%: {self.when(row['low'])} to {self.when(row['high'])}; a break "
                f"there: {row['probability']:.0%}): "
                f"from {row['level_before']:.0%} to {row['level_after']:.0%}."
            )
            lines += [f"  near: {fact}" for fact in row["facts"]]
        lines.append(f"Basis: {self.basis}. Facts near a date are no proof of its cause.")
        return "\n".join(lines)

    def plot(self) -> Any:
        """The share with its regimes, and the probability of a break in each period."""
        drawing = self.fit.plot()
        upper, lower = drawing.axes
        upper.set_ylabel("cooperative share")
        period_axis(lower, self.periods, self.by)
        source_line(drawing, f"Lines and shades: regimes and their 90% bands. Source: {self.basis}.")
        return drawing


def breaks(pair: View, *, by: str | None = None, area: str | None = None, seed: int = 0) -> PairBreaks:
    """Breaks of the cooperative share, both directions together; see `detente.models.ChangePoints`.

    From events, if a source covers enough (weeks, where it covers less than ten years); else from the chronology by
    quarter, where the facts near a break are those that make it. Raises NoData where periods are too few.
    """
    whole("seed", seed, 0)
    if by is not None:
        one_of("by", by, PERIODS)
    facts = pair_facts(pair, area)
    counted: pl.DataFrame | None = None
    unit, basis, ends = by or "quarter", "", date.max
    try:
        chosen = pair.source
        if fitting := fitting_period(pair):
            unit = by or ("month" if fitting == "month" else "week")
            panel = pair_panel(pair, by=unit, areas=(area,))
            totals = {"k": COOPERATIVE.sum(), "n": (COOPERATIVE + CONFLICTUAL).sum()}
            reports = panel.group_by("period").agg(**totals).sort("period")
            if pair.named or by or _enough(reports):
                counted, basis = reports, f"{reports['n'].sum():,} {chosen} events by {unit}"
                ends = pair.covers[-1][1]
    except NoData:
        if pair.named:
            raise
    if counted is None:
        unit = by or "quarter"
        counted = fact_counts(pair, by=unit, area=area)
        basis = f"{counted['n'].sum() if counted is not None else 0} facts of the chronology by {unit}"
    if counted is None or not _enough(counted):
        raise NoData(f"too little of {state_name(pair.a)} and {state_name(pair.b)} is held to look for breaks")
    fit = ChangePoints("binomial", seed=seed).fit(
        counted["k"].cast(pl.Float64).to_numpy(), counted["n"].cast(pl.Float64).to_numpy()
    )
    span = f"{basis}, {period_text(counted['period'][0], unit)} to {period_text(counted['period'][-1], unit)}"
    data_to = min(period_end(counted["period"][-1], unit), ends)
    provenance = pair.provenance(ChangePointsFit.METHODS, by=unit, area=area, seed=seed)
    return PairBreaks((pair.a, pair.b), unit, counted["period"].to_list(), fit, facts, span, data_to, provenance)


def _enough(counted: pl.DataFrame) -> bool:
    return counted.height >= LEAST_PERIODS and counted["n"].sum() >= LEAST_COUNTS


def _say(ask: Question, draft: Draft) -> None:
    pair = ask.pair
    answer = breaks(pair, seed=ask.seed)
    table = answer.frame
    for row in table.iter_rows(named=True):
        near = f" Near it: {row['facts'][0]}" if row["facts"] else ""
        draft.add(f"break at {row['date']}", row["probability"], "probability")
        draft.say(
            f"{answer.when(row['date'])} ({answer.when(row['low'])} to {answer.when(row['high'])}; probability "
            f"{row['probability']:.0%}): cooperative share from {row['level_before']:.0%} to "
            f"{row['level_after']:.0%}.{near}"
        )
    if table.is_empty():
        draft.say("No break is more likely than not.")
    memory = f"{answer.fit.memory:.2f} of a departure left to the next {answer.by}"
    draft.basis = f"exact Bayesian change points, {memory}; {answer.basis}"
    draft.data_to = answer.data_to
    draft.charts["breaks"] = answer.plot


TOPIC = Topic("breaks", "Breaks", _say, methods=ChangePointsFit.METHODS)
