"""The indicators of an assessment: reports, votes, and whatever series are held of the two states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.actors import state_name
from detente.actors.tables import last_day
from detente.assessment.findings import Cited, Indicator, Notes, past_indicator
from detente.assessment.windows import LEAST_EVENTS, Entries, event_share
from detente.measures.roll_calls import roll_calls
from detente.measures.votes import all_pairs_share, case_agreement, full_years
from detente.periods import months_before
from detente.record.facts import pair_figures
from detente.sources import source
from detente.uncertainty import NotIdentified, Share

if TYPE_CHECKING:
    from detente.record.view import View


SKIPPED = "^(un_agreement|icews_)"
WORDS = {
    "nuclear_stockpile": "nuclear stockpile",
    "start_launchers": "strategic launchers",
    "start_warheads": "strategic warheads",
    "heu_diluted": "Russian weapons uranium diluted for American reactors",
    "ctr_icbms_destroyed": "ICBMs destroyed with American help",
    "ctr_icbm_silos_eliminated": "ICBM silos eliminated with American help",
    "ctr_slbms_eliminated": "SLBMs eliminated with American help",
    "ctr_bombers_eliminated": "bombers eliminated with American help",
    "ctr_missiles_destroyed": "missiles destroyed with American help",
    "ctr_warheads_deactivated": "warheads deactivated with American help",
    "ctr_nuclear_train_shipments": "nuclear weapons transports with American help",
    "opinion_favourable": "favourable opinion",
    "opinion_unfavourable": "unfavourable opinion",
    "opinion_ally_or_friendly": "seen as ally or friendly",
    "opinion_unfriendly_or_enemy": "seen as unfriendly or enemy",
    "goods_trade": "trade in goods",
    "us_goods_imports": "American imports of goods",
    "us_goods_exports": "American exports of goods",
    "us_goods_balance": "American balance of goods trade",
}


def indicators(pair: View, entries: Entries, notes: Notes) -> tuple[Indicator, ...]:
    """Reported acts, UN votes, and the latest value of every series held of the two, not older than ten years.

    What ended more than 24 months before the day has no value: it is said what was last known.
    """
    shares = (_reports(pair, entries, notes), _votes(pair, notes))
    series = pair_figures(pair).filter(~pl.col("measure").str.contains(SKIPPED))
    return (*(one for one in shares if one), *_series(pair, series, notes))


def _series(pair: View, series: pl.DataFrame, notes: Notes) -> Iterator[Indicator]:
    for rows in series.partition_by("measure", "subject", maintain_order=True):
        last, first = rows.row(-1, named=True), rows.row(0, named=True)
        if last["date"] <= months_before(pair.day, 120):
            continue
        named = _subject(last["subject"]) + WORDS.get(last["measure"], last["measure"].replace("_", " "))
        name, cited = f"{named[0].upper()}{named[1:]}", notes.cite((last["url"], last["title"]))
        data_to = min(last_day(last["period"]) or last["date"], pair.day)
        earlier = rows.height > 1 and first["unit"] == last["unit"]
        compared = f"{first['value']:,g} in {first['period']}" if earlier else ""
        values = (last["value"], last["unit"], None, compared)
        now = Indicator(name, last["period"], *values, *cited, last["compiled_on"], data_to)
        old = pair.is_old(data_to)
        yield past_indicator(name, data_to, now.amount, cited, last["compiled_on"]) if old else now


def _subject(subject: str) -> str:
    """How a series begins: its state, who thinks of whom, or nothing where it is of both."""
    sender, arrow, receiver = subject.partition(">")
    if arrow:
        return f"{state_name(sender)} on {state_name(receiver)}: "
    return "" if "-" in subject else f"{state_name(subject)}: "


def _share(
    pair: View,
    name: str,
    span: str,
    now: Share,
    what: str,
    compared: str,
    data_to: date,
    cited: Cited,
    compiled_on: date | None = None,
    value: float | None = None,
) -> Indicator | None:
    """A share of now, or what was last known of it; None where nothing was counted."""
    level = now.estimate
    if isinstance(level, NotIdentified):
        return None
    mean, of = level.value if value is None else value, f"{now.n:,} {what}"
    if pair.is_old(data_to):
        return past_indicator(name, data_to, f"{mean:.0%} of {of}", cited, compiled_on)
    values = (mean, "share", (level.low, level.high), compared)
    return Indicator(name, f"{span} ({of})", *values, *cited, compiled_on, data_to, leading=True)


REPORTS, VOTES = "Reported acts that are cooperative", "UN roll calls with the same vote"


def _reports(pair: View, entries: Entries, notes: Notes) -> Indicator | None:
    """The cooperative share of all reports of the source; where no events are held, of a case's yearly counts."""
    source = entries.source
    if not source:
        return _yearly_reports(pair, notes)

    def unknown(why: str) -> Indicator:
        return Indicator(REPORTS, "", None, "", None, why, *cite())

    def cite() -> Cited:
        return notes.cite((None, f"{source}: events held in this record"))

    if not entries.windows:
        first, last = entries.covered[0][0], entries.covered[-1][1]
        why = f"{source} covers {first} to {last}, too little to compare two windows"
        return None if entries.events.is_empty() else unknown(why)
    start, middle, end = entries.windows
    now, before = event_share(entries.events, None, middle, end), event_share(entries.events, None, start, middle)
    if not now.n:
        return None
    if now.n < LEAST_EVENTS:
        return unknown(f"{now.n} reports of {source}, {middle} to {end}, are too few: {LEAST_EVENTS} are needed")
    compared = f"the window before is unknown: {before.n} reports, {LEAST_EVENTS} are needed"
    if entries.stale:
        compared = f"which way they go is unknown: the reports end {end}"
    elif before.n >= LEAST_EVENTS:
        compared = f"{before.estimate.value:.0%} in the window before"
    return _share(pair, REPORTS, f"{middle} to {end}", now, "reports", compared, end, cite())


