"""When relations changed regime, with the uncertainty of the dates and the facts near them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from detente.actors import state_name
from detente.checks import one_of, whole
from detente.errors import NoData
from detente.explain.levels import fact_counts
from detente.explain.series import fitting_period
from detente.explain.topic import Draft, Question, Topic
from detente.measures.panel import pair_panel
from detente.models import ChangePoints
from detente.models.change_points import ChangePointsFit
from detente.periods import PERIODS, period_end, period_text
from detente.record.facts import date_text, pair_facts
from detente.results import Result

if TYPE_CHECKING:
    from detente.record.view import View

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
        """Rows date, low, high (90% of the date, by first days of periods), probability, level before and after, facts.

        `facts`: up to four near the date, nearest first, as "day description".
        """
        regimes = self.fit.regimes()
        rows = []
        for number, row in enumerate(self.fit.breaks.iter_rows(named=True)):
            when, low, high = (self.periods[row[name]] for name in ("period", "low", "high"))
            rows.append(
                (
                    when,
                    low,
                    high,
                    row["probability"],
                    regimes["level"][number],
                    regimes["level"][number + 1],
                    self.near(when, low, high),
                )
            )
        schema: dict[str, Any] = dict.fromkeys(("date", "low", "high"), pl.Date)
        schema |= dict.fromkeys(("probability", "level_before", "level_after"), pl.Float64)
        return pl.DataFrame(rows, schema={**schema, "facts": pl.List(pl.Utf8)}, orient="row")

    def near(self, when: date, low: date, high: date) -> list[str]:
        """Facts of the span of a break's date and a period around it, nearest to the date first."""
        edges = pl.Series([low, high]).dt.offset_by(PERIODS[self.by].every)
        after = edges[1]
        before = pl.Series([low]).dt.offset_by(f"-{PERIODS[self.by].every}")[0]
        facts = self.facts.filter(pl.col("date").is_between(before, after)).with_columns(
            (pl.col("date") - when).abs().alias("away")
        )
        return [
            f"{date_text(row['date'], row['precision'])} {row['description']}"
            for row in facts.sort("away", "date", "event_id").head(NEAR).iter_rows(named=True)
        ]

    def when(self, day: date) -> str:
        """A period by its first day, for readers."""
        return period_text(day, self.by)

    def summary(self) -> str:
        """Each break with the uncertainty of its date, the levels around it and the facts near it."""
        names = " and ".join(state_name(code) for code in self.pair)
        table = self.frame
        counts = ", ".join(f"{n}: {p:.0%}" for n, p in self.fit.counts.items() if p >= 0.05)
        lines = [f"Breaks in the cooperative share of {names} (probability of each number: {counts})."]
        for row in table.iter_rows(named=True):
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
        from matplotlib.ticker import FuncFormatter

        from detente.plots import source_line

        drawing = self.fit.plot()
        upper, lower = drawing.axes
        upper.set_ylabel("cooperative share")

        def named(x: float, _: int) -> str:
            at = round(x)
            return (
                self.periods[at].isoformat()[: 4 if self.by in ("quarter", "year") else 10]
                if 0 <= at < len(self.periods)
                else ""
            )

        lower.xaxis.set_major_formatter(FuncFormatter(named))
        lower.set_xlabel(self.by)
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
            reports = _totals(panel)
            if pair.named or by or _enough(reports):
                counted, basis = reports, f"{reports['n'].sum():,} {chosen} events by {unit}"
                ends = pair.record.covers(chosen, pair.as_of)[-1][1]
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


def _totals(panel: pl.DataFrame) -> pl.DataFrame:
    good = pl.col("verbal_cooperation") + pl.col("material_cooperation")
    bad = pl.col("verbal_conflict") + pl.col("material_conflict")
    return (
        panel.group_by("period")
        .agg(good.sum().alias("k"), (good + bad).sum().alias("n"))
        .sort("period")
        .with_columns(pl.col("k", "n").fill_null(0))
    )


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
    left = f"{answer.fit.memory:.2f} of a departure left to the next {answer.by}"
    draft.basis = f"exact Bayesian change points, {left}; {answer.basis}"
    draft.data_to = answer.data_to
    draft.charts["breaks"] = answer.plot


TOPIC = Topic("breaks", "Breaks", _say, methods=ChangePointsFit.METHODS)
