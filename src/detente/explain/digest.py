"""The digest: what the models say of a pair as of a day, in plain words, each number with its band and its basis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any, ClassVar

import polars as pl

from detente.actors import state_name
from detente.checks import whole
from detente.errors import DetenteError, NoData, PackageError
from detente.explain.section import Section, sections_as_data
from detente.explain.topic import TOPICS, Draft, Question, Topic, section
from detente.record.queries import third_counts
from detente.record.view import View
from detente.results import Result

THIRDS = 3


@dataclass(frozen=True, eq=False, repr=False)
class Digest(Result):
    """What the models say, topic by topic, in the order of `TOPICS`; all but provenance is a function of the records
    known on `as_of`.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "topic": "the question",
        "name": "what the number is of",
        "value": "the number; null where it is not identified",
        "low": "lower bound of the 90% band",
        "high": "upper bound of the 90% band",
        "unit": "its unit",
    }

    pair: tuple[str, str]
    names: tuple[str, str]
    as_of: date | None
    sections: tuple[Section, ...]
    provenance: dict[str, Any]
    drawn: Callable[[], dict[str, Callable[[], Any]]]

    @cached_property
    def charts(self) -> dict[str, Callable[[], Any]]:
        """What draws each fit, by the chart's name."""
        return self.drawn()

    @property
    def frame(self) -> pl.DataFrame:
        """Every number: rows topic, name, value, low, high, unit."""
        rows = [(s.topic, f.name, f.value, f.low, f.high, f.unit) for s in self.sections for f in s.figures]
        kinds = dict.fromkeys(self.COLUMNS, pl.Utf8) | dict.fromkeys(("value", "low", "high"), pl.Float64)
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def summary(self) -> str:
        """Every statement under its title, and what is unknown and why."""
        lines = [f"{' and '.join(self.names)}{f' as of {self.as_of}' if self.as_of else ''}"]
        for one in self.sections:
            lines += [one.title, *(f"  {text}" for text in one.statements)]
            lines += [f"  Unknown: {one.unknown}."] if one.unknown else []
        return "\n".join(lines)

    def plot(self, chart: str | None = None) -> Any:
        """One chart of `charts` (None: the first that can be drawn); NoData where there is none."""
        if chart is not None and chart not in self.charts:
            raise NoData(f"no chart of {chart!r}; there are {', '.join(self.charts) or 'none'}")
        for name in [] if chart else self.charts:
            with suppress(NoData, PackageError):
                return self.charts[name]()
        if chart:
            return self.charts[chart]()
        raise NoData("none of the topics has a chart")

    def to_dict(self) -> dict[str, Any]:
        """The public form."""
        return {
            "pair": list(self.pair),
            "names": list(self.names),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "sections": sections_as_data(self.sections),
            "provenance": self.provenance,
        }


def explain(
    pair: View, *, thirds: Sequence[str] = (), seed: int = 0, on_topic: Callable[[str], None] | None = None
) -> Digest:
    """Ask every model; a section that can't be answered says why.

    `thirds` empty takes the states over which most facts were, or with which both sides deal most in the events.
    `on_topic` is called with the title of each section before it is worked out.

    NoData where no section has an answer.
    """
    whole("seed", seed, 0)
    named = tuple(thirds) or _leading_thirds(pair)
    question = Question(pair, named, seed)
    fits: dict[str, Draft] = {}
    sections: list[Section] = []
    methods: dict[str, None] = {}
    for topic in TOPICS.usable().values():
        if on_topic:
            on_topic(topic.title)
        sections.append(_kept(topic, question, fits))
        methods |= dict.fromkeys(topic.methods if sections[-1].statements else ())
    if not any(section.statements for section in sections):
        raise NoData(
            f"nothing of {state_name(pair.a)} and {state_name(pair.b)} that a model could explain is held: "
            f"{sections[0].unknown}"
        )
    provenance = pair.provenance(methods, votes=True, source=pair.named, seed=seed, thirds=list(named))
    return Digest(
        (pair.a, pair.b), pair.names, pair.as_of, tuple(sections), provenance, partial(_charts, question, fits)
    )


def _kept(topic: Topic, question: Question, fits: dict[str, Draft]) -> Section:
    """The section of a topic, kept with the record; topics of other packages are named each time."""
    make = partial(_asked, topic, question, fits)
    if topic.id not in TOPICS.own:
        return make()
    return question.pair.kept("sections", make, topic=topic.id, thirds=question.thirds, seed=question.seed)


def _asked(topic: Topic, question: Question, fits: dict[str, Draft]) -> Section:
    draft = fits[topic.id] = Draft()
    try:
        with TOPICS.blamed(topic.id):
            topic.say(question, draft)
            return section(topic, draft, question.pair.as_of)
    except DetenteError as error:
        if not isinstance(error, NoData) and topic.id in TOPICS.own:
            raise
        draft.charts.clear()
        return Section(topic.id, topic.title, unknown=str(error))


def _charts(question: Question, fits: dict[str, Draft]) -> dict[str, Callable[[], Any]]:
    """What draws each fit; those of which only the words were kept are fitted now."""
    charts: dict[str, Callable[[], Any]] = {}
    for topic in TOPICS.usable().values():
        if topic.id not in fits:
            _asked(topic, question, fits)
        for name, draw in fits[topic.id].charts.items():
            charts.setdefault(name, partial(_drawn, topic.id, draw))
    return charts


def _drawn(topic: str, draw: Callable[[], Any]) -> Any:
    with TOPICS.blamed(topic):
        drawing = draw()
        drawing.get_axes()
        return drawing


def _leading_thirds(pair: View) -> tuple[str, ...]:
    """The third states over which most facts of the last ten years were; without such facts, by events."""
    facts = pair.chronology.filter(pl.col("third_party").is_not_null())
    if facts.is_empty():
        try:
            return tuple(third_counts(pair, pair.source)["state"].head(THIRDS))
        except NoData:
            return ()
    recent = facts.filter(pl.col("date") > pl.lit(facts["date"].max()).dt.offset_by("-10y"))
    counted = recent.select(pl.col("third_party").str.split(";").explode().alias("state")).group_by("state").len()
    counted = counted.filter(~pl.col("state").is_in([pair.a, pair.b])).sort("len", "state", descending=[True, False])
    return tuple(counted["state"].head(THIRDS))
