"""What an explanation gives back: the fit of a model, and on what it rests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from detente.models.base import Fit
from detente.plots import source_line
from detente.results import Result

if TYPE_CHECKING:
    import polars as pl

F = TypeVar("F", bound=Fit)


@dataclass(frozen=True, eq=False, repr=False)
class Explained(Result, Generic[F]):
    """The fit of a model to series of the record; `basis` says which, from what source, over what
    time; `by` is the length of a period, where there is one; `data_to` the last day of the data.
    """

    fit: F
    basis: str
    by: str = ""
    data_to: date | None = None
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def frame(self) -> pl.DataFrame:
        """The estimates with their bands."""
        return self.fit.frame

    @property
    def columns(self) -> dict[str, str]:
        """What the columns of `frame` mean."""
        return self.fit.columns

    def summary(self) -> str:
        """The estimates in words and numbers, and their basis."""
        return f"{self.fit.summary()}\nBasis: {self.basis}."

    def plot(self) -> Any:
        """The chart of the fit, its basis below."""
        drawing = self.fit.plot()
        source_line(drawing, f"Source: {self.basis}.", after=True)
        return drawing
