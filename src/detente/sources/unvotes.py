"""UN General Assembly roll calls: the three tables of the unvotes package, and the Dataverse release.

Data: Voeten, Strezhnev and Bailey, United Nations General Assembly Voting Data, Harvard Dataverse
doi:10.7910/DVN/LEJUQZ (one row a state and roll call, vote 1 yes, 2 abstain, 3 no, 8 absent, 9 no
member). Columns are read by name. A vote is known on its day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import polars as pl

from detente.actors import Actors, continuers, states
from detente.errors import DetenteError
from detente.files.cells import Calendar, day_faults, whole
from detente.files.named import Layout, frames, names_in
from detente.files.rows import BadRow, Head
from detente.files.stream import Block
from detente.files.tabular import corrections, reject
from detente.sources.common import read_once
from detente.sources.dataverse import HOSTS, listed
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch, conform
from detente.sources.source import DAY, MONTH, YEAR, Fetch, Source

FIRST = date(1945, 10, 24)
CHOICES = ["yes", "abstain", "no"]
ISSUES = {
    "nu": "nuclear weapons and nuclear material",
    "di": "arms control and disarmament",
    "me": "Palestinian conflict",
    "hr": "human rights",
    "co": "colonialism",
    "ec": "economic development",
}
_VOTE_CODES = {"1": "yes", "2": "abstain", "3": "no", "8": "absent", "9": "no member", "": "missing", "-9": "missing"}
_VOTES = Layout(
    "UN votes",
    {"rcid": "rcid", "country": "country", "country code": "country_code", "vote": "vote"},
    ("rcid", "country", "vote"),
    codes=("country_code",),
)
_ROLLCALLS = Layout(
    "UN roll calls",
    {"rcid": "rcid", "session": "session", "date": "date", "unres": "unres", "short": "short", "descr": "descr"},
    ("rcid", "session", "date", "unres"),
)
_ISSUES = Layout("UN issue codes", {"rcid": "rcid", "short name": "short_name"}, ("rcid", "short name"))
_DATAVERSE = Layout(
    "UN votes of the Dataverse",
    # Not its "Country": those letters are the Correlates of War's, where AUS is Austria.
    {**_ROLLCALLS.columns, "ccode": "ccode", "countryname": "country", "vote": "vote", **{c: c for c in ISSUES}},
    ("rcid", "ccode", "vote", "session", "date", "unres"),
)


# What every row of the Dataverse release says of its roll call.
_STATED = ["rcid", "day", "number", "session", "date", "unres", "short", "descr", *ISSUES]


def _states(frame: pl.DataFrame, name: str, code: str, scheme: str, index: Actors) -> pl.DataFrame:
    """Add `state` and, where the name overrules the code, `state_note`: "NA" beside West Germany is no Namibia."""

    def read(country: str, number: str) -> tuple[str | None, str | None]:
        state = index.country(country, number, scheme)
        return state.code or None, f"country's name and code disagree: {state.note}" if state.note else None

    return read_once(frame, [name, code], read, {"state": pl.Utf8, "state_note": pl.Utf8})


def _rcid() -> list[tuple[pl.Expr, pl.Expr | str]]:
    return [
        (pl.col("rcid") == "", "has no roll call"),
        (
            ~pl.col("rcid").str.contains(r"^\d+$"),
            pl.format("rcid {} is no whole number: a spreadsheet may have changed it", "rcid"),
        ),
    ]


def _read_votes(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    for frame, bad in frames(blocks, _VOTES):
        frame = _states(whole(frame, "rcid"), "country", "country_code", "iso2", context.actors).with_columns(
            pl.col("vote").str.to_lowercase().alias("choice")
        )
        frame, skipped = _without_votes(frame)
        frame, rejected = reject(
            frame,
            [
                *_rcid(),
                (pl.col("state").is_null(), pl.format("country {} ({}) is unknown", "country", "country_code")),
                (~pl.col("choice").is_in(CHOICES), pl.format("vote {} is none of yes, abstain, no", "vote")),
            ],
            ["rcid", "country", "vote"],
        )
        changed = corrections(frame, [(pl.col("state_note").is_not_null(), pl.col("state_note"))])
        yield Batch("votes", _votes(frame), frame["line"], [*bad, *rejected], skipped, corrected=changed)


def _votes(frame: pl.DataFrame) -> pl.DataFrame:
    """One id a roll call and voter: a state that continues another (Russia, the USSR) votes once."""
    voter = pl.col("state").replace(continuers())
    return conform("votes", frame.with_columns(pl.format("unvotes:{}:{}", "rcid", voter).alias("event_id")))


def _without_votes(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rows that say that no vote was cast are set aside by rule, and counted."""
    aside = {
        "absent": "absent or no member",
        "no member": "absent or no member",
        "missing": "vote missing",
        "": "vote missing",
    }
    none = frame.filter(pl.col("choice").is_in(list(aside)))
    counts: dict[str, int] = {}
    for choice, count in none.group_by("choice", maintain_order=True).len().iter_rows():
        counts[aside[choice]] = counts.get(aside[choice], 0) + count
    return frame.filter(~pl.col("choice").is_in(list(aside)).fill_null(False)), counts


