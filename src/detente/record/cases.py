"""Cases: chronologies and figures that ship with the package, one folder a case."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import polars as pl

from detente.actors import actors
from detente.codebook import load_codebook
from detente.errors import DetenteError
from detente.sources import Context, open_blocks
from detente.sources.chronology import read_facts, read_figures


@dataclass(frozen=True)
class Case:
    """A folder with facts.csv and figures.csv."""

    id: str
    folder: Path
    digest: str

    def table(self, name: str) -> pl.DataFrame:
        """`facts` or `figures`; DetenteError names the file and line of a row that breaks the form."""
        return _read(self.folder, self.id, name)


@cache
def _read(folder: Path, case: str, name: str) -> pl.DataFrame:
    path = folder / f"{name}.csv"
    context = Context(actors(), load_codebook())
    read = read_facts if name == "facts" else read_figures
    (batch,) = read(open_blocks(path), context, f"case:{case}")
    if batch.bad:
        raise DetenteError(f"{path}: line {batch.bad[0].line}: {batch.bad[0].reason}")
    return batch.rows


@lru_cache(maxsize=1)
def builtin_cases() -> list[Case]:
    """The cases in the package, by name."""
    cases = []
    with as_file(files("detente").joinpath("cases")) as root:
        for folder in sorted(p for p in Path(root).iterdir() if (p / "facts.csv").exists()):
            content = b"".join((folder / f"{n}.csv").read_bytes() for n in ("facts", "figures"))
            cases.append(Case(folder.name, folder, hashlib.sha256(content).hexdigest()))
    return cases
