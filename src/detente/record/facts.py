"""Questions to the tables kept by hand: the facts of a pair, its agreements, and the facts of their lives."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import continuers, counts_as

if TYPE_CHECKING:
    from detente.record.cases import Case
    from detente.record.store import Store
    from detente.record.view import View


def pair_facts(pair: View, area: str | None = None) -> pl.DataFrame:
    """Facts in which both states take part, known on `as_of`, of an area (as in third_party_dispute:IRN), oldest first.

    A third party that another state continues is that state. Beside the columns of facts, `counts_from` is the last day
    that the date may mean: with it a fact falls into one and the same span of time whenever it is asked about.
    `of_pair` is true where the fact's case is about the two (`_about`), not only names them in the story of others.
    """
    parties = pl.concat_list("actors", "targets")
    within = pl.lit(True)
    third = pl.col("third_party").str.split(";").list.eval(_today()).list.unique(maintain_order=True)
    if area:
        within = pl.col("area") == pair.record.codebook.area(area).id
        if about := area.partition(":")[2]:
            within &= third.list.contains(counts_as(about)).fill_null(False)
    theirs = [f"case:{case.id}" for case in pair.record.cases if _about(case, pair.a, pair.b)]
    return (
        pair.record.table("facts", pair.as_of)
        .filter(holds(parties, pair.a) & holds(parties, pair.b) & within)
        .with_columns(
            third.list.join(";").alias("third_party"),
            _last_day().alias("counts_from"),
            pl.col("source").is_in(theirs).alias("of_pair"),
        )
        .sort("date", "event_id")
    )


def _about(case: Case, a: str, b: str) -> bool:
    """Whether a case is about two states: both stand in a quarter of its facts or more."""
    facts, parties = case.table("facts"), pl.concat_list("actors", "targets")
    return 0 < facts.height <= 4 * facts.filter(holds(parties, a) & holds(parties, b)).height


def date_text(day: date, precision: str) -> str:
    """A fact's date as far as it is known.

    >>> date_text(date(2006, 6, 1), "month")
    '2006-06'
    """
    return {"day": day.isoformat(), "month": day.isoformat()[:7], "year": day.isoformat()[:4]}[precision]


def area_ends(record: Store, facts: pl.DataFrame) -> dict[str, date]:
    """By area, the last day to which the chronologies of these facts tell all, so that silence up to it says something.

    `facts` as from `pair_facts`: with those known on a day, nothing learnt later moves an end. A chronology speaks for
    the areas of which it holds a fact alone: a narrow case doesn't vouch for what it never looked at, nor one of others
    for a pair that it names in passing. The latest day that a case declares (`temporal.end`) counts; where none of an
    area's declares one, that of the last fact (of any area) of its chronologies.
    """
    declared = _declared(record, facts)
    last: dict[str, date] = dict(facts.group_by("source").agg(pl.col("counts_from").max()).iter_rows())
    ends = {}
    for area, sources in facts.group_by("area").agg(pl.col("source").unique()).sort("area").iter_rows():
        days = [day for source in sources if (day := declared.get(source))]
        ends[area] = max(days or [last[source] for source in sources])
    return ends


def chronology_ends(record: Store, facts: pl.DataFrame) -> date:
    """The last day to which the chronologies of these facts tell all of every area; date.min where there are no facts.

    The earliest of `area_ends` that a case declares; where none declares one, the last of all.
    """
    ends = area_ends(record, facts)
    declared = facts.filter(pl.col("source").is_in(list(_declared(record, facts))))["area"].unique()
    return min((ends[area] for area in declared), default=max(ends.values(), default=date.min))


def _declared(record: Store, facts: pl.DataFrame) -> dict[str, date]:
    """The ends that the cases about the pair of these facts declare, by source."""
    about = set(facts.filter("of_pair")["source"])
    ends = {f"case:{case.id}": case.covers_to for case in record.cases}
    return {source: end for source, end in ends.items() if end and source in about}


def outside(record: Store, facts: pl.DataFrame) -> str:
    """How many of these facts lie in areas that the record's codebook doesn't have, by area; "" for none.

    With a codebook of your own in which an area has another name, facts of the old name belong to no area.
    """
    ours = [area.id for area in record.codebook.areas]
    lost = facts.filter(~pl.col("area").is_in(ours))["area"].value_counts(sort=True).rows()
    if not lost:
        return ""
    named = ", ".join(f"{area} {n}" for area, n in lost)
    return f"{sum(n for _, n in lost)} of {facts.height} facts are in areas that the codebook doesn't have ({named})"


def pair_agreements(pair: View) -> pl.DataFrame:
    """Agreements and programmes with both states among the parties, by name.

    Where several cases describe one, the last (the user's own) counts. The table says what an agreement
    is, not that it exists: its life is told by facts, each known on its own day.
    """
    agreements = pair.record.table("agreements").filter(
        holds(pl.col("parties"), pair.a) & holds(pl.col("parties"), pair.b)
    )
    return agreements.unique("agreement", keep="last", maintain_order=True).sort("agreement")


def life_facts(record: Store, agreements: pl.DataFrame, as_of: date | None = None) -> pl.DataFrame:
    """The facts known on `as_of` that name an agreement and concern at least two of its parties.

    One row for each fact and agreement, oldest first, with the columns `agreement` and `counts_from`.
    """
    parties = agreements.select("agreement", pl.col("parties").list.eval(_today()))
    named = record.table("facts", as_of).explode("agreements").rename({"agreements": "agreement"})
    concerned = pl.concat_list("actors", "targets").list.eval(_today())
    return (
        named.join(parties, on="agreement")
        .filter(concerned.list.unique().list.set_intersection("parties").list.len() >= 2)
        .with_columns(_last_day().alias("counts_from"))
        .sort("counts_from", "date", "event_id")
    )


def pair_figures(pair: View) -> pl.DataFrame:
    """Series of either state, of the pair and of either direction, known on `as_of`, by measure, subject and time.

    Subjects are in today's codes (`counted_subject`), which is how to pick one of them. Of two values of one day of
    which one was given under a former code, the other counts.
    """
    figures = pair.record.table("figures", pair.as_of)
    wanted = {
        counts_as(pair.a),
        counts_as(pair.b),
        *(counted_subject(text) for text in (f"{pair.a}>{pair.b}", f"{pair.b}>{pair.a}", f"{pair.a}-{pair.b}")),
    }
    named = {text: counted for text in figures["subject"].unique() if (counted := counted_subject(text)) in wanted}
    former, keys = pl.col("subject") != pl.col("subject").replace(named), ["measure", "area", "subject", "date"]
    return (
        figures.filter(pl.col("subject").is_in(list(named)))
        .with_columns(pl.col("subject").replace(named), former.alias("former"))
        .filter(pl.col("former") == pl.col("former").min().over(keys))
        .drop("former")
        .sort("measure", "subject", "date", maintain_order=True)
    )


def counted_subject(subject: str) -> str:
    """The subject of a figure in today's codes.

    >>> counted_subject("SUN>USA"), counted_subject("USA-SUN"), counted_subject("SUN"), counted_subject("all")
    ('RUS>USA', 'RUS-USA', 'RUS', 'all')
    """
    mark = ">" if ">" in subject else "-"
    codes = [counts_as(code) for code in subject.split(mark)]
    return mark.join(codes if mark == ">" else sorted(codes))


def holds(parties: pl.Expr, code: str) -> pl.Expr:
    """True where a list of codes holds a state under any code that counts for it."""
    return parties.list.eval(_today()).list.contains(counts_as(code))


def _today() -> pl.Expr:
    """An element of a list of codes, a former state read as the one that continues it."""
    return pl.element().replace(continuers())


def _last_day() -> pl.Expr:
    """The last day that a date may mean."""
    length = pl.col("precision").replace_strict({"year": "1y", "month": "1mo", "day": "1d"}, return_dtype=pl.Utf8)
    return pl.col("date").dt.offset_by(length).dt.offset_by("-1d")
