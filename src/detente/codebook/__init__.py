"""What counts: CAMEO actions, PLOVER types and the issue areas with their rules."""

from detente.codebook.actions import actions, polecat_action
from detente.codebook.areas import Area, Codebook, load_codebook
from detente.codebook.assign import assign_areas, explain

__all__ = [
    "Area",
    "Codebook",
    "actions",
    "assign_areas",
    "explain",
    "load_codebook",
    "polecat_action",
]
