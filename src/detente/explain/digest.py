"""The digest: what the models say of a pair as of a day, in plain words, each number with its band and its basis."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import __version__
from detente.actors import state_name
from detente.checks import whole
from detente.errors import NoData
from detente.explain.section import Draft, Section, aged, sections_as_data
from detente.explain.statements import WRITERS, Question
from detente.record.queries import third_counts

if TYPE_CHECKING:
    from detente.record.view import View

TOPICS = {
    "levels": "Levels",
    "votes": "Votes in the UN",
    "positions": "Ideal points",
    "reciprocity": "Reciprocity and equal treatment",
    "excitation": "Event by event",
    "spillover": "Third parties",
    "breaks": "Breaks",
    "structure": "Hidden structure",
}
THIRDS = 3


@dataclass(frozen=True)
class Digest:
    """The sections in the order of `TOPICS`; all but provenance is a function of the records known on `as_of`."""

    pair: tuple[str, str]
    names: tuple[str, str]
    as_of: date | None
    sections: tuple[Section, ...]
    provenance: dict[str, Any]

    @property
    def frame(self) -> pl.DataFrame:
        """Every number: rows topic, name, value, low, high, unit."""
        rows = [(s.topic, f.name, f.value, f.low, f.high, f.unit) for s in self.sections for f in s.figures]
        schema: dict[str, Any] = {
            "topic": pl.Utf8,
            "name": pl.Utf8,
            **dict.fromkeys(("value", "low", "high"), pl.Float64),
        }
        return pl.DataFrame(rows, schema={**schema, "unit": pl.Utf8}, orient="row")

    def to_dict(self) -> dict[str, Any]:
        """The public form."""
        return {
            "pair": list(self.pair),
            "names": list(self.names),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "sections": sections_as_data(self.sections),
            "provenance": self.provenance,
        }

    def to_json(self) -> str:
        """`to_dict` as JSON text with a final newline."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"


def explain(
    pair: View, *, thirds: Sequence[str] = (), seed: int = 0, on_topic: Callable[[str], None] | None = None
) -> Digest:
    """Ask every model; a section that can't be answered says why.

    `thirds` empty takes the states over which most facts were, or with which both sides deal most in the events. `on_topic` is
    called with the title of each section before it is worked out.

    NoData where no section has an answer.
    """
    whole("seed", seed, 0)
    asked = tuple(thirds) or _leading_thirds(pair)
    question = Question(pair, asked, seed)
    sections = []
    for topic, title in TOPICS.items():
        if on_topic:
            on_topic(title)
        draft = Draft()
        try:
            WRITERS[topic](question, draft)
        except NoData as error:
            sections.append(Section(topic, title, unknown=str(error)))
            continue
        data_to = min(draft.data_to, pair.as_of) if draft.data_to and pair.as_of else draft.data_to
        made = Section(topic, title, tuple(draft.statements), tuple(draft.figures), draft.basis, data_to=data_to)
        sections.append(aged(made, pair.as_of))
    if not any(section.statements for section in sections):
        raise NoData(
            f"nothing of {state_name(pair.a)} and {state_name(pair.b)} that a model could explain is held: {sections[0].unknown}"
        )
    provenance = {
        "version": __version__,
        "record_digest": pair.record.digest(),
        "codebook_digest": pair.record.codebook.digest,
        "parameters": {"source": pair.named, "seed": seed, "thirds": list(asked)},
    }
    return Digest(
        (pair.a, pair.b),
        (state_name(pair.a, pair.as_of), state_name(pair.b, pair.as_of)),
        pair.as_of,
        tuple(sections),
        provenance,
    )


def _leading_thirds(pair: View) -> tuple[str, ...]:
    """The third states over which most facts of the last ten years were; without such facts, by events."""
    facts = pair.chronology.filter(pl.col("third_party").is_not_null())
    if facts.is_empty():
        try:
            return tuple(third_counts(pair)["state"].head(THIRDS))
        except NoData:
            return ()
    recent = facts.filter(pl.col("date") > pl.lit(facts["date"].max()).dt.offset_by("-10y"))
    counted = recent.select(pl.col("third_party").str.split(";").explode().alias("state")).group_by("state").len()
    counted = counted.filter(~pl.col("state").is_in([pair.a, pair.b])).sort("len", "state", descending=[True, False])
    return tuple(counted["state"].head(THIRDS))
