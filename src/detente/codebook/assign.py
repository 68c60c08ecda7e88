"""Which issue areas an event belongs to, by the rules of a codebook, and why.

Areas are a function of the normalised event and the codebook alone, so they can be assigned when
events are stored and again, with another codebook, when they are read. Only events between two
different actors get areas: what happens within one state is no relation of a pair.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

import polars as pl

from detente.actors import actors, states
from detente.actors.text import normal
from detente.codebook.areas import Area, Codebook, Rule
from detente.errors import DetenteError

READ = ("action", "sender", "sender_sector", "receiver", "receiver_sector", "channel", "place", "text", "url")
_THIRD = "@third_states"
_AMBIGUOUS = [
    "america",
    "american",
    "african",
    "chad",
    "dominica",
    "dutch",
    "england",
    "georgia",
    "guinea",
    "jordan",
    "niger",
    "reunion",
]
_SHAPE = ["action", "sender", "sender_sector", "receiver", "receiver_sector", "channel", "place_state"]


def assign_areas(events: pl.DataFrame, codebook: Codebook) -> pl.Series:
    """Return a list-of-text series with the area ids of each event, in the codebook's order.

    Columns of READ that `events` lacks are empty. An area with `third_party` also gives "<area>:<ISO3>" for
    each third state that the place or the text names.
    """
    lacking = (pl.lit(None, dtype=pl.Utf8).alias(name) for name in READ if name not in events.columns)
    frame = events.with_columns(*lacking).select(READ).with_row_index("row")
    pairs = frame.filter(
        (pl.col("sender").fill_null("") != "")
        & (pl.col("receiver").fill_null("") != "")
        & (pl.col("sender") != pl.col("receiver"))
    )
    if pairs.is_empty():
        return pl.Series("areas", [[]] * events.height, dtype=pl.List(pl.Utf8))
    rules = [(n, rule) for n, area in enumerate(codebook.areas) for rule in area.rules]
    if len(rules) > 63:
        raise DetenteError(f"the codebook has {len(rules)} rules; at most 63 are supported, so join some of them")
    pairs = pairs.with_columns(_place_state(pairs["place"]))
    shape_bits, text_bits = _tests(tuple(rule for _, rule in rules))
    shapes = pairs.select(_SHAPE).unique().with_columns(shape_bits)
    texts = _read_texts(pairs.select("text", "url").unique(), text_bits)
    pairs = (
        pairs.join(shapes, on=_SHAPE, how="left", nulls_equal=True)
        .join(texts, on=["text", "url"], how="left", nulls_equal=True)
        .with_columns((pl.col("shape_bits") & pl.col("text_bits")).alias("bits"))
    )
    key = ["bits", "named", "place_state", "sender", "receiver"]
    sets = pairs.select(key).unique()
    homes = [n for n, _ in rules]
    lists = [_names(codebook.areas, homes, *row) for row in sets.iter_rows()]
    sets = sets.with_columns(pl.Series("areas", lists, dtype=pl.List(pl.Utf8)))
    hits = pairs.select("row", *key).join(sets, on=key, how="left", nulls_equal=True).select("row", "areas")
    areas = frame.select("row").join(hits, on="row", how="left", maintain_order="left")["areas"]
    return areas.fill_null(pl.lit([], dtype=pl.List(pl.Utf8)))


def _names(
    areas: tuple[Area, ...], homes: list[int], bits: int, named: str, place: str, sender: str, receiver: str
) -> list[str]:
    """The areas of the rules whose bit is set, in order; third-party areas also by state."""
    hit = {homes[n] for n in range(bits.bit_length()) if bits >> n & 1}
    names: list[str] = []
    for n in sorted(hit):
        area = areas[n]
        names.append(area.id)
        if area.third_party:
            third = sorted({*named.split(), place} - {sender, receiver, ""})
            names[-1:] = [area.id, *(f"{area.id}:{code}" for code in third)] if third else []
    return names


@lru_cache(maxsize=4)
def _tests(rules: tuple[Rule, ...]) -> tuple[pl.Expr, pl.Expr]:
    """For all rules, a bit each: do the structural conditions hold, do the words?"""
    return (
        _bits([_shape_holds(rule) for rule in rules]).alias("shape_bits"),
        _bits([_text_holds(rule) for rule in rules]).alias("text_bits"),
    )


def _bits(tests: list[pl.Expr]) -> pl.Expr:
    bits = pl.lit(0, dtype=pl.UInt64)
    for n, test in enumerate(tests):
        bits = bits | (test.cast(pl.UInt64) * pl.lit(1 << n, dtype=pl.UInt64))
    return bits


def _shape_holds(rule: Rule) -> pl.Expr:
    """True where the structural conditions of a rule hold; none holds for a rule on UN votes."""
    holds = pl.lit(not rule.un_issues)
    if rule.actions:
        holds = holds & pl.col("action").fill_null("").str.contains(
            "^(?:" + "|".join(map(re.escape, rule.actions)) + ")"
        )
    if rule.sectors:
        holds = holds & pl.any_horizontal(
            pl.col(c).is_in(rule.sectors).fill_null(False) for c in ("sender_sector", "receiver_sector")
        )
    if rule.orgs:
        holds = holds & pl.any_horizontal(
            pl.col(c).is_in(rule.orgs).fill_null(False) for c in ("sender", "receiver", "channel")
        )
    if rule.places:
        place = pl.col("place_state")
        elsewhere = (place != "") & (place != pl.col("sender")) & (place != pl.col("receiver"))
        holds = holds & (elsewhere if "*" in rule.places else elsewhere & place.is_in(rule.places))
    return holds


def _text_holds(rule: Rule) -> pl.Expr:
    """True where a rule's words and contexts stand in `words` and `text`, or it asks for none."""
    holds = pl.lit(True)
    if rule.words and _THIRD not in rule.words:
        holds = holds & pl.col("words").str.contains_any([" " + normal(word) for word in rule.words])
    if rule.contexts:
        holds = holds & pl.col("text").fill_null("").str.contains(
            "(?i)contexts=.*\\b(?:" + "|".join(map(re.escape, rule.contexts)) + ")"
        )
    return holds


