"""What counts: CAMEO actions, PLOVER types and the issue areas with their rules."""

from detente.codebook.actions import Action, actions, polecat_action
from detente.codebook.areas import Area, Codebook, Rule, load_codebook
from detente.codebook.assign import assign_areas, explain

__all__ = [
    "Action",
    "Area",
    "Codebook",
    "Rule",
    "actions",
    "assign_areas",
    "explain",
    "load_codebook",
    "polecat_action",
]
