"""CAMEO actions with quad class, Goldstein intensity and PLOVER type.

Codes and names: CAMEO Conflict and Mediation Event Observations codebook 1.1b3 (Schrodt 2012).
Intensity: the Goldstein (1992) scale as adapted to CAMEO. PLOVER: Halterman et al. (2023).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}


@dataclass(frozen=True, slots=True)
class Action:
    """One CAMEO code: quad is 1-4 (see QUADS), intensity -10 (war) to 10 (cooperation)."""

    code: str
    name: str
    quad: int
    intensity: float
    plover: str


@lru_cache(maxsize=1)
def actions() -> dict[str, Action]:
    """Every action by CAMEO code.

    >>> a = actions()["057"]; a.name, a.quad, a.intensity, a.plover
    ('Sign formal agreement', 1, 8.0, 'AGREE')
    """
    text = files("detente.codebook").joinpath("cameo.csv").read_text(encoding="utf-8")
    return {
        row["code"]: Action(row["code"], row["name"], int(row["quad"]), float(row["goldstein"]), row["plover"])
        for row in csv.DictReader(text.splitlines())
    }


# PLOVER event type -> (CAMEO code of the same meaning, quad class of the POLECAT codebook).
_PLOVER = {
    "AGREE": ("030", 1),
    "CONSULT": ("040", 1),
    "SUPPORT": ("050", 1),
    "CONCEDE": ("080", 1),
    "COOPERATE": ("060", 2),
    "AID": ("070", 2),
    "RETREAT": ("087", 2),
    "REQUEST": ("100", 3),
    "ACCUSE": ("110", 3),
    "REJECT": ("120", 3),
    "THREATEN": ("130", 3),
    "PROTEST": ("140", 4),
    "SANCTION": ("160", 4),
    "MOBILIZE": ("150", 4),
    "COERCE": ("170", 4),
    "ASSAULT": ("180", 4),
}
_PLOVER_MODES = {
    ("CONSULT", "visit"): "042",
    ("CONSULT", "phone"): "041",
    ("CONSULT", "third-party"): "045",
    ("CONSULT", "multilateral"): "040",
    ("RETREAT", "ceasefire"): "0871",
    ("RETREAT", "withdraw"): "0874",
    ("RETREAT", "release"): "0841",
    ("RETREAT", "return"): "0842",
    ("RETREAT", "disarm"): "0873",
    ("RETREAT", "access"): "0861",
    ("SANCTION", "convict"): "116",
    ("SANCTION", "expel"): "166",
    ("SANCTION", "withdraw"): "166",
    ("SANCTION", "discontinue"): "162",
    ("COERCE", "seize"): "171",
    ("COERCE", "restrict"): "172",
    ("COERCE", "arrest"): "173",
    ("COERCE", "deport"): "174",
    ("COERCE", "cyber"): "176",
    ("COERCE", "ban"): "172",
    ("MOBILIZE", "troops"): "154",
    ("MOBILIZE", "weapons"): "154",
    ("MOBILIZE", "police"): "153",
    ("MOBILIZE", "cyber"): "155",
    ("MOBILIZE", "militia"): "154",
    ("PROTEST", "demo"): "141",
    ("PROTEST", "riot"): "145",
    ("PROTEST", "strike"): "143",
    ("PROTEST", "boycott"): "143",
    ("PROTEST", "hunger"): "142",
    ("PROTEST", "obstruct"): "144",
    ("ASSAULT", "abduct"): "181",
    ("ASSAULT", "beat"): "182",
    ("ASSAULT", "torture"): "1822",
    ("ASSAULT", "sexual"): "1821",
    ("ASSAULT", "assassinate"): "186",
    ("ASSAULT", "firearms"): "193",
    ("ASSAULT", "explosives"): "183",
    ("ASSAULT", "suicide-attack"): "1831",
    ("ASSAULT", "heavy-weapons"): "194",
    ("ASSAULT", "aerial"): "195",
    ("ASSAULT", "drone"): "1952",
    ("ASSAULT", "destroy"): "1712",
    ("ASSAULT", "crowd-control"): "175",
    ("ASSAULT", "cleansing"): "203",
    ("ASSAULT", "unconventional"): "204",
}


def polecat_action(event_type: str, mode: str = "") -> tuple[str, str, int] | None:
    """A PLOVER type and mode as (CAMEO code, PLOVER type, quad), None for an unknown type.

    >>> polecat_action("CONSULT", "visit")
    ('042', 'CONSULT', 1)
    """
    kind = event_type.strip().upper()
    if kind not in _PLOVER:
        return None
    code, quad = _PLOVER[kind]
    return _PLOVER_MODES.get((kind, mode.strip().lower()), code), kind, quad
