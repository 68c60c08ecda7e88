"""Estimators on plain arrays and frames: each a class with `fit`; what it gives has `frame`, `summary`, `plot`.

They know nothing of the record: `detente.explain` brings its series to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.models.change_points import ChangePoints
    from detente.models.hawkes import Hawkes
    from detente.models.hawkes_process import HawkesProcess
    from detente.models.ideal_points import IdealPoints
    from detente.models.local_level import LocalLevel
    from detente.models.reciprocity import Reciprocity
    from detente.models.spillover import Spillover
    from detente.models.tensor import PoissonTensor
    from detente.models.tensor_choice import choose_k
    from detente.models.var import BayesianVAR, Minnesota

_HOMES = {
    "BayesianVAR": "var",
    "ChangePoints": "change_points",
    "Hawkes": "hawkes",
    "HawkesProcess": "hawkes_process",
    "IdealPoints": "ideal_points",
    "LocalLevel": "local_level",
    "Minnesota": "var",
    "PoissonTensor": "tensor",
    "Reciprocity": "reciprocity",
    "Spillover": "spillover",
    "choose_k": "tensor_choice",
}
__all__ = [
    "BayesianVAR",
    "ChangePoints",
    "Hawkes",
    "HawkesProcess",
    "IdealPoints",
    "LocalLevel",
    "Minnesota",
    "PoissonTensor",
    "Reciprocity",
    "Spillover",
    "choose_k",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"detente.models.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'detente.models' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
