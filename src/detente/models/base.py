"""The form that all estimators share: an estimator holds settings, `fit` takes numbers, what comes back is a `Fit`.

A new estimator is one file and its test: an `Estimator`, frozen, its settings the arguments of its constructor, and a
`Fit` with a documented frame and the papers of the method. Numbers that are well formed but say too little raise
`detente.errors.NotEstimable`, numbers that mean nothing `detente.errors.DetenteError`; see `detente.checks`. Name it in
`detente.models`, or in another package by an entry point of the group `detente.estimators`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

import polars as pl

from detente.results import Result


class Fit(Result):
    """An estimate from a user's own numbers: a result that has methods to cite and no record behind it.

    Bands hold 90% unless it says otherwise.
    """

    def _table(self, rows: Iterable[tuple[Any, ...]]) -> pl.DataFrame:
        """Rows with the names of `COLUMNS`; NaN is null, and a column of nulls alone is one of numbers."""
        table = pl.DataFrame(list(rows), schema=list(self.COLUMNS), orient="row", infer_schema_length=None)
        return table.with_columns(pl.selectors.by_dtype(pl.Null).cast(pl.Float64)).fill_nan(None)


class Estimator(ABC):
    """An estimator: settings as constructor arguments, numbers to `fit`."""

    @abstractmethod
    def fit(self, *numbers: Any, **options: Any) -> Fit:
        """The estimate; NotEstimable where the numbers say too little, DetenteError where they mean nothing."""

    @classmethod
    @abstractmethod
    def example(cls, seed: int = 0) -> dict[str, Any]:
        """Arguments of `fit` to try it on: numbers simulated from a world whose truth is known."""
