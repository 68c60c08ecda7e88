"""What the measures of the field's data sets mean: `measures.csv` has a line for each."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: `of` a state, of two states, or of a to b; its unit and meaning; `topic` is where a pair's page shows
    it, "" where it doesn't.
    """

    measure: str
    of: str
    unit: str
    topic: str
    meaning: str


@cache
def measures() -> dict[str, Measure]:
    """Every measure by its name.

    >>> measures()["cinc"].meaning
    'share of the state in the six capabilities of all states'
    """
    text = files("detente.sources.context").joinpath("measures.csv").read_text(encoding="utf-8")
    return {row["measure"]: Measure(**row) for row in csv.DictReader(text.splitlines())}


def of_two() -> list[str]:
    """The measures that two states share: what one has with the other, the other has with it."""
    return [name for name, measure in measures().items() if measure.of == "two states"]
