"""Cases: chronologies, agreements and figures as plain folders, built in, installed or the user's own.

A package offers a case by an entry point of the group `detente.cases` that names an importable package whose folder
holds the tables.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from types import ModuleType

import polars as pl

from detente import clock
from detente.actors import actors, moment
from detente.codebook import load_codebook
from detente.errors import DetenteError
from detente.files.packed import open_file
from detente.files.trees import read_json
from detente.registry import Registry
from detente.sources import Context, open_blocks
from detente.sources.chronology import read_agreements, read_facts
from detente.sources.figures import read_figures
from detente.sources.schema import TABLES

MOST_SHOWN = 5
CASES: Registry[ModuleType] = Registry("detente.cases", {}, "types:ModuleType")
CASE_TABLES = {"facts": read_facts, "agreements": read_agreements, "figures": read_figures}


@dataclass(frozen=True)
class Case:
    """A folder with any of facts.csv, agreements.csv and figures.csv.

    Rows of days after `today` break the form; None stands for the day on which they are read. A case that is
    `shipped` in a package is read whatever the clock of the machine says.
    """

    id: str
    folder: Path
    digest: str
    names: str | None = None
    codebook: str | None = None
    today: date | None = None
    shipped: bool = False

    def table(self, name: str) -> pl.DataFrame:
        """`facts`, `agreements` or `figures`, empty where the case has none.

        DetenteError names the file and lines of rows that break the form.
        """
        return _read(self, name)

    @property
    def covers_to(self) -> date | None:
        """The last day that the chronology covers, by `temporal.end` of its datapackage.json; None where it says
        nothing.

        A later fact may tell how a life ended; that nothing else is listed says nothing.
        """
        path = self.folder / "datapackage.json"
        if not path.exists():
            return None
        told = read_json(path)
        temporal = told.get("temporal") if isinstance(told, dict) else None
        end = temporal.get("end") if isinstance(temporal, dict) else None
        try:
            return moment("" if end is None else str(end))
        except DetenteError as error:
            raise DetenteError(f"{path}: temporal.end can't be read: {error}") from None

    def claims(self) -> list[Path]:
        """The claims files of the case, by name."""
        return sorted((self.folder / "claims").glob("*.json"))


@cache
def _read(case: Case, name: str) -> pl.DataFrame:
    today = None if case.shipped else case.today or clock.today()
    context = Context(actors(case.names), load_codebook(case.codebook), today)
    frames = [pl.DataFrame(schema=TABLES[name])]
    for path in _files(case.folder, name):
        (batch,) = CASE_TABLES[name](open_blocks(path), context, f"case:{case.id}")
        if batch.bad:
            shown = "; ".join(f"line {bad.line}: {bad.reason}" for bad in batch.bad[:MOST_SHOWN])
            more = f"; and {len(batch.bad) - MOST_SHOWN} more" if len(batch.bad) > MOST_SHOWN else ""
            raise DetenteError(f"{path}: {shown}{more}")
        frames.append(batch.rows)
    return pl.concat(frames)


def _files(folder: Path, name: str) -> list[Path]:
    """facts.csv and facts_*.csv, and so on: a long table may be kept in several files."""
    try:
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise DetenteError(f"{folder}: can't be read: {error.strerror}") from None
    return [folder / one for one in names if one == f"{name}.csv" or fnmatchcase(one, f"{name}_*.csv")]


def case_in(folder: Path, *, names: str | None = None, codebook: str | None = None, shipped: bool = False) -> Case:
    """The case in a folder, read with the names and codebook in these files (ours without them).

    Raises DetenteError where the folder holds none of the tables.
    """
    paths = [path for name in CASE_TABLES for path in _files(folder, name)]
    if not paths:
        raise DetenteError(
            f"{folder}: no case: it needs facts.csv, agreements.csv or figures.csv (docs/cases/your-own.md)"
        )
    # The declared end of the chronology and the user's names change what a case says, so they are part of its digest.
    beside = [folder / "datapackage.json", *([Path(names)] if names else [])]
    digest = hashlib.sha256()
    for path in [*paths, *beside]:
        if path.exists():
            with open_file(path) as file:
                while piece := file.read(1 << 20):
                    digest.update(piece)
    return Case(folder.resolve().name, folder, digest.hexdigest(), names, codebook, shipped=shipped)


@lru_cache(maxsize=1)
def builtin_cases() -> list[Case]:
    """The cases in the package, by name."""
    with as_file(files("detente").joinpath("cases")) as root:
        return [case_in(folder, shipped=True) for folder in sorted(Path(root).iterdir()) if any(folder.glob("*.csv"))]


@lru_cache(maxsize=1)
def installed_cases() -> list[Case]:
    """The cases that other installed packages offer, by the name of their entry point."""
    cases = []
    for name, package in CASES.items():
        if not hasattr(package, "__path__"):
            raise DetenteError(f"{CASES.group} {name!r} is no package with a folder: mend or uninstall it")
        with as_file(files(package)) as folder:
            cases.append(case_in(Path(folder), shipped=True))
    return cases
