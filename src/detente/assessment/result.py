"""The assessment of a pair as a result: a row an area, in the codebook's order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import polars as pl

from detente.assessment.findings import AreaFinding, Indicator, Source, ThirdParty
from detente.errors import NoData
from detente.explain.section import Section, sections_as_data
from detente.levers.comparison import NO_CHANCE, LeverComparison, Ranked
from detente.results import Result, plain
from detente.uncertainty import Estimate

PLACES = 4
TYPES: tuple[Any, ...] = (
    *(pl.Utf8, pl.Utf8, pl.Int64, pl.Float64, pl.Float64, pl.Float64, pl.Utf8),
    *(pl.Float64, pl.Float64, pl.Float64, pl.Float64, pl.Utf8, pl.Int64, pl.Date, pl.Utf8),
)


@dataclass(frozen=True, eq=False, repr=False)
class Assessment(Result):
    """The finished assessment of a pair; see docs/assessment.md for every field of its JSON."""

    COLUMNS: ClassVar = {
        "area": "id of the issue area",
        "title": "its name",
        "entries": "reports or facts in the window",
        "level": "cooperative share of them, posterior mean",
        "level_low": "lower bound of its 90% interval",
        "level_high": "upper bound",
        "direction": "rising, steady, falling or unknown",
        "probability": "chance of improvement within the horizon",
        "probability_low": "lower bound of its 90% interval",
        "probability_high": "upper bound",
        "base_rate": "how often any area improved in the past",
        "verdict": "opening, limited, unlikely or unknown",
        "in_force": "agreements in force on the day, null where none is held",
        "data_to": "last day of the data behind level and direction",
        "unknown": "what is not known and why",
    }
    METHODS: ClassVar = (
        "Brown, Cai, DasGupta: Interval estimation for a binomial proportion. Statistical Science 16(2), 2001 (levels)",
    )

    pair: tuple[str, str]
    names: tuple[str, str]
    as_of: date
    horizon: int
    verdict: str
    bottom_line: str
    areas: tuple[AreaFinding, ...]
    indicators: tuple[Indicator, ...]
    third_parties: tuple[ThirdParty, ...]
    levers: LeverComparison | None
    levers_unknown: str
    explanation: tuple[Section, ...]
    cannot_tell: tuple[str, ...]
    notes: tuple[Source, ...]
    provenance: dict[str, Any]
    series: dict[str, Any]

    @property
    def headlines(self) -> tuple[Indicator, ...]:
        """The indicators that open the assessment: of now, or none."""
        return tuple(one for one in self.indicators if one.leading and one.value is not None)

    @property
    def levers_rest_on(self) -> str:
        """On what the comparison of levers rests, or why there is none; "" where none was asked for."""
        if self.levers is None:
            return self.levers_unknown
        return self.levers.basis + ("" if self.levers.based else f"; chance of improvement {NO_CHANCE}")

    @property
    def frame(self) -> pl.DataFrame:
        """A row an area."""
        bounds = (None, None)
        rows = [
            (
                *(one.area, one.title, one.entries, one.level, *(one.interval or bounds), one.direction),
                *(one.probability, *(one.probability_interval or bounds), one.base_rate, one.verdict),
                *(one.in_force.in_force if one.in_force else None, one.data_to, one.unknown),
            )
            for one in self.areas
        ]
        return pl.DataFrame(rows, schema=dict(zip(self.COLUMNS, TYPES, strict=True)), orient="row")

    def summary(self) -> str:
        """The bottom line, the indicators that open the assessment, and a line an area."""
        lines = [f"{' - '.join(self.names)} as of {self.as_of}: {self.verdict}. {self.bottom_line}"]
        lines += [f"{one.text}: {one.amount}{_between(one.interval)}" for one in self.headlines]
        return "\n".join([*lines, *map(_area_line, self.areas)])

    def plot(self) -> Any:
        """The level of cooperation of each area with its 90% interval; NoData where none is known."""
        from detente.plots import dots, source_line

        known = [(one.title, one.level, one.interval) for one in self.areas]
        levels = [
            (title, Estimate(level, *interval)) for title, level, interval in known if level is not None and interval
        ]
        if not levels:
            raise NoData(f"no level of any area is known on {self.as_of}: there is nothing to draw")
        drawing = dots(levels, "cooperative share of reports or facts")
        source_line(drawing, f"{' - '.join(self.names)} as of {self.as_of}: posterior means and 90% intervals.")
        return drawing

    def to_dict(self) -> dict[str, Any]:
        """The public form: all but provenance is a function of the records known on `as_of`."""
        return {
            **plain({"pair": self.pair, "names": self.names, "as_of": self.as_of}),
            "overall": {"verdict": self.verdict, "summary": self.bottom_line},
            **plain({"areas": self.areas, "third_parties": self.third_parties}, PLACES),
            "what_would_help": {
                "levers": [_lever(self.levers, row) for row in self.levers.ranking] if self.levers else [],
                "rests_on": self.levers_rest_on,
            },
            "explanation": sections_as_data(self.explanation),
            "figures": plain(self.indicators, PLACES),
            **plain({"cannot_tell": self.cannot_tell, "notes": self.notes}),
            "provenance": self.provenance,
        }


def _lever(levers: LeverComparison, row: Ranked) -> dict[str, Any]:
    """A lever, its ranks over variants of the model, and the areas on which it bears most."""
    areas = [
        {"area": e.area, "title": levers.titles[e.area], **_with_interval(e.change)} for e in levers.clearest(row.lever)
    ]
    lever = {"lever": row.lever, "words": row.words, **_with_interval(row.change), "plausibility": row.plausibility}
    ranks = {"rank": row.rank, "ranks": (row.best_rank, row.worst_rank) if row.rank else None}
    public: dict[str, Any] = plain({**lever, **ranks, "sensitive_to": row.sensitive_to, "areas": areas}, PLACES)
    return public


def _with_interval(change: Estimate) -> dict[str, Any]:
    return {"change": change.value, "interval": (change.low, change.high)}


def _area_line(area: AreaFinding) -> str:
    level = "unknown" if area.level is None else f"{area.level:.0%}{_between(area.interval)}, {area.direction}"
    chance = area.probability
    outlook = "" if chance is None else f"; chance of improvement {chance:.0%}{_between(area.probability_interval)}"
    return f"{area.title}: level {level}{outlook}; {area.verdict}"


def _between(interval: tuple[float, float] | None) -> str:
    return f" ({interval[0]:.0%} to {interval[1]:.0%})" if interval else ""
