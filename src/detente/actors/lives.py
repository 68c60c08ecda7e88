"""States in time: when each lived, and which state counts for a code on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from detente.actors.tables import by_code, identity, state_name, states
from detente.errors import DetenteError
from detente.periods import union

RECORDS_FROM = date(1945, 1, 1)
Days = tuple[date | None, date | None]


@lru_cache(maxsize=1)
def continuers() -> dict[str, str]:
    """Every code of a state that another continues -> the code that counts today.

    >>> continuers()["SUN"], continuers()["YUG"], continuers()["SCG"], "DDR" in continuers()
    ('RUS', 'SRB', 'SRB', False)
    """
    today = [code for code, state in states().items() if not state.continuing]
    return {former: code for code in today for former in identity(code)[1:]}


def counts_as(code: str, day: date | None = None) -> str:
    """The state that counts for a code on a day; without a day, on every day.

    A continuing state is one actor under today's code, whatever its code was. A state that ended without a
    continuer is itself while it lived and after that its successor, "" where it has several or none; a state
    is "" on days on which it did not exist yet. What is no state (NATO, a territory) counts as itself.

    >>> counts_as("SUN", date(1985, 1, 1)), counts_as("SCG"), counts_as("NATO", date(1985, 1, 1))
    ('RUS', 'SRB', 'NATO')
    >>> counts_as("DDR", date(1985, 1, 1)), counts_as("DDR", date(2018, 1, 1)), counts_as("DDR")
    ('DDR', 'DEU', 'DDR')
    >>> counts_as("CSK", date(2018, 1, 1)), counts_as("SSD", date(2005, 1, 1))
    ('', '')
    """
    code = continuers().get(code, code)
    if day is None or existed(code, day, day):
        return code
    state, end = states()[code], spells(code)[-1][1]
    if end is None or day < end or len(state.successors) != 1:
        return ""
    return counts_as(state.successors[0], day)


def life(code: str, *, seats: bool = False) -> Days:
    """The day on which the state that counts for a code began, and the first day after its end.

    Of a state that lived more than once, from its first life that reaches 1945; None where there is none: a
    state that lives has no end, what is no state has neither. With `seats`, a seat in the UN before
    independence (Ukraine's, India's) begins it, as for votes.

    >>> life("DDR"), life("NATO")
    ((datetime.date(1949, 10, 5), datetime.date(1990, 10, 3)), (None, None))
    >>> life("EST"), life("UKR")[0], life("UKR", seats=True)[0]
    ((datetime.date(1991, 9, 6), None), datetime.date(1991, 12, 1), datetime.date(1945, 10, 24))
    """
    lived = spells(code, seats=seats)
    recent = [spell for spell in lived if spell[1] is None or spell[1] > RECORDS_FROM] or list(lived)
    return (recent[0][0], recent[-1][1]) if recent else (None, None)


def counted(states_asked: Iterable[str] | None = None, *, seats: bool = False) -> list[tuple[str, str, date, date]]:
    """Every code under which a state acted: the code, the state that counts, its first day and first day after.

    Of those asked about, or of all; open ends are date.min and date.max. Whoever reads records by code joins
    with this table, so that former codes count for today's and days outside a life for nothing.

    >>> counted(["SSD"])
    [('SSD', 'SSD', datetime.date(2011, 7, 9), datetime.date(9999, 12, 31))]
    >>> [row[:2] for row in counted(["RUS"])]
    [('RUS', 'RUS'), ('SUN', 'RUS')]
    """
    asked = None if states_asked is None else {counts_as(code) for code in states_asked}
    codes = set(states()) if asked is None else {former for code in asked for former in identity(code)}
    lives = ((code, life(code, seats=seats)) for code in sorted(codes))
    return [(code, counts_as(code), begins or date.min, ends or date.max) for code, (begins, ends) in lives]


def existed(code: str, first: date, last: date) -> bool:
    """True where the state that counts for a code lived on any day from `first` to `last`; so does what is no state.

    >>> existed("DDR", date(1990, 1, 1), date(1990, 12, 31)), existed("DDR", date(2018, 1, 1), date(2018, 1, 1))
    (True, False)
    >>> existed("EST", date(1935, 1, 1), date(1935, 1, 1)), existed("EST", date(1960, 1, 1), date(1960, 1, 1))
    (True, False)
    """
    lived = spells(code)
    return not lived or any((not begins or begins <= last) and (not ends or first < ends) for begins, ends in lived)


@lru_cache(maxsize=1024)
def spells(code: str, *, seats: bool = False) -> tuple[Days, ...]:
    """The times in which the state that counts for a code lived: first day, first day after; () for what is no state.

    A state lives when one of the field's lists has it; see docs/actors.md.
    """
    lived = [spell for own in identity(continuers().get(code, code)) for spell in by_code().get(own, [])]
    merged = union((s.begins or date.min, s.ends or date.max) for s in lived if seats or s.scheme != "un")
    return tuple((None if b == date.min else b, None if e == date.max else e) for b, e in merged)


def living(code: str, on: date | None = None, last: date | None = None, *, seats: bool = False) -> str:
    """The code that counts for a state named of the day `on` (of today without one), or of any day from it to `last`.

    Raises DetenteError where it had ended by then, naming its successors, or did not exist yet. With `seats`, a
    seat in the UN before independence counts as life, as for votes. What is no state lives always.

    >>> living("SUN", date(1985, 1, 1)), living("DEU"), living("UKR", date(1985, 1, 1), seats=True)
    ('RUS', 'DEU', 'UKR')
    >>> living("SSD", date(2011, 1, 1), date(2011, 12, 31))
    'SSD'
    """
    state, counted = states().get(code), counts_as(code)
    if state is None or not spells(code):
        return code
    lived = spells(code, seats=seats) if counted == code else ((state.begins, state.ends),)
    last = last or on
    ends = lived[-1][1]
    if ends and (on is None or on >= ends):
        raise DetenteError(
            f"{state.name} ended on {ends - timedelta(days=1)}: {_heirs(code)}, or ask as of a day of its life"
        )
    if on and last and not any((not begins or begins <= last) and (not end or on < end) for begins, end in lived):
        since = min(begins for begins, _ in lived if begins and begins > last)
        raise DetenteError(f"{state.name} did not exist on {last}: it exists from {since}")
    return counted


def _heirs(code: str) -> str:
    state = states()[code]
    named = [f"{state_name(heir)} ({heir})" for heir in state.successors]
    if state.continuing:
        heir = counts_as(code)
        return f"{state_name(heir)} ({heir}) continues it"
    return f"its successor is {named[0]}" if len(named) == 1 else f"its successors are {' and '.join(named)}"
