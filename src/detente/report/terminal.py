"""The assessment for a terminal: the first 24 lines answer how, which way, what, how sure, on what."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.text import Text

from detente.report.explanation import section_text
from detente.report.text import points, wrapped

if TYPE_CHECKING:
    from detente.assessment import AreaFinding, Assessment
    from detente.assessment.findings import AreaStock, Help

COLOURS = {"opening": "bright_blue", "limited": "cyan", "unlikely": "dark_orange", "unknown": "bright_black"}


def percent(value: float | None) -> str:
    """A share as whole percent, "." where unknown."""
    return "." if value is None else f"{value:.0%}"


def bar(level: float | None) -> str:
    """Eight marks, filled by the level."""
    return "unknown " if level is None else "#" * round(level * 8) + "-" * (8 - round(level * 8))


def _range(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{interval[0]:.0%}-{interval[1]:.0%}"


def _why(finding: AreaFinding) -> str:
    if not finding.evidence or (finding.level is None and finding.probability is None):
        # The row shows that its level is unknown: of that, why is enough.
        leading, *others = finding.unknowns or (("", ""),)
        alone = leading[1] if leading[0] != "chance" else ": ".join(leading)
        return "; ".join([alone, *(": ".join(one) for one in others)])
    first = finding.evidence[0]
    return f"[{','.join(map(str, first.notes))}] {first.date} {first.text}"


def _row(
    area: str, level: str, spread: str, direction: str, chance: str, interval: str, verdict: str, why: str, width: int
) -> str:
    line = f"{area:<17} {level:<8} {spread:<8} {direction:<8} {chance:<11} {interval:<8} {verdict:<8} {why}"
    return line if len(line) <= width else line[: width - 1] + "\u2026"


def render(assessment: Assessment, *, full: bool = True, width: int = 100) -> Group:
    """The assessment as a rich renderable; `full` adds figures, evidence, caveats and sources."""
    a = assessment
    title = f"{a.names[0]} - {a.names[1]}, security relations"
    text = Text(f"{title}{f'as of {a.as_of.day} {a.as_of:%B %Y}':>{max(1, width - len(title))}}\n", style="bold")
    text.append("-" * width + "\n", style="bright_black")
    bottom = wrapped(f"Bottom line   {a.verdict.upper()}. {a.summary}", width)
    label = len("Bottom line   ") + len(a.verdict) + 1
    text.append(bottom[:14], style="not bold")
    text.append(bottom[14:label], style=COLOURS[a.verdict])
    text.append(bottom[label:] + "\n", style="not bold")
    for figure in a.headlines[:2]:
        text.append(wrapped(" " * 14 + _figure(figure), width) + "\n", style="not bold")
    text.append(
        "\n"
        + _row("Area", "level", "90%", "way", f"{a.horizon} mo. base", "90%", "verdict", "why (first of n)", width)
        + "\n"
    )
    for f in a.areas:
        chance = f"{percent(f.probability):>4}  ({percent(f.base_rate)})" if f.probability is not None else "unknown"
        text.append(
            _row(
                _short(f.title),
                bar(f.level),
                _range(f.interval),
                f.direction,
                chance,
                _range(f.probability_interval),
                f.verdict,
                _why(f),
                width,
            )
            + "\n",
            style=f"not bold {COLOURS[f.verdict]}",
        )
    return Group(text, *(_rest(a, width) if full else ()))


def _short(title: str) -> str:
    return {
        "threat reduction and non-proliferation": "threat reduction",
        "disputes over third parties": "third parties",
    }.get(title, title)


def _figure(figure: object) -> str:
    from detente.assessment import Figure

    if not isinstance(figure, Figure):
        raise TypeError("a figure")
    interval = f" (90% interval {figure.interval[0]:.0%} to {figure.interval[1]:.0%})" if figure.interval else ""
    compared = f"; {figure.comparison}" if figure.comparison else ""
    compared += f"; data to {figure.data_to}" if figure.data_to and figure.value is not None else ""
    return f"{figure.text}: {figure.amount}{interval}{compared} [{','.join(map(str, figure.notes))}]"


def in_force(held: AreaStock) -> str:
    """The stock of an area in words, each agreement and restriction with its notes."""

    def named(tone: str) -> str:
        return "; ".join(
            f"{one.title}{'' if one.state == 'in force' else f', {one.state}'} [{','.join(map(str, one.notes))}]"
            for one in held.agreements
            if one.tone == tone
        )

    agreements, restrictions = named("cooperative"), named("conflictual")
    told = f"{held.in_force} in force by facts to {held.data_to} ({held.earlier} two years before){': ' if agreements else ''}{agreements}"
    return told + (f". Restrictions: {restrictions}" if restrictions else "")


def helped(one: Help) -> str:
    """A lever in a sentence: mean change, ranks, plausibility, and the areas on which it bears most."""
    areas = "; ".join(
        f"{_short(x.title)} {points(x.change)} ({points(x.interval[0])} to {points(x.interval[1])})" for x in one.areas
    )
    place = "no rank: far outside experience"
    if one.ranks:
        place = "rank " + " to ".join(str(rank) for rank in dict.fromkeys(one.ranks)) + " by model"
    return (
        f"{one.lever} ({one.words}): {points(one.change)} on average ({points(one.interval[0])} to {points(one.interval[1])}), "
        f"{place}; {areas}"
    )


def _rest(a: Assessment, width: int) -> list[Text]:
    text = Text(
        wrapped(
            "level: cooperative share of the entries of the window; base: how often any area improved in the past; "
            "90%: intervals of level and of chance.",
            width,
            0,
        )
        + "\n",
        style="bright_black",
    )
    if others := [figure for figure in a.figures if figure not in a.headlines[:2]]:
        text.append("\nFigures\n", style="bold")
        for figure in others:
            text.append(wrapped(f"  {_figure(figure)}", width, 4) + "\n", style="default")
    if a.explanation:
        text.append("\nWhat the models say ", style="bold default")
        text.append("(in brackets: 90% bands; associations in time)\n", style="default")
        text.append_text(section_text(a.explanation, width))
    text.append("\nEvidence\n", style="bold default")
    for f in a.areas:
        basis = wrapped(f"  {f.title}: {f.basis}{'; ' + f.unknown if f.unknown else ''}", width, 4)
        label = len(f.title) + 3
        text.append(basis[:label], style="bold default")
        text.append(basis[label:] + "\n", style="default")
        if f.probability is not None:
            text.append(
                wrapped(f"    {percent(f.probability)} rests on {f.rests_on}", width, 4) + "\n", style="default"
            )
        for e in f.evidence:
            mark = "+" if e.tone == "cooperative" else "-"
            text.append(
                wrapped(f"    {mark} {e.date:<10}  {e.text} [{','.join(map(str, e.notes))}]", width, 18) + "\n",
                style="bright_blue" if e.tone == "cooperative" else "dark_orange",
            )
        if f.stock:
            text.append(wrapped(f"    {in_force(f.stock)}", width, 6) + "\n", style="default")
    if a.helps_rest_on:
        text.append("\nWhat would help ", style="bold default")
        text.append(
            "(change in chance of improvement, points, with 90% bounds; associated with the lever, no proven cause)\n",
            style="default",
        )
        for one in a.helps:
            text.append(wrapped(f"  {helped(one)}", width, 4) + "\n", style="default")
        text.append(
            wrapped(f"  rests on {a.helps_rest_on}" if a.helps else f"  {a.helps_rest_on}", width, 4) + "\n",
            style="bright_black",
        )
    if a.third_parties:
        text.append("\nThird parties ", style="bold default")
        text.append("(facts of ten years, cooperative/conflictual; reports in the window)\n", style="default")
        text.append(
            "  "
            + "; ".join(
                f"{t['name']} {t['cooperative']}/{t['conflictual']}"
                + (f", {t['reports']} reports" if t["reports"] else "")
                for t in a.third_parties
            )
            + "\n",
            style="default",
        )
    text.append("\nWhat this can't tell\n", style="bold default")
    rules = dict.fromkeys(f.rule for f in a.areas if f.rule)
    for said in (*a.cannot_tell, *(f"Improvement means: {rule}." for rule in rules)):
        text.append(wrapped(f"  {said}", width, 2) + "\n", style="default")
    text.append("\nSources\n", style="bold default")
    for n, (url, title) in enumerate(a.notes, start=1):
        text.append(f"  [{n}] {title}{', ' if title and url else ''}{url}\n", style="default")
    return [text]


def to_text(assessment: Assessment, width: int = 100) -> str:
    """The terminal form without colours."""
    out = StringIO()
    Console(file=out, width=width, color_system=None, highlight=False, markup=False, emoji=False).print(
        render(assessment, width=width), soft_wrap=True
    )
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
