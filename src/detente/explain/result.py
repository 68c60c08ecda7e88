"""What an explanation gives back: the fit of a model, and on what it rests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    import polars as pl


class Fitted(Protocol):
    """What every fit of `detente.models` has."""

    @property
    def frame(self) -> pl.DataFrame:
        """Tidy estimates."""
        ...

    def summary(self) -> str:
        """In words and numbers."""
        ...

    def plot(self) -> Any:
        """A matplotlib figure."""
        ...


F = TypeVar("F", bound=Fitted)


@dataclass(frozen=True, eq=False)
class Explained(Generic[F]):
    """The fit of a model to series of the record; `basis` says which, from what source, over what
    time; `by` is the length of a period, where there is one; `data_to` the last day of the data.
    """

    fit: F
    basis: str
    by: str = ""
    data_to: date | None = None

    @property
    def frame(self) -> pl.DataFrame:
        """The estimates with their bands."""
        return self.fit.frame

    def summary(self) -> str:
        """The estimates in words and numbers, and their basis."""
        return f"{self.fit.summary()}\nBasis: {self.basis}."

    def plot(self) -> Any:
        """The chart of the fit, its basis below."""
        from detente.plots import source_line

        drawing = self.fit.plot()
        line = " ".join(drawing.get_supxlabel().split())
        source_line(drawing, f"{line} Source: {self.basis}." if line else f"Source: {self.basis}.")
        return drawing
