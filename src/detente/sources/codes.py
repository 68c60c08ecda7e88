"""CAMEO codes as they arrive: with zeros lost, beside a name, a quad class or a root code that must agree.

The action's name comes first; else the code, padded where only the padded form agrees with what stands beside
it; else no code. Every change is told, so that readers can count it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from detente.actors import is_missing
from detente.actors.text import normal
from detente.codebook import actions
from detente.sources.common import read_once

PADDED = "action code that lost its leading zero: padded"
BY_NAME = "action code missing or unreadable: read from the action's name"
NAME_WINS = "action's name and code disagree: the name is taken"
ROOT = "root code: read as the code for what is not specified below it"
QUAD = "QuadClass contradicts the code and its root: the codebook's class is taken"
SCALE = "Goldstein value missing, unreadable or outside -10 to 10: the scale's is taken"

# Wordings of ICEWS that the CAMEO codebook lacks.
_WORDINGS = {"Carry out car bombing": "1832"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A CAMEO code as read: the code or "", the changes made to it, or why there is none."""

    code: str
    changes: tuple[str, ...] = ()
    fault: str = ""


def _key(name: str) -> str:
    return " ".join(word for word in normal(name).split() if word not in ("or", "and"))


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    """Codes by the action's name; of a root and the code "not specified below it" the latter."""
    table = {_key(action.name): action.code for action in actions().values()}
    return table | {_key(name): code for name, code in _WORDINGS.items()}


def _gdelt_quad(root: str) -> int:
    """The class that GDELT itself gives: 09 counts as 2 there and 14 as 3, one class below the codebook's."""
    return 1 + sum(int(root) > last for last in (5, 9, 14))


@lru_cache(maxsize=50_000)
def read_action(code: str, name: str = "", quad: str = "", root: str = "", base: str = "") -> Reading:
    """The CAMEO code of a row, from its code and whatever stands beside it.

    >>> read_action("10", name="Make statement")
    Reading(code='010', changes=('action code that lost its leading zero: padded',), fault='')
    >>> read_action("20", root="02").code, read_action("20", root="20").code, read_action("40").code
    ('020', '200', '040')
    >>> read_action("20").fault
    'action 20 may be 20 or 020, and nothing beside it tells'
    >>> read_action("190", root="01", quad="1").fault
    'action 190 contradicts its root code 01'
    """
    code, quad, root, base = ("" if is_missing(t) else _plain(t) for t in (code, quad, root, base))
    forms = [form for form in (code, f"0{code}") if form in actions()]
    named = "" if is_missing(name) else _by_name().get(_key(name), "")
    if named:
        return _by_its_name(code, forms, named)
    if not forms:
        return Reading("", (), f"action {code}{f' ({name})' if name else ''} is no CAMEO code")
    agreeing = [form for form in forms if _agree(form, root, base, quad)]
    # The root decides: a class that contradicts both the code and its root is the one that is wrong.
    changes: tuple[str, ...] = ()
    if not agreeing and quad and root:
        agreeing, changes = [form for form in forms if _agree(form, root, base, "")], (QUAD,)
    if not agreeing:
        beside = next(
            words
            for words, alone in (
                (f"root code {root}", (root, "", "")),
                (f"base code {base}", ("", base, "")),
                (f"QuadClass {quad}", ("", "", quad)),
                ("root, base and class", (root, base, quad)),
            )
            if not any(_agree(form, *alone) for form in forms)
        )
        return Reading("", (), f"action {code} contradicts its {beside}")
    if len(agreeing) > 1:
        return Reading("", (), f"action {code} may be {' or '.join(agreeing)}, and nothing beside it tells")
    return _below_root(agreeing[0], (*changes, *((PADDED,) if agreeing[0] != code else ())))


def _plain(text: str) -> str:
    """A code without what spreadsheets add: 10.0 and 1.0E1 are 10."""
    text = text.strip()
    if re.fullmatch(r"\d+(\.0+)?|\d(\.\d+)?[eE]\+?\d", text) and not text.isdigit():
        return f"{float(text):.0f}"
    return text


def _by_its_name(code: str, forms: list[str], named: str) -> Reading:
    if named == code:
        return Reading(named)
    if not forms:
        return Reading(named, (BY_NAME,))
    if f"{code}0" == named:
        return Reading(named, (ROOT,))
    if named in (f"0{code}", f"0{code}0"):
        return Reading(named, (PADDED,))
    return Reading(named, (NAME_WINS,))


def _below_root(code: str, changes: tuple[str, ...]) -> Reading:
    return Reading(f"{code}0", (*changes, ROOT)) if len(code) == 2 else Reading(code, changes)


def _agree(form: str, root: str, base: str, quad: str) -> bool:
    if root and root.zfill(2) != form[:2]:
        return False
    if base and base not in (form[:3], form[:2], form[:3].lstrip("0"), form[:2].lstrip("0")):
        return False
    return not quad or quad in (str(actions()[form].quad), str(_gdelt_quad(form[:2])))


def read_actions(frame: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """Add action, quad, plover, scale (the codebook's intensity), `action_fault` and `action_changes` to each row.

    `columns` maps the parameters of `read_action` to columns of the frame; each distinct combination is read once.
    """
    added = {
        "action": pl.Utf8,
        "action_fault": pl.Utf8,
        "action_changes": pl.Utf8,
        "quad": pl.Int8,
        "plover": pl.Utf8,
        "scale": pl.Float32,
    }

    def read(*cells: str) -> tuple[Any, ...]:
        reading = read_action(**{part: text or "" for part, text in zip(columns, cells, strict=True)})
        action = actions().get(reading.code)
        meaning = (action.quad, action.plover or None, action.intensity) if action else (None, None, None)
        return reading.code or None, reading.fault or None, "; ".join(reading.changes) or None, *meaning

    return read_once(frame, list(columns.values()), read, added)


def with_intensity(frame: pl.DataFrame, given: str) -> pl.DataFrame:
    """Add `intensity`, the given value or the scale's where it is none, and `scaled`, true for the latter."""
    value = pl.col(given).cast(pl.Float32, strict=False)
    sound = value.is_between(-10, 10).fill_null(False)
    return frame.with_columns(
        pl.when(sound).then(value).otherwise(pl.col("scale")).alias("intensity"), (~sound).alias("scaled")
    )
