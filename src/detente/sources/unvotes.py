"""UN General Assembly roll calls: the three tables of the unvotes package, and the Dataverse release.

Data: Voeten, Strezhnev and Bailey, United Nations General Assembly Voting Data, Harvard Dataverse
doi:10.7910/DVN/LEJUQZ (one row a state and roll call, vote 1 yes, 2 abstain, 3 no, 8 absent, 9 no
member). A vote is known on its day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from detente.actors import Actor, Actors
from detente.sources.reader import Context, Head, Reader
from detente.sources.schema import BadRow, Batch, conform
from detente.sources.stream import Block
from detente.sources.tabular import csv_frame, reject, tab_frame

CHOICES = ["yes", "abstain", "no"]
ISSUES = {
    "nu": "nuclear weapons and nuclear material",
    "di": "arms control and disarmament",
    "me": "Palestinian conflict",
    "hr": "human rights",
    "co": "colonialism",
    "ec": "economic development",
}
_VOTE_CODES = {"1": "yes", "2": "abstain", "3": "no", "8": "absent", "9": "no member"}


def _tables(blocks: Iterator[Block], separator: bytes) -> Iterator[tuple[pl.DataFrame, list[BadRow]]]:
    """Blocks as frames by the header of their member."""
    member, header = None, b""
    for block in blocks:
        data, line = block.data, block.line
        if block.member != member:
            member = block.member
            header, _, data = data.partition(b"\n")
            line += 1
        names = Head((header,)).header(separator)
        if separator == b"\t":
            yield tab_frame(data, line, len(names), dict(enumerate(names)))
            continue
        text = ",".join(names).encode() + b"\n" + data
        fast = _fast_csv(text, names, line)
        yield fast if fast else _shift(csv_frame(text, names), line - 2)


def _fast_csv(text: bytes, names: list[str], line: int) -> tuple[pl.DataFrame, list[BadRow]] | None:
    if b'"' in text or b"\0" in text or text.count(b",") != (len(names) - 1) * text.count(b"\n"):
        return None
    try:
        frame = pl.read_csv(text, infer_schema=False, empty_string_is_null=False)
    except pl.exceptions.PolarsError:
        return None
    return frame.with_columns(pl.int_range(line, line + frame.height, dtype=pl.Int64).alias("line")), []


def _shift(read: tuple[pl.DataFrame, list[BadRow]], by: int) -> tuple[pl.DataFrame, list[BadRow]]:
    frame, bad = read
    return frame.with_columns(pl.col("line") + by), [BadRow(b.line + by, b.reason, b.raw) for b in bad]


def _state_codes(values: pl.Series, index: Actors, scheme: str = "") -> dict[str, str]:
    table = {}
    for value in values.unique().to_list():
        if scheme:
            code = index.by_code(scheme, value) or _GONE.get(value, "")
        else:
            found = index.lookup(value)
            code = found.code if isinstance(found, Actor) and found.kind == "state" else ""
        if code:
            table[value] = code
    return table


# ISO 3166-1 alpha-2 codes of states that are no more.
_GONE = {"DD": "DDR", "YD": "YMD", "CS": "CSK", "YU": "YUG", "SU": "SUN"}


def _read_votes(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    for frame, bad in _tables(blocks, b","):
        codes = _state_codes(frame["country_code"], context.actors, "iso2")
        names = _state_codes(frame["country"], context.actors)
        frame = frame.with_columns(
            pl.coalesce(
                pl.col("country_code").replace_strict(codes, default=None, return_dtype=pl.Utf8),
                pl.col("country").replace_strict(names, default=None, return_dtype=pl.Utf8),
            ).alias("state"),
            pl.col("vote").alias("choice"),
        )
        frame, more = reject(
            frame,
            [
                (pl.col("rcid") == "", "has no roll call"),
                (pl.col("state").is_null(), pl.format("country {} ({}) is unknown", "country", "country_code")),
                (~pl.col("choice").is_in(CHOICES), pl.format("vote {} is none of yes, abstain, no", "vote")),
            ],
            ["rcid", "country", "vote"],
        )
        yield Batch(
            "votes",
            conform("votes", frame.with_columns(pl.format("unvotes:{}:{}", "rcid", "state").alias("event_id"))),
            [*bad, *more],
        )


def _read_rollcalls(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    for frame, bad in _tables(blocks, b","):
        yield _rollcalls(frame, bad, "short")


def _rollcalls(frame: pl.DataFrame, bad: list[BadRow], title: str) -> Batch:
    frame = frame.with_columns(
        pl.coalesce(
            pl.col("date").str.slice(0, 10).str.strptime(pl.Date, "%Y-%m-%d", strict=False),
            pl.col("date").str.strptime(pl.Date, "%m/%d/%Y", strict=False),
            pl.col("date").str.strptime(pl.Date, "%d%b%Y", strict=False),
        ).alias("day"),
        pl.col("session").cast(pl.Float64, strict=False).cast(pl.Int32, strict=False).alias("number"),
    )
    frame, more = reject(
        frame,
        [(pl.col("rcid") == "", "has no roll call"), (pl.col("day").is_null(), pl.format("date {} is no day", "date"))],
        ["rcid", "session", "date"],
    )
    rows = frame.select(
        pl.format("unvotes:{}", "rcid").alias("event_id"),
        "rcid",
        pl.col("number").alias("session"),
        pl.col("day").alias("date"),
        pl.col("day").alias("known_on"),
        pl.col("unres").alias("resolution"),
        pl.col(title).alias("title"),
    )
    return Batch("rollcalls", conform("rollcalls", rows), [*bad, *more])


def _read_issues(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    for frame, bad in _tables(blocks, b","):
        frame, more = reject(
            frame,
            [(~pl.col("short_name").is_in(list(ISSUES)), pl.format("issue {} is unknown", "short_name"))],
            ["rcid", "short_name"],
        )
        rows = frame.select(
            pl.format("unvotes:{}:{}", "rcid", "short_name").alias("event_id"),
            "rcid",
            pl.col("short_name").alias("issue"),
        )
        yield Batch("rollcall_issues", conform("rollcall_issues", rows), [*bad, *more])


def _read_dataverse(separator: bytes) -> Callable[[Iterator[Block], Context], Iterator[Batch]]:
    def read(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
        seen: set[str] = set()
        for frame, bad in _tables(blocks, separator):
            ccode = pl.col("ccode").str.replace(r"\.0$", "")
            codes = _state_codes(frame.select(ccode).to_series(), context.actors, "cow")
            frame = frame.with_columns(
                ccode.replace_strict(codes, default=None, return_dtype=pl.Utf8).alias("state"),
                pl.col("vote")
                .str.replace(r"\.0$", "")
                .replace_strict(_VOTE_CODES, default=None, return_dtype=pl.Utf8)
                .alias("choice"),
                pl.col("rcid").str.replace(r"\.0$", ""),
            )
            frame, more = reject(
                frame,
                [
                    (pl.col("state").is_null(), pl.format("ccode {} is no Correlates of War state", "ccode")),
                    (pl.col("choice").is_null(), pl.format("vote {} is none of 1, 2, 3, 8, 9", "vote")),
                ],
                ["rcid", "ccode", "vote"],
            )
            cast = frame.filter(pl.col("choice").is_in(CHOICES))
            aside = frame.height - cast.height
            rows = cast.select(pl.format("unvotes:{}:{}", "rcid", "state").alias("event_id"), "rcid", "state", "choice")
            yield Batch("votes", conform("votes", rows), [*bad, *more], {"absent or no member": aside} if aside else {})
            calls = frame.filter(~pl.col("rcid").is_in(list(seen))).unique("rcid", keep="first", maintain_order=True)
            seen.update(calls["rcid"].to_list())
            yield _rollcalls(calls, [], "short" if "short" in calls.columns else "descr")
            issues = pl.concat(
                [
                    calls.filter(pl.col(code).str.replace(r"\.0$", "") == "1").select(
                        pl.format("unvotes:{}:{}", "rcid", pl.lit(code)).alias("event_id"),
                        "rcid",
                        pl.lit(code).alias("issue"),
                    )
                    for code in ISSUES
                    if code in calls.columns
                ]
                or [pl.DataFrame(schema={"event_id": pl.Utf8, "rcid": pl.Utf8, "issue": pl.Utf8})]
            )
            yield Batch("rollcall_issues", conform("rollcall_issues", issues))

    return read


def _is_dataverse(separator: bytes) -> Callable[[Head], bool]:
    return lambda head: {"rcid", "ccode", "vote", "date", "session", "unres"} <= set(head.header(separator))


READERS = (
    Reader(
        "unvotes",
        "UN votes",
        lambda head: head.header(b",")[:4] == ["rcid", "country", "country_code", "vote"],
        _read_votes,
        "",
    ),
    Reader(
        "unvotes",
        "UN roll calls",
        lambda head: head.header(b",")[:4] == ["rcid", "session", "importantvote", "date"],
        _read_rollcalls,
        "",
    ),
    Reader("unvotes", "UN issue codes", lambda head: head.header(b",")[:2] == ["rcid", "short_name"], _read_issues, ""),
    Reader("unvotes", "UN votes (Dataverse)", _is_dataverse(b","), _read_dataverse(b","), ""),
    Reader("unvotes", "UN votes (Dataverse)", _is_dataverse(b"\t"), _read_dataverse(b"\t"), ""),
)
