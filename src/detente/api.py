"""The way in from Python: open a record, name a pair and a day, ask.

>>> import detente as dt
>>> pair = dt.open_record("no-such-folder").pair("USA", "Russia", as_of="2007-02-01")
>>> pair.assess().verdict in ("opening", "limited", "unlikely", "unknown")
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from detente import clock
from detente.actors.tables import as_day
from detente.errors import DetenteError
from detente.periods import HORIZON, past_day
from detente.record.store import Store
from detente.record.view import View
from detente.reproduce import Reproduction, answers

if TYPE_CHECKING:
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
    from detente.forecasts.result import PairForecast
    from detente.levers.comparison import LeverComparison
    from detente.levers.policy import Lever
    from detente.measures.context import PairContext
    from detente.measures.tables import Audit, Treaties
    from detente.models.ideal_points import IdealPointsFit
    from detente.models.reciprocity import ReciprocityFit
    from detente.results import Table

Day = str | date | None
"""A day as text (2007-02-01, 2007-02, 2007) or as a date."""
Areas = str | Sequence[str | None] | None
"""One issue area, or several; None stands for all areas together."""


class Record(Store):
    """A record that can be asked: about a pair, or about all states at once."""

    def pair(self, a: str, b: str, as_of: Day = None, *, source: str | None = None) -> Pair:
        """Two states by any name or code, seen as of a day (by all that is held without one).

        `source` names the event source to use; without one it is chosen by rule (`View.source`). DetenteError where one
        of them had ended by then, naming its successors, or did not exist yet.
        """
        day = _day(as_of)
        first, second = self.actors.side(a, day), self.actors.side(b, day)
        if first == second:
            raise DetenteError(f"{a!r} and {b!r} are the same state")
        return Pair(self, first, second, day, source)

    @answers
    def panel(
        self,
        states: Sequence[str] | None = None,
        *,
        by: str = "month",
        as_of: Day = None,
        area: Areas = None,
        source: str | None = None,
        min_events: int = 1,
        add: Sequence[str] = (),
    ) -> Table:
        """The panel of all pairs of states at once, or of those named; see `detente.measures.states_panel`.

        `add` names variables to join, as in ["un_agreement"]; see `detente.measures.variables`.
        """
        from detente.measures.tables import panel_of_all

        day = _day(as_of)
        named = self._sides(states, day)
        return panel_of_all(
            self, named, _areas(self, area), add, by=by, as_of=day, source=source, min_events=min_events
        )

    @answers
    def similarity(self, *, issue: str | None = None, as_of: Day = None) -> Table:
        """How alike all pairs vote in the UN, year by year; see `detente.measures.all_similarity`."""
        from detente.measures.tables import similarity_of_all

        return similarity_of_all(self, _day(as_of), issue)

    @answers
    def held(self) -> Table:
        """What the record holds, a line for each table and source; see `detente.record.holdings`."""
        from detente.measures.tables import held_by

        return held_by(self)

    @answers
    def files(self) -> Table:
        """The files ingested: rows, release, where and when each was fetched; see `detente.record.holdings`."""
        from detente.measures.tables import files_of

        return files_of(self)

    @answers
    def quarantine(self) -> Table:
        """Rows and files that could not be taken, with the reason of each; see `detente.record.holdings`."""
        from detente.measures.tables import quarantine_of

        return quarantine_of(self)

    @answers
    def audit(self) -> Audit:
        """How well the facts kept by hand are sourced, and which need a second look; see `detente.record.audit`."""
        from detente.measures.tables import audit_of

        return audit_of(self)

    @answers
    def triangle(
        self,
        states: Sequence[str],
        *,
        by: str | None = None,
        as_of: Day = None,
        source: str | None = None,
        horizon: int | None = None,
        seed: int = 0,
    ) -> Triangle:
        """Who answers whom among three states or more; see `detente.explain.triangle`."""
        from detente.explain.triangle import triangle

        day = _day(as_of)
        named = self._sides(states, day) or []
        return triangle(self, named, by=by, as_of=day, source=source, horizon=horizon, seed=seed)

    @answers
    def components(
        self,
        k: int | None = None,
        *,
        states: Sequence[str] | None = None,
        by: str = "week",
        as_of: Day = None,
        source: str | None = None,
        restarts: int = 1,
        seed: int = 0,
        on_k: Callable[[int], None] | None = None,
    ) -> Components:
        """Hidden structure of who does what to whom when; see `detente.explain.components`."""
        from detente.explain.components import components

        day = _day(as_of)
        named = self._sides(states, day)
        return components(
            self, k, by=by, as_of=day, source=source, states=named, restarts=restarts, seed=seed, on_k=on_k
        )

    @answers
    def ideal_points(
        self,
        *,
        as_of: Day = None,
        sessions: int | None = 8,
        issue: str | None = None,
        tolerance: float = 2e-3,
        on_step: Callable[[int, float], None] | None = None,
    ) -> Explained[IdealPointsFit]:
        """Positions of all states in the UN, session by session; see `detente.explain.positions`."""
        from detente.explain.positions import ideal_points

        return ideal_points(
            self, as_of=_day(as_of), sessions=sessions, issue=issue, tolerance=tolerance, on_step=on_step
        )

    @answers
    def dyads(
        self,
        first: int,
        last: int,
        *,
        system: str = "cow",
        directed: bool = False,
        states: Sequence[str] | None = None,
        add: Sequence[str] = (),
        as_of: Day = None,
    ) -> Table:
        """Dyad-years of a state system with variables joined by name; see `detente.measures.dyads`."""
        from detente.measures.dyads import dyads

        day = _day(as_of)
        named = None if states is None else [self.actors.state(name) for name in states]
        return dyads(self, first, last, system=system, directed=directed, states=named, add=add, as_of=day)

    def claims_files(self) -> dict[str, Path]:
        """The claims files that the cases bring, by name."""
        return {path.stem: path for case in self.cases for path in case.claims()}

    @answers
    def check_claims(self, file: str | Path, *, as_of: Day = None, seed: int = 2007) -> Report:
        """Check the claims of a study, by path or by the name of a claims file of a case.

        See `detente.claims.check`. DetenteError names what is wrong in the file.
        """
        from detente.claims import check, read_study

        known = self.claims_files()
        path = known.get(str(file), Path(file))
        if not path.is_file():
            raise DetenteError(f"{file}: no such claims file; cases bring: {', '.join(sorted(known)) or 'none'}")
        return check(self, read_study(path, self.actors, self.codebook), as_of=_day(as_of), seed=seed)

    def reproduce(self, file: str | Path) -> Reproduction:
        """Ask the answer in a JSON file again of this record: what it differs in, value by value; see
        `detente.reproduce`.
        """
        from detente.reproduce import reproduce

        return reproduce(self, file)

    def _sides(self, states: Sequence[str] | None, day: date | None) -> list[str] | None:
        if isinstance(states, str) or (states is not None and not len(states)):
            raise DetenteError(f"{states!r} is no list of states: give several, as in ['USA', 'RUS']")
        return None if states is None else [self.actors.side(state, day) for state in states]


class Pair(View):
    """Two states in a record, as of a day; every verb passes the pair itself to the room that answers."""

    @answers
    def panel(self, by: str = "month", *, area: Areas = None, sectors: str = "all", add: Sequence[str] = ()) -> Table:
        """Directed counts, net intensity and cooperation share; see `detente.measures.pair_panel`.

        `add` names variables to join, as in ["un_agreement"]; see `detente.measures.variables`.
        """
        from detente.measures.tables import panel_of

        return panel_of(self, by, _areas(self.record, area), sectors, add)

    @answers
    def facts(self, area: str | None = None) -> Table:
        """The dated facts of the pair, of an area (as in third_party_dispute:IRN), with their sources."""
        from detente.measures.tables import facts_of

        return facts_of(self, area)

    @answers
    def context(self, first: int | None = None, last: int | None = None) -> PairContext:
        """What the field's data sets hold of the pair, between two years; see `detente.measures.context`."""
        from detente.measures.context import context

        return context(self, first, last)

    @answers
    def treaties(self, on: Day = None, *, area: str | None = None) -> Treaties:
        """The pair's agreements, programmes and restrictions, with their lives; see `detente.measures.lives`.

        With `on`, only those begun by that day, and their state on it.
        """
        from detente.measures.tables import treaties_of

        return treaties_of(self, as_day(on), area)

    @answers
    def in_force(self, by: str = "year", *, area: Areas = None) -> Table:
        """The agreements in force at the end of every period; see `detente.measures.in_force_by`.

        Periods run from the pair's first fact to its last, or to `as_of`. NoData without agreements.
        """
        from detente.measures.tables import in_force_of

        return in_force_of(self, by, _areas(self.record, area))

    @answers
    def un_agreement(self, issues: Sequence[str] = ()) -> Table:
        """Yearly agreement in UN roll calls; see `detente.measures.un_agreement`."""
        from detente.measures.tables import un_agreement_of

        return un_agreement_of(self, tuple(issues))

    @answers
    def similarity(self, issues: Sequence[str | None] = (None,), *, seed: int = 0) -> Table:
        """Agreement, S, pi and kappa in UN roll calls by year and issue, with intervals; see `detente.measures`."""
        from detente.measures.tables import similarity_of

        return similarity_of(self, issues, seed)

    @answers
    def audit(self) -> Audit:
        """How well the pair's facts are sourced, and what in them needs a second look; see `detente.record.audit`."""
        from detente.measures.tables import audit_of

        return audit_of(self.record, self)

    @answers
    def levels(self, by: str = "month", *, area: Areas = None) -> PairLevels:
        """Levels of cooperation and conflict with bands, as of today without a day; see `detente.explain.levels`."""
        from detente.explain.levels import levels

        return levels(self._dated(), by=by, areas=_areas(self.record, area))

    @answers
    def reciprocity(
        self, *, by: str | None = None, area: str | None = None, horizon: int | None = None, seed: int = 0
    ) -> Explained[ReciprocityFit]:
        """What each side returns of the other's moves; see `detente.explain.reciprocity`."""
        from detente.explain.reciprocity import reciprocity

        return reciprocity(self, by=by, area=area, horizon=horizon, seed=seed)

    @answers
    def reciprocity_through_time(
        self,
        *,
        window: int | None = None,
        step: int | None = None,
        by: str | None = None,
        area: str | None = None,
        horizon: int | None = None,
        seed: int = 0,
    ) -> ReciprocityThroughTime:
        """The same in moving windows; see `detente.explain.reciprocity`."""
        from detente.explain.reciprocity import reciprocity_through_time

        return reciprocity_through_time(self, window=window, step=step, by=by, area=area, horizon=horizon, seed=seed)

    @answers
    def excitation(self, *, draws: int = 5, seed: int = 0) -> Explained[ExcitationFit]:
        """Which acts set off which; see `detente.explain.excitation`."""
        from detente.explain.excitation import excitation

        return excitation(self, draws=draws, seed=seed)

    @answers
    def spillover(
        self, third: str, *, by: str | None = None, area: Areas = None, horizon: int | None = None, seed: int = 0
    ) -> PairSpillover:
        """How relations with a third state go with the pair's own; see `detente.explain.spillover`."""
        from detente.explain.spillover import spillover

        state = self.record.actors.side(third, self.as_of)
        return spillover(self, state, by=by, areas=_areas(self.record, area), horizon=horizon, seed=seed)

    @answers
    def breaks(self, *, by: str | None = None, area: str | None = None, seed: int = 0) -> PairBreaks:
        """When relations changed regime, with facts near; see `detente.explain.breaks`."""
        from detente.explain.breaks import breaks

        return breaks(self, by=by, area=area, seed=seed)

    @answers
    def explain(
        self, thirds: Sequence[str] = (), *, seed: int = 0, on_topic: Callable[[str], None] | None = None
    ) -> Digest:
        """All of these in words and numbers, as of today where no day is named; see `detente.explain.digest`."""
        from detente.explain.digest import explain

        states = [self.record.actors.side(third, self.as_of) for third in thirds]
        return explain(self._dated(), thirds=states, seed=seed, on_topic=on_topic)

    @answers
    def forecast(
        self,
        *,
        horizon: int = HORIZON,
        by: str | None = None,
        area: Areas = None,
        seed: int = 0,
        on_step: Callable[[str], None] | None = None,
    ) -> PairForecast:
        """What is to be expected within `horizon` months; needs a day; see `detente.forecasts`."""
        from detente.forecasts.pair import forecast

        return forecast(self, horizon=horizon, by=by, areas=_areas(self.record, area), seed=seed, on_step=on_step)

    @answers
    def weigh(
        self,
        levers: Sequence[Lever | str] = (),
        *,
        horizon: int = HORIZON,
        by: str | None = None,
        draws: int = 400,
        seed: int = 0,
        on_lever: Callable[[str], None] | None = None,
    ) -> LeverComparison:
        """What levers would be associated with, as `Lever` or short text; needs a day; see `detente.levers`."""
        from detente.levers.policy import parse
        from detente.levers.weigh import weigh

        named = [parse(one, self.record.actors, self.day) if isinstance(one, str) else one for one in levers]
        return weigh(self, named, horizon=horizon, by=by, draws=draws, seed=seed, on_lever=on_lever)

    @answers
    def assess(self, *, with_models: bool = True) -> Assessment:
        """The assessment; needs a day.

        `with_models=False` leaves out what the models say and the levers, which take longest.
        """
        from detente.assessment import assess

        return assess(self, with_models=with_models)

    def _dated(self) -> Pair:
        return self if self.as_of else self.on(clock.today())


def open_record(
    folder: str | Path | None = None,
    *,
    codebook: str | Path | None = None,
    names: str | Path | None = None,
    cases: bool = True,
    case: Sequence[str | Path] = (),
) -> Record:
    """Open a record folder (the user's own by default; it is made at the first ingest).

    `cases` takes in the built-in and installed cases, `case` those in folders of your own.
    """
    return Record(folder, codebook=codebook, names=names, cases=cases, case=case)


def _day(value: Day) -> date | None:
    day = as_day(value)
    return past_day(day) if day else None


def _areas(record: Store, area: Areas) -> list[str | None]:
    names = [area] if area is None or isinstance(area, str) else list(area)
    for name in names:
        if name is not None:
            record.codebook.area(name)
    if not names:
        raise DetenteError("no area is named: give one or several, or None for all together")
    return names
