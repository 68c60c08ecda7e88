"""The record: what is held, as tables to read, with nothing later than `as_of` in sight."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from detente import __version__
from detente.actors import Actors, actors
from detente.codebook import Codebook, load_codebook
from detente.errors import DetenteError
from detente.periods import periods, union
from detente.record.cache import MOST, kept, key_of
from detente.record.cases import CASE_TABLES, Case, builtin_cases, case_in, installed_cases
from detente.record.commits import Commit, Part, live_parts
from detente.record.coverage import DAY, Span, days, midnight, read_span, shares
from detente.record.ingest import Ingest
from detente.record.intake import Summary
from detente.record.log import Log
from detente.record.mend import repair, verify
from detente.record.opening import find_files
from detente.record.parts import check
from detente.sources.schema import TABLES, conform, known_by
from detente.sources.source import by_precision, cited, tables_of

T = TypeVar("T")


def default_folder() -> Path:
    """The user's own record: $DETENTE_RECORD, else the user data folder."""
    named = os.environ.get("DETENTE_RECORD")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    try:
        return user_data_path("detente") / "record"
    except RuntimeError as error:
        raise DetenteError(f"{error}, or name the record's folder with --record or $DETENTE_RECORD") from None


class Store:
    """A record folder together with the built-in cases and those given as folders (`case`).

    Tables are polars frames with the columns of `detente.sources.schema.TABLES`. Every reading
    method takes `as_of` and gives only rows known on or before that day.
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        *,
        codebook: str | Path | None = None,
        names: str | Path | None = None,
        cases: bool = True,
        case: Sequence[str | Path] = (),
    ) -> None:
        self.folder = Path(folder) if folder else default_folder()
        self.log = Log(self.folder)
        self.codebook: Codebook = load_codebook(str(codebook) if codebook else None)
        self.own_codebook = codebook is not None
        self._paths = (str(names) if names else None, str(codebook) if codebook else None)
        self.actors: Actors = actors(str(names) if names else None)
        self.use_cases = cases
        self.own_cases = tuple(Path(folder) for folder in case)
        self._remembered: dict[Hashable, Any] = {}

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, worked out once until files are added."""
        if key not in self._remembered:
            self._remembered[key] = make()
        value: T = self._remembered[key]
        return value

    def cached(self, kind: str, made_from: Mapping[str, Any], make: Callable[[], T], *, most: int = MOST) -> T:
        """What `make` gives, worked out once and kept on disk for as long as `made_from` is the same.

        `made_from` names all that the value depends on: parameters, the digest of the tables read (`digest`) or the
        rows themselves. See `detente.record.cache.kept` for what a value may be.
        """
        key = key_of(made_from)
        return self.remember((kind, key), lambda: kept(self.folder, kind, key, make, most=most))

    def provenance(
        self, sources: Iterable[str | None] = (), methods: Iterable[str] = (), **parameters: Any
    ) -> dict[str, Any]:
        """By what an answer was made: version, digests of record and codebook, what was asked, and what to cite.

        `sources` are ids of the data used, `methods` the papers of the models.
        """
        return {
            "version": __version__,
            "record_digest": self.digest(),
            "codebook_digest": self.codebook.digest,
            "parameters": parameters,
            "sources": cited(name for name in sources if name),
            "methods": list(methods),
        }

    @cached_property
    def commits(self) -> list[Commit]:
        """The log, read once; `ingest` reads it anew."""
        return self.log.commits()

    @cached_property
    def cases(self) -> list[Case]:
        """The built-in cases, those of installed packages, and the folders named.

        Of cases with one name the last counts, so a folder of your own can replace a built-in case.
        """
        names, codebook = self._paths
        cases = [*builtin_cases(), *installed_cases()] if self.use_cases else []
        cases += [case_in(folder, names=names, codebook=codebook) for folder in self.own_cases]
        return list({case.id: case for case in cases}.values())

    def ingest(
        self,
        paths: list[str | Path] | str | Path,
        *,
        now: datetime | None = None,
        on_progress: Callable[[str, int, int], None] | None = None,
        on_wait: Callable[[str], None] | None = None,
        restore: bool = False,
    ) -> Summary:
        """Add files, or every file in folders; see `detente.record.ingest`.

        Where another process is writing to the record, `on_wait` is told which, and its end is waited for. With
        `restore` the files of damaged parts, all of them, are read anew and take their place.
        """
        many = [Path(p) for p in (paths if isinstance(paths, list) else [paths])]
        run = Ingest(
            self.log,
            self.actors,
            self.codebook,
            names=self._paths[0],
            codebook_path=self._paths[1],
            now=now,
            on_progress=on_progress,
            on_wait=on_wait,
        )
        summary = run.run(find_files(many), [p for p in many if not p.is_dir()], restore=restore)
        self.__dict__.pop("commits", None)
        self._remembered.clear()
        return summary

    def parts(self, table: str, source: str | None = None, kind: str | None = None) -> list[Part]:
        """The Parquet files of a table, oldest first."""
        return [
            p
            for p in live_parts(self.commits)
            if p.table == table and (source is None or p.source == source) and (kind is None or p.kind == kind)
        ]

    def paths(self, parts: list[Part]) -> list[str]:
        """Absolute paths of parts, each found as it was written; DetenteError where one isn't."""
        return [str(check(self.folder, part)) for part in parts]

    def table(self, name: str, as_of: date | None = None, where: pl.Expr | None = None) -> pl.DataFrame:
        """A small table (all but events) of record and built-in cases, known on `as_of`, without twins: the rows of
        which `where` is true.
        """
        where = pl.lit(True) if where is None else where
        schema = TABLES[name]
        frames = [pl.DataFrame(schema=schema)]
        frames += [case.table(name).filter(where) for case in self.cases if name in CASE_TABLES]
        paths = self.paths(self.parts(name))
        if paths:
            # Parts written before a column existed lack it.
            frames += [conform(name, pl.scan_parquet(path, glob=False).filter(where).collect()) for path in paths]
        return known_by(pl.concat(frames).unique("event_id", keep="first", maintain_order=True), as_of)

    def covers(self, source: str, as_of: date | None = None, pair: str = "") -> list[tuple[date, date]]:
        """The days that a source's ingested files cover, wholly or in part, up to `as_of`; see `coverage`."""
        return days(self._spans(source, as_of, pair))

    def coverage(self, source: str, as_of: date | None = None, by: str = "month", pair: str = "") -> pl.DataFrame:
        """The share of each period (day, week, month, quarter, year) that a source's files cover: columns period,
        covered.

        Every period from the first that is covered to the last; empty where none is. Files that have the rows of a
        `pair` alone count where that pair (as in "RUS-USA") is named.
        """
        spans = self._spans(source, as_of, pair)
        covered = days(spans)
        starts = periods(covered[0][0], covered[-1][1], by) if covered else []
        return pl.DataFrame(
            {"period": starts, "covered": shares(starts, by, spans)},
            schema={"period": pl.Date, "covered": pl.Float64},
        )

    def _spans(self, source: str, as_of: date | None, pair: str) -> list[Span]:
        """What a source's files cover as known on `as_of`, up to the end of that day."""

        def known() -> list[Span]:
            files = (f for c in self.commits for f in c.files if f.reader == source and f.pair in ("", pair))
            logged = [span for file in files for span in file.covers]
            end = datetime.max if as_of is None else midnight(as_of) + DAY
            spans = (
                read_span(first, last) for first, last, on in logged if as_of is None or date.fromisoformat(on) <= as_of
            )
            return union((start, min(stop, end)) for start, stop in spans)

        return self.remember(("spans", source, as_of, pair), known)

    def pairs_alone(self, source: str) -> list[str]:
        """The pairs of which alone some files of a source have the rows, as in "RUS-USA"."""
        return sorted({f.pair for c in self.commits for f in c.files if f.reader == source and f.pair})

    def event_sources(self) -> list[str]:
        """The event sources held, those too whose files tell of silence alone, the most precise first (see
        docs/decisions).
        """
        silent = {file.reader for commit in self.commits for file in commit.files if file.covers}
        own = {part.source for part in self.parts("events")}
        return by_precision(own | {name for name in silent if "events" in tables_of(name)})

    def verify(self) -> list[str]:
        """Faults of the folder against its log, which must be whole: parts, rows set aside, files that no commit names.

        Empty when all is well.
        """
        return verify(self.log)

    def repair(self, *, on_wait: Callable[[str], None] = lambda text: None) -> list[str]:
        """Make the log whole from what the folder holds; what was done, a line each. See `detente.record.mend`.

        `on_wait` is told of another process that is writing to the record, and its end is waited for.
        """
        done = repair(self.log, on_wait)
        self.__dict__.pop("commits", None)
        self._remembered.clear()
        return done

    def digest(self, *tables: str) -> str:
        """A digest of everything held, the stored parts and the cases; with names of tables, of these alone."""
        parts = sorted(p.sha256 for p in live_parts(self.commits) if not tables or p.table in tables)
        if not tables or set(tables) & CASE_TABLES.keys():
            parts += [case.digest for case in self.cases]
        if "events" in tables:
            # Silence in what files cover is a count of nought; an empty file widens it without a part of its own.
            parts += [f"{file.reader}{file.pair}{file.covers}" for commit in self.commits for file in commit.files]
        return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]
