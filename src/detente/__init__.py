"""detente: the record, measures and assessment of interstate security relations.

>>> import detente as dt
>>> dt.who("Military (Russia)").code
'RUS'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "DetenteError",
    "NoData",
    "NotEstimable",
    "Pair",
    "Record",
    "Result",
    "__version__",
    "open_record",
    "render",
    "who",
    "write",
]

if TYPE_CHECKING:
    from detente.actors import who
    from detente.api import Pair, Record, open_record
    from detente.errors import DetenteError, NoData, NotEstimable
    from detente.report import render, write
    from detente.results import Result

_HOMES = {
    "DetenteError": "detente.errors",
    "NoData": "detente.errors",
    "NotEstimable": "detente.errors",
    "Pair": "detente.api",
    "Record": "detente.api",
    "Result": "detente.results",
    "open_record": "detente.api",
    "render": "detente.report",
    "who": "detente.actors",
    "write": "detente.report",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'detente' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
