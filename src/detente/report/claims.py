"""The document of a checked study: what was claimed, what followed, what the tool said, and the scores of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.actors import state_name
from detente.claims.study import SAID
from detente.report.document import Document, Inline, Item, Items, Note, Part, Span, Table, Text, items
from detente.report.text import percent, slug, span

if TYPE_CHECKING:
    from detente.claims.evidence import Fact
    from detente.claims.results import Checked, Report
    from detente.claims.scores import Gap, Scores

READ = (
    "A claim is read as the chance that it holds, by the midpoints of the ranges of ICD 203 (Analytic Standards, "
    "2015): {said}. The tool's chance comes from records known on the day alone: how often the same rule held in past"
    " spans that began like the last one, with areas shrunk to their common rate. The base rate is how often it held "
    "in past spans of all areas. A claim that is mixed counts one half. Brier scores: 0 is perfect, 0.25 a coin, and "
    "lower is better. Intervals hold with 90%, over resampled areas, as claims of one area hang together; all are of "
    "one day, so they are still too narrow, and so few claims can't rank anyone. Rules and chronology were made by "
    "people who knew what followed: no record after the day was used for the chances, but hindsight may colour what "
    "was listed before it."
)
NAMES = {
    "study": "study", "tool": "tool", "base_rate": "base rates", "area_rate": "own area's rates", "even": "always 50%",
}  # fmt: skip
CAME = {True: "improved", False: "did not", None: "not yet known"}
ANSWERS = {True: "yes", False: "no", None: "undecided"}


def build(report: Report) -> Document:
    """Every sentence of the study, its claims, what followed, what the tool would have said, the scores."""
    study = report.study
    names = " – ".join(state_name(code, study.as_of) for code in study.pair)
    sources = tuple(piece for url in study.sources for piece in (" ", Span(url, "", url)))
    blocks = (
        Note(f"{study.title}. Output of: detente claims check {study.name}", quiet=False),
        Note(("The study's abstract:", *sources)) if sources else None,
        Note(study.note) if study.note else None,
        _table(report),
        *_sentences(report),
        Part("Scoreboard", tuple(_scoreboard(report))),
        Part("The assessment of the same day", tuple(_assessment(report))) if report.areas else None,
    )
    when = f"A study's claims as of {study.as_of}, resolved with the record to {report.ends}"
    return Document(names, when, blocks)


def _table(report: Report) -> Table:
    rows = tuple(
        (
            Span(c.claim.text, "", f"#{slug(c.claim.id)}"),
            c.verdict,
            percent(c.claim.probability),
            percent(c.tool.mean) if c.tool else "–",
            "–" if c.base_rate is None else percent(c.base_rate),
        )
        for c in report.checked
    )
    return Table(("claim", "followed", "study", "tool", "base rate"), rows, "llrrr")


def _sentences(report: Report) -> Iterator[Part]:
    """The claims under the sentences in which they are made, then those that belong to none."""
    of_none = Note("A description; nothing in it can be checked against what followed.")
    for sentence in report.study.sentences:
        mine = tuple(_claim(c) for c in report.checked if c.claim.sentence == sentence.number)
        yield Part(f"{sentence.number}. {sentence.text}", mine or (of_none,))
    numbers = {sentence.number for sentence in report.study.sentences}
    if rest := tuple(_claim(c) for c in report.checked if c.claim.sentence not in numbers):
        yield Part("Other claims" if numbers else "Claims", rest)


def _claim(checked: Checked) -> Part:
    claim = checked.claim
    if claim.undecidable:
        blocks: tuple[Note | Items | None, ...] = (
            Note((Span("Cannot be decided", "strong"), f": {claim.undecidable}.")),
        )
        return Part(claim.text, blocks, slug(claim.id))
    more = f" ({checked.left_out} more)" if checked.left_out else ""
    facts = tuple(Item((f"{fact.when} {fact.text}", *_sources(fact)), fact.tone) for fact in checked.facts)
    blocks = (
        Note(
            f"Claimed ({claim.id}): {claim.said} ({percent(claim.probability)}) to hold by {checked.ends}.", quiet=False
        ),
        Note(("Followed: ", Span(checked.verdict.upper(), "strong"), "."), quiet=False),
        items(*_criteria(checked)),
        Note(f"The tool would have said: {_tool(checked)}.", quiet=False),
        Note(f"The facts{more}:", quiet=False) if facts else None,
        Items(facts) if facts else None,
    )
    return Part(claim.text, blocks, slug(claim.id))


def _criteria(checked: Checked) -> list[Text]:
    """Each criterion with its answer and what was found; else why there is none."""
    claim = checked.claim
    if not checked.findings:
        return [f"rule: {claim.resolution}", checked.why]
    return [
        f"{ANSWERS[finding.met]}: {criterion.words(claim.scope)} ({finding.text})"
        for criterion, finding in zip(claim.criteria, checked.findings, strict=True)
    ]


def _tool(checked: Checked) -> str:
    tool = checked.tool
    if tool is None:
        return f"nothing: {checked.silent}"
    interval = f"90% interval {span((tool.low, tool.high))}; base rate {percent(checked.base_rate)}"
    return f"{percent(tool.mean)} ({interval}), from {checked.rests_on}"


def _sources(fact: Fact) -> tuple[Inline, ...]:
    links = (piece for n, url in enumerate(fact.sources, start=1) for piece in (" ", Span(f"{n}", "", url)))
    return tuple(links) or (" (no address)",)


def _scoreboard(report: Report) -> Iterator[Note | Table | Part]:
    if report.scores is None:
        yield Note("No claim could be scored.", quiet=False)
        return
    every = ("all that were decided and got a chance from all", report.scores)
    for title, scores in (every, ("without the mixed", report.scores_without_mixed)):
        if scores is None:
            yield Note(f"{title}: none", quiet=False)
            continue
        yield Part(f"Brier score, {len(scores.ids)} claims, {title}", (_brier(scores), _gaps(scores)))
    yield Note(READ.format(said=", ".join(f"{word} {chance:g}" for word, chance in SAID.items())))


def _brier(scores: Scores) -> Table:
    held = {words: scores.brier[name] for name, words in NAMES.items() if name in scores.brier}
    return Table(tuple(held), (tuple(f"{value:.3f}" for value in held.values()),), "r" * len(held))


def _gaps(scores: Scores) -> Table:
    """The difference of every two that were compared, with its bounds."""
    rows = tuple(
        (f"{NAMES[one]} less {NAMES[other]}", _gap(scores.gaps[f"{one}_less_{other}"]))
        for one in ("study", "tool")
        for other in NAMES
        if f"{one}_less_{other}" in scores.gaps
    )
    return Table(("difference", "(90%)"), rows)


def _gap(gap: Gap) -> str:
    value, low, high = gap
    bounds = "no bounds: one area" if low is None or high is None else f"{low:+.3f} to {high:+.3f}"
    return f"{value:+.3f} ({bounds})"


def _assessment(report: Report) -> Iterator[Note | Table]:
    """What `detente assess` said of the areas on the day, and what followed."""
    yield Note(
        f"detente assess said on {report.study.as_of}, of improvement within 24 months (more cooperative than "
        "conflictual facts):"
    )
    rows = tuple(
        (a.title, a.verdict, percent(a.probability), percent(a.base_rate), CAME[a.improved]) for a in report.areas
    )
    yield Table(("area", "verdict", "chance", "base rate", "followed"), rows, "llrrl")
    if scores := report.area_scores:
        yield Note(f"Brier score over {len(scores.ids)} areas:", quiet=False)
        yield _brier(scores)
        yield _gaps(scores)
