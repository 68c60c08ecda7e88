"""Claims put to the test: what followed by the record, and what the tool would have said on the day.

Resolution uses the records after the study's day; a claim whose horizon ends after the record does is not
decided. Separately, from what was known on the day alone, the tool gives each claim a chance by the
persistence of its rule (`detente.forecasts.events.persistence`): how often it held in past spans that began like today.
The base rate is how often it held in all past spans, by Laplace's rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from detente.assessment import assess
from detente.claims.evidence import Evidence, Fact, evidence
from detente.claims.results import OUTCOMES, AreaOutcome, Checked, Report
from detente.claims.rules import ANY, BalanceCriterion, FactsCriterion, Finding, Scope, SeriesCriterion
from detente.claims.scores import SEED, Scores, scored
from detente.claims.study import Claim, Study
from detente.errors import DetenteError, NoData
from detente.forecasts.events.persistence import Origin, Persistence, past_origins, persistence
from detente.periods import months_before
from detente.record.view import View
from detente.sources.dictionary import STAGES

if TYPE_CHECKING:
    from detente.record import Store

MOST_FACTS = 8


def check(record: Store, study: Study, *, as_of: date | None = None, seed: int = SEED) -> Report:
    """Resolve every claim with the record known on `as_of` (None: all), and score them.

    Raises NoData where the record holds no facts of the pair, DetenteError where a claim names a channel,
    an agreement or a series that the record does not have: its absence would else pass for an answer.
    """
    _check_names(record, study)
    pair = View(record, *study.pair, study.as_of)
    before, after = evidence(pair), evidence(pair.on(as_of))
    if not after.facts:
        raise NoData(f"no facts of {' and '.join(study.pair)} are held; add them as a case (docs/cases/your-own.md)")
    areas = [area.id for area in record.codebook.areas]
    checked = tuple(_checked(claim, study.as_of, after, before, areas) for claim in study.claims)
    outcomes = _areas(pair, before, after)
    provenance = record.provenance(study=study.name, as_of=as_of.isoformat() if as_of else None, seed=seed)
    return Report(
        study,
        after.ends,
        checked,
        _scores(checked, seed),
        _scores([c for c in checked if c.verdict != "mixed"], seed),
        outcomes,
        _area_scores([area for area in outcomes if area.improved is not None], seed),
        provenance | {"sources": list(study.sources)},
    )


def _check_names(record: Store, study: Study) -> None:
    facts, agreements, figures = (record.table(name) for name in ("facts", "agreements", "figures"))
    channels = {*facts["channel"], *agreements["channel"]}
    titles = set(agreements["agreement"])
    series = set(figures.select("subject", "measure").unique().iter_rows())
    for claim in study.claims:
        wanted = [("channel", claim.channel, channels)]
        for criterion in claim.criteria:
            wanted.append(("channel", None if criterion.channel == ANY else criterion.channel, channels))
            if isinstance(criterion, FactsCriterion):
                wanted.append(("agreement", criterion.agreement, titles))
            elif isinstance(criterion, SeriesCriterion) and (criterion.subject, criterion.measure) not in series:
                raise DetenteError(
                    f"claim {claim.id!r}: the record has no series {criterion.measure} of {criterion.subject} "
                    "(detente record figures lists those of a pair)"
                )
        for what, name, known in wanted:
            if name is not None and name not in known:
                raise DetenteError(
                    f"claim {claim.id!r}: the record has no {what} {name!r}; it has {', '.join(sorted(known))}"
                )


def _areas(pair: View, before: Evidence, after: Evidence) -> tuple[AreaOutcome, ...]:
    """What the assessment of the day said of every area that it gave a chance, and whether it came true."""
    try:
        assessment = assess(pair, with_models=False)
    except NoData:
        return ()
    ends = months_before(pair.day, -assessment.horizon)
    rule = BalanceCriterion()

    def improved(area: str | None, first: date, last: date) -> float:
        return float(bool(rule.check(before, Scope(area), first, last).met))

    def own(area: str) -> float:
        return _rate(past_origins(improved, [area], before.begins, pair.day, assessment.horizon))

    return tuple(
        AreaOutcome(
            area.title,
            area.verdict,
            area.probability,
            area.base_rate,
            own(area.area),
            None if ends > after.ends else bool(rule.check(after, Scope(area.area), pair.day, ends).met),
        )
        for area in assessment.areas
        if area.probability is not None and area.base_rate is not None
    )


def _area_scores(areas: Sequence[AreaOutcome], seed: int) -> Scores | None:
    chances = {
        "tool": [area.probability for area in areas],
        "base_rate": [area.base_rate for area in areas],
        "area_rate": [area.area_rate for area in areas],
    }
    return scored([area.title for area in areas], chances, [float(bool(area.improved)) for area in areas], seed=seed)


def _rate(origins: Sequence[Origin]) -> float:
    """How often the rule held in the spans after past origins, by Laplace's rule."""
    return (sum(o.after for o in origins) + 1) / (len(origins) + 2)


