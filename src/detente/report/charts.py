"""Charts of the page as SVG text: shares with bands, dated facts as marks that open their record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from detente.periods import is_old, months_before
from detente.plots import BLUE, GREY, ORANGE, figure, svg
from detente.uncertainty import share_interval

if TYPE_CHECKING:
    from detente.assessment import Assessment
    from detente.explain.section import Section


def _share_axis(axis: Any) -> None:
    axis.set_ylim(0, 1)
    axis.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axis.set_ylabel("cooperative share")
    axis.grid(axis="y", color="#e5e7eb", linewidth=0.7)
    axis.set_axisbelow(True)


def _as_of_line(axis: Any, day: date) -> None:
    axis.axvline(day, color=GREY, linewidth=1, linestyle=":")


def _directed(axis: Any, rows: list[dict[str, Any]], names: dict[str, str], receivers: dict[str, str]) -> None:
    for sender, style, colour in zip(names, ("-", "--"), (BLUE, "#3b8bd9"), strict=False):
        mine = [r for r in rows if r["sender"] == sender and r["n"]]
        if not mine:
            continue
        days = [date.fromisoformat(r["period"]) for r in mine]
        mean, low, high = share_interval([r["k"] for r in mine], [r["n"] for r in mine])
        axis.fill_between(days, low, high, color=colour, alpha=0.18, linewidth=0)
        axis.plot(
            days,
            mean,
            style,
            color=colour,
            linewidth=1.6,
            marker="o",
            markersize=3,
            label=f"{names[sender]} to {receivers[sender]}",
        )
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, frameon=False, ncols=2)


def overall_chart(a: Assessment) -> tuple[str, str] | None:
    """Both directions through time: monthly from events held, else yearly counts. (SVG, source line)"""
    names = dict(zip(a.pair, a.names, strict=True))
    receivers = dict(zip(a.pair, reversed(a.names), strict=True))
    monthly = [r for r in a.series["monthly"] if r["area"] == ""]
    rows, per, source = (
        (monthly, "month", a.series["source"])
        if monthly
        else (a.series["yearly"], "year", "ICEWS yearly counts of the built-in case")
    )
    compiled = a.series["yearly_compiled"]
    if per == "year" and compiled and compiled > a.as_of:
        source += f", compiled only in {compiled.year}"
    if not rows:
        return None
    drawing, axis = figure(2.9)
    _directed(axis, rows, names, receivers)
    _share_axis(axis)
    axis.set_xlabel(per)
    if per == "month" or _old(a):
        _as_of_line(axis, a.as_of)
    else:
        days = sorted({date.fromisoformat(r["period"]) for r in rows})
        axis.set_xticks(days, [str(day.year) for day in days])
    return svg(drawing, f"Cooperative share of reported acts by {per}, both directions"), (
        f"Cooperative share of reported acts a {per}, posterior mean and 90% interval. Source: {source}. {_ends(a)}"
    )


def _old(a: Assessment) -> bool:
    last = a.series["reports_to"]
    return last is not None and is_old(date.fromisoformat(last), a.as_of)


def _ends(a: Assessment) -> str:
    """The last day of the reports drawn, and whether they say anything of the day."""
    last = a.series["reports_to"]
    history = ": history, nothing of how things stand on the as-of day (dotted)" if _old(a) else ""
    return f"Data to {last}{history}." if last else ""


def stock_chart(a: Assessment) -> tuple[str, str] | None:
    """Agreements in force, suspended, and restrictions, month by month; None where none is held."""
    rows = a.series["stock"]
    if not rows:
        return None
    drawing, axis = figure(2.4)
    days = [date.fromisoformat(row["day"]) for row in rows]
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
    axis.grid(axis="y", color="#e5e7eb", linewidth=0.7)
    axis.set_axisbelow(True)
    _as_of_line(axis, a.as_of)
    axis.set_xlim(days[0], date(a.as_of.year + 1, 1, 1))
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, frameon=False, ncols=3)
    return svg(drawing, "The stock of cooperation: agreements in force, suspended, and restrictions, by month"), (
        "The stock of cooperation: agreements and programmes, each counted as one from the day on which facts put it in "
        "force until one ends it. Counts of listed objects, so no interval. Dotted: as-of day. "
        f"Source: the chronology, to {days[-1]}."
    )


CHARTED = {"reciprocity": "of one unit", "spillover": "share of variance"}


def estimates_chart(section: Section) -> tuple[str, str] | None:
    """The estimates of a section as dots with their bands, for the topics that compare some."""
    some = [f for f in section.figures if f.unit == CHARTED.get(section.topic) and f.low is not None]
    if not some:
        return None
    drawing, axis = figure(0.28 * len(some) + 0.9)
    rows = range(len(some), 0, -1)
    axis.axvline(0, color=GREY, linewidth=0.8)
    axis.hlines(rows, [f.low for f in some], [f.high for f in some], color=BLUE, linewidth=2.4, alpha=0.45)
    axis.scatter([f.value for f in some], rows, color=BLUE, s=26, zorder=3)
    axis.set_yticks(list(rows), [f.name for f in some])
    axis.set_xlabel(some[0].unit)
    return svg(
        drawing, f"{section.title}: estimates"
    ), f"{section.title}: medians and 90% bands. Source: {section.basis}."


def area_chart(a: Assessment, area: str) -> tuple[str, str] | None:
    """One area: trailing 24-month share of facts with its band, the facts as marks, reports where held."""
    facts = [(n, f) for n, f in enumerate(a.series["facts"], start=1) if f["area"] == area]
    monthly = [r for r in a.series["monthly"] if r["area"] == area]
    if not facts and sum(r["n"] for r in monthly) < 10:
        return None
    if not facts:
        drawing, axis = figure(2.2)
        _directed(
            axis, monthly, dict(zip(a.pair, a.names, strict=True)), dict(zip(a.pair, reversed(a.names), strict=True))
        )
        _share_axis(axis)
        axis.set_xlabel("month")
        _as_of_line(axis, a.as_of)
        return svg(
            drawing, f"{area}: cooperative share of reports by month"
        ), f"Reports a month, 90% intervals. Source: {a.series['source']}. {_ends(a)}"
    drawing, (upper, lower) = figure(2.8, 2, gridspec_kw={"height_ratios": [3, 1.3]})
    complete = date.fromisoformat(a.series["facts_to"])
    days, k, n = _trailing(
        [f for _, f in facts], complete, min(date.fromisoformat(f["date"]) for f in a.series["facts"])
    )
    mean, low, high = share_interval(k, n)
    upper.fill_between(days, low, high, color=BLUE, alpha=0.18, linewidth=0, step="post")
    upper.step(days, mean, where="post", color=BLUE, linewidth=1.5)
    _share_axis(upper)
    for tone, colour, marker, height in (("cooperative", BLUE, "^", 0.35), ("conflictual", ORANGE, "v", -0.35)):
        some = [(number, f) for number, f in facts if f["tone"] == tone]
        if some:
            marks = lower.scatter(
                [date.fromisoformat(f["date"]) for _, f in some],
                [height] * len(some),
                color=colour,
                marker=marker,
                s=34,
                label=tone,
            )
            marks.set_urls([f"#fact-{number}" for number, _ in some])
    lower.set_ylim(-1, 1)
    lower.set_yticks([0.35, -0.35], ["coop.", "conf."])
    lower.axhline(0, color="#d1d5db", linewidth=0.7)
    lower.set_xlabel("year")
    first = min(date.fromisoformat(f["date"]) for f in a.series["facts"])
    for axis in (upper, lower):
        _as_of_line(axis, a.as_of)
        axis.set_xlim(first, date(a.as_of.year + 1, 1, 1))
    return svg(drawing, f"{area}: cooperative share of facts of two years, and the facts"), (
        "Share of the facts of the last 24 months that are cooperative, 90% interval; blank where there are none. "
        "Marks open the fact. Dotted: as-of day. Source: the chronology, by fact below, "
        f"complete to {complete}."
    )


def _trailing(facts: list[dict[str, Any]], as_of: date, first: date) -> tuple[list[date], list[int], list[int]]:

    days: list[date] = []
    k: list[int] = []
    n: list[int] = []
    months = (as_of.year - first.year) * 12 + as_of.month - first.month
    dated = [(date.fromisoformat(f["date"]), f["tone"] == "cooperative") for f in facts]
    for back in range(months, -1, -1):
        day = months_before(as_of, back)
        inside = [good for when, good in dated if months_before(day, 24) < when <= day]
        days.append(day)
        k.append(sum(inside))
        n.append(len(inside))
    return days, k, n
