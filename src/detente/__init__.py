"""detente: the record, measures and assessment of interstate security relations.

>>> import detente as dt
>>> dt.who("Military (Russia)").code
'RUS'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Assessment", "Pair", "Record", "__version__", "open_record", "who"]

if TYPE_CHECKING:
    from detente.actors import who
    from detente.assessment import Assessment
    from detente.pair import Pair, open_record
    from detente.record import Record

_HOMES = {
    "Assessment": "detente.assessment",
    "Pair": "detente.pair",
    "Record": "detente.record",
    "open_record": "detente.pair",
    "who": "detente.actors",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'detente' has no attribute {name!r}")
