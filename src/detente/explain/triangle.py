"""Several states at once: who answers whose moves, within a pair and across the triangle.

After Goldstein and Freeman, *Three-Way Street: Strategic Reciprocity in World Politics* (1990), on the United States,
the Soviet Union and China: a vector autoregression of all directed series. A bilateral answer goes back to the mover
(A>B by B>A); a triangular one changes what a third does or receives (A>B by A>C, C>A ...).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations
from typing import Any, ClassVar

import numpy as np
import polars as pl

from detente.actors import state_name
from detente.errors import DetenteError
from detente.explain.series import among
from detente.models import BayesianVAR
from detente.models.var import VARFit
from detente.periods import PERIODS
from detente.plots import figure, matrix, source_line
from detente.record import Store
from detente.record.view import View
from detente.results import Result
from detente.uncertainty import text


@dataclass(frozen=True, eq=False, repr=False)
class Triangle(Result):
    """Answers among several states; `table` has mover, answerer, kind (bilateral or triangular), value, low, high."""

    COLUMNS: ClassVar[dict[str, str]] = {
        "mover": "the series that moves",
        "answerer": "the series that answers",
        "kind": "bilateral or triangular",
        "value": "sum of what follows one unit given; null where not identified",
        "low": "lower bound of the 90% band",
        "high": "upper bound of the 90% band",
    }

    states: tuple[str, ...]
    table: pl.DataFrame
    fit: VARFit
    by: str
    horizon: int
    basis: str
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def frame(self) -> pl.DataFrame:
        """The table."""
        return self.table

    def summary(self) -> str:
        """Every bilateral answer, and the triangular ones whose band leaves nought out."""
        names = ", ".join(map(state_name, self.states))
        lines = [f"Answers among {names} within {self.horizon} {self.by}s, of one unit given:"]
        for row in self.table.iter_rows(named=True):
            clear = _clear(row)
            if row["kind"] == "bilateral" or clear:
                unclear = "" if clear or row["value"] is None else ", not clear of nought"
                lines.append(
                    f"{row['kind']}: {row['answerer']} after {row['mover']} "
                    f"{text(row['value'], row['low'], row['high'])}{unclear}."
                )
        others = self.table.filter(pl.col("kind") == "triangular")
        left = others.filter((pl.col("low") <= 0) & (pl.col("high") >= 0)).height
        unsure = others["value"].null_count()
        lines.append(
            f"{left} other triangular answers are not clear of nought{f', {unsure} not identified' if unsure else ''}; "
            "of all, one in ten would be clear by chance."
        )
        lines.append(f"Basis: {self.basis}; {self.fit.lags} lags, Minnesota prior.")
        return "\n".join(lines)

    def plot(self) -> Any:
        """All answers as a matrix, those clear of nought in bold."""
        names = self.fit.names
        drawing, axis = figure(0.42 * len(names) + 1.6)
        values, bold = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)), dtype=bool)
        cells = [[""] * len(names) for _ in names]
        for row in self.table.iter_rows(named=True):
            i, j = names.index(row["mover"]), names.index(row["answerer"])
            values[i, j], bold[i, j] = row["value"] or 0.0, _clear(row)
            cells[i][j] = "?" if row["value"] is None else f"{row['value']:.2f}"
        matrix(axis, values, names, cells, signed=True, bold=bold)
        axis.set_xlabel("answers")
        axis.set_ylabel("after one unit in")
        source_line(
            drawing,
            f"Summed over {self.horizon} {self.by}s; bold: the 90% band leaves nought out; ?: not identified. "
            f"Source: {self.basis}.",
        )
        return drawing


def _clear(row: dict[str, Any]) -> bool:
    """Whether the band leaves nought out; never where the answer is not identified."""
    return row["value"] is not None and (row["low"] > 0 or row["high"] < 0)


def triangle(
    record: Store,
    states: Sequence[str],
    *,
    by: str | None = None,
    as_of: date | None = None,
    source: str | None = None,
    horizon: int | None = None,
    seed: int = 0,
) -> Triangle:
    """Answers among three states or more by a Bayesian VAR of all directed series (Minnesota prior).

    Raises DetenteError for fewer than three different states, NoData where events are too few.
    """
    if len(set(states)) < 3 or len(set(states)) < len(states):
        raise DetenteError("a triangle needs three different states or more")
    first, second, *others = states
    pair = View(record, first, second, as_of, source)
    series = among(pair, others, by=by)
    span = horizon or PERIODS[series.by].ahead
    fit = BayesianVAR(PERIODS[series.by].lags).fit(series.frame.select(series.columns))
    table = fit.returned(span, seed=seed)
    back = pl.col("mover").replace_strict({f"{a}>{b}": f"{b}>{a}" for a, b in permutations(states, 2)})
    kind = pl.when(back == pl.col("answerer")).then(pl.lit("bilateral")).otherwise(pl.lit("triangular")).alias("kind")
    table = table.select("mover", "answerer", kind, "value", "low", "high").sort("kind", maintain_order=True)
    provenance = pair.provenance(VARFit.METHODS, by=series.by, horizon=span, seed=seed)
    return Triangle(tuple(states), table, fit, series.by, span, series.basis, provenance)
