"""The panel and the indices, with their uncertainty."""

from detente.measures.panel import choose_source, pair_panel, states_panel
from detente.measures.shares import Share, probability_higher, share, share_interval
from detente.measures.stock import Life, Stage, lives, stock, stock_by
from detente.measures.votes import agreement, all_pairs_share, all_similarity, similarity, similarity_indices

__all__ = [
    "Life",
    "Share",
    "Stage",
    "agreement",
    "all_pairs_share",
    "all_similarity",
    "choose_source",
    "lives",
    "pair_panel",
    "probability_higher",
    "share",
    "share_interval",
    "similarity",
    "similarity_indices",
    "states_panel",
    "stock",
    "stock_by",
]
