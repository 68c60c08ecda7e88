"""Which roll calls of the UN General Assembly count: each once, from whichever source it is held."""

from __future__ import annotations

from datetime import date

import polars as pl

from detente.record import Store
from detente.sources.undl import COUNCIL

LIBRARY = "undl:"
NUMBERED_FROM = 18
"""Up to the session before, the Dataverse file gives pages of the Official Records in the place of resolutions."""


def roll_calls(record: Store, as_of: date | None = None) -> pl.DataFrame:
    """The Assembly's roll calls known on `as_of` (the columns of `rollcalls`); votes of the Security Council are none.

    One that both the Dataverse file and the UN Digital Library have is the former's. They are matched by the number of
    the resolution, all its parts together. Where the Dataverse file has no number (all of the first 17 sessions, most
    votes of 1965 and 1966, a few later), nobody can tell which the library's are: none of theirs counts of a month in
    which it has such a roll call. Days of the Dataverse file are right to the month only before 2000.
    """
    calls = record.table("rollcalls", as_of).filter(~pl.col("resolution").str.starts_with(COUNCIL).fill_null(False))
    library = pl.col("rcid").str.starts_with(LIBRARY)
    theirs, ours = calls.filter(library), calls.filter(~library)
    if theirs.is_empty() or ours.is_empty():
        return calls
    ours = ours.select("date", resolution_number())
    held = ours["number"].drop_nulls().unique()
    months = ours.filter(pl.col("number").is_null())["date"].dt.truncate("1mo").drop_nulls().unique()
    twice = theirs.filter(
        resolution_number().is_in(held.implode()).fill_null(False)
        | pl.col("date").dt.truncate("1mo").is_in(months.implode())
    )
    return calls.join(twice.select("rcid"), on="rcid", how="anti", maintain_order="left")


def vote_sources(record: Store) -> list[str]:
    """The sources of the votes held, which an answer from them cites; where none are held, those it would need."""
    return sorted({part.source for part in record.parts("votes")}) or ["unvotes"]


def resolution_number() -> pl.Expr:
    """Session and number of a `resolution` ("28/3068", "ES-10/21"), however it is written; null where it has none.

    >>> written = ["R/28/3068", "A/RES/3068(XXVIII)", "R/32/105N", "A/RES/32/105[N]", "A/RES/ES-10/21", "R/1/66"]
    >>> pl.DataFrame({"resolution": written}).select(resolution_number())["number"].to_list()
    ['28/3068', '28/3068', '32/105', '32/105', 'ES-10/21', None]
    """
    text = pl.col("resolution").str.to_uppercase().str.replace_all(r"[\s\[\]]", "")
    new = text.str.extract_groups(r"^(?:A/RES|R)/(?<session>(?:ES-|S-)?\d+)/(?<number>\d+)")
    old = text.str.extract_groups(r"^A/RES/(?<number>\d+)[A-Z]*\((?<special>ES-|S-)?(?<roman>[IVXL]+)\)")
    roman = old.struct.field("roman").replace_strict(_ROMAN, default=None, return_dtype=pl.Utf8)
    session = pl.coalesce(new.struct.field("session"), pl.concat_str(old.struct.field("special").fill_null(""), roman))
    number = pl.coalesce(new.struct.field("number"), old.struct.field("number")).str.strip_chars_start("0")
    page = text.str.starts_with("R/") & (session.cast(pl.Int32, strict=False) < NUMBERED_FROM).fill_null(False)
    return pl.when(~page).then(pl.concat_str(session, number, separator="/")).alias("number")


def _roman(number: int) -> str:
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]


_ROMAN = {_roman(number): str(number) for number in range(1, 40)}
