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

from detente.actors import moment
from detente.errors import DetenteError
from detente.record import Record

if TYPE_CHECKING:
    import polars as pl

    from detente.assessment import Assessment
    from detente.claims import Report
    from detente.measures import Life


class OpenRecord(Record):
    """A record that knows its pairs."""

    def pair(self, a: str, b: str, as_of: str | date | None = None) -> Pair:
        """Two states by any name or code, seen as of a day (today's knowledge without one)."""
        first, second = self.actors.state(a), self.actors.state(b)
        if first == second:
            raise DetenteError(f"{a!r} and {b!r} are the same state")
        return Pair(self, first, second, _day(as_of))

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
        return check(self, read_study(path, self.actors, self.codebook), as_of=_day(as_of), seed=seed)


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

        day = _day(on)
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

    def assess(self, *, source: str | None = None) -> Assessment:
        """The assessment; needs a day, so give `as_of` when naming the pair."""
        from detente.assessment import assess

        if self.as_of is None:
            raise DetenteError("an assessment is as of a day: record.pair(a, b, as_of='2007-02-01')")
        return assess(self.record, self.a, self.b, self.as_of, source=source)


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


def _day(value: str | date | None) -> date | None:
    return moment(value) if isinstance(value, str) else value
