"""Resolution rules: criteria computed from the record, each met, not met, or impossible to decide.

A rule is a list of criteria, each about the span after one day up to another:

    {"facts": {"kind": [...], "tone": "cooperative", ...}, "at_least": 1}   or "at_most": 0
    {"stock": "higher", "by_at_most": 0.25}         agreements in force at the end, against the start
    {"balance": "cooperative"}                      more cooperative than conflictual facts (or "conflictual")
    {"share": "below", "value": 0.9}                share of facts that are cooperative (or "above")
    {"figure": {"subject": ..., "measure": ...}, "is": "higher"}   last value in the span, against that before

Area and channel are those of the claim unless a criterion names its own; the area "any" stands for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date

from detente.claims.evidence import Evidence, Fact
from detente.measures.in_force import Life
from detente.sources.dictionary import TONES

NEW = (
    "agreement signed",
    "agreement in force",
    "agreement extended",
    "agreement amended",
    "agreement resumed",
    "programme started",
)
COMPARED = {"higher": (1,), "lower": (-1,), "not higher": (-1, 0), "not lower": (0, 1)}
ANY = "any"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a criterion looks: an area (None: all) and a channel (None: all)."""

    area: str | None = None
    channel: str | None = None

    def holds(self, fact: Fact) -> bool:
        """Whether a fact lies within."""
        return self.area in (None, fact.area) and self.channel in (None, fact.channel)

    def words(self) -> str:
        """For readers: in threat reduction through NATO."""
        area = f" in {self.area.replace('_', ' ')}" if self.area else ""
        how = ", " if self.channel == "bilateral" else " through "
        return f"{area}{how}{self.channel}" if self.channel else area


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a criterion was met (None: it can't be decided), what was found, and the facts that decide."""

    met: bool | None
    text: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion(ABC):
    """One condition of a rule; `area` and `channel` override those of the claim."""

    area: str | None = None
    channel: str | None = None

    def scope(self, claim: Scope) -> Scope:
        """The claim's scope with what the criterion itself names."""
        area = None if self.area == ANY else self.area or claim.area
        return Scope(area, None if self.channel == ANY else self.channel or claim.channel)

    @abstractmethod
    def check(self, evidence: Evidence, claim: Scope, first: date, last: date) -> Finding:
        """Evaluate over the days after `first`, up to `last`."""

    @abstractmethod
    def words(self, claim: Scope) -> str:
        """The criterion for readers."""


@dataclass(frozen=True, slots=True)
class FactsCriterion(Criterion):
    """At least, or at most, so many facts of a sort."""

    kinds: tuple[str, ...] = ()
    tone: str | None = None
    forms: tuple[str, ...] = ()
    third_party: tuple[str, ...] = ()
    agreement: str | None = None
    actor: str | None = None
    at_least: int | None = None
    at_most: int | None = None

    def _holds(self, fact: Fact, forms: dict[str, str]) -> bool:
        return (
            (not self.kinds or fact.kind in self.kinds)
            and self.tone in (None, fact.tone)
            and (not self.forms or any(forms.get(name) in self.forms for name in fact.agreements))
            and (not self.third_party or bool({*self.third_party} & {*fact.third_party}))
            and (self.agreement is None or self.agreement in fact.agreements)
            and (self.actor is None or self.actor in fact.actors)
        )

    def check(self, evidence: Evidence, claim: Scope, first: date, last: date) -> Finding:
        """Met where the number of such facts lies within the bounds."""
        scope = self.scope(claim)
        forms = {life.agreement: life.form for life in evidence.lives}
        facts = tuple(f for f in evidence.between(first, last) if scope.holds(f) and self._holds(f, forms))
        met = (self.at_least is None or len(facts) >= self.at_least) and (
            self.at_most is None or len(facts) <= self.at_most
        )
        return Finding(met, f"{len(facts)} found", facts)

    def words(self, claim: Scope) -> str:
        """As in: at least one cooperative fact (new or renewed agreement) in threat reduction."""
        least, most = self.at_least, self.at_most
        bounds = [f"at least {'one' if least == 1 else least}"] if least is not None else []
        bounds += ["no"] if most == 0 else [f"at most {'one' if most == 1 else most}"] if most is not None else []
        kinds = "new or renewed agreement" if self.kinds == NEW else " or ".join(self.kinds)
        noun = "fact" if (most if most is not None else least) in (0, 1) else "facts"
        sort = f" ({kinds})" if kinds else ""
        about = f" on {', '.join(self.third_party)}" if self.third_party else ""
        about += f" of {self.agreement}" if self.agreement else ""
        about += f" by {self.actor}" if self.actor else ""
        about += f" of the form {' or '.join(self.forms)}" if self.forms else ""
        tone = f" {self.tone}" if self.tone else ""
        return f"{' and '.join(bounds)}{tone} {noun}{sort}{about}{self.scope(claim).words()}"


@dataclass(frozen=True, slots=True)
class InForceCriterion(Criterion):
    """The agreements in force at the end, against the start."""

    change: str = "higher"
    by_at_most: float | None = None

    def check(self, evidence: Evidence, claim: Scope, first: date, last: date) -> Finding:
        """Met where it changed as said; impossible where no agreements of the pair are known."""
        scope = self.scope(claim)
        lives = [life for life in evidence.lives if _cooperative(life, scope)]
        if not evidence.lives:
            return Finding(None, "no agreements of the pair are held")
        start, end = (sum(life.state_on(day) == "in force" for life in lives) for day in (first, last))
        met = _compare(end, start) in COMPARED[self.change]
        if self.by_at_most is not None:
            met = met and end <= start * (1 + self.by_at_most)
        turned = {
            life.agreement
            for life in lives
            if (life.state_on(first) == "in force") != (life.state_on(last) == "in force")
        }
        facts = tuple(f for f in evidence.between(first, last) if turned & {*f.agreements})
        return Finding(met, f"{start} in force at the start, {end} at the end", facts)

    def words(self, claim: Scope) -> str:
        """As in: more agreements in force at the end than at the start in threat reduction."""
        limit = f", by at most {self.by_at_most:.0%}" if self.by_at_most is not None else ""
        return f"agreements in force{self.scope(claim).words()} {self.change} at the end than at the start{limit}"


@dataclass(frozen=True, slots=True)
class BalanceCriterion(Criterion):
    """More facts of one tone than of the other."""

    tone: str = "cooperative"

    def check(self, evidence: Evidence, claim: Scope, first: date, last: date) -> Finding:
        """Met where facts of the tone outnumber the others; impossible where none lies in the span."""
        scope = self.scope(claim)
        facts = [f for f in evidence.between(first, last) if scope.holds(f)]
        good = sum(f.tone == "cooperative" for f in facts)
        counted = f"{good} cooperative, {len(facts) - good} conflictual facts"
        if not facts:
            return Finding(None, "no fact in the span")
        more = good > len(facts) - good if self.tone == "cooperative" else good < len(facts) - good
        return Finding(more, counted, tuple(facts))

    def words(self, claim: Scope) -> str:
        """As in: more cooperative than conflictual facts in strategic arms."""
        other = TONES[1 - TONES.index(self.tone)]
        return f"more {self.tone} than {other} facts{self.scope(claim).words()}"


@dataclass(frozen=True, slots=True)
class ShareCriterion(Criterion):
    """The cooperative share of facts, below or above a value."""

    side: str = "below"
    value: float = 0.5

    def check(self, evidence: Evidence, claim: Scope, first: date, last: date) -> Finding:
        """Met where the share lies on that side; impossible where no fact lies in the span."""
        facts = [f for f in evidence.between(first, last) if self.scope(claim).holds(f)]
        if not facts:
            return Finding(None, "no fact in the span")
        share = sum(f.tone == "cooperative" for f in facts) / len(facts)
        met = share < self.value if self.side == "below" else share > self.value
        against = tuple(f for f in facts if (f.tone == "conflictual") == (self.side == "below"))
        return Finding(met, f"{share:.0%} of {len(facts)} facts cooperative", against)

    def words(self, claim: Scope) -> str:
        """As in: cooperative share of facts below 90%."""
        return f"cooperative share of facts{self.scope(claim).words()} {self.side} {self.value:.0%}"


@dataclass(frozen=True, slots=True)
class SeriesCriterion(Criterion):
    """The last value of a series in the span, against the last before it."""

    subject: str = ""
    measure: str = ""
    change: str = "higher"

    def check(self, evidence: Evidence, claim: Scope, first: date, last: date) -> Finding:
        """Met where it changed as said; impossible where there is no value before or in the span."""
        rows = evidence.figures.filter(
            (evidence.figures["subject"] == self.subject) & (evidence.figures["measure"] == self.measure)
        )
        before = rows.filter(rows["date"] <= first).tail(1)
        after = rows.filter((rows["date"] > first) & (rows["date"] <= last)).tail(1)
        if before.is_empty() or after.is_empty():
            return Finding(None, f"no value of {self.measure} {'before' if before.is_empty() else 'in'} the span")
        values = ", ".join(f"{row['value'].item():g} in {row['period'].item()}" for row in (before, after))
        return Finding(_compare(after["value"].item(), before["value"].item()) in COMPARED[self.change], values)

    def words(self, claim: Scope) -> str:
        """As in: un_agreement of RUS-USA higher."""
        return f"{self.measure} of {self.subject} {self.change} at the end than at the start"


def _compare(a: float, b: float) -> int:
    return (a > b) - (a < b)


def _cooperative(life: Life, scope: Scope) -> bool:
    return life.tone == "cooperative" and life.within(scope.area) and scope.channel in (None, life.channel)
