"""CAMEO actions with quad class, Goldstein intensity and PLOVER type.

Codes and names: CAMEO Conflict and Mediation Event Observations codebook 1.1b3 (Schrodt 2012).
Intensity: the Goldstein (1992) scale as adapted to CAMEO. PLOVER: Halterman et al. (2023).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Action:
    """One CAMEO code.

    `quad` is 1 for verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict; `intensity` goes
    from -10 (war) to 10 (cooperation).
    """

    code: str
    name: str
    quad: int
    intensity: float
    plover: str


def _rows(table: str) -> csv.DictReader[str]:
    return csv.DictReader(files(__package__).joinpath(table).read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def actions() -> dict[str, Action]:
    """Every action by CAMEO code.

    >>> a = actions()["057"]; a.name, a.quad, a.intensity, a.plover
    ('Sign formal agreement', 1, 8.0, 'AGREE')
    """
    return {
        row["code"]: Action(row["code"], row["name"], int(row["quad"]), float(row["goldstein"]), row["plover"])
        for row in _rows("cameo.csv")
    }


@lru_cache(maxsize=1)
def _plover() -> dict[tuple[str, str], tuple[str, int]]:
    """PLOVER type and mode -> CAMEO code of the same meaning and quad class of the POLECAT codebook.

    The mode "" stands for every mode that has no code of its own.
    """
    return {(row["type"], row["mode"]): (row["action"], int(row["quad"])) for row in _rows("plover.csv")}


def polecat_action(event_type: str, mode: str = "") -> tuple[str, str, int] | None:
    """A PLOVER type and mode as (CAMEO code, PLOVER type, quad), None for an unknown type.

    >>> polecat_action("CONSULT", "visit")
    ('042', 'CONSULT', 1)
    """
    plover = event_type.strip().upper()
    action = _plover().get((plover, mode.strip().lower())) or _plover().get((plover, ""))
    return (action[0], plover, action[1]) if action else None
