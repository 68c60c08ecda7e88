"""Everything about a source in one object: how its files are read, what their names say, where they lie, how to cite
it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import counted, counts_as
from detente.errors import DetenteError, NoData
from detente.files.rows import Head, not_too_many
from detente.files.stream import Block
from detente.registry import Registry
from detente.sources.reader import Context, Reader
from detente.sources.schema import TABLES, Batch

if TYPE_CHECKING:
    from detente.sources.download import Downloader, Remote

Span = tuple[datetime, datetime]
YEAR, MONTH, DAY = r"(?:19|20)\d\d", "(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
"""Patterns of the parts of a day in a file's name."""
LENGTHS = {"%Y%m%d%H%M%S": "15m", "%Y%m%d": "1d", "%Y%m": "1mo", "%Y": "1y"}
"""How long the span is that a file's name says, by the form in which it is written there."""
_ONLY = re.compile(r"(?:^|.*[^A-Z0-9])only-([A-Z0-9]+(?:-[A-Z0-9]+)+)\.", re.IGNORECASE)


def pair_of(name: str) -> str:
    """The two states of which alone a file has the rows, as its name says (see `detente.sources.pairs`), else "".

    However the name is written, it is told: a file of two states that passed for one of all would be silence of others.

    >>> pair_of("only-RUS-USA.20191024143000.export.CSV"), pair_of("days/Copy of only-usa-sun.20191024.zip")
    ('RUS-USA', 'RUS-USA')
    """
    match = _ONLY.match(name.replace("\\", "/").rsplit("/", 1)[-1])
    return "-".join(sorted(map(counts_as, match[1].upper().split("-")))) if match else ""


def between(pair: str = "") -> pl.Expr:
    """Whether events are between two different actors; those of a `pair` (as in "RUS-USA"), under any code of theirs,
    where one is named.
    """
    sender, receiver = pl.col("sender"), pl.col("receiver")
    two = sender.is_not_null() & receiver.is_not_null() & (sender != receiver)
    if pair:
        first, second = ([code for code, *_ in counted([state])] for state in pair.split("-", 1))
        two &= (sender.is_in(first) & receiver.is_in(second)) | (sender.is_in(second) & receiver.is_in(first))
    return two.fill_null(False)


@dataclass(frozen=True, slots=True)
class Fetch:
    """How the publisher's files of a span of days are found: the name that `detente fetch` knows, and their list.

    `hosts` has for each host that listings and files name the https address under which it is asked; no other is.
    """

    name: str
    files: Callable[[date, date, Downloader], Iterator[Remote]]
    hosts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A source of events, votes, facts or figures, and all that the package knows about it.

    `readers` take its files, one a format, and give rows of `tables`. `rank` orders event sources, the most precise
    first. `covers` says how the days that a file covers follow from its rows: "span" (from the first day to the last),
    "known" (from the days of report), "years" (from the first year of which it tells to the last) or "" (no claim).
    `spans` are patterns of the publisher's file names, each with the form (as strptime writes it) of the time that it
    says; `spans_hold` tells whether such a span is what the file
    covers (else it only bounds it), `quarter_hours` that it is delivered in quarter hours and dated to the minute.
    `releases` finds the day of release in a file's name. `other_files` says of the beginning of a file that no reader
    takes what file of the publisher it is, and what to do ("" where it is none).
    """

    id: str
    title: str
    readers: tuple[Reader, ...]
    tables: tuple[str, ...] = ("events",)
    rank: int = 100
    covers: str = "span"
    spans: tuple[tuple[str, str], ...] = ()
    spans_hold: bool = False
    quarter_hours: bool = False
    releases: str = ""
    other_files: Callable[[Head], str] | None = None
    fetch: Fetch | None = None
    citation: str = ""
    terms: str = ""
    home: str = ""

    def __post_init__(self) -> None:
        for pattern in (self.releases, *(pattern for pattern, _ in self.spans)):
            re.compile(pattern)
        if unknown := {*self.tables} - {*TABLES} or {form for _, form in self.spans} - {*LENGTHS}:
            raise ValueError(f"the source {self.id} is of unknown tables or forms: {', '.join(sorted(unknown))}")
        own = tuple(replace(reader, source=self.id, title=reader.title or self.title) for reader in self.readers)
        object.__setattr__(self, "readers", own)

    def cite(self) -> str:
        """What to cite, with its address; "" for data of a user's own."""
        return f"{self.citation}, {self.home}" if self.citation else ""

    def release_of(self, names: Sequence[str]) -> str:
        """The release that the names of a file and its member say (the last date in the first name that has one),
        else "".

        >>> source("icews").release_of(["Events.2017.20201006.tab"])
        '20201006'
        >>> source("gdelt2").release_of(["20191024143000.export.CSV"])
        ''
        >>> [source("figures").release_of([name]) for name in ("figures_2024-05-01.csv", "figures-1991-2024.csv")]
        ['20240501', '']
        """
        for name in names if self.releases else ():
            if dates := re.findall(self.releases, name, re.IGNORECASE):
                return re.sub(r"\D", "", dates[-1])
        return ""

    def named(self, names: Sequence[str]) -> list[tuple[Span, str]] | None:
        """What the publisher's file names say that they hold, each with the length it names; None where one says
        nothing.

        >>> source("gdelt2").named(["20191024143000.export.CSV"])[0][0][1]
        datetime.datetime(2019, 10, 24, 14, 45)
        """
        spans = [self._named(name) for name in names]
        return None if not spans or None in spans else [span for span in spans if span]

    def _named(self, name: str) -> tuple[Span, str] | None:
        for pattern, form in self.spans:
            if not (match := re.search(pattern, _ONLY.sub("", name.rsplit("/", 1)[-1], count=1), re.IGNORECASE)):
                continue
            try:
                start = datetime.strptime(match[1], form)
            except ValueError:
                return None
            end: datetime = pl.Series([start]).dt.offset_by(LENGTHS[form])[0]
            return (start, end), LENGTHS[form]
        return None


