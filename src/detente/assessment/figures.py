"""The figures of an assessment: reports, votes, and whatever series are held of the two states."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.actors import state_name
from detente.actors.tables import last_day
from detente.assessment.findings import Figure, Notes, past_figure
from detente.assessment.windows import LEAST_EVENTS, Entries, event_share
from detente.measures.votes import all_pairs_share, case_agreement, full_years
from detente.periods import is_old, months_before
from detente.record.facts import pair_figures
from detente.sources import source
from detente.uncertainty import NotIdentified, Share

if TYPE_CHECKING:
    from detente.record import Store
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


def collect_figures(pair: View, entries: Entries, notes: Notes) -> tuple[Figure, ...]:
    """Reported acts, UN votes, and the latest value of every series held of the two, not older than ten years.

    What ended more than 24 months before the day has no value: it is said what was last known.
    """
    shares = (_reports_figure(pair, entries, notes), _votes_figure(pair, notes))
    series = pair_figures(pair).filter(~pl.col("measure").str.contains(SKIPPED))
    return (*(f for f in shares if f), *_series_figures(series, pair.day, notes))


def _series_figures(series: pl.DataFrame, as_of: date, notes: Notes) -> list[Figure]:
    found = []
    for rows in series.partition_by("measure", "subject", maintain_order=True):
        last, first = rows.row(-1, named=True), rows.row(0, named=True)
        if last["date"] <= months_before(as_of, 120):
            continue
        named = _subject(last["subject"]) + WORDS.get(last["measure"], last["measure"].replace("_", " "))
        text = f"{named[0].upper()}{named[1:]}"
        note = (notes.number(last["url"], last["title"]),)
        data_to = min(last_day(last["period"]) or last["date"], as_of)
        earlier = rows.height > 1 and first["unit"] == last["unit"]
        made = Figure(
            f"{text}, {last['period']}",
            last["value"],
            last["unit"],
            None,
            f"{first['value']:,g} in {first['period']}" if earlier else "",
            note,
            last["compiled_on"],
            data_to,
        )
        old = is_old(data_to, as_of)
        found.append(past_figure(text, data_to, made.amount, note, last["compiled_on"]) if old else made)
    return found


def _subject(subject: str) -> str:
    """How a series begins: its state, who thinks of whom, or nothing where it is of both."""
    sender, arrow, receiver = subject.partition(">")
    if arrow:
        return f"{state_name(sender)} on {state_name(receiver)}: "
    return "" if "-" in subject else f"{state_name(subject)}: "


def _share_figure(
    text: str,
    span: str,
    now: Share,
    what: str,
    compared: str,
    data_to: date,
    as_of: date,
    note: int,
    compiled_on: date | None = None,
    value: float | None = None,
) -> Figure | None:
    """A share of now, or what was last known of it; None where nothing was counted."""
    level = now.estimate
    if isinstance(level, NotIdentified):
        return None
    mean = level.value if value is None else value
    if is_old(data_to, as_of):
        said = f"{mean:.0%} of {now.n:,} {what}"
        return past_figure(text, data_to, said, (note,), compiled_on)
    title = f"{text}, {span} ({now.n:,} {what})"
    interval = (level.low, level.high)
    return Figure(title, mean, "share", interval, compared, (note,), compiled_on, data_to, leading=True)


REPORTS, VOTES = "Reported acts that are cooperative", "UN roll calls with the same vote"


def _reports_figure(pair: View, entries: Entries, notes: Notes) -> Figure | None:
    """The cooperative share of all reports: of the answer's source; where no events are held, of the yearly counts of a case."""
    if not entries.source:
        return _yearly_reports(pair, notes)
    held = f"{entries.source}: events held in this record"
    if not entries.windows:
        first, last = entries.covered[0][0], entries.covered[-1][1]
        why = f"{entries.source} covers {first} to {last}, too little to compare two windows"
        return None if entries.events.is_empty() else Figure(REPORTS, None, "", None, why, (notes.number(None, held),))
    start, middle, end = entries.windows
    now, before = event_share(entries.events, None, middle, end), event_share(entries.events, None, start, middle)
    note = notes.number(None, held) if now.n else 0
    if 0 < now.n < LEAST_EVENTS:
        why = f"{now.n} reports of {entries.source}, {middle} to {end}, are too few: {LEAST_EVENTS} are needed"
        return Figure(REPORTS, None, "", None, why, (note,))
    compared = f"the window before is unknown: {before.n} reports, {LEAST_EVENTS} are needed"
    if entries.stale:
        compared = f"which way they go is unknown: the reports end {end}"
    elif before.n >= LEAST_EVENTS:
        compared = f"{before.estimate.value:.0%} in the window before"
    return _share_figure(REPORTS, f"{middle} to {end}", now, "reports", compared, end, pair.day, note)


