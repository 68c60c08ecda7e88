"""The figures of an assessment: reports, votes, and whatever series are held of the two states."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import state_name
from detente.assessment.findings import Figure, Notes
from detente.assessment.windows import LEAST_EVENTS, Entries, event_share, event_windows
from detente.measures.months import months_before
from detente.measures.shares import share
from detente.measures.votes import agreement, all_pairs_share
from detente.record.facts import pair_figures

if TYPE_CHECKING:
    from detente.record import Record


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


def collect_figures(record: Record, a: str, b: str, as_of: date, entries: Entries, notes: Notes) -> tuple[Figure, ...]:
    """Reported acts, UN votes, and the latest value of every series held of the two, not older than ten years."""
    shares = (_reports_figure(record, a, b, as_of, entries, notes), _votes_figure(record, a, b, as_of, notes))
    series = pair_figures(record, a, b, as_of).filter(~pl.col("measure").str.contains(SKIPPED))
    return (*(f for f in shares if f), *_series_figures(series, as_of, notes))


def _series_figures(series: pl.DataFrame, as_of: date, notes: Notes) -> list[Figure]:
    found = []
    for rows in series.partition_by("measure", "subject", maintain_order=True):
        last, first = rows.row(-1, named=True), rows.row(0, named=True)
        if last["date"] <= months_before(as_of, 120):
            continue
        text = _subject(last["subject"]) + WORDS.get(last["measure"], last["measure"].replace("_", " "))
        earlier = rows.height > 1 and first["unit"] == last["unit"]
        found.append(
            Figure(
                f"{text[0].upper()}{text[1:]}, {last['period']}",
                last["value"],
                last["unit"],
                None,
                f"{first['value']:,g} in {first['period']}" if earlier else "",
                (notes.number(last["url"], last["title"]),),
                last["compiled_on"],
            )
        )
    return found


def _subject(subject: str) -> str:
    """How a series begins: its state, who thinks of whom, or nothing where it is of both."""
    sender, arrow, receiver = subject.partition(">")
    if arrow:
        return f"{state_name(sender)} on {state_name(receiver)}: "
    return "" if "-" in subject else f"{state_name(subject)}: "


def _reports_figure(record: Record, a: str, b: str, as_of: date, entries: Entries, notes: Notes) -> Figure | None:
    """The cooperative share of all reports: from events held, else from the yearly counts of the case."""
    windows = event_windows(entries, as_of)
    if windows:
        now = event_share(entries.events, None, windows[1], windows[2])
        before = event_share(entries.events, None, windows[0], windows[1])
        if now.n >= LEAST_EVENTS and now.mean is not None and now.low is not None and now.high is not None:
            return Figure(
                f"Reported acts that are cooperative, {windows[1]} to {windows[2]} ({now.n:,} reports)",
                now.mean,
                "share",
                (now.low, now.high),
                f"{before.mean:.0%} in the window before" if before.mean is not None else "",
                (notes.number(None, f"{entries.source}: events held in this record"),),
            )
    rows = record.table("figures", as_of).filter(
        pl.col("subject").is_in([f"{a}>{b}", f"{b}>{a}"]) & pl.col("measure").str.starts_with("icews_")
    )
    if rows.is_empty():
        return None
    years = (
        rows.group_by(pl.col("date").dt.year().alias("year"))
        .agg(
            pl.col("value").filter(pl.col("measure").str.contains("cooperation")).sum().alias("k"),
            pl.col("value").sum().alias("n"),
        )
        .sort("year")
    )
    last, first = years.row(-1, named=True), years.row(0, named=True)
    now = share(int(last["k"]), int(last["n"]))
    if now.mean is None or now.low is None or now.high is None:
        return None
    row = rows.row(0, named=True)
    return Figure(
        f"Reported acts that are cooperative, {last['year']} ({now.n:,} reports)",
        now.mean,
        "share",
        (now.low, now.high),
        f"{first['k'] / first['n']:.0%} in {first['year']}",
        (notes.number(row["url"], row["title"]),),
        row["compiled_on"],
    )


def _votes_figure(record: Record, a: str, b: str, as_of: date, notes: Notes) -> Figure | None:
    """UN agreement of the last full year: from votes held, else from the figures of the case."""
    table = agreement(record, a, b, as_of=as_of).filter(pl.col("year") < as_of.year)
    if table.height:
        last = table.row(-1, named=True)
        now = share(last["identical"], last["votes"])
        everyone = all_pairs_share(record, last["year"], as_of=as_of)
        earlier = table.filter(pl.col("year") == last["year"] - 5)
        note = notes.number(
            "https://doi.org/10.7910/DVN/LEJUQZ",
            "Voeten, Strezhnev and Bailey, UN General Assembly Voting Data, Harvard Dataverse",
        )
        compared = [f"all pairs {everyone:.0%}"] if everyone is not None else []
        compared += [f"{earlier['share'][0]:.0%} in {last['year'] - 5}"] if earlier.height else []
        interval = (now.low, now.high) if now.low is not None and now.high is not None else None
        return Figure(
            f"UN roll calls with the same vote, {last['year']} ({last['votes']} roll calls)",
            last["share"],
            "share",
            interval,
            ", ".join(compared),
            (note,),
        )
    held = record.table("figures", as_of).filter((pl.col("measure") == "un_agreement") & pl.col("area").is_null())
    rows = held.filter(pl.col("subject").is_in([f"{a}-{b}", f"{b}-{a}"])).sort("date")
    if rows.is_empty():
        return None
    row = rows.row(-1, named=True)
    calls = int("".join(c for c in row["unit"] if c.isdigit()) or 0)
    now = share(round(row["value"] * calls), calls)
    everyone_rows = held.filter((pl.col("subject") == "all") & (pl.col("period") == row["period"]))
    earlier = rows.filter(pl.col("period") == str(int(row["period"]) - 5))
    compared = [f"all pairs {everyone_rows['value'][0]:.0%}"] if everyone_rows.height else []
    compared += [f"{earlier['value'][0]:.0%} in {int(row['period']) - 5}"] if earlier.height else []
    return Figure(
        f"UN roll calls with the same vote, {row['period']} ({calls} roll calls)",
        row["value"],
        "share",
        (now.low, now.high) if now.low is not None and now.high is not None else None,
        ", ".join(compared),
        (notes.number(row["url"], row["title"]),),
        row["compiled_on"],
    )
