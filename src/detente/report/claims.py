"""A checked study for a terminal and as a page in Markdown: what was claimed, what followed, what the tool said."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING
from urllib.parse import quote

from detente.actors import state_name
from detente.claims.study import SAID
from detente.report.terminal import percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.claims.evidence import Fact
    from detente.claims.results import AreaOutcome, AreaScores, Checked, Report, Scores
    from detente.claims.scores import Gap

WIDTH = 100
MARKS = {"cooperative": "+", "conflictual": "-"}
READ = "\n".join(
    (
        "A claim is read as the chance that it holds, by the midpoints of the ranges of ICD 203 (Analytic Standards, 2015): {said}.",
        "The tool's chance comes from records known on the day alone: how often the same rule held in past spans that began like the last",
        "one, with areas shrunk to their common rate. The base rate is how often it held in past spans of all areas. A claim that is mixed counts",
        "one half. Brier scores: 0 is perfect, 0.25 a coin, and lower is better. Intervals hold with 90%, over resampled areas, as claims of",
        "one area hang together; all are of one day, so they are still too narrow, and so few claims can't rank anyone. Rules and chronology were made by people who knew what",
        "followed: no record after the day was used for the chances, but hindsight may colour what was listed before it.",
    )
)


def to_text(report: Report) -> str:
    """The terminal form: a block a claim, then the scoreboard."""
    study = report.study
    a, b = (state_name(code, study.as_of) for code in study.pair)
    lines = [*_wrap(study.title), f"{a} - {b}, as of {study.as_of}; resolved with the record to {report.ends}", ""]
    for checked in report.checked:
        claim = checked.claim
        lines.append(f"{checked.verdict.upper():<12} {claim.id} (to {checked.ends})")
        lines += _wrap(claim.text, "  ")
        lines += [line for told in _criteria(checked) for line in _wrap(told, "  ")]
        for fact in checked.facts:
            lines += _wrap(f"{MARKS[fact.tone]} {fact.when} {fact.text} {' '.join(fact.sources)}", "    ")
        if checked.left_out:
            lines.append(f"    and {checked.left_out} more facts")
        lines += [*_wrap(f"Chance: {_chances(checked)}", "  "), ""]
    return "\n".join([*lines, *_scoreboard(report), *_assessment(report)]) + "\n"


def to_markdown(report: Report) -> str:
    """The page: every sentence of the study, its claims, what followed, and what the tool would have said."""
    study = report.study
    a, b = (state_name(code, study.as_of) for code in study.pair)
    lines = [
        f"# {_md(a)} and {_md(b)}: a study checked",
        "",
        f"{_md(study.title)}. Claims as of {study.as_of}, resolved with the record to {report.ends}.",
        f"This page is the output of `detente claims check {study.name} --format markdown`.",
        "",
    ]
    if study.sources:
        lines += [f"The study's abstract: {', '.join(_link(url, url) for url in study.sources)}.", ""]
    if study.note:
        lines += [_md(study.note), ""]
    lines += [*_table(report), ""]
    told = {sentence.number for sentence in study.sentences}
    for sentence in study.sentences:
        lines += [f"## {sentence.number}. {_md(sentence.text)}", ""]
        mine = [c for c in report.checked if c.claim.sentence == sentence.number]
        lines += [line for checked in mine for line in _section(checked)]
        if not mine:
            lines += ["A description; nothing in it can be checked against what followed.", ""]
    rest = [c for c in report.checked if c.claim.sentence not in told]
    if rest:
        lines += ["## Other claims" if told else "## Claims", "", *(line for c in rest for line in _section(c))]
    lines += ["## Scoreboard", "", "```text", *_scoreboard(report), "```"]
    if report.areas:
        lines += ["", "## The assessment of the same day", "", *_assessment_md(report)]
    return "\n".join(lines) + "\n"


def _section(checked: Checked) -> Iterable[str]:
    claim = checked.claim
    yield f'### {_md(claim.text)} <a id="{_slug(claim.id)}"></a>'
    yield ""
    if claim.undecidable:
        yield f"**Cannot be decided**: {_md(claim.undecidable)}."
        yield ""
        return
    yield f"- Claimed: *{claim.said}* ({percent(claim.probability)}) to hold by {checked.ends}."
    yield f"- Followed: **{checked.verdict}**."
    yield from (f"    - {_md(told)}" for told in _criteria(checked))
    yield f"- The tool would have said: {_md(_tool(checked))}."
    if checked.facts:
        more = f" ({checked.left_out} more)" if checked.left_out else ""
        yield f"- The facts{more}:"
    for fact in checked.facts:
        yield f"    - {'▲' if fact.tone == 'cooperative' else '▼'} {fact.when} {_md(fact.text)} {_sources(fact)}"
    yield ""


def _criteria(checked: Checked) -> list[str]:
    """Each criterion with its answer and what was found; else why there is none."""
    claim = checked.claim
    if not checked.findings:
        return [checked.why] if claim.undecidable else [f"rule: {claim.resolution}", checked.why]
    answers = {True: "yes", False: "no", None: "undecided"}
    return [
        f"{answers[finding.met]}: {criterion.words(claim.scope)} ({finding.told})"
        for criterion, finding in zip(claim.criteria, checked.findings, strict=True)
    ]


def _table(report: Report) -> list[str]:
    rows = ["| claim | followed | study | tool | base rate |", "|---|---|---|---|---|"]
    for c in report.checked:
        tool = percent(c.tool.mean) if c.tool else "–"
        base = "–" if c.base_rate is None else percent(c.base_rate)
        rows.append(
            f"| [{_md(c.claim.text)}](#{_slug(c.claim.id)}) | {c.verdict} | {percent(c.claim.probability)} | {tool} | {base} |"
        )
    return rows


def _chances(checked: Checked) -> str:
    return f"study {percent(checked.claim.probability)} ({checked.claim.said}); tool {_tool(checked)}"


def _tool(checked: Checked) -> str:
    tool = checked.tool
    if tool is None:
        return f"nothing: {checked.silent}"
    return (
        f"{percent(tool.mean)} (90% interval {percent(tool.low)} to {percent(tool.high)}; base rate "
        f"{percent(checked.base_rate)}), from {checked.rests_on}"
    )


def _scoreboard(report: Report) -> list[str]:
    if report.scores is None:
        return ["No claim could be scored."]
    lines = []
    for title, scores in (
        ("all that were decided and got a chance from all", report.scores),
        ("without the mixed", report.scores_without_mixed),
    ):
        lines += _scored(title, scores) if scores else [f"{title}: none"]
    said = ", ".join(f"{word} {p:g}" for word, p in SAID.items())
    return [*lines, *_wrap(READ.replace("\n", " ").format(said=said))]


def _assessment(report: Report) -> list[str]:
    """What `detente assess` said of the areas on the day, and what followed."""
    if not report.areas:
        return []
    lines = ["", f"detente assess said on {report.study.as_of}, of improvement within 24 months:"]
    lines += [
        f"  {area.title:<40} {area.verdict:<9} {percent(area.probability):>4} (base {percent(area.base_rate)})  {_came(area)}"
        for area in report.areas
    ]
    return [*lines, *_wrap(_area_scores(report.area_scores))] if report.area_scores else lines


def _assessment_md(report: Report) -> list[str]:
    lines = [
        f"`detente assess` on {report.study.as_of} gave these chances that an area improves within 24 months (more cooperative than",
        "conflictual facts):",
        "",
        "| area | verdict | chance | base rate | followed |",
        "|---|---|---|---|---|",
        *(
            f"| {_md(a.title)} | {a.verdict} | {percent(a.probability)} | {percent(a.base_rate)} | {_came(a)} |"
            for a in report.areas
        ),
    ]
    return [*lines, "", _area_scores(report.area_scores)] if report.area_scores else lines


def _came(area: AreaOutcome) -> str:
    return {True: "improved", False: "did not", None: "not yet known"}[area.improved]


def _area_scores(scored: AreaScores) -> str:
    return (
        f"Brier score over {scored.areas} areas: tool {scored.tool:.3f}, base rates {scored.base_rate:.3f}, each area's own past "
        f"rate {scored.area_rate:.3f}, always 50% {scored.even:.3f}; tool less base rates {_gap(scored.tool_less_base_rate)}, less "
        f"own rates {_gap(scored.tool_less_area_rate)}, less 50% {_gap(scored.tool_less_even)}."
    )


def _gap(told: Gap) -> str:
    value, low, high = told
    return (
        f"{value:+.3f} (no bounds: one area)"
        if low is None or high is None
        else f"{value:+.3f} ({low:+.3f} to {high:+.3f})"
    )


def _scored(title: str, scores: Scores) -> list[str]:
    def gap(one: str, other: str, told: Gap) -> str:
        return f"  {one} less {other:<14} {_gap(told)}"

    return [
        f"Brier score, {len(scores.ids)} claims, {title}:",
        f"  study {scores.study:.3f}   tool {scores.tool:.3f}   base rates {scores.base_rate:.3f}   own area's rates {scores.area_rate:.3f}   "
        f"always 50% {scores.even:.3f}",
        gap("study", "tool", scores.study_less_tool),
        gap("study", "base rates", scores.study_less_base_rate),
        gap("tool ", "base rates", scores.tool_less_base_rate),
        gap("tool ", "area's rates", scores.tool_less_area_rate),
        gap("tool ", "always 50%", scores.tool_less_even),
        "",
    ]


def _wrap(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _md(text: str) -> str:
    """Text of data made harmless in Markdown and in the HTML it becomes."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|#])", r"\\\1", " ".join(plain.split()))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", text.lower())


def _link(url: str, text: str) -> str:
    if not url.startswith(("http://", "https://")):
        return _md(url)
    return f"[{_md(text)}](<{quote(url, safe=':/?&=%#~+,;@!$*-._')}>)"


def _sources(fact: Fact) -> str:
    return " ".join(_link(url, str(n)) for n, url in enumerate(fact.sources, start=1)) or "(no address)"
