"""Militarised interstate disputes of the Correlates of War, 5.0: disputes (MIDA), their participants (MIDB), incidents
(MIDI) and theirs (MIDIP), and the same tables by Gibler, Miller and Little.

MIDA and MIDI name no states: they tell of a dispute or incident as a whole, to be joined by `reference`. MIDB and MIDIP
give a fact for every two states of opposite sides that overlap in time. Levels of hostility sum up all that happened
until the end, so a dispute is known on its last day. All four were tried on the released files (cut off after 2012),
those of Gibler, Miller and Little on their published layout.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context import militarised
from detente.sources.context.days import with_spell
from detente.sources.context.parties import both, with_states
from detente.sources.context.rows import Fault, Make, dated_facts, in_order, number, reader
from detente.sources.reader import Reader
from detente.sources.schema import Batch
from detente.sources.source import Source

OUTCOMES = {
    "1": "victory of side A",
    "2": "victory of side B",
    "3": "side A yielded",
    "4": "side B yielded",
    "5": "stalemate",
    "6": "compromise",
    "7": "those seized were released",
    "9": "became part of a war under way",
}
SETTLEMENTS = {"1": "negotiated", "2": "imposed", "3": "none"}
_NOBODY = pl.lit([], dtype=pl.List(pl.Utf8))
_DAYS = "styear stmon stday endyear endmon endday"


def _dated(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    days = _DAYS.split()
    return with_spell(frame, days[:3], days[3:])


def _words(column: str, words: dict[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(words, default="unclear", return_dtype=pl.Utf8)


def _disputes(source: str) -> Make:
    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        frame, faults = _dated(frame)
        going_on = pl.max_horizontal(pl.col("ongo2014", "ongo2010") == "1")
        dispute = militarised.fact("militarised dispute", number("hostlev"), "dispnum") | {
            "event_id": pl.concat_str(pl.lit("A"), "dispnum", separator=":"),
            "ends": pl.when(~going_on).then(pl.col("ended_last")),
            "actors": _NOBODY,
            "description": pl.format(
                "militarised dispute {} as a whole ({} against {} states): {}; outcome: {}; settlement: {}",
                "dispnum", "numa", "numb", militarised.action("hiact"),
                _words("outcome", OUTCOMES), _words("settle", SETTLEMENTS),
            ),
        }  # fmt: skip
        faults += [militarised.no_level("hostlev"), militarised.no_action("hiact")]
        yield dated_facts(source, frame, bad, faults, dispute, f"dispnum {_DAYS} hostlev")

    return make


def _incidents(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    frame, faults = _dated(frame)
    incident = militarised.fact("militarised incident", number("hostlev"), "dispnum") | {
        "event_id": pl.concat_str(pl.lit("I"), "incidnum", separator=":"),
        "actors": _NOBODY,
        "description": pl.format(
            "incident {} of dispute {} as a whole: {}", "incidnum", "dispnum", militarised.action("action")
        ),
    }
    faults += [militarised.no_level("hostlev"), militarised.no_action("action")]
    yield dated_facts("cow_mid", frame, bad, faults, incident, f"incidnum {_DAYS} hostlev")


def _pairs(
    frame: pl.DataFrame, bad: list[BadRow], of: str, side: str, act: str, raw: str
) -> tuple[pl.DataFrame, list[BadRow], dict[str, int]]:
    """Participants as pairs of opponents, with what can't be taken, and the rows told in that of another or alone."""
    frame, faults = _dated(frame)
    frame, unknown = with_states(frame, "cow", "ccode", year="styear")
    faults += [*unknown, *militarised.no_party(side, act, "hostlev")]
    kept, wrong = reject(frame, faults, raw.split())
    pairs = militarised.opponents(kept, of, side)
    same = pl.col("ccode_state") == pl.col("ccode_state_2")
    pairs, twice = reject(pairs, [(same, pl.format("both sides are {}", "ccode_state"))], raw.split())
    named = {*pairs["line"], *pairs["line_2"], *(row.line for row in twice)}
    alone = kept.filter(~pl.col("line").is_in(list(named))).height
    others = len(named) - pairs["line"].n_unique() - len({row.line for row in twice} - {*pairs["line"]})
    counts = {"is told in the row of its opponent": others, "had no opponent at its time": alone}
    level = pl.max_horizontal(number("hostlev"), number("hostlev_2"))
    pairs = pairs.with_columns(level.alias("level"))
    return pairs, in_order(bad, wrong, twice), counts


