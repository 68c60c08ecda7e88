"""Charts of an assessment: shares with bands, agreements in force, dated facts as marks that open their record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from detente.periods import is_old, months_before
from detente.plots import BLUE, GREY, ORANGE, figure
from detente.report.document import Chart
from detente.uncertainty import share_interval

if TYPE_CHECKING:
    from detente.assessment import Assessment
    from detente.explain.section import NamedEstimate, Section

Rows = Sequence[dict[str, Any]]
LEAST_REPORTS = 10


def overall_chart(a: Assessment) -> Chart | None:
    """Both directions through time: by month from events held, else by year from a case's counts."""
    rows, per, source = [r for r in a.series["monthly"] if r["area"] == ""], "month", a.series["source"]
    if not rows:
        rows, per, source = a.series["yearly"], "year", "ICEWS yearly counts of the built-in case"
        compiled = a.series["yearly_compiled"]
        source += f", compiled only in {compiled.year}" if compiled and compiled > a.as_of else ""
    return (
        Chart(
            partial(_draw_directions, a, rows, per, 2.9),
            f"Cooperative share of reported acts by {per}, both directions",
            f"Cooperative share of reported acts a {per}, posterior mean and 90% interval. Source: {source}. {_ends(a)}",
        )
        if rows
        else None
    )


def stock_chart(a: Assessment) -> Chart | None:
    """Agreements in force, suspended, and restrictions, month by month; None where none is held."""
    rows = a.series["stock"]
    return (
        Chart(
            partial(_draw_stock, rows, a.as_of),
            "The stock of cooperation: agreements in force, suspended, and restrictions, by month",
            "The stock of cooperation: agreements and programmes, each counted as one from the day on which facts put it in "
            "force until one ends it. Counts of listed objects, so no interval. Dotted: as-of day. "
            f"Source: the chronology, to {rows[-1]['day']}.",
        )
        if rows
        else None
    )


def area_chart(a: Assessment, area: str) -> Chart | None:
    """One area: trailing 24-month share of facts with its band and the facts as marks; without facts, reports by month."""
    facts = [(n, f) for n, f in enumerate(a.series["facts"], start=1) if f["area"] == area]
    monthly = [r for r in a.series["monthly"] if r["area"] == area]
    if facts:
        return Chart(
            partial(_draw_facts, a, facts),
            f"{area}: cooperative share of facts of two years, and the facts",
            "Share of the facts of the last 24 months that are cooperative, 90% interval; blank where there are none. "
            "Blue is cooperation, orange conflict. "
            f"Marks open the fact. Dotted: as-of day. Source: the chronology, by fact below, complete to {a.series['facts_to']}.",
        )
    return (
        Chart(
            partial(_draw_directions, a, monthly, "month", 2.2),
            f"{area}: cooperative share of reports by month",
            f"Reports a month, 90% intervals. Source: {a.series['source']}. {_ends(a)}",
        )
        if sum(r["n"] for r in monthly) >= LEAST_REPORTS
        else None
    )


CHARTED = {"reciprocity": "of one unit", "spillover": "share of variance"}
"""The unit in which the estimates of a topic can be compared."""


def estimates_chart(section: Section) -> Chart | None:
    """The estimates of a section as dots with their bands, for the topics that compare some."""
    some = [f for f in section.figures if f.unit == CHARTED.get(section.topic) and f.low is not None]
    caption = f"{section.title}: medians and 90% bands. Source: {section.basis}."
    return Chart(partial(_draw_estimates, some), f"{section.title}: estimates", caption) if some else None


def _old(a: Assessment) -> bool:
    last = a.series["reports_to"]
    return last is not None and is_old(date.fromisoformat(last), a.as_of)


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


def _legend(axis: Any) -> None:
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, frameon=False, ncols=3)


def _as_of_line(axis: Any, day: date) -> None:
    axis.axvline(day, color=GREY, linewidth=1, linestyle=":")


def _days(rows: Iterable[dict[str, Any]], name: str) -> list[date]:
    return [date.fromisoformat(row[name]) for row in rows]