def yearly_counts(pair: View) -> pl.DataFrame:
    """The yearly reports of a case by direction, known on the day: subject, year, k cooperative of n, and the rows' source."""
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


def _yearly_reports(pair: View, notes: Notes) -> Figure | None:
    rows = yearly_counts(pair)
    if rows.is_empty():
        return None
    years = rows.group_by("year").agg(pl.sum("k", "n"), pl.first("url", "title"), pl.max("compiled_on")).sort("year")
    last, first = years.row(-1, named=True), years.row(0, named=True)
    return _share_figure(
        REPORTS,
        str(last["year"]),
        Share(last["k"], last["n"]),
        "reports",
        f"{first['k'] / first['n']:.0%} in {first['year']}" if first["n"] >= LEAST_EVENTS else "",
        date(last["year"], 12, 31),
        pair.day,
        notes.number(last["url"], last["title"]),
        last["compiled_on"],
    )


def _votes_figure(pair: View, notes: Notes) -> Figure | None:
    """UN agreement of the last full year: from votes held, else from the figures of the case."""
    table = full_years(pair)
    if table.height:
        last = table.row(-1, named=True)
        everyone = all_pairs_share(pair.record, last["year"], as_of=pair.day)
        earlier = table.filter(pl.col("year") == last["year"] - 5)
        note = notes.number(
            source("unvotes").home,
            source("unvotes").citation,
        )
        compared = [f"all pairs {everyone:.0%}"] if everyone is not None else []
        compared += [f"{earlier['share'][0]:.0%} in {last['year'] - 5}"] if earlier.height else []
        return _share_figure(
            VOTES,
            str(last["year"]),
            Share(last["identical"], last["votes"]),
            "roll calls",
            ", ".join(compared),
            _last_call(pair.record, last["year"], pair.day),
            pair.day,
            note,
            value=last["share"],
        )
    rows = case_agreement(pair)
    held = pair.record.table("figures", pair.day).filter(
        (pl.col("measure") == "un_agreement") & pl.col("area").is_null()
    )
    return _case_votes(held, rows, pair.day, notes) if rows.height else None


def _last_call(record: Store, year: int, as_of: date) -> date:
    days = record.table("rollcalls", as_of).filter(pl.col("date").dt.year() == year)["date"]
    last: Any = days.max()
    return last if isinstance(last, date) else date(year, 12, 31)


def _case_votes(held: pl.DataFrame, rows: pl.DataFrame, as_of: date, notes: Notes) -> Figure | None:
    row = rows.row(-1, named=True)
    year, data_to = row["date"].year, min(last_day(row["period"]) or row["date"], as_of)
    calls = int("".join(c for c in row["unit"] if c.isdigit()) or 0)
    everyone = held.filter((pl.col("subject") == "all") & (pl.col("period") == row["period"]))
    earlier = rows.filter(pl.col("date").dt.year() == year - 5)
    compared = [f"all pairs {everyone['value'][0]:.0%}"] if everyone.height else []
    compared += [f"{earlier['value'][0]:.0%} in {year - 5}"] if earlier.height else []
    note = notes.number(row["url"], row["title"])
    if not calls and not is_old(data_to, as_of):
        # A share of nobody knows how many roll calls has no interval.
        title = f"{VOTES}, {row['period']}"
        compare = ", ".join(compared)
        return Figure(title, row["value"], "share", None, compare, (note,), row["compiled_on"], data_to, leading=True)
    return _share_figure(
        VOTES,
        row["period"],
        Share(round(row["value"] * calls), calls),
        "roll calls",
        ", ".join(compared),
        data_to,
        as_of,
        note,
        row["compiled_on"],
        row["value"],
    )
