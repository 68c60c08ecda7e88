"""The panel and the indices, with their uncertainty."""

from detente.measures.panel import pair_panel, states_panel
from detente.measures.stock import Life, Stage, in_force_by, lives, stock
from detente.measures.votes import all_pairs_share, all_similarity, similarity, similarity_indices, un_agreement

__all__ = [
    "Life",
    "Stage",
    "all_pairs_share",
    "all_similarity",
    "in_force_by",
    "lives",
    "pair_panel",
    "similarity",
    "similarity_indices",
    "states_panel",
    "stock",
    "un_agreement",
]