def _checked(claim: Claim, day: date, after: Evidence, before: Evidence, areas: list[str]) -> Checked:
    ends = months_before(day, -claim.horizon)
    tool, base_rate, area_rate, silent = _tool(claim, day, before, areas)
    findings: tuple[Finding, ...] = ()
    if claim.undecidable:
        verdict, why = "undecidable", claim.undecidable
    elif ends > after.ends:
        verdict, why = "undecidable", f"the horizon ends on {ends}, the record on {after.ends}"
    else:
        findings = _findings(claim, after, claim.scope, day, ends)
        verdict, why = _verdict(findings), ""
    facts, left_out = _deciding(claim, findings, after, day, ends)
    return Checked(claim, ends, verdict, why, findings, facts, left_out, tool, base_rate, area_rate, silent)


def _findings(claim: Claim, known: Evidence, scope: Scope, first: date, last: date) -> tuple[Finding, ...]:
    return tuple(criterion.check(known, scope, first, last) for criterion in claim.criteria)


def _verdict(findings: Sequence[Finding]) -> str:
    known = [f.met for f in findings if f.met is not None]
    if not known:
        return "undecidable"
    return "held" if all(known) else "mixed" if any(known) else "failed"


def _degree(claim: Claim, known: Evidence, scope: Scope, first: date, last: date) -> float:
    """1 where the claim's rule held over a span, 0 where it failed, 1/2 where it was mixed or undecided."""
    return OUTCOMES.get(_verdict(_findings(claim, known, scope, first, last)), 0.5)


def _deciding(
    claim: Claim, findings: Sequence[Finding], known: Evidence, first: date, last: date
) -> tuple[tuple[Fact, ...], int]:
    """The facts behind the findings, spread over the span, those of treaties and other agreements first.

    Where there are none, what the area saw instead.
    """
    if not findings:
        return (), 0
    deciding = list(dict.fromkeys(fact for finding in findings for fact in finding.facts))
    deciding = deciding or known.between(first, last, claim.area)
    treaties = {life.agreement for life in known.lives if life.form == "treaty"}

    def rank(fact: Fact) -> int:
        return 2 if fact.kind not in STAGES or not fact.agreements else 0 if treaties & {*fact.agreements} else 1

    shown: list[Fact] = []
    for level in range(3):
        ranked, room = [fact for fact in deciding if rank(fact) == level], MOST_FACTS - len(shown)
        step = max(1.0, len(ranked) / room) if room else 1.0
        shown += [ranked[int(n * step)] for n in range(min(room, len(ranked)))]
    return tuple(sorted(shown, key=lambda fact: fact.day)), len(deciding) - len(shown)


def _tool(
    claim: Claim, day: date, before: Evidence, areas: list[str]
) -> tuple[Persistence | None, float | None, float | None, str]:
    """The tool's chance, the base rate over all areas and over the claim's own, and why there is none."""
    if claim.undecidable:
        return None, None, None, "no rule can tell"
    start = months_before(day, claim.horizon)
    if not before.facts or start < before.begins:
        return None, None, None, f"the record before the day is shorter than the horizon of {claim.horizon} months"

    def held(area: str | None, first: date, last: date) -> float:
        return _degree(claim, before, Scope(area, claim.channel), first, last)

    pooled: list[str | None] = [*areas] if claim.area in areas else [claim.area]
    origins = past_origins(held, pooled, before.begins, day, claim.horizon)
    today = held(claim.area, start, day)
    estimate = persistence(origins, claim.area, today, claim.horizon)
    if estimate is None:
        kind = "in which it held" if today >= 1 else "in which it did not hold"
        return None, None, None, f"no past span of {claim.horizon} months followed one {kind}, as the last did"
    return estimate, _rate(origins), _rate([o for o in origins if o.area == claim.area]), ""


def _scores(checked: Sequence[Checked], seed: int) -> Scores | None:
    known = [c for c in checked if c.verdict in OUTCOMES and c.tool]
    chances = {
        "study": [c.claim.probability for c in known],
        "tool": [c.tool.mean for c in known if c.tool],
        "base_rate": [c.base_rate for c in known if c.base_rate is not None],
        "area_rate": [c.area_rate for c in known if c.area_rate is not None],
    }
    outcomes, groups = [OUTCOMES[c.verdict] for c in known], [c.claim.area or "overall" for c in known]
    return scored([c.claim.id for c in known], chances, outcomes, groups=groups, seed=seed)
