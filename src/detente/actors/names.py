"""Names of states as lists and people write them: inverted, with an article, with a gloss in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from detente.actors.tables import identity, rows, states
from detente.actors.text import normal

AMBIGUOUS = {"congo": ("COG", "COD"), "korea": ("KOR", "PRK"), "virgin islands": ("VGB", "VIR")}
"""Names that two states of today share: to be told apart by a fuller name or a code."""
# What a gloss may say without naming another country: an article, a form of government.
_PLAIN = frozenset(
    [
        "the",
        "former",
        "rep",
        "republic",
        "of",
        "arab",
        "islamic",
        "plurinational",
        "bolivarian",
        "federated",
        "state",
        "states",
        "kingdom",
    ]
)
_TURNED = re.compile(r"^(?P<head>[^,(]+?)\s*(?:\((?P<gloss>[^()]+)\)|,\s*(?P<tail>[^,()]+))$")


@lru_cache(maxsize=1)
def state_names() -> dict[str, str]:
    """Normal name -> code, of every state whose name means it today; `AMBIGUOUS` names are not among them."""
    by_name: dict[str, str] = {}
    for state in states().values():
        if not state.of_the_past:
            for name in (state.name, *state.other_names, *state.more_names):
                by_name.setdefault(normal(name), state.code)
    for row in rows("listed_names.csv"):
        by_name.setdefault(normal(row["name"]), row["code"])
    # Our own names outrank the long forms that pycountry lists.
    by_name |= {normal(row["name"]): row["iso3"] for row in rows("states.csv")}
    return {name: code for name, code in by_name.items() if name not in AMBIGUOUS}


@lru_cache(maxsize=1)
def past_names() -> dict[str, str]:
    """Normal name -> code, of states that ended long ago: Bavaria, Tibet, the Korea of before 1910."""
    past = [state for state in states().values() if state.of_the_past]
    return {normal(name): state.code for state in past for name in (state.name, *state.other_names)}


def named_state(name: str, names: dict[str, str] | None = None) -> str:
    """The code of the state that a name stands for, "" where none of `names` (all of today's) fits.

    >>> named_state("Korea, Republic of"), named_state("Iran (Islamic Republic of)"), named_state("The Gambia")
    ('KOR', 'IRN', 'GMB')
    >>> named_state("Sri Lanka (Ceylon)"), named_state("Vietnam (South)"), named_state("Congo")
    ('LKA', 'RVN', '')

    A gloss counts for nothing only where it is another name of the same state or the plain form of its
    government: any other may name another place.

    >>> named_state("Cyprus (Northern)"), named_state("China (Rep.)"), named_state("Georgia (United States)")
    ('', 'TWN', '')
    """
    codes = state_names() if names is None else names
    code = next((codes[form] for form in _forms(name) if form in codes), "")
    turned = None if code else _TURNED.match(name.strip())
    if turned and turned["gloss"]:
        head = codes.get(normal(turned["head"]).removeprefix("the "), "")
        return head if head and _says_nothing(normal(turned["gloss"]), normal(turned["head"]), head) else ""
    return code


def _says_nothing(gloss: str, head: str, code: str) -> bool:
    """Whether a gloss beside a state's name is another name of it, its adjective, or its form of government."""
    if set(gloss.split()) <= _PLAIN | set(head.split()) or gloss in map(normal, states()[code].demonyms):
        return True
    return code in identity(_named(gloss)) or _named(gloss) in identity(code)


def _named(name: str) -> str:
    return next((names[name] for names in (state_names(), past_names()) if name in names), "")


def _forms(name: str) -> Iterator[str]:
    key = normal(name)
    yield key
    yield key.removeprefix("the ")
    if key.startswith("st "):
        yield "saint " + key.removeprefix("st ")
    turned = _TURNED.match(name.strip())
    if turned:
        head, rest = normal(turned["head"]), normal(turned["gloss"] or turned["tail"])
        yield f"{rest.removeprefix('the ').removesuffix(' the')} {head}"
        yield f"{rest} the {head}" if rest.endswith(" of") else f"{rest} {head}"
        if rest in ("rep", "republic"):
            yield f"republic of {head}"