def _draw_directions(a: Assessment, rows: Rows, per: str, height: float) -> Any:
    drawing, axis = figure(height)
    sides = zip(a.pair, a.names, reversed(a.names), ("-", "--"), (BLUE, "#3b8bd9"), strict=True)
    for code, sender, receiver, style, colour in sides:
        mine = [r for r in rows if r["sender"] == code and r["n"]]
        if mine:
            days, label = _days(mine, "period"), f"{sender} to {receiver}"
            mean, low, high = share_interval([r["k"] for r in mine], [r["n"] for r in mine])
            axis.fill_between(days, low, high, color=colour, alpha=0.18, linewidth=0)
            axis.plot(days, mean, style, color=colour, linewidth=1.6, marker="o", markersize=3, label=label)
    _legend(axis)
    _share_axis(axis)
    axis.set_xlabel(per)
    if per == "month" or _old(a):
        _as_of_line(axis, a.as_of)
    else:
        days = sorted(set(_days(rows, "period")))
        axis.set_xticks(days, [str(day.year) for day in days])
    return drawing


def _draw_stock(rows: Rows, as_of: date) -> Any:
    drawing, axis = figure(2.4)
    days = _days(rows, "day")
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
    _as_of_line(axis, as_of)
    axis.set_xlim(days[0], date(as_of.year + 1, 1, 1))
    _legend(axis)
    return drawing


def _draw_facts(a: Assessment, facts: list[tuple[int, dict[str, Any]]]) -> Any:
    drawing, (upper, lower) = figure(2.8, 2, gridspec_kw={"height_ratios": [3, 1.3]})
    first = min(_days(a.series["facts"], "date"))
    days, k, n = _trailing([f for _, f in facts], date.fromisoformat(a.series["facts_to"]), first)
    mean, low, high = share_interval(k, n)
    upper.fill_between(days, low, high, color=BLUE, alpha=0.18, linewidth=0, step="post")
    upper.step(days, mean, where="post", color=BLUE, linewidth=1.5)
    _share_axis(upper)
    for tone, colour, marker, height in (("cooperative", BLUE, "^", 0.35), ("conflictual", ORANGE, "v", -0.35)):
        numbers, mine = [n for n, f in facts if f["tone"] == tone], [f for _, f in facts if f["tone"] == tone]
        if mine:
            marks = lower.scatter(
                _days(mine, "date"), [height] * len(mine), color=colour, marker=marker, s=34, label=tone
            )
            marks.set_urls([f"#fact-{number}" for number in numbers])
    lower.set_ylim(-1, 1)
    lower.set_yticks([0.35, -0.35], ["coop.", "conf."])
    lower.axhline(0, color="#d1d5db", linewidth=0.7)
    lower.set_xlabel("year")
    for axis in (upper, lower):
        _as_of_line(axis, a.as_of)
        axis.set_xlim(first, date(a.as_of.year + 1, 1, 1))
    return drawing


def _trailing(facts: Rows, last: date, first: date) -> tuple[list[date], list[int], list[int]]:
    """The ends of windows of 24 months, a month apart, and the cooperative facts and all facts in each."""
    months = (last.year - first.year) * 12 + last.month - first.month
    days = [months_before(last, back) for back in range(months, -1, -1)]
    dated = [(date.fromisoformat(f["date"]), f["tone"] == "cooperative") for f in facts]
    tones = [[good for when, good in dated if months_before(day, 24) < when <= day] for day in days]
    return days, list(map(sum, tones)), list(map(len, tones))


def _draw_estimates(some: Sequence[NamedEstimate]) -> Any:
    drawing, axis = figure(0.28 * len(some) + 0.9)
    rows = range(len(some), 0, -1)
    axis.axvline(0, color=GREY, linewidth=0.8)
    axis.hlines(rows, [f.low for f in some], [f.high for f in some], color=BLUE, linewidth=2.4, alpha=0.45)
    axis.scatter([f.value for f in some], rows, color=BLUE, s=26, zorder=3)
    axis.set_yticks(list(rows), [f.name for f in some])
    axis.set_xlabel(some[0].unit)
    return drawing