def _participants(source: str) -> Make:
    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        raw = f"dispnum ccode {_DAYS} sidea hostlev"
        pairs, bad, skipped = _pairs(frame, bad, "dispnum", "sidea", "hiact", raw)
        parties = [militarised.party(f"ccode_state{n}", f"sidea{n}", f"orig{n}", f"hiact{n}") for n in ("", "_2")]
        dispute = militarised.fact("militarised dispute", pl.col("level"), "dispnum") | {
            "event_id": pl.concat_str(pl.lit("B"), "dispnum", "ccode", "ccode_2", "date", separator=":"),
            "actors": both("ccode_state", "ccode_state_2"),
            "description": pl.format("militarised dispute: {} and {}", *parties),
        }
        yield dated_facts(source, pairs, bad, [], dispute, raw, skipped=skipped)

    return make


def _acts(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Who took part in incidents: the state whose opponent did nothing militarised acts towards it, else both act."""
    raw = f"incidnum ccode {_DAYS} insidea hostlev"
    pairs, bad, skipped = _pairs(frame, bad, "incidnum", "insidea", "action", raw)
    one, other = pl.col("ccode_state"), pl.col("ccode_state_2")
    idle, other_idle = (pl.col(name) == "0" for name in ("action", "action_2"))
    one_sided = idle != other_idle
    incident = militarised.fact("militarised incident", pl.col("level"), "dispnum") | {
        "event_id": pl.concat_str(pl.lit("IP"), "incidnum", "ccode", "ccode_2", "date", separator=":"),
        "actors": pl.when(one_sided)
        .then(pl.concat_list(pl.when(idle).then(other).otherwise(one)))
        .otherwise(both("ccode_state", "ccode_state_2")),
        "targets": pl.when(one_sided).then(pl.concat_list(pl.when(idle).then(one).otherwise(other))),
        "description": pl.format(
            "militarised incident: {} ({}) and {} ({})",
            "ccode_state", militarised.action("action"), "ccode_state_2", militarised.action("action_2"),
        ),
    }  # fmt: skip
    yield dated_facts("cow_mid", pairs, bad, [], incident, raw, skipped=skipped)


def tables(source: str, title: str, says: bytes = b"") -> tuple[Reader, Reader]:
    """Readers of the tables of disputes and of participants, which two teams release."""
    return (
        reader(
            f"dispnum {_DAYS} outcome settle hostlev hiact numa numb",
            _disputes(source),
            "ongo2014 ongo2010",
            f"{title} (disputes)",
            says=says,
        ),
        reader(
            f"dispnum ccode {_DAYS} sidea orig hiact hostlev",
            _participants(source),
            title=f"{title} (participants)",
            whole=True,
            says=says,
        ),
    )


MID = Source(
    "cow_mid",
    "COW militarised disputes",
    (
        *tables("cow_mid", "COW MID"),
        reader(f"dispnum incidnum {_DAYS} action hostlev numa", _incidents, title="COW MID (incidents)"),
        reader(
            f"dispnum incidnum ccode {_DAYS} insidea action hostlev",
            _acts,
            title="COW MID (participants of incidents)",
            whole=True,
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="Palmer et al., The MID5 Dataset, 2011-2014, Conflict Management and Peace Science 39(4), 2022",
    terms="as on the site of the Correlates of War",
    home="https://correlatesofwar.org/data-sets/mids/",
)
