"""Votes in the UN General Assembly and Security Council, as the UN Digital Library publishes them several times a year.

A row a state and adopted resolution (vote Y, N, A, or X for none cast). The roll call is the library's record (undl:
and its number); it is known on its day. Read by the published layouts alone, those of 2024 to 2026: no real file was
at hand. Votes of the Council stand in the same tables; what counts as the Assembly's, and which roll calls are held
from the Dataverse file already, is for `detente.measures.roll_calls` to say. Issues are marked from the library's
subjects, where a subject says so in so many words: this is not the coding of the Dataverse file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from detente.actors import continuers
from detente.files.cells import Calendar, day_faults, whole
from detente.files.named import Layout, frames, names_in
from detente.files.stream import Block
from detente.files.tabular import corrections, reject
from detente.sources.common import historic, read_once
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch, conform
from detente.sources.source import DAY, MONTH, YEAR, Source

CHOICES = {"Y": "yes", "N": "no", "A": "abstain", "X": "none"}
SUBJECTS = {
    "nu": r"\bNUCLEAR\b",
    "di": r"\bDISARMAMENT\b|\bARMS (?:CONTROL|LIMITATION|RACE|TRANSFERS)\b|\bWEAPONS\b",
    "me": r"\bPALESTIN|\bOCCUPIED BY ISRAEL\b|\bUNRWA\b",
    "hr": r"\bHUMAN RIGHTS\b",
    "co": r"\bCOLONIAL|\bDECOLONI[SZ]ATION\b|\bSELF-DETERMINATION\b|\bNON-SELF-GOVERNING\b",
    "ec": r"\bECONOMIC DEVELOPMENT\b|\bSUSTAINABLE DEVELOPMENT\b|\bDEVELOPING COUNTRIES\b",
}
ASSEMBLY, COUNCIL = "A/RES/", "S/RES/"
BEIJING = date(1971, 10, 25)
"""From this day China's seat is the People's Republic's; the votes before are those of Taiwan's government."""
_LAYOUT = Layout(
    "votes of the UN Digital Library",
    {
        "undl id": "undl_id",
        "ms code": "code",
        "ms name": "name",
        "ms vote": "vote",
        "date": "date",
        "session": "session",
        "resolution": "resolution",
        "title": "title",
        "description": "description",
        "subjects": "subjects",
    },
    ("undl id", "ms code", "ms vote", "date", "resolution"),
    codes=("code",),
)
_STATED = ["undl_id", "day", "session", "resolution", "title", "description", "subjects"]


def _read(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    calendar, calls = Calendar(), []

    def found(name: str, code: str) -> tuple[str | None, str | None]:
        state = context.actors.country(name, code, "iso3")
        return state.code or None, f"country's name and code disagree: {state.note}" if state.note else None

    for frame, bad in frames(blocks, _LAYOUT):
        frame = read_once(whole(frame, "undl_id"), ["name", "code"], found, {"state": pl.Utf8, "state_note": pl.Utf8})
        frame = frame.with_columns(
            calendar.days(frame, "date").alias("day"),
            pl.col("vote")
            .str.to_uppercase()
            .replace_strict(CHOICES, default=None, return_dtype=pl.Utf8)
            .alias("choice"),
            pl.col("resolution").str.to_uppercase().str.replace_all(" ", ""),
        )
        frame, rejected = reject(
            frame,
            [
                (~pl.col("undl_id").str.contains(r"^\d+$"), pl.format("undl_id '{}' is no number", "undl_id")),
                *day_faults("date", "day", "date", date(1945, 10, 24), context.today),
                (pl.col("state").is_null(), pl.format("member state {} ({}) is unknown", "name", "code")),
                (
                    pl.col("choice").is_null() & (pl.col("vote") != ""),
                    pl.format("vote {} is none of Y, N, A, X", "vote"),
                ),
                (
                    ~pl.col("resolution").str.starts_with(ASSEMBLY) & ~pl.col("resolution").str.starts_with(COUNCIL),
                    pl.format("resolution '{}' is none of the General Assembly or the Security Council", "resolution"),
                ),
            ],
            ["undl_id", "code", "vote", "date", "resolution"],
        )
        cast = frame.filter(pl.col("choice").is_in(["yes", "no", "abstain"]))
        silent = {
            "no vote cast": frame.filter(pl.col("choice") == "none").height,
            "vote missing": frame["choice"].null_count(),
        }
        changed = corrections(cast, [(pl.col("state_note").is_not_null(), pl.col("state_note"))])
        yield Batch("votes", _votes(cast), cast["line"], [*bad, *rejected], silent, corrected=changed)
        calls.append(frame.select("line", *_STATED).unique(_STATED, keep="first", maintain_order=True))
    if calls:
        stated = pl.concat(calls).unique(_STATED, keep="first", maintain_order=True)
        yield Batch("rollcalls", _rollcalls(stated), stated["line"])
        yield _issues(
            stated.filter(pl.col("resolution").str.starts_with(ASSEMBLY)).unique(
                "undl_id", keep="first", maintain_order=True
            )
        )


def _votes(frame: pl.DataFrame) -> pl.DataFrame:
    """One id a roll call and voter, as for the Dataverse file: Russia and the Soviet Union are one."""
    on = frame.with_columns(pl.col("day").alias("date"), pl.format("undl:{}", "undl_id").alias("rcid"))
    taiwan = (pl.col("state") == "CHN") & (pl.col("date") < BEIJING)
    on = on.with_columns(pl.when(taiwan).then(pl.lit("TWN")).otherwise("state").alias("state"))
    on = on.with_columns(historic("state"))
    voter = pl.col("state").replace(continuers())
    return conform("votes", on.with_columns(pl.concat_str("rcid", voter, separator=":").alias("event_id")))


def _rollcalls(stated: pl.DataFrame) -> pl.DataFrame:
    # Of a special or emergency session the number of the regular session of its time is given.
    regular = pl.col("day").dt.offset_by("-8mo").dt.year() - 1945
    number = pl.col("session").str.replace(r"\.0+$", "").cast(pl.Int32, strict=False)
    rows = stated.select(
        pl.format("undl:{}", "undl_id").alias("event_id"),
        pl.format("undl:{}", "undl_id").alias("rcid"),
        number.fill_null(pl.max_horizontal(regular, 1)).alias("session"),
        pl.col("day").alias("date"),
        pl.col("day").alias("known_on"),
        "resolution",
        pl.when(pl.col("title") == "").then("description").otherwise("title").alias("title"),
    )
    return conform("rollcalls", rows)


def _issues(stated: pl.DataFrame) -> Batch:
    subjects = pl.col("subjects").str.to_uppercase()
    marked = pl.concat(
        stated.filter(subjects.str.contains(pattern)).select(
            "line",
            pl.format("undl:{}", "undl_id").alias("rcid"),
            pl.lit(issue).alias("issue"),
            pl.format("undl:{}:{}", "undl_id", pl.lit(issue)).alias("event_id"),
        )
        for issue, pattern in SUBJECTS.items()
    )
    return Batch("rollcall_issues", conform("rollcall_issues", marked), marked["line"])


UNDL = Source(
    "undl",
    "UN Digital Library votes",
    (Reader(lambda head: {"undl id", "ms code", "ms vote"} <= names_in(head), _read),),
    ("votes", "rollcalls", "rollcall_issues"),
    covers="",
    releases=rf"(?<!\d)({YEAR}_{MONTH}_{DAY})(?=_)",
    citation="United Nations Dag Hammarskjöld Library, General Assembly Voting Data and Security Council Voting Data, "
    "United Nations",
    terms="copyright of the United Nations; for use that is not commercial, with attribution",
    home="https://digitallibrary.un.org/record/4060887",
)