def yearly_counts(pair: View) -> pl.DataFrame:
    """The yearly reports of a case by direction, known on the day: subject, year, k cooperative of n, source."""
    rows = pair_figures(pair).filter(pl.col("subject").str.contains(">") & pl.col("measure").str.starts_with("icews_"))
    return (
        rows.group_by("subject", pl.col("date").dt.year().alias("year"))
        .agg(
            pl.col("value").filter(pl.col("measure").str.contains("cooperation")).sum().cast(pl.Int64).alias("k"),
            pl.col("value").sum().cast(pl.Int64).alias("n"),
            pl.first("url", "title"),
            pl.max("compiled_on"),
        )
        .sort("subject", "year")
    )


def _yearly_reports(pair: View, notes: Notes) -> Indicator | None:
    rows = yearly_counts(pair)
    if rows.is_empty():
        return None
    years = rows.group_by("year").agg(pl.sum("k", "n"), pl.first("url", "title"), pl.max("compiled_on")).sort("year")
    last, first = years.row(-1, named=True), years.row(0, named=True)
    return _share(
        pair,
        REPORTS,
        str(last["year"]),
        Share(last["k"], last["n"]),
        "reports",
        f"{first['k'] / first['n']:.0%} in {first['year']}" if first["n"] >= LEAST_EVENTS else "",
        date(last["year"], 12, 31),
        notes.cite((last["url"], last["title"])),
        last["compiled_on"],
    )


def _votes(pair: View, notes: Notes) -> Indicator | None:
    """UN agreement of the last full year: from votes held, else from the series of a case."""
    table = full_years(pair)
    if table.is_empty():
        return _case_votes(pair, notes)
    last = table.row(-1, named=True)
    everyone = all_pairs_share(pair.record, last["year"], as_of=pair.day)
    earlier = table.filter(pl.col("year") == last["year"] - 5)
    return _share(
        pair,
        VOTES,
        str(last["year"]),
        Share(last["identical"], last["votes"]),
        "roll calls",
        _compared(everyone, earlier["share"], last["year"] - 5),
        _last_roll_call(pair, last["year"]),
        notes.cite((source("unvotes").home, source("unvotes").citation)),
        value=last["share"],
    )


def _compared(everyone: float | None, earlier: pl.Series, year: int) -> str:
    """The share of all pairs, and of the two five years before, as far as they are known."""
    known = [f"all pairs {everyone:.0%}"] if everyone is not None else []
    return ", ".join([*known, *(f"{share:.0%} in {year}" for share in earlier.head(1))])


def _last_roll_call(pair: View, year: int) -> date:
    days = roll_calls(pair.record, pair.day).filter(pl.col("date").dt.year() == year)["date"]
    last: Any = days.max()
    return last if isinstance(last, date) else date(year, 12, 31)


def _case_votes(pair: View, notes: Notes) -> Indicator | None:
    rows = case_agreement(pair)
    if rows.is_empty():
        return None
    row = rows.row(-1, named=True)
    year, data_to = row["date"].year, min(last_day(row["period"]) or row["date"], pair.day)
    of_all = (pl.col("measure") == "un_agreement") & pl.col("area").is_null() & (pl.col("subject") == "all")
    everyone = pair.record.table("figures", pair.day).filter(of_all & (pl.col("period") == row["period"]))["value"]
    earlier = rows.filter(pl.col("date").dt.year() == year - 5)["value"]
    compared, cited = (
        _compared(everyone[0] if len(everyone) else None, earlier, year - 5),
        notes.cite((row["url"], row["title"])),
    )
    if not row["votes"] and not pair.is_old(data_to):
        # A share of nobody knows how many roll calls has no interval.
        values = (row["value"], "share", None, compared)
        return Indicator(VOTES, row["period"], *values, *cited, row["compiled_on"], data_to, leading=True)
    votes = row["votes"] or 0
    counted = Share(round(row["value"] * votes), votes)
    row_facts = (row["compiled_on"], row["value"])
    return _share(pair, VOTES, row["period"], counted, "roll calls", compared, data_to, cited, *row_facts)