def _read_texts(texts: pl.DataFrame, text_bits: pl.Expr) -> pl.DataFrame:
    """For each distinct text and address: the rules whose words it has, and the states it names.

    Words are looked for in the text and in the path of the address, which for news is mostly the
    headline; they match from the start of a word, so that "terroris" finds "terrorists" and
    "isis" does not find "crisis".
    """
    path = pl.col("url").fill_null("").str.replace("^[a-z]+://[^/]*", "")
    joined = pl.concat_str([pl.lit(" "), pl.col("text").fill_null(""), pl.lit(" "), path, pl.lit(" ")])
    texts = texts.with_columns(joined.str.to_lowercase().str.replace_all("[^a-z0-9]+", " ").alias("words"))
    codes = _state_words()
    matches = texts["words"].str.extract_many(list(codes), overlapping=True).to_list()
    named = [" ".join(sorted({codes[word] for word in words})) if words else "" for words in matches]
    return texts.select("text", "url", text_bits, pl.Series("named", named, dtype=pl.Utf8))


@lru_cache(maxsize=1)
def _state_words() -> dict[str, str]:
    """Names and demonyms of states as whole words, with the state; short or ambiguous ones are left out."""
    table: dict[str, str] = {}
    for state in states().values():
        if state.ends or not (state.cow or state.code in ("PSE", "XKX", "TWN")):
            continue
        for name in (state.name, *state.other_names, *state.demonyms):
            word = normal(name)
            if len(word) > 3 and "," not in name and word not in _AMBIGUOUS:
                table.setdefault(f" {word} ", state.code)
    return table


def _place_state(places: pl.Series) -> pl.Series:
    """ISO3 of the state named last in a place such as "Moscow, Moskva, Russia"."""
    index = actors()
    unique = places.drop_nulls().unique()
    codes = []
    for place in unique.to_list():
        actor = index.lookup(place.rpartition(",")[2])
        # "Erie, PA" is no Panama: a place ends in a name, never in a two-letter code.
        state = getattr(actor, "kind", "") == "state" and getattr(actor, "rule", "") != "iso2 code"
        codes.append(getattr(actor, "code", "") if state else "")
    states_named = places.replace_strict(unique, pl.Series(codes, dtype=pl.Utf8), default="", return_dtype=pl.Utf8)
    return states_named.alias("place_state")


def explain(event: dict[str, Any], codebook: Codebook) -> list[tuple[str, str]]:
    """Each area of one event with the rule that put it there.

    >>> from detente.codebook import load_codebook
    >>> why = explain({"action": "062", "sender": "RUS", "receiver": "USA"}, load_codebook())
    >>> ("military_dialogue", "rule 2 (actions: 0312, 0212, 062, 072, 0332, 152, 154, 138, 1212, 1622)") in why
    True
    """
    frame = pl.DataFrame([event], schema=dict.fromkeys(READ, pl.Utf8))
    return [
        (name, f"rule {n} ({rule.text()})")
        for area in codebook.areas
        for n, rule in enumerate(area.rules, start=1)
        for name in assign_areas(frame, replace(codebook, areas=(replace(area, rules=(rule,)),)))[0]
    ]