SOURCES: Registry[Source] = Registry(
    "detente.sources",
    {
        "icews": "detente.sources.icews:RELEASES",
        "icews_triples": "detente.sources.icews:TRIPLES",
        "polecat": "detente.sources.polecat:POLECAT",
        "unvotes": "detente.sources.unvotes:UN_VOTES",
        "chronology": "detente.sources.chronology:CHRONOLOGY",
        "agreements": "detente.sources.chronology:AGREEMENTS",
        "figures": "detente.sources.chronology:FIGURES",
        "gdelt2": "detente.sources.gdelt:GDELT2",
        "gdelt1": "detente.sources.gdelt:GDELT1",
        "cow_alliances": "detente.sources.context.cow_alliances:ALLIANCES",
        "cow_trade": "detente.sources.context.cow_trade:TRADE",
        "atop": "detente.sources.context.atop:ATOP",
        "dcad": "detente.sources.context.dcad:DCAD",
        "exercises": "detente.sources.context.exercises:EXERCISES",
        "wti": "detente.sources.context.wti:WTI",
        "bits": "detente.sources.context.bits:BITS",
        "ties": "detente.sources.context.ties:TIES",
        "ist": "detente.sources.context.ist:IST",
        "gsdb": "detente.sources.context.gsdb:GSDB",
        "nca": "detente.sources.context.nuclear:NCA",
        "nuclear_latency": "detente.sources.context.nuclear:LATENCY",
        "desta": "detente.sources.context.desta:DESTA",
        "desta_treaties": "detente.sources.context.desta:TREATIES",
        # Before cow_mid, whose columns its tables have: only the cells say whose they are.
        "gml": "detente.sources.context.mid_dyads:GML",
        "cow_mid": "detente.sources.context.cow_mid:MID",
        "cow_mid_dyads": "detente.sources.context.mid_dyads:MID_DYADS",
        "mie": "detente.sources.context.mie:MIE",
        "cow_wars": "detente.sources.context.cow_wars:WARS",
        "ucdp": "detente.sources.context.ucdp:CONFLICTS",
        "ucdp_ged": "detente.sources.context.ucdp_events:EVENTS",
        "ucdp_support": "detente.sources.context.ucdp_support:SUPPORT",
        "rivalries_tss": "detente.sources.context.rivalries:THOMPSON_SAKUWA_SUHAS",
        "rivalries_td": "detente.sources.context.rivalries:THOMPSON_DREYER",
        "arms_races": "detente.sources.context.rivalries:ARMS_RACES",
        "icow": "detente.sources.context.icow:CLAIMS",
        "cow_nmc": "detente.sources.context.cow_nmc:NMC",
        "cow_igo": "detente.sources.context.cow_igo:IGO",
        "cow_contiguity": "detente.sources.context.geography:CONTIGUITY",
        "capitals": "detente.sources.context.geography:CAPITALS",
        "cshapes": "detente.sources.context.geography:CSHAPES",
        "cow_states": "detente.sources.context.state_system:COW_STATES",
        "cow_majors": "detente.sources.context.state_system:COW_MAJORS",
        "gw_states": "detente.sources.context.state_system:GW_STATES",
        "democracy": "detente.sources.context.democracy:DEMOCRACY",
        "vdem": "detente.sources.context.democracy:VDEM",
        "polity": "detente.sources.context.democracy:POLITY",
        "gdp_population": "detente.sources.context.gdp_population:GDP_POPULATION",
        "ideal_points": "detente.sources.context.ideal_points:IDEAL_POINTS",
        "sipri_arms": "detente.sources.context.sipri_arms:SIPRI_ARMS",
        "undl": "detente.sources.undl:UNDL",
        "archigos": "detente.sources.context.leaders:LEADERS",
    },
    "detente.sources.source:Source",
)


