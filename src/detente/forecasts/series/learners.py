"""What all series teach together: quantiles of the outcome from features, by boosting and by a forest.

Both take features (rows, columns; NaN where unknown) and outcomes free of scale, and give `LEVELS` quantiles a row.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from detente.errors import NotEstimable
from detente.forecasts.scores import COUNT, LEVELS, Array, between_levels

FITTED = np.array([0.005, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.995])
CHUNK = 20_000


class Fitted(Protocol):
    """A learner that has learnt."""

    def quantiles(self, x: Array) -> Array:
        """(rows, COUNT) quantiles, rising, of features (rows, columns)."""
        ...


@dataclass(frozen=True)
class Boosted:
    """Gradient-boosted trees, one ensemble for each of fifteen quantiles, straight lines between them.

    Koenker's check loss (*Quantile Regression*, 2005) over histograms (Ke et al., NeurIPS 2017), by scikit-learn.
    Crossing quantiles are sorted (Chernozhukov, Fernandez-Val and Galichon, Econometrica 78, 2010).
    """

    rounds: int = 40
    leaves: int = 5
    rate: float = 0.12
    least: int = 60

    def fit(self, x: Array, y: Array, seed: int = 0) -> Fitted:
        """Learn from rows of features and their outcomes; NotEstimable without a row or a feature that is known."""
        from sklearn.ensemble import HistGradientBoostingRegressor
        from threadpoolctl import threadpool_limits

        columns = _known(x)
        known = np.ascontiguousarray(x[:, columns])

        def one(level: float) -> Any:
            model = HistGradientBoostingRegressor(
                loss="quantile",
                quantile=level,
                max_iter=self.rounds,
                max_leaf_nodes=self.leaves,
                learning_rate=self.rate,
                min_samples_leaf=min(self.least, max(5, len(y) // 20)),
                max_features=0.4,
                l2_regularization=5.0,
                max_bins=63,
                early_stopping=False,
                random_state=seed,
            )
            return model.fit(known, y)

        with threadpool_limits(1), ThreadPoolExecutor(2) as pool:
            models = list(pool.map(one, FITTED.tolist()))
        return _Boosted(columns, models)


@dataclass(frozen=True, eq=False)
class _Boosted:
    columns: Any
    models: list[Any]

    def quantiles(self, x: Array) -> Array:
        known = np.ascontiguousarray(x[:, self.columns])
        quantiles = np.sort(np.column_stack([model.predict(known) for model in self.models]), axis=1)
        return between_levels(quantiles, FITTED)


@dataclass(frozen=True)
class Forest:
    """A forest of random trees whose leaves keep their outcomes: those of the leaves reached are the forecast.

    Quantile regression forests (Meinshausen, JMLR 7, 2006) on extremely randomised trees (Geurts, Ernst and Wehenkel,
    Machine Learning 63, 2006), by scikit-learn; ten outcomes, evenly spread, stand for each leaf.
    """

    trees: int = 60
    least: int = 20
    kept: int = 10

    def fit(self, x: Array, y: Array, seed: int = 0) -> Fitted:
        """Learn from rows of features and their outcomes; NotEstimable without a row or a feature that is known."""
        from sklearn.ensemble import ExtraTreesRegressor

        _known(x)
        filled = _fill(x)
        model = ExtraTreesRegressor(
            self.trees,
            min_samples_leaf=min(self.least, max(3, len(y) // 20)),
            max_features=0.4,
            bootstrap=True,
            max_samples=0.5,
            n_jobs=2,
            random_state=seed,
        ).fit(filled, y)
        trees = [one.tree_ for one in model.estimators_]
        sizes = [tree.node_count for tree in trees]
        roots = np.cumsum([0, *sizes[:-1]])
        children = [
            np.stack([tree.children_left, tree.children_right], axis=1) + root
            for tree, root in zip(trees, roots, strict=True)
        ]
        rising = np.argsort(y, kind="stable")
        leaves, ordered = model.apply(filled[rising]).astype(np.uint16 if max(sizes) < 65_536 else np.int32), y[rising]
        rng = np.random.default_rng(seed)
        outcomes = np.zeros((sum(sizes), self.kept), dtype=np.float32)
        for n, root in enumerate(roots):
            # Outcomes of a leaf stay in their order.
            order = np.argsort(leaves[:, n], kind="stable")
            leaf, starts, count = np.unique(leaves[order, n], return_index=True, return_counts=True)
            spread = (np.arange(self.kept) + rng.random((len(leaf), self.kept))) / self.kept
            outcomes[root + leaf] = ordered[order][starts[:, None] + (spread * count[:, None]).astype(int)]
        feature = np.concatenate([tree.feature for tree in trees]).astype(np.int16)
        at = np.cumsum(feature < 0) - 1
        return Trees(
            roots.astype(np.int32),
            feature,
            np.concatenate([tree.threshold for tree in trees]),
            np.where(feature[:, None] < 0, at[:, None], np.concatenate(children)).astype(np.int32),
            outcomes[feature < 0],
        )


@dataclass(frozen=True, eq=False)
class Trees:
    """A forest that has learnt, as arrays: where each tree begins; of every node the feature (below nought: a leaf),
    the threshold, and both children or the leaf's number; and the outcomes kept of every leaf.
    """

    roots: Any
    feature: Any
    threshold: Any
    children: Any
    outcomes: Any

    def quantiles(self, x: Array) -> Array:
        """Quantiles of the outcomes in the leaves reached, those of all trees together."""
        return np.concatenate(
            [self._some(x[at : at + CHUNK]) for at in range(0, len(x), CHUNK)] or [np.zeros((0, COUNT))]
        )

    def _some(self, x: Array) -> Array:
        filled, node = _fill(x), np.tile(self.roots, len(x))
        row, going = np.repeat(np.arange(len(x)), len(self.roots)), np.arange(len(node))
        while len(going := going[self.feature[node[going]] >= 0]):
            at = node[going]
            right = filled[row[going], self.feature[at]] > self.threshold[at]
            node[going] = self.children[at, right.astype(int)]
        drawn = self.outcomes[self.children[node, 0]].reshape(len(x), -1)
        drawn.sort(axis=1)
        return np.asarray(drawn[:, (LEVELS * drawn.shape[1]).astype(int)], dtype=np.float64)


def _known(x: Array) -> Any:
    """The columns in which anything is known."""
    columns = np.flatnonzero(np.isfinite(x).any(0)) if len(x) else np.zeros(0, dtype=int)
    if not len(columns):
        raise NotEstimable("no past forecast with a known feature to learn from")
    return columns


def _fill(x: Array) -> Any:
    return np.nan_to_num(x, nan=-99.0, posinf=99.0, neginf=-99.0).astype(np.float32)
