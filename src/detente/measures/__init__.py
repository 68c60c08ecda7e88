"""The panel and the indices, with their uncertainty."""

from detente.measures.in_force import Life, Stage, in_force, in_force_by, lives
from detente.measures.panel import pair_panel, states_panel
from detente.measures.variables import Variable
from detente.measures.votes import all_pairs_share, all_similarity, similarity, similarity_indices, un_agreement

__all__ = [
    "Life",
    "Stage",
    "Variable",
    "all_pairs_share",
    "all_similarity",
    "in_force",
    "in_force_by",
    "lives",
    "pair_panel",
    "similarity",
    "similarity_indices",
    "states_panel",
    "un_agreement",
]
