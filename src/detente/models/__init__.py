"""Estimators on plain arrays and frames: each a class with `fit`; what it gives is a `detente.results.Result`.

They know nothing of the record: `detente.explain` brings its series to them. `ESTIMATORS` finds them by name, and those
that other packages add by an entry point of the group `detente.estimators` (see `detente.models.base`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.registry import Registry

if TYPE_CHECKING:
    from detente.models.base import Estimator as Estimator
    from detente.models.base import Fit as Fit
    from detente.models.change_points import ChangePoints as ChangePoints
    from detente.models.hawkes import Hawkes as Hawkes
    from detente.models.hawkes_process import HawkesProcess as HawkesProcess
    from detente.models.ideal_points import IdealPoints as IdealPoints
    from detente.models.local_level import LocalLevel as LocalLevel
    from detente.models.minnesota import Minnesota as Minnesota
    from detente.models.reciprocity import Reciprocity as Reciprocity
    from detente.models.spillover import Spillover as Spillover
    from detente.models.tensor import PoissonTensor as PoissonTensor
    from detente.models.tensor_choice import choose_k as choose_k
    from detente.models.var import BayesianVAR as BayesianVAR

_OWN = {
    "BayesianVAR": "detente.models.var:BayesianVAR",
    "ChangePoints": "detente.models.change_points:ChangePoints",
    "Hawkes": "detente.models.hawkes:Hawkes",
    "IdealPoints": "detente.models.ideal_points:IdealPoints",
    "LocalLevel": "detente.models.local_level:LocalLevel",
    "PoissonTensor": "detente.models.tensor:PoissonTensor",
    "Reciprocity": "detente.models.reciprocity:Reciprocity",
    "Spillover": "detente.models.spillover:Spillover",
}
_BESIDE = {
    "Estimator": "detente.models.base:Estimator",
    "Fit": "detente.models.base:Fit",
    "HawkesProcess": "detente.models.hawkes_process:HawkesProcess",
    "Minnesota": "detente.models.minnesota:Minnesota",
    "choose_k": "detente.models.tensor_choice:choose_k",
}
ESTIMATORS: Registry[type[Estimator]] = Registry(
    "detente.estimators", _OWN, "detente.models.base:Estimator", classes=True
)
"""The estimators by name, those of this package and of others."""

__all__ = ("ESTIMATORS", *_OWN, *_BESIDE)


def __getattr__(name: str) -> Any:
    from pkgutil import resolve_name

    if place := {**_OWN, **_BESIDE}.get(name):
        return resolve_name(place)
    raise AttributeError(f"module 'detente.models' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
