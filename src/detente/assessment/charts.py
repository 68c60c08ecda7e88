"""Charts of an assessment: shares with bands, agreements in force, dated facts as marks that open their record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from detente.periods import is_old, months_before
from detente.plots import BLUE, GREY, ORANGE, Chart, figure, legend
from detente.uncertainty import share_interval

if TYPE_CHECKING:
    from detente.assessment.result import Assessment

Rows = Sequence[dict[str, Any]]
LEAST_REPORTS = 10


def overall_chart(a: Assessment) -> Chart | None:
    """Both directions through time: by month from events held, else by year from a case's counts."""
    rows, per, source = [r for r in a.series["monthly"] if r["area"] == ""], "month", a.series["source"]
    if not rows:
        rows, per, source = a.series["yearly"], "year", "ICEWS yearly counts of the built-in case"
        compiled = a.series["yearly_compiled"]
        source += f", compiled only in {compiled.year}" if compiled and compiled > a.as_of else ""
    label = f"Cooperative share of reported acts by {per}, both directions"
    shows = f"Cooperative share of reported acts a {per}, posterior mean and 90% interval"
    draw = partial(_draw_directions, a, rows, per, 2.9)
    return Chart(draw, label, f"{shows}. Source: {source}. {_ends(a)}") if rows else None


def stock_chart(a: Assessment) -> Chart | None:
    """Agreements in force, suspended, and restrictions, month by month; None where none is held."""
    if not (rows := a.series["stock"]):
        return None
    label = "The stock of cooperation: agreements in force, suspended, and restrictions, by month"
    caption = (
        "The stock of cooperation: agreements and programmes, each counted as one from the day on which facts put it "
        "in force until one ends it. Counts of listed objects, so no interval. Dotted: as-of day. "
        f"Source: the chronology, to {rows[-1]['day']}."
    )
    return Chart(partial(_draw_stock, rows, a.as_of), label, caption)


def area_chart(a: Assessment, area: str) -> Chart | None:
    """One area: share of the facts of 24 months with its band, and the facts; without facts, reports by month."""
    if any(f["area"] == area for f in a.series["facts"]):
        label = f"{area}: cooperative share of facts of two years, and the facts"
        caption = (
            "Share of the facts of the last 24 months that are cooperative, 90% interval; blank where there are none. "
            "Blue is cooperation, orange conflict. Marks open the fact. Dotted: as-of day. Source: the chronology, by "
            f"fact below, complete to {a.series['facts_to']}."
        )
        return Chart(partial(_draw_facts, a, area), label, caption)
    monthly = [r for r in a.series["monthly"] if r["area"] == area]
    if sum(r["n"] for r in monthly) < LEAST_REPORTS:
        return None
    caption = f"Reports a month, 90% intervals. Source: {a.series['source']}. {_ends(a)}"
    draw = partial(_draw_directions, a, monthly, "month", 2.2)
    return Chart(draw, f"{area}: cooperative share of reports by month", caption)


def _old(a: Assessment) -> bool:
    last = a.series["reports_to"]
    return last is not None and is_old(last, a.as_of)


def _ends(a: Assessment) -> str:
    """The last day of the reports drawn, and whether they say anything of the day."""
    last = a.series["reports_to"]
    history = ": history, nothing of how things stand on the as-of day (dotted)" if _old(a) else ""
    return f"Data to {last}{history}." if last else ""


def _share_axis(axis: Any) -> None:
    axis.set_ylim(0, 1)
    axis.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axis.set_ylabel("cooperative share")
    _grid(axis)


def _grid(axis: Any) -> None:
    axis.grid(axis="y", color="#e5e7eb", linewidth=0.7)
    axis.set_axisbelow(True)


def _as_of_line(axis: Any, day: date, first: date | None = None) -> None:
    axis.axvline(day, color=GREY, linewidth=1, linestyle=":")
    if first:
        axis.set_xlim(first, date(day.year + 1, 1, 1))


def _draw_directions(a: Assessment, rows: Rows, per: str, height: float) -> Any:
    drawing, axis = figure(height)
    sides = zip(a.pair, a.names, reversed(a.names), ("-", "--"), (BLUE, "#3b8bd9"), strict=True)
    for code, sender, receiver, style, colour in sides:
        if mine := [r for r in rows if r["sender"] == code and r["n"]]:
            days, look = [r["period"] for r in mine], {"marker": "o", "markersize": 3, "linewidth": 1.6}
            mean, low, high = share_interval([r["k"] for r in mine], [r["n"] for r in mine])
            axis.fill_between(days, low, high, color=colour, alpha=0.18, linewidth=0)
            axis.plot(days, mean, style, color=colour, label=f"{sender} to {receiver}", **look)
    legend(axis, 3)
    _share_axis(axis)
    axis.set_xlabel(per)
    if per == "month" or _old(a):
        _as_of_line(axis, a.as_of)
    else:
        days = sorted({r["period"] for r in rows})
        axis.set_xticks(days, [str(day.year) for day in days])
    return drawing


def _draw_stock(rows: Rows, as_of: date) -> Any:
    drawing, axis = figure(2.4)
    days = [row["day"] for row in rows]
    for name, style, colour, label in (
        ("in_force", "-", BLUE, "agreements and programmes in force"),
        ("suspended", "--", GREY, "suspended"),
        ("restrictions", "-", ORANGE, "restrictions in force"),
    ):
        axis.step(days, [row[name] for row in rows], style, where="post", color=colour, linewidth=1.6, label=label)
    axis.set_ylim(0, None)
    axis.yaxis.get_major_locator().set_params(integer=True)
    axis.set_ylabel("number")
    axis.set_xlabel("year")
    _grid(axis)
    _as_of_line(axis, as_of, days[0])
    legend(axis, 3)
    return drawing


def _draw_facts(a: Assessment, area: str) -> Any:
    drawing, (upper, lower) = figure(2.8, 2, gridspec_kw={"height_ratios": [3, 1.3]})
    every, first = a.series["facts"], min(f["date"] for f in a.series["facts"])
    days, k, n = _trailing([f for f in every if f["area"] == area], a.series["facts_to"], first)
    mean, low, high = share_interval(k, n)
    upper.fill_between(days, low, high, color=BLUE, alpha=0.18, linewidth=0, step="post")
    upper.step(days, mean, where="post", color=BLUE, linewidth=1.5)
    _share_axis(upper)
    for tone, colour, marker, height in (("cooperative", BLUE, "^", 0.35), ("conflictual", ORANGE, "v", -0.35)):
        mine = {number: f["date"] for number, f in enumerate(every, 1) if (f["area"], f["tone"]) == (area, tone)}
        if mine:
            marks = lower.scatter([*mine.values()], [height] * len(mine), color=colour, marker=marker, s=34, label=tone)
            marks.set_urls([f"#fact-{number}" for number in mine])
    lower.set_ylim(-1, 1)
    lower.set_yticks([0.35, -0.35], ["coop.", "conf."])
    lower.axhline(0, color="#d1d5db", linewidth=0.7)
    lower.set_xlabel("year")
    for axis in (upper, lower):
        _as_of_line(axis, a.as_of, first)
    return drawing


def _trailing(facts: Rows, last: date, first: date) -> tuple[list[date], list[int], list[int]]:
    """The ends of windows of 24 months, a month apart, and the cooperative facts and all facts in each."""
    months = (last.year - first.year) * 12 + last.month - first.month
    days = [months_before(last, back) for back in range(months, -1, -1)]
    good = [[f["tone"] == "cooperative" for f in facts if months_before(day, 24) < f["date"] <= day] for day in days]
    return days, list(map(sum, good)), list(map(len, good))
