"""Spillover from a third state: how relations with it, and disputes over it, go with the pair's own, area by area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

import polars as pl

from detente.actors import state_name
from detente.checks import whole
from detente.errors import DetenteError, NoData
from detente.explain.series import with_third
from detente.explain.topic import Draft, Question, Topic, capital, in_text, percent
from detente.models.spillover import ASSOCIATED, Spill, Spillover, SpilloverFit
from detente.periods import PERIODS, period_end
from detente.plots import period_axis, source_line
from detente.record.view import View
from detente.results import Result


@dataclass(frozen=True, eq=False, repr=False)
class PairSpillover(Result):
    """Spillover from a third state: a fit for each area (None: all areas), with the first days of its periods."""

    COLUMNS: ClassVar[dict[str, str]] = {"area": "issue area; null for all together", **SpilloverFit.COLUMNS}

    pair: tuple[str, str]
    third: str
    by: str
    fits: dict[str | None, SpilloverFit]
    periods: list[date]
    basis: str
    left_out: tuple[str, ...]
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def spills(self) -> list[tuple[str | None, Spill]]:
        """Area and estimates of every direction."""
        return [(area, one) for area, fit in self.fits.items() for one in fit.spills]

    @property
    def horizon(self) -> int:
        """Periods ahead for which shares are given."""
        return next(iter(self.fits.values())).model.horizon

    @property
    def frame(self) -> pl.DataFrame:
        """Rows area, series (direction), measure (share_last, share_first, answer), value, low, high, placebo."""
        return pl.concat(
            fit.frame.select(pl.lit(area, pl.Utf8).alias("area"), pl.all()) for area, fit in self.fits.items()
        )

    def summary(self) -> str:
        """The shares with their bands, beside what chance gives, and what may be concluded."""
        lines = []
        for area, fit in self.fits.items():
            head, *rest = fit.summary(self.by).splitlines()
            lines += [f"{area or 'all areas'}: {head[0].lower()}{head[1:]}", *rest]
        if self.left_out:
            lines.append(f"Too few acts for a model: {', '.join(self.left_out)}.")
        lines.append(f"Basis: {self.basis}. Associations in time, not proven causes.")
        return "\n".join(lines)

    def plot(self, area: str | None = None) -> Any:
        """Both directions of one area (None: all, or the first modelled) as they were and without the third state's
        shocks.
        """
        if area not in self.fits and area is not None:
            raise NoData(f"no model of {area}; there is one of {', '.join(name or 'all areas' for name in self.fits)}")
        fit = self.fits.get(area) or next(iter(self.fits.values()))
        drawing = fit.plot(self.by)
        period_axis(drawing.axes[-1], self.periods, self.by)
        for axis, name in zip(drawing.axes, fit.var.names, strict=False):
            axis.set_ylabel(f"{name}\nnet intensity")
        block = f"The block: relations with {state_name(self.third)}. Source: {self.basis}."
        source_line(drawing, block, after=True)
        return drawing


def spillover(
    pair: View,
    third: str,
    *,
    by: str | None = None,
    areas: Sequence[str | None] = (None,),
    horizon: int | None = None,
    seed: int = 0,
) -> PairSpillover:
    """`detente.models.Spillover` of the pair's two directions, the block being each side's relation with a third state.

    By area: the pair's acts in that area (all areas: without those about the third state). Areas with too few acts are
    named in `left_out`. Raises NoData where events are too few for any area.
    """
    whole("seed", seed, 0)
    if horizon is not None:
        whole("horizon", horizon)
    if third in (pair.a, pair.b):
        raise DetenteError(f"{state_name(third)} is one of the pair; a third state is needed")
    fits: dict[str | None, SpilloverFit] = {}
    left_out: list[str] = []
    series = with_third(pair, third, by=by, areas=areas)
    unit, basis, periods = "", "", []
    for area, one in series.items():
        if isinstance(one, NoData):
            if len(series) == 1:
                raise one
            left_out.append(area or "all areas")
            continue
        model = Spillover(PERIODS[one.by].lags, horizon=horizon or PERIODS[one.by].ahead, seed=seed)
        fits[area] = model.fit(one.frame.select(one.columns), one.columns[2:])
        unit, basis, periods = one.by, one.basis, one.frame["period"].to_list()
    if not fits:
        raise NoData(f"too few acts of {state_name(pair.a)} and {state_name(pair.b)} in every area asked about")
    provenance = pair.provenance(
        SpilloverFit.METHODS, third=third, by=unit, areas=list(areas), horizon=horizon, seed=seed
    )
    return PairSpillover((pair.a, pair.b), third, unit, fits, periods, basis, tuple(left_out), provenance)


def _say(ask: Question, draft: Draft) -> None:
    pair = ask.pair
    if not ask.thirds:
        raise NoData("no facts about a third state and no events with one are held; name one (--third IRN)")
    names = in_text(pair.a), in_text(pair.b)
    named = dict(zip(pair.directions, (names, names[::-1]), strict=True))
    problems = []
    titles = {area.id: area.title for area in pair.record.codebook.areas}
    for third in ask.thirds:
        try:
            answer = spillover(pair, third, areas=(None, *titles), seed=ask.seed)
        except NoData as error:
            problems.append(str(error))
            continue
        clear = []
        for area, one in answer.spills:
            mover, receiver = named[one.series]
            if area is not None:
                draft.add(f"{third} share of {one.series}, {area}", one.last, "share of variance by area")
                # What doesn't show above chance in whole percent is no finding to a reader.
                if one.reading == ASSOCIATED and round(100 * one.last.value) > round(100 * one.placebo):
                    clear.append(
                        f"{mover} to {receiver} in {titles[area]}, {percent(one.last)}, chance {one.placebo:.0%}"
                    )
                continue
            draft.add(f"{third} share of {one.series}", one.last, "share of variance")
            draft.add(f"{third} share of {one.series}, block first", one.first, "share of variance")
            draft.say(
                f"{capital(in_text(third))}: {percent(one.last)} of the variance of what {mover} does towards "
                f"{receiver} goes with it, {one.first.value:.0%} with what both share in one {answer.by}; "
                f"chance gives up to {one.placebo:.0%}: {one.reading}."
            )
        tried = len(answer.fits.keys() - {None})
        draft.say(
            f"{capital(in_text(third))}, by area ({tried} with acts enough): "
            + (f"more than chance for {'; '.join(clear)}." if clear else "nowhere surely more than chance.")
        )
        draft.basis = f"VAR with a block for the third state, {answer.horizon} {answer.by}s ahead; {answer.basis}"
        draft.data_to = period_end(answer.periods[-1], answer.by)
        draft.charts[f"spillover-{third}"] = answer.plot
    if not draft.statements:
        raise NoData(problems[0])


TOPIC = Topic("spillover", "Third parties", _say, methods=SpilloverFit.METHODS)
