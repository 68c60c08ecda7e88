"""A study checked, as data: every claim with its verdict, facts and chances, and the scoreboard."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from detente.claims.evidence import Fact
from detente.claims.rules import Finding
from detente.claims.scores import Gap
from detente.claims.study import SAID, Claim, Study
from detente.forecasts.events.persistence import Persistence

OUTCOMES = {"held": 1.0, "mixed": 0.5, "failed": 0.0}


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim with its verdict (held, failed, mixed, undecidable) and the tool's chance on the day.

    `findings` go with the claim's criteria; `why` says why nothing could be found, else it is empty. `facts`
    are those that decide, at most eight, and `left_out` how many more there are. `tool` is None where the
    record before the day is too short for the horizon, or no rule can tell; `silent` then says why. `base_rate` is how
    often the rule held in past spans of all areas, `area_rate` in those of the claim's own.
    """

    claim: Claim
    ends: date
    verdict: str
    why: str
    findings: tuple[Finding, ...]
    facts: tuple[Fact, ...]
    left_out: int
    tool: Persistence | None
    base_rate: float | None
    area_rate: float | None
    silent: str

    @property
    def rests_on(self) -> str:
        """What the tool's chance rests on, or why it gives none."""
        if self.tool is None:
            return self.silent
        tool, scope = self.tool, "of the area" if self.claim.area else "of the pair"
        return (
            f"{tool.own} past spans {scope} that began like this one ({tool.own_held:g} held) and {tool.alike} in all"
        )

    def to_dict(self) -> dict[str, Any]:
        """The public form of one claim."""
        claim, tool = self.claim, self.tool
        return {
            "id": claim.id,
            "sentence": claim.sentence,
            "claim": claim.text,
            "area": claim.area,
            "channel": claim.channel,
            "direction": claim.direction,
            "horizon_months": claim.horizon,
            "horizon_ends": self.ends.isoformat(),
            "verdict": self.verdict,
            "why": self.why,
            "criteria": [
                {"rule": criterion.words(claim.scope), "met": finding.met, "found": finding.told}
                for criterion, finding in zip(claim.criteria, self.findings, strict=False)
            ],
            "facts": [{"date": f.when, "text": f.text, "tone": f.tone, "sources": list(f.sources)} for f in self.facts],
            "facts_left_out": self.left_out,
            "said": claim.said,
            "study_probability": claim.probability,
            "tool_probability": round(tool.mean, 4) if tool else None,
            "tool_interval": [round(tool.low, 4), round(tool.high, 4)] if tool else None,
            "tool_rests_on": self.rests_on,
            "base_rate": None if self.base_rate is None else round(self.base_rate, 4),
            "area_rate": None if self.area_rate is None else round(self.area_rate, 4),
            "resolution": claim.resolution,
        }


@dataclass(frozen=True, slots=True)
class Scores:
    """Brier scores over the claims that were decided and that the tool had a chance for; lower is better."""

    ids: tuple[str, ...]
    study: float
    tool: float
    base_rate: float
    area_rate: float
    even: float
    study_less_tool: Gap
    study_less_base_rate: Gap
    tool_less_base_rate: Gap
    tool_less_area_rate: Gap
    tool_less_even: Gap

    def to_dict(self) -> dict[str, Any]:
        """The public form: scores, and differences with their 90% bounds."""
        told = {name: value for name, value in asdict(self).items() if name != "ids"}
        return {"claims": len(self.ids), "ids": list(self.ids), **_rounded(told)}


@dataclass(frozen=True, slots=True)
class AreaOutcome:
    """What `detente assess` said of an area on the day, and whether it improved (None: the record ends before)."""

    title: str
    verdict: str
    probability: float
    base_rate: float
    area_rate: float
    improved: bool | None


@dataclass(frozen=True, slots=True)
class AreaScores:
    """Brier scores over areas of the assessment, its base rates, each area's own past rate and always 50%; differences with bounds."""

    areas: int
    tool: float
    base_rate: float
    area_rate: float
    even: float
    tool_less_base_rate: Gap
    tool_less_area_rate: Gap
    tool_less_even: Gap


@dataclass(frozen=True, slots=True)
class Report:
    """A study checked; scores are None without a claim to score. `ends` is the last day of the record.

    `areas` puts the assessment of the same day to the same test; `area_scores` is None where the record ends too early.
    """

    study: Study
    ends: date
    checked: tuple[Checked, ...]
    scores: Scores | None
    scores_without_mixed: Scores | None
    areas: tuple[AreaOutcome, ...]
    area_scores: AreaScores | None

    def to_dict(self) -> dict[str, Any]:
        """The public form; see docs/claims.md."""
        study = self.study
        return {
            "study": study.title,
            "pair": list(study.pair),
            "as_of": study.as_of.isoformat(),
            "record_ends": self.ends.isoformat(),
            "claims": [checked.to_dict() for checked in self.checked],
            "scoreboard": {
                "score": "Brier",
                "mapping": dict(SAID),
                "mixed_counts": OUTCOMES["mixed"],
                "all": self.scores.to_dict() if self.scores else None,
                "without_mixed": self.scores_without_mixed.to_dict() if self.scores_without_mixed else None,
            },
            "assessment": {
                "areas": [asdict(area) for area in self.areas],
                "brier": _rounded(asdict(self.area_scores)) if self.area_scores else None,
            },
        }

    def to_json(self) -> str:
        """`to_dict` as JSON text with a final newline."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"


def _rounded(told: dict[str, Any]) -> dict[str, Any]:
    def short(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return {k: [short(x) for x in v] if isinstance(v, tuple) else short(v) for k, v in told.items()}
