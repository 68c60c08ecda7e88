"""The variants of the model by which levers are weighed, of which each changes one assumption, and how they are fitted.

Beside the main one (Minnesota prior, 2 lags, all shocks): the lever's own shocks alone with the drivers first in order
(it moves others at once) or last (it is moved by them), least squares, 4 lags, the later half of the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from detente.levers.comparison import MAIN
from detente.levers.system import enough
from detente.models.minnesota import Minnesota
from detente.models.var import BayesianVAR, VARFit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Variant:
    """A set of assumptions: lags, prior or not, whose shocks in which order, and which part of the record."""

    name: str
    lags: int = 2
    prior: bool = True
    shocks: str = "all"
    later_half: bool = False


VARIANTS = (
    Variant(MAIN),
    Variant("own shocks, first", shocks="first"),
    Variant("own shocks, last", shocks="last"),
    Variant("least squares", prior=False),
    Variant("4 lags", lags=4),
    Variant("later half", later_half=True),
)


def fitted(series: dict[str, Array], variant: Variant) -> VARFit | None:
    """The model of series by name (periods,) under a variant; None where there are too few periods or moves."""
    names = sorted(series)
    data = np.column_stack([series[name] for name in names])
    if variant.later_half:
        data = data[len(data) // 2 :]
    parameters = (len(names) * variant.lags + 1) * (1 if variant.prior else 2)
    if not all(enough(column) for column in data.T) or len(data) < parameters + len(names) + 3:
        return None
    prior = Minnesota() if variant.prior else None
    return BayesianVAR(lags=variant.lags, prior=prior).fit(pl.DataFrame(data, schema=names, orient="row"))