def _read_rollcalls(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    calendar = Calendar()
    for frame, bad in frames(blocks, _ROLLCALLS):
        frame, rejected = reject(
            _held_on(whole(frame, "rcid"), calendar), [*_rcid(), *_call_faults(context)], ["rcid", "session", "date"]
        )
        yield _rollcalls(frame, [*bad, *rejected])


def _held_on(frame: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Add `day` and the session's `number`."""
    # As in 12Dec2006; a year of two digits is not read.
    text = frame["date"].set(~frame["date"].str.contains(r"\d{4}$"), None)
    spelled = text.str.to_date("%d%b%Y", strict=False)
    return frame.with_columns(
        pl.select(pl.coalesce(calendar.days(frame, "date"), spelled).alias("day")).to_series(),
        pl.col("session").str.replace(r"\.0+$", "").cast(pl.Int32, strict=False).alias("number"),
    )


def _call_faults(context: Context) -> list[tuple[pl.Expr, pl.Expr | str]]:
    return [
        *day_faults("date", "day", "date", FIRST, context.today),
        (pl.col("number").is_null() & (pl.col("session") != ""), pl.format("session {} is no number", "session")),
    ]


def _rollcalls(frame: pl.DataFrame, bad: Sequence[BadRow] = ()) -> Batch:
    rows = frame.select(
        pl.format("unvotes:{}", "rcid").alias("event_id"),
        "rcid",
        pl.col("number").alias("session"),
        pl.col("day").alias("date"),
        pl.col("day").alias("known_on"),
        pl.col("unres").alias("resolution"),
        pl.when(pl.col("short") == "").then("descr").otherwise("short").alias("title"),
    )
    return Batch("rollcalls", conform("rollcalls", rows), frame["line"], list(bad))


def _read_issues(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    for frame, bad in frames(blocks, _ISSUES):
        frame, rejected = reject(
            whole(frame, "rcid"),
            [*_rcid(), (~pl.col("short_name").is_in(list(ISSUES)), pl.format("issue {} is unknown", "short_name"))],
            ["rcid", "short_name"],
        )
        yield _issues(frame.rename({"short_name": "issue"}), [*bad, *rejected])


def _issues(frame: pl.DataFrame, bad: Sequence[BadRow] = ()) -> Batch:
    rows = frame.with_columns(pl.format("unvotes:{}:{}", "rcid", "issue").alias("event_id"))
    return Batch("rollcall_issues", conform("rollcall_issues", rows), frame["line"], list(bad))


def _read_dataverse(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    versions: list[pl.DataFrame] = []
    calendar = Calendar()
    for frame, bad in frames(blocks, _DATAVERSE):
        frame = _held_on(whole(whole(frame, "rcid"), "vote"), calendar)
        frame = _states(frame, "country", "ccode", "cow", context.actors).with_columns(
            pl.col("vote").replace_strict(_VOTE_CODES, default=None, return_dtype=pl.Utf8).alias("choice")
        )
        frame, rejected = reject(
            frame,
            [
                *_rcid(),
                (pl.col("state").is_null(), pl.format("ccode {} is no Correlates of War state", "ccode")),
                (pl.col("choice").is_null(), pl.format("vote {} is none of 1, 2, 3, 8, 9", "vote")),
                # A day that one row leaves empty is taken from the others.
                *((fault & (pl.col("date") != ""), reason) for fault, reason in _call_faults(context)),
            ],
            ["rcid", "ccode", "vote", "session", "date"],
        )
        cast, skipped = _without_votes(frame)
        changed = corrections(cast, [(pl.col("state_note").is_not_null(), pl.col("state_note"))])
        yield Batch("votes", _votes(cast), cast["line"], [*bad, *rejected], skipped, corrected=changed)
        versions.append(frame.select("line", *_STATED).unique(_STATED, keep="first", maintain_order=True))
    if versions:
        calls, bad = reject(_complete(pl.concat(versions)), _call_faults(context), ["rcid", "session", "date"])
        stated = _rollcalls(calls, bad)
        once = stated.rows.with_columns(stated.lines).unique(stated.rows.columns, keep="first", maintain_order=True)
        yield Batch("rollcalls", once.drop("line"), once["line"], bad)
        yield _marks(calls)


def _complete(versions: pl.DataFrame) -> pl.DataFrame:
    """What all rows of a file say of their roll calls, each wording once; what one leaves empty is taken from the
    others.
    """
    texts = [name for name in _STATED if name not in ("rcid", "day", "number")]
    stated = versions.with_columns(pl.col(texts).replace("", None))
    filled = stated.with_columns(pl.coalesce(cell, cell.max().over("rcid")) for cell in map(pl.col, _STATED[1:]))
    return filled.with_columns(pl.col(texts).fill_null("")).unique(_STATED, keep="first", maintain_order=True)


def _marks(calls: pl.DataFrame) -> Batch:
    """The issues of roll calls; one on which the rows of a roll call disagree is set aside, with the line of the
    second.
    """
    kept, bad = [], []
    for code in ISSUES:
        marks = calls.with_columns((whole(calls, code)[code] == "1").alias("marked"))
        torn = marks.filter(pl.col("marked").n_unique().over("rcid") > 1)
        seconds = torn.group_by("rcid", "marked").agg(pl.col("line").min()).group_by("rcid").agg(pl.col("line").max())
        for rcid, line in seconds.sort("line").iter_rows():
            bad.append(BadRow(line, f"rows of roll call {rcid} disagree on its issue {code}: it counts for none", rcid))
        sound = marks.filter("marked", ~pl.col("rcid").is_in(torn["rcid"].implode()))
        kept.append(sound.unique("rcid", keep="first", maintain_order=True).with_columns(issue=pl.lit(code)))
    return _issues(pl.concat(kept), bad)


def _has(*names: str) -> Callable[[Head], bool]:
    return lambda head: set(names) <= names_in(head)


def _read_wide(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    raise DetenteError(f"{next(blocks).member}: has a column a state: write one row a vote (rcid, country, vote)")


def _wide(head: Head) -> bool:
    """Roll calls with a column a state: two or more columns beside the known ones are codes of states."""
    names = names_in(head)
    others = [name.upper() for name in names - set(_DATAVERSE.columns)]
    return "rcid" in names and "vote" not in names and sum(len(n) > 1 and n in states() for n in others) >= 2


_READERS = (
    Reader(_wide, _read_wide, "UN votes with a column a state"),
    Reader(_has("rcid", "ccode", "vote", "session"), _read_dataverse, "UN votes (Dataverse)"),
    Reader(_has("rcid", "country", "vote"), _read_votes, "UN votes"),
    Reader(_has("rcid", "session", "date"), _read_rollcalls, "UN roll calls"),
    Reader(_has("rcid", "short name"), _read_issues, "UN issue codes"),
)
UN_VOTES = Source(
    "unvotes",
    "UN votes",
    _READERS,
    ("votes", "rollcalls", "rollcall_issues"),
    covers="",
    releases=rf"(?<!\d)({YEAR}(?:{MONTH}{DAY}|-{MONTH}-{DAY})?)(?!\d)",
    # One file has all years.
    fetch=Fetch(
        "unvotes",
        listed(
            "10.7910/DVN/LEJUQZ",
            lambda name, *_: "vote" in name and "ideal" not in name and "agreement" not in name,
        ),
        HOSTS,
    ),
    citation="Voeten, Strezhnev and Bailey, UN General Assembly Voting Data, Harvard Dataverse",
    terms="CC0",
    home="https://doi.org/10.7910/DVN/LEJUQZ",
)
