"""The front door from Python: open a record, name a pair, ask.

>>> import detente as dt
>>> record = dt.open_record("no-such-folder")
>>> pair = record.pair("USA", "Russia", as_of="2007-02-01")
>>> pair.assess().verdict in ("opening", "limited", "unlikely", "unknown")
True
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente import clock
from detente.actors.tables import as_day
from detente.errors import DetenteError
from detente.measures.months import past_day
from detente.record import Record

if TYPE_CHECKING:
    import polars as pl

    from detente.assessment import Assessment
    from detente.claims import Report
    from detente.explain.breaks import PairBreaks
    from detente.explain.components import Components
    from detente.explain.digest import Digest
    from detente.explain.excitation import ExcitationFit
    from detente.explain.levels import PairLevels
    from detente.explain.reciprocity import ReciprocityThroughTime
    from detente.explain.result import Explained
    from detente.explain.spillover import PairSpillover
    from detente.explain.triangle import Triangle
    from detente.forecasts.pair_forecast import PairForecast
    from detente.levers.policy import Lever
    from detente.levers.weighed import Weighed
    from detente.measures import Life
    from detente.models.ideal_points import IdealPointsFit
    from detente.models.reciprocity import ReciprocityFit


class OpenRecord(Record):
    """A record that knows its pairs."""

    def pair(self, a: str, b: str, as_of: str | date | None = None) -> Pair:
        """Two states by any name or code, seen as of a day (today's knowledge without one).

        DetenteError where one of them had ended by then, naming its successors, or did not exist yet.
        """
        day = _as_of(as_of)
        first, second = self.actors.side(a, day), self.actors.side(b, day)
        if first == second:
            raise DetenteError(f"{a!r} and {b!r} are the same state")
        return Pair(self, first, second, day)

    def panel(
        self,
        states: Sequence[str] | None = None,
        *,
        by: str = "month",
        as_of: str | date | None = None,
        area: str | None = None,
        source: str | None = None,
        least: int = 1,
    ) -> pl.DataFrame:
        """The panel of all pairs of states at once, or of those named; see `detente.measures.states_panel`."""
        from detente.measures import states_panel

        named = self._sides(states, as_of)
        return states_panel(self, named, by=by, as_of=_as_of(as_of), area=area, source=source, least=least)

    def similarity(self, *, issue: str | None = None, as_of: str | date | None = None) -> pl.DataFrame:
        """How alike all pairs vote in the UN, year by year; see `detente.measures.all_similarity`."""
        from detente.measures import all_similarity

        return all_similarity(self, as_of=_as_of(as_of), issue=issue)

    def triangle(self, states: Sequence[str], *, as_of: str | date | None = None, **asked: Any) -> Triangle:
        """Who answers whom among three states or more; see `detente.explain.triangle`."""
        from detente.explain.triangle import triangle

        return triangle(self, self._sides(states, as_of) or [], as_of=_as_of(as_of), **asked)

    def components(
        self,
        k: int | None = None,
        *,
        states: Sequence[str] | None = None,
        as_of: str | date | None = None,
        **asked: Any,
    ) -> Components:
        """Hidden structure of who does what to whom when; see `detente.explain.components`."""
        from detente.explain.components import components

        named = self._sides(states, as_of)
        return components(self, k, states=named, as_of=_as_of(as_of), **asked)

    def ideal_points(self, *, as_of: str | date | None = None, **asked: Any) -> Explained[IdealPointsFit]:
        """Positions of all states in the UN, session by session; see `detente.explain.positions`."""
        from detente.explain.positions import ideal_points

        return ideal_points(self, as_of=_as_of(as_of), **asked)

    def _sides(self, states: Sequence[str] | None, as_of: str | date | None) -> list[str] | None:
        if isinstance(states, str):
            raise DetenteError(f"{states!r} is no list of states: give several, as in ['USA', 'RUS']")
        return None if states is None else [self.actors.side(state, _as_of(as_of)) for state in states]

    def claims_files(self) -> dict[str, Path]:
        """The claims files that the cases bring, by name."""
        return {path.stem: path for case in self.cases for path in case.claims()}

    def check_claims(self, file: str | Path, *, as_of: str | date | None = None, seed: int = 2007) -> Report:
        """Check the claims of a study, by path or by the name of a claims file of a case.

        See `detente.claims.check`. DetenteError names what is wrong in the file.
        """
        from detente.claims import check, read_study

        known = self.claims_files()
        path = known.get(str(file), Path(file))
        if not path.exists():
            raise DetenteError(f"{file}: no such claims file; cases bring: {', '.join(sorted(known)) or 'none'}")
        return check(self, read_study(path, self.actors, self.codebook), as_of=_as_of(as_of), seed=seed)


@dataclass(frozen=True)
class Pair:
    """Two states in a record, as of a day."""

    record: Record
    a: str
    b: str
    as_of: date | None = None

    def panel(
        self,
        by: str = "month",
        *,
        areas: Sequence[str | None] = (None,),
        source: str | None = None,
        sectors: str = "all",
        con: Any | None = None,
    ) -> pl.DataFrame:
        """Directed counts, net intensity and cooperation share; see `detente.measures.pair_panel`."""
        from detente.measures import pair_panel

        return pair_panel(
            self.record, self.a, self.b, by=by, as_of=self.as_of, areas=areas, source=source, sectors=sectors, con=con
        )

    def facts(self, area: str | None = None) -> pl.DataFrame:
        """The dated facts of the pair, of an area (as in third_party_dispute:IRN), with their sources."""
        from detente.record.facts import pair_facts

        return pair_facts(self.record, self.a, self.b, self.as_of, area)

    def agreements(self, on: str | date | None = None) -> list[Life]:
        """The lives of the pair's agreements, programmes and restrictions; see `detente.measures.lives`.

        With `on`, only those begun by that day.
        """
        from detente.measures import lives

        day = as_day(on)
        return [life for life in lives(self.record, self.a, self.b, self.as_of) if not day or life.stage_on(day)]

    def stock(self, by: str = "year", *, areas: Sequence[str | None] = (None,)) -> pl.DataFrame:
        """The stock of cooperation at the end of every period; see `detente.measures.stock`.

        Periods run from the pair's first fact to its last, or to `as_of`. NoData without agreements.
        """
        from detente.measures import stock_by

        return stock_by(self.record, self.a, self.b, by=by, as_of=self.as_of, areas=areas)

    def agreement(self, issues: Sequence[str] = ()) -> pl.DataFrame:
        """Yearly agreement in UN roll calls; see `detente.measures.agreement`."""
        from detente.measures import agreement

        return agreement(self.record, self.a, self.b, as_of=self.as_of, issues=tuple(issues))

    def similarity(self, issues: Sequence[str | None] = (None,), *, seed: int = 0) -> pl.DataFrame:
        """Agreement, S, pi and kappa in UN roll calls by year and issue, with intervals; see `detente.measures`."""
        from detente.measures import similarity

        return similarity(self.record, self.a, self.b, as_of=self.as_of, issues=issues, seed=seed)

    def levels(self, by: str = "month", **asked: Any) -> PairLevels:
        """Levels of cooperation and conflict with bands, as of today where no day is named; see `detente.explain.levels`."""
        from detente.explain.levels import levels

        return levels(self.record, self.a, self.b, by=by, as_of=self.as_of or clock.today(), **asked)

    def reciprocity(self, **asked: Any) -> Explained[ReciprocityFit]:
        """What each side returns of the other's moves; see `detente.explain.reciprocity`."""
        from detente.explain.reciprocity import reciprocity

        return reciprocity(self.record, self.a, self.b, as_of=self.as_of, **asked)

    def reciprocity_through_time(self, **asked: Any) -> ReciprocityThroughTime:
        """The same in moving windows; see `detente.explain.reciprocity`."""
        from detente.explain.reciprocity import reciprocity_through_time

        return reciprocity_through_time(self.record, self.a, self.b, as_of=self.as_of, **asked)

    def excitation(self, **asked: Any) -> Explained[ExcitationFit]:
        """Which acts set off which; see `detente.explain.excitation`."""
        from detente.explain.excitation import excitation

        return excitation(self.record, self.a, self.b, as_of=self.as_of, **asked)

    def spillover(self, third: str, **asked: Any) -> PairSpillover:
        """How relations with a third state go with the pair's own; see `detente.explain.spillover`."""
        from detente.explain.spillover import spillover

        state = self.record.actors.side(third, self.as_of)
        return spillover(self.record, self.a, self.b, state, as_of=self.as_of, **asked)

    def breaks(self, **asked: Any) -> PairBreaks:
        """When relations changed regime, with facts near; see `detente.explain.breaks`."""
        from detente.explain.breaks import breaks

        return breaks(self.record, self.a, self.b, as_of=self.as_of, **asked)

    def explain(self, thirds: Sequence[str] = (), **asked: Any) -> Digest:
        """All of these in words and numbers, as of today where no day is named; see `detente.explain.digest`."""
        from detente.explain.digest import explain

        states = [self.record.actors.side(third, self.as_of) for third in thirds]
        return explain(self.record, self.a, self.b, as_of=self.as_of or clock.today(), thirds=states, **asked)

    def forecast(self, *, horizon: int = 24, **asked: Any) -> PairForecast:
        """What is to be expected within `horizon` months; needs a day; see `detente.forecasts.of_pair`."""
        from detente.forecasts.of_pair import forecast

        if self.as_of is None:
            raise DetenteError("a forecast is as of a day: record.pair(a, b, as_of='2007-02-01')")
        return forecast(self.record, self.a, self.b, as_of=self.as_of, horizon=horizon, **asked)

    def weigh(self, levers: Sequence[Lever | str] = (), **asked: Any) -> Weighed:
        """What levers would be associated with, as `Lever` or short text; needs a day; see `detente.levers.weigh`."""
        from detente.levers.policy import parse
        from detente.levers.weigh import weigh

        if self.as_of is None:
            raise DetenteError("levers are weighed as of a day: record.pair(a, b, as_of='2007-02-01')")
        named = [parse(one, self.record.actors, self.as_of) if isinstance(one, str) else one for one in levers]
        return weigh(self.record, self.a, self.b, named, as_of=self.as_of, **asked)

    def assess(self, *, source: str | None = None, explained: bool = True) -> Assessment:
        """The assessment; needs a day, so give `as_of` when naming the pair.

        `explained=False` leaves out what the models say, which takes longest.
        """
        from detente.assessment import assess

        if self.as_of is None:
            raise DetenteError("an assessment is as of a day: record.pair(a, b, as_of='2007-02-01')")
        return assess(self.record, self.a, self.b, self.as_of, source=source, explained=explained)


def open_record(
    folder: str | Path | None = None,
    *,
    codebook: str | Path | None = None,
    names: str | Path | None = None,
    cases: bool = True,
    case: Sequence[str | Path] = (),
) -> OpenRecord:
    """Open a record folder (the user's own by default; it is made at the first ingest).

    `cases` takes in the built-in and installed cases, `case` those in folders of your own.
    """
    return OpenRecord(folder, codebook=codebook, names=names, cases=cases, case=case)


def _as_of(value: str | date | None) -> date | None:
    day = as_day(value)
    return past_day(day) if day else None