@cache
def sources() -> dict[str, Source]:
    """Every source by its id: this package's, and those that others add (entry points of `detente.sources`)."""
    return SOURCES.usable()


def source(name: str) -> Source:
    """The source of that id; DetenteError lists them for any other.

    >>> source("polecat").title
    'POLECAT events'
    """
    if name not in SOURCES:
        raise DetenteError(f"no source is named {name!r}; known: {', '.join(sources())}")
    return sources()[name] if name in sources() else SOURCES[name]


@cache
def readers() -> tuple[Reader, ...]:
    """The readers of all sources, in the order in which they are asked: formats without a header last, since they are
    told by their number of columns alone.
    """
    return tuple(sorted((r for entry in sources().values() for r in entry.readers), key=lambda reader: reader.joinable))


def batches(reader: Reader, blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    """What a reader makes of blocks; PackageError where one of another package fails or gives what is no batch."""
    aside = 0
    with SOURCES.blamed(reader.source):
        for batch in reader.read(blocks, context):
            aside = not_too_many(batch.bad, aside)
            if batch.rows.schema != pl.Schema(TABLES[batch.table]) or len(batch.lines) != batch.rows.height:
                raise ValueError(f"its rows are not those of {batch.table}, each with its line")
            yield batch


def tables_of(name: str) -> tuple[str, ...]:
    """The tables of which a source's files give rows; none are known where its package is gone.

    >>> tables_of("cow_trade"), tables_of("gone")
    (('indicators',), ())
    """
    return sources()[name].tables if name in sources() else ()


def by_precision(names: Iterable[str]) -> list[str]:
    """Ids of event sources, the most precise first; those whose package is gone come last.

    >>> by_precision(["gone", "gdelt1", "icews", "gdelt2"])
    ['icews', 'gdelt2', 'gdelt1', 'gone']
    """
    return sorted(names, key=lambda name: (name not in sources(), name in sources() and sources()[name].rank, name))


def cited(names: Iterable[str]) -> list[str]:
    """What to cite of sources by id: nothing for a user's own, nor for one whose package is gone."""
    return [text for name in names if name in sources() and (text := sources()[name].cite())]


def fetches() -> dict[str, Fetch]:
    """What `detente fetch` can download, by name."""
    return {entry.fetch.name: entry.fetch for entry in sources().values() if entry.fetch}


def in_lines(name: str) -> bool:
    """Whether the files of what `detente fetch` calls `name` have no header, so that some of their lines can be kept.

    >>> in_lines("gdelt"), in_lines("icews")
    (True, False)
    """
    return any(
        r.joinable for entry in sources().values() if entry.fetch and entry.fetch.name == name for r in entry.readers
    )


def files_of(name: str, first: date, last: date, net: Downloader) -> list[Remote]:
    """The files that hold `first` to `last` of what `detente fetch` calls `name`; NoData where the publisher lists
    none.
    """
    if first > last:
        raise DetenteError(f"--from {first} lies after --to {last}")
    fetch = fetches()[name]
    with SOURCES.blamed(next(one.id for one in sources().values() if one.fetch is fetch)):
        files = list(dict.fromkeys(fetch.files(first, last, net)))
    if not files:
        raise NoData(f"the publisher lists no {name} files for {first} to {last}")
    # Names that differ in their case alone are one where the folder lies on some disks.
    if twice := [one for one, n in Counter(file.name.lower() for file in files).items() if n > 1]:
        raise DetenteError(f"{files[0].url}: its listing has two files named {twice[0]!r}; try again later")
    return files
