"""Reciprocity of a pair in the record, period by period."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import polars as pl

from detente.checks import one_of, whole
from detente.explain.result import Explained
from detente.explain.series import Directed, directed
from detente.explain.topic import Draft, Question, Topic, capital, in_text
from detente.models import BayesianVAR, Minnesota
from detente.models.reciprocity import Answer, Reciprocity, ReciprocityFit
from detente.periods import PERIODS
from detente.plots import SERIES, band, figure, legend, level_line, source_line
from detente.record.view import View
from detente.results import Result
from detente.uncertainty import NotIdentified, text

ENOUGH = 10


def reciprocity(
    pair: View, *, by: str | None = None, area: str | None = None, horizon: int | None = None, seed: int = 0
) -> Explained[ReciprocityFit]:
    """How much each side returns of the other's moves; see `detente.models.Reciprocity` and `series.directed`.

    `horizon` is in periods: by default 14 days, 12 weeks or months, 4 quarters. The Minnesota prior chooses the lags;
    with ten periods or more for each coefficient it is then let go, as it pulls strong reciprocity towards nought
    (docs/recovery.md); with fewer it stays. NoData where periods are too few.
    """
    _asked(by, horizon, seed)
    series = directed(pair, by=by, area=area)
    model = _model(series, series.frame.height, horizon, seed)
    return Explained(
        model.fit(series.frame.select(series.columns)),
        f"{_how(model)}; {series.basis}",
        series.by,
        series.data_to,
        pair.provenance(ReciprocityFit.METHODS, by=series.by, area=area, horizon=horizon, seed=seed),
    )


def _asked(by: str | None, horizon: int | None, seed: int) -> None:
    if by is not None:
        one_of("by", by, PERIODS)
    if horizon is not None:
        whole("horizon", horizon)
    whole("seed", seed, 0)


def _model(series: Directed, periods: int, horizon: int | None, seed: int) -> Reciprocity:
    """The estimator for so many periods of these series."""
    lags = BayesianVAR(PERIODS[series.by].lags).fit(series.frame.select(series.columns)).lags
    prior = None if periods - lags >= ENOUGH * (1 + 2 * lags) else Minnesota()
    return Reciprocity(lags, prior, horizon=horizon or PERIODS[series.by].ahead, seed=seed)


def _how(model: Reciprocity) -> str:
    return "least squares, diffuse prior" if model.prior is None else "Minnesota prior"


@dataclass(frozen=True, eq=False, repr=False)
class ReciprocityThroughTime(Result):
    """Returns in windows that move through time: `table` has end (a day), mover, answerer, returned, low, high.

    Null where a return is not identified.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "end": "first day of the last period of the window",
        "mover": "the series that moves",
        "answerer": "the series that answers",
        "returned": "of one unit given, what is given back; null where not identified",
        "low": "lower bound of the 90% band",
        "high": "upper bound of the 90% band",
    }

    table: pl.DataFrame
    window: int
    by: str
    basis: str
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def frame(self) -> pl.DataFrame:
        """The table."""
        return self.table

    def summary(self) -> str:
        """The first and the last window of each direction."""
        lines = [f"Returns in windows of {self.window} {self.by}s."]
        for (mover, answerer), rows in self.table.partition_by(
            "mover", "answerer", as_dict=True, maintain_order=True
        ).items():
            ends = " and ".join(
                f"{text(r['returned'], r['low'], r['high'])} in the window to {r['end']}"
                for r in rows[[0, -1]].iter_rows(named=True)
            )
            lines.append(f"Of one unit in {mover}, {answerer} returns {ends}.")
        lines.append(f"Basis: {self.basis}.")
        return "\n".join(lines)

    def plot(self) -> Any:
        """Both returns through time with bands."""
        drawing, axis = figure(3.0)
        level_line(axis)
        gaps = "; no line where a return is not identified" if self.table["returned"].null_count() else ""
        for number, rows in enumerate(self.table.partition_by("mover", "answerer", maintain_order=True)):
            name = f"{rows['answerer'][0]} returns of {rows['mover'][0]}"
            middle, low, high = (rows[c].to_numpy() for c in ("returned", "low", "high"))
            band(axis, rows["end"], middle, low, high, colour=SERIES[number], label=name)
        axis.set_ylabel("returned of one unit")
        axis.set_xlabel(f"end of the window of {self.window} {self.by}s")
        legend(axis)
        source_line(drawing, f"Shade: 90% band; windows overlap{gaps}. Source: {self.basis}.")
        return drawing


