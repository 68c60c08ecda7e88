"""Words for the codes that the data sets of militarised disputes share, and the pairs of states that opposed there.

What they cover ends with the last year in which something began: a file cut off there still tells how it ended.
"""

from __future__ import annotations

import polars as pl

from detente.sources.context.rows import UNKNOWN, Fault, no_number, not_too_many_pairs

ACTIONS = {
    "0": "no militarised action",
    "1": "threat to use force",
    "2": "threat to blockade",
    "3": "threat to occupy territory",
    "4": "threat to declare war",
    "5": "threat to use weapons of mass destruction",
    "6": "threat to join a war",
    "7": "show of force",
    "8": "alert",
    "9": "nuclear alert",
    "10": "mobilisation",
    "11": "fortification of the border",
    "12": "violation of the border",
    "13": "blockade",
    "14": "occupation of territory",
    "15": "seizure",
    "16": "attack",
    "17": "clash",
    "18": "declaration of war",
    "19": "use of weapons of mass destruction",
    "20": "beginning of an interstate war",
    "21": "joining of an interstate war",
    "22": "battle of a war",
}
FORCE = 4
"""The level of hostility from which on force is used: 1 no militarised action, 2 threat, 3 display, 4 use, 5 war."""


def action(column: str) -> pl.Expr:
    """The words for a column of codes of actions."""
    code = pl.col(column)
    known = code.replace_strict(ACTIONS, default=None, return_dtype=pl.Utf8)
    return pl.when(code.is_in(UNKNOWN)).then(pl.lit("action unknown")).otherwise(known)


def no_action(column: str) -> Fault:
    """The fault of a cell that should hold the code of an action."""
    return action(column).is_null(), pl.format(f"{column} '{{}}' is no code of an action", column)


def no_level(column: str) -> Fault:
    """The fault of a cell that should hold a level of hostility."""
    return no_number(column, low=1, high=5)


def no_side(column: str) -> Fault:
    """The fault of a cell that should say on which side a state stood."""
    known = pl.col(column).is_in(["0", "1"])
    return ~known, pl.format(f"{column} '{{}}' is neither 0 nor 1", column)


def no_party(side: str, act: str, level: str) -> list[Fault]:
    """The faults of a participant of a dispute: its side, its highest act and its level of hostility."""
    return [no_side(side), no_action(act), no_level(level)]


def fact(kind: str, level: pl.Expr, dispute: str) -> dict[str, pl.Expr]:
    """The columns that facts of militarised acts share, whose level sums up all until their last day: on it they are
    known.
    """
    return {
        "ends": pl.col("ended_last"),
        "known_on": pl.col("ended_last"),
        "area": area(level),
        "kind": pl.lit(kind),
        "tone": pl.lit("conflictual"),
        "level": level,
        "reference": pl.col(dispute),
    }


def party(state: str, side: str, role: str, act: str) -> pl.Expr:
    """A participant of a dispute in words: its side, whether it was there from the first day, and its highest act."""
    letter = pl.when(pl.col(side) == "1").then(pl.lit("A")).otherwise(pl.lit("B"))
    known = {"1": "originator", "0": "joiner"}
    part = pl.col(role).replace_strict(known, default="role unknown", return_dtype=pl.Utf8)
    return pl.format("{} (side {}, {}, at most {})", state, letter, part, action(act))


def area(level: pl.Expr) -> pl.Expr:
    """The area of acts of a level of hostility: shows of force are of the military dialogue, fighting is conflict."""
    return pl.when(level < FORCE).then(pl.lit("military_dialogue")).otherwise(pl.lit("regional_conflict"))


def opponents(frame: pl.DataFrame, of: str, side: str) -> pl.DataFrame:
    """The rows of participants as pairs of opposite sides (1 first, then 0, whose columns end in _2) of the same `of`
    that overlap in time, with the days between which they did.

    The frame has `date` and `ended` as `days.with_day` makes them. An unknown day is read as any day that it may be.
    """
    ones, others = (frame.filter(pl.col(side) == number) for number in "10")
    not_too_many_pairs(ones, others, [of])
    pairs = ones.join(others, on=of, suffix="_2", maintain_order="left_right").filter(
        (pl.col("date") <= pl.col("ended_last_2")) & (pl.col("date_2") <= pl.col("ended_last"))
    )
    later = (pl.col("date_2") > pl.col("date")) | (
        (pl.col("date_2") == pl.col("date")) & (pl.col("date_last_2") > pl.col("date_last"))
    )
    taken = (
        pl.when(later).then(pl.col(f"{name}_2")).otherwise(pl.col(name)).alias(name)
        for name in ("date", "date_precision", "date_last")
    )
    return pairs.with_columns(*taken, pl.min_horizontal("ended_last", "ended_last_2").alias("ended_last"))
