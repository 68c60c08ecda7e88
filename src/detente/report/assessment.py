"""The document of an assessment: the finding, the areas with their evidence, models, levers, caveats, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.assessment import charts
from detente.report.document import Block, Document, Item, Items, Lead, Note, Part, Share, Span, Table, Text, items
from detente.report.explanation import section_parts
from detente.report.text import day_words, percent, points, span

if TYPE_CHECKING:
    from detente.assessment import AreaFinding, Assessment, Indicator
    from detente.assessment.findings import AgreementsInForce
    from detente.levers.comparison import Effect, LeverComparison, Ranked


BEARS = "What it is, and the areas on which it bears most"


def build(a: Assessment, *, brief: bool = False) -> Document:
    """The document; `brief` stops after the finding, its charts and the table of areas."""
    verdict = Span(a.verdict.upper(), a.verdict)
    lead = Lead("Bottom line", (verdict, ". ", a.bottom_line), tuple(map(_figure, a.headlines)))
    first = (lead, charts.overall_chart(a), charts.stock_chart(a), Part("Areas", _table(a, brief)))
    last = (_cannot_tell(a, brief), None if brief else _facts(a), _sources(a, brief))
    subtitle = f"Security relations as of {day_words(a.as_of)}. Nothing known later was used."
    return Document(" – ".join(a.names), subtitle, (*first, *(() if brief else _details(a)), *last))


def _details(a: Assessment) -> tuple[Part | None, ...]:
    others = [f for f in a.indicators if f not in a.headlines]
    figures = Part(f"{len(others)} more figures", (items(*map(_figure, others)),), folded=True) if others else None
    evidence = Part("Evidence", tuple(_area(a, f) for f in a.areas))
    return figures, evidence, _third_parties(a), _helps(a), _explanation(a)


def _marks(numbers: tuple[int, ...]) -> tuple[str | Span, ...]:
    """Links to sources by their numbers, each after a blank."""
    return tuple(piece for n in numbers for piece in (" ", Span(f"[{n}]", "quiet", f"#note-{n}")))


def _figure(f: Indicator) -> Text:
    interval = Span(f" (90% interval {span(f.interval)})", "quiet") if f.interval else ""
    comparison = f"; {f.comparison}" if f.comparison else ""
    ends = Span(f"; data to {f.data_to}", "quiet") if f.data_to and f.value is not None else ""
    return (f"{f.text}: ", Span(f.amount, "strong"), interval, comparison, ends, *_marks(f.notes))


def _table(a: Assessment, brief: bool) -> tuple[Block, ...]:
    header = ("", "level", "direction", f"in {a.horizon} months", "base", "verdict", "why (first of n)")
    rows = tuple(
        (
            f.title if brief else Span(f.title, "", f"#area-{f.area}"),
            Share(f.level, f.interval, bar=True),
            f.direction,
            Share(f.probability, f.probability_interval),
            Share(f.base_rate) if f.base_rate is not None else "–",
            Span(f.verdict, f.verdict),
            _why(f),
        )
        for f in a.areas
    )
    limits = a.provenance["parameters"]
    note = Note(
        f"Level: cooperative share of the entries of the window. In {a.horizon} months: chance of improvement; base: "
        "how often any area improved in the past. Intervals hold with 90%. Verdicts: opening from "
        f"{limits['opening']:.0%}, unlikely below {limits['unlikely']:.0%}.",
        page=brief,
    )
    return Table(header, rows, clip=True), note


def _why(f: AreaFinding) -> Text:
    """The first piece of evidence; of an area with neither level nor chance, why."""
    if f.evidence and (f.level is not None or f.probability is not None):
        first = f.evidence[0]
        return (*_marks(first.notes)[1:], f" {first.date} {first.text}")
    # The row shows that its level is unknown: of that, why is enough.
    reasons = [
        f"{what}: {why}" if what == "chance" or (what and n) else why for n, (what, why) in enumerate(f.unknowns)
    ]
    return "; ".join(reasons)


def _area(a: Assessment, f: AreaFinding) -> Part:
    rests = f" The {percent(f.probability)} rests on {f.rests_on}." if f.rests_on else ""
    unknown = (" ", Span("Unknown:", "strong"), f" {f.unknown}.") if f.unknown else ()
    evidence = tuple(Item((f"{e.date} {e.text}", *_marks(e.notes)), e.tone) for e in f.evidence)
    blocks = (
        Note((f"Level: {f.basis}.", *unknown, rests)),
        charts.area_chart(a, f.area),
        Items(evidence) if evidence else None,
        _stock(f.in_force) if f.in_force else None,
    )
    return Part((f"{f.title} ", Span(f.verdict.upper(), f.verdict)), blocks, f"area-{f.area}")


def _stock(stock: AgreementsInForce) -> Part:
    """What is in force, each agreement and restriction with its sources."""
    title = (
        f"In force by facts to {stock.data_to}: ",
        Span(str(stock.in_force), "strong"),
        Span(f" ({stock.earlier} two years before)", "quiet"),
        *(("; restrictions: ", Span(str(stock.restrictions), "strong")) if stock.restrictions else ()),
    )
    agreements = tuple(
        Item(
            (f"{one.title} ", Span(f"({one.form}, {one.state} since {one.since})", "quiet"), *_marks(one.notes)),
            one.tone,
        )
        for one in stock.agreements
    )
    return Part(title, (Items(agreements) if agreements else None,), folded=True)


def _third_parties(a: Assessment) -> Part | None:
    header = ("State", "Cooperative facts, ten years", "Conflictual facts, ten years", "Reports in the window")
    rows = tuple((t.name, str(t.cooperative), str(t.conflictual), str(t.reports or "–")) for t in a.third_parties)
    return Part("Third parties", (Table(header, rows, "lrrr"),)) if rows else None


def _helps(a: Assessment) -> Part | None:
    if not a.levers_rest_on:
        return None
    if a.levers is None:
        return Part("What would help", (Note(a.levers_rest_on),), "what-would-help")
    header = ("Lever", "Change, mean of areas", "Rank by model", "Plausible", "Most sensitive to", BEARS)
    rows = tuple(
        (
            Span(h.lever, "strong"),
            points(h.change),
            _ranks(h),
            percent(h.plausibility),
            h.sensitive_to,
            (Span(f"{h.words}: ", "quiet"), "; ".join(_change(a.levers, e) for e in a.levers.clearest(h.lever))),
        )
        for h in a.levers.ranking
    )
    read = Note(
        "Change in the chance of improvement over the time ahead named below, in percentage points with 90% bounds, "
        "associated with each lever in the record: no proven cause. Ranks over variants of the model; plausible: how "
        "often the record's own dynamics go as far as the lever asks."
    )
    return Part(
        "What would help", (read, Table(header, rows), Note(f"Rests on {a.levers_rest_on}.")), "what-would-help"
    )


def _ranks(row: Ranked) -> str:
    ranks = dict.fromkeys((row.best_rank, row.worst_rank))
    return " to ".join(map(str, ranks)) if row.rank else "none: far outside experience"


def _change(levers: LeverComparison, e: Effect) -> str:
    return f"{levers.titles[e.area]} {points(e.change)}"


def _explanation(a: Assessment) -> Part | None:
    note = Note("In brackets: 90% bands. Associations in time are no proven causes.")
    return Part("What the models say", (note, *section_parts(a.explanation))) if a.explanation else None


def _cannot_tell(a: Assessment, brief: bool) -> Part:
    rules = dict.fromkeys(f.rule for f in a.areas if f.rule)
    limits = items(*a.cannot_tell, *(f"Improvement means: {rule}." for rule in rules))
    return Part("What this can't tell", (limits,), page=brief)


def _facts(a: Assessment) -> Part | None:
    """The facts that the marks of the charts open."""
    facts = tuple(
        Item((f"{f['date']} ", Span(f["area"], "quiet"), f" {f['text']} ", *_source(f["url"])), f["tone"], f"fact-{n}")
        for n, f in enumerate(a.series["facts"], start=1)
    )
    return Part("Every fact used", (Items(facts),), page=True) if facts else None


def _source(url: str | None) -> tuple[Span, ...]:
    return (Span("source", "", url),) if url else ()


def _sources(a: Assessment, brief: bool) -> Part:
    sources = tuple(
        Item((one.title, ", " if one.title and one.url else "", Span(url, "", url)), anchor=f"note-{one.number}")
        for one, url in ((one, one.url or "") for one in a.notes)
    )
    provenance = a.provenance
    record, codebook = provenance["record_digest"], provenance["codebook_digest"]
    by = f"detente {provenance['version']}; record {record}; codebook {codebook}."
    return Part("Sources", (Items(sources, numbered=True) if sources else None, Note(by)), page=brief)