def reciprocity_through_time(
    pair: View,
    *,
    window: int | None = None,
    step: int | None = None,
    by: str | None = None,
    area: str | None = None,
    horizon: int | None = None,
    seed: int = 0,
) -> ReciprocityThroughTime:
    """`reciprocity` in windows of so many periods (half of them by default), moved by `step` (a twentieth).

    The prior stays or goes by the length of the window.
    """
    _asked(by, horizon, seed)
    for name, value in (("window", window), ("step", step)):
        if value is not None:
            whole(name, value)
    series = directed(pair, by=by, area=area)
    height = series.frame.height
    width = window or height // 2
    model = _model(series, width, horizon, seed)
    table = model.fit(series.frame.select(series.columns)).rolling(width, step or max(1, height // 20))
    table = table.with_columns(series.frame["period"].gather(table["end"]).alias("end"))
    provenance = pair.provenance(
        ReciprocityFit.METHODS, window=width, by=series.by, area=area, horizon=horizon, seed=seed
    )
    return ReciprocityThroughTime(table, width, series.by, f"{_how(model)}; {series.basis}", provenance)


def _say(ask: Question, draft: Draft) -> None:
    pair = ask.pair
    answer = reciprocity(pair, seed=ask.seed)
    a, b = pair.a, pair.b
    names = in_text(a), in_text(b)
    senders = dict(zip(pair.directions, names, strict=True))
    for one in answer.fit.answers:
        mover, answerer = senders[one.mover], senders[one.answerer]
        draft.add(f"returned by {answerer}", one.returned, "of one unit")
        draft.add(f"returned by {answerer}, same period too", one.with_same_period, "of one unit")
        draft.add(f"inertia of {mover}", one.inertia, "of one unit")
        for statement in _answered(one, mover, answerer, answer.fit.model.horizon, answer.by):
            draft.say(statement)
    gap, scaled = answer.fit.asymmetry, answer.fit.asymmetry_scaled
    draft.add(f"asymmetry: {b} less {a}", gap, "of one unit")
    draft.add(f"asymmetry: {b} less {a}, scaled", scaled, "standard deviations")
    numbers = f" ({names[1]} less {names[0]}: {gap}; in standard deviations {scaled})"
    known = answer.fit.more is not None
    draft.say(f"Equal treatment: {answer.fit.treatment_of(*names)}{numbers if known else ''}.")
    draft.basis = f"VAR, {answer.fit.var.lags} lags; {answer.basis}"
    draft.data_to = answer.data_to
    draft.charts["reciprocity"] = answer.plot
    draft.charts["reciprocity-through-time"] = lambda: reciprocity_through_time(pair, seed=ask.seed).plot()


def _answered(one: Answer, mover: str, answerer: str, horizon: int, unit: str) -> list[str]:
    if isinstance(one.returned, NotIdentified):
        return [
            f"How much {answerer} returns of one unit of cooperation by {mover} is not identified: within "
            f"{horizon} {unit}s {mover} may take back as much as it gave."
        ]
    half = f", half of it by {unit} {one.half_by}" if one.half_by is not None and one.returned.above else ""
    return [
        f"Of one unit of cooperation by {mover}, {answerer} returns {one.returned} within {horizon} {unit}s, from "
        f"the next {unit} on{half}; with the same {unit}, {one.with_same_period}.",
        capital(f"{one.condition_of(answerer)}."),
    ]


TOPIC = Topic("reciprocity", "Reciprocity and equal treatment", _say, methods=ReciprocityFit.METHODS)
