"""A study checked, as data: every claim with its verdict, facts and chances, and the scoreboard."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, ClassVar

import polars as pl

from detente.actors import state_name
from detente.claims.evidence import Fact
from detente.claims.rules import Finding
from detente.claims.scores import Scores
from detente.claims.study import SAID, Claim, Study
from detente.errors import NoData
from detente.forecasts.events.persistence import Persistence
from detente.results import Result, plain
from detente.uncertainty import Estimate

PLACES = 4
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
        answer = {
            "id": claim.id,
            "sentence": claim.sentence,
            "claim": claim.text,
            "area": claim.area,
            "channel": claim.channel,
            "direction": claim.direction,
            "horizon_months": claim.horizon,
            "horizon_ends": self.ends,
            "verdict": self.verdict,
            "why": self.why,
            "criteria": [
                {"rule": criterion.words(claim.scope), "met": finding.met, "found": finding.text}
                for criterion, finding in zip(claim.criteria, self.findings, strict=False)
            ],
            "facts": [{"date": f.when, "text": f.text, "tone": f.tone, "sources": f.sources} for f in self.facts],
            "facts_left_out": self.left_out,
            "said": claim.said,
            "study_probability": claim.probability,
            "tool_probability": tool.mean if tool else None,
            "tool_interval": (tool.low, tool.high) if tool else None,
            "tool_rests_on": self.rests_on,
            "base_rate": self.base_rate,
            "area_rate": self.area_rate,
            "resolution": claim.resolution,
        }
        public: dict[str, Any] = plain(answer, PLACES)
        return public


@dataclass(frozen=True, slots=True)
class AreaOutcome:
    """What `detente assess` said of an area on the day, and whether it improved (None: the record ends before)."""

    title: str
    verdict: str
    probability: float
    base_rate: float
    area_rate: float
    improved: bool | None


@dataclass(frozen=True, eq=False, repr=False)
class Report(Result):
    """A study checked; scores are None without a claim to score. `ends` is the last day of the record.

    `areas` puts the assessment of the same day to the same test; `area_scores` is None where the record ends too early.
    """

    COLUMNS: ClassVar = {
        "claim": "id of the claim",
        "area": "id of its issue area, null where it is of the pair",
        "horizon_ends": "the day by which it was to hold",
        "verdict": "held, failed, mixed or undecidable by the record",
        "study": "how likely the study said it was, 0 to 1",
        "tool": "the chance by what was known on the day",
        "tool_low": "lower bound of its 90% interval",
        "tool_high": "upper bound",
        "base_rate": "how often the rule held in past spans of all areas",
        "area_rate": "how often in those of the claim's own area",
    }
    METHODS: ClassVar = (
        "Brier: Verification of forecasts expressed in terms of probability. Monthly Weather Review 78(1), 1950",
        "Intelligence Community Directive 203: Analytic Standards, 2015 (words of probability)",
    )

    study: Study
    ends: date
    checked: tuple[Checked, ...]
    scores: Scores | None
    scores_without_mixed: Scores | None
    areas: tuple[AreaOutcome, ...]
    area_scores: Scores | None
    provenance: dict[str, Any]

    @property
    def frame(self) -> pl.DataFrame:
        """A row a claim."""
        rows = [
            (
                *(one.claim.id, one.claim.area, one.ends, one.verdict, one.claim.probability),
                *((one.tool.mean, one.tool.low, one.tool.high) if one.tool else (None, None, None)),
                *(one.base_rate, one.area_rate),
            )
            for one in self.checked
        ]
        types = (pl.Utf8, pl.Utf8, pl.Date, pl.Utf8, *([pl.Float64] * 6))
        return pl.DataFrame(rows, schema=dict(zip(self.COLUMNS, types, strict=True)), orient="row")

    def summary(self) -> str:
        """The verdicts by number, the Brier scores, and a line a claim."""
        names = " - ".join(state_name(code, self.study.as_of) for code in self.study.pair)
        counts = Counter(one.verdict for one in self.checked)
        verdicts = ", ".join(f"{n} {verdict}" for verdict, n in counts.most_common())
        claims = f"{len(self.checked)} claims as of {self.study.as_of}, by the record to {self.ends}: {verdicts}"
        lines = [f"{names}: {claims}"]
        if self.scores:
            brier = ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in self.scores.brier.items())
            lines.append(f"Brier score of {len(self.scores.ids)} claims: {brier}")
        return "\n".join([*lines, *(f"{one.verdict}: {one.claim.text}" for one in self.checked)])

    def plot(self) -> Any:
        """The tool's chance of each claim that was decided, with its 90% interval, the study's, and what followed."""
        from detente.plots import ORANGE, dots, legend, source_line

        decided = [one for one in self.checked if one.verdict in OUTCOMES and one.tool]
        if not decided:
            raise NoData("no claim was decided and got a chance: there is nothing to draw")
        names = [f"{one.claim.id}: {one.verdict}" for one in decided]
        tool = [Estimate(one.tool.mean, one.tool.low, one.tool.high) for one in decided if one.tool]
        drawing = dots(list(zip(names, tool, strict=True)), "chance that the claim holds (blue: the tool's)")
        (axis,) = drawing.axes
        study = [one.claim.probability for one in decided]
        axis.scatter(study, range(len(study), 0, -1), color=ORANGE, marker="x", label="the study's")
        axis.set_xlim(0, 1)
        legend(axis)
        source_line(drawing, f"{self.study.title}. By the record to {self.ends}.")
        return drawing

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
                "all": _scores("claims", self.scores, ids=True),
                "without_mixed": _scores("claims", self.scores_without_mixed, ids=True),
            },
            "assessment": {
                "areas": [asdict(area) for area in self.areas],
                "brier": _scores("areas", self.area_scores),
            },
            "provenance": self.provenance,
        }


def _scores(of: str, scores: Scores | None, *, ids: bool = False) -> dict[str, Any] | None:
    if scores is None:
        return None
    named = {"ids": list(scores.ids)} if ids else {}
    return {of: len(scores.ids), **named, **plain({**scores.brier, **scores.gaps}, PLACES)}
