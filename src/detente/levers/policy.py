"""Levers as data: what is to be done, by whom, how much, for how long; from a short text, a TOML file, or Python.

    incentives=USA:1:12   economic cooperation by a side raised by so many standard deviations, for so many months
    reciprocity=1.0       the second side answers the first in kind at this rate (reciprocity=USA:1.0: that side does)
    equal                 equal treatment: both directions raised to the higher of the two that are expected
    contain=IRN           conflict over a third state falls away (contain=IRN:0.5: by half), cooperation over it stays
    channel=NATO:0.5      so much of the bilateral cooperation expected goes through an organisation instead

Several joined by + make a combination: `reciprocity=1.0+contain=IRN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.actors import counts_as
from detente.errors import DetenteError
from detente.files.trees import read_toml

if TYPE_CHECKING:
    from detente.actors import Actors

DEFAULTS = {"incentives": 0.5, "reciprocity": 1.0, "equal": 1.0, "contain": 1.0, "channel": 0.5}
"""The kinds of moves, and the amount of each where none is named."""
KINDS = tuple(DEFAULTS)


@dataclass(frozen=True, slots=True)
class Move:
    """One policy: its kind, about which state or organisation it is ("" by default), how much, how long."""

    kind: str
    about: str = ""
    amount: float = 1.0
    months: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DetenteError(f"no lever {self.kind!r}; there are {', '.join(KINDS)}")
        if self.kind in ("contain", "channel") and not self.about:
            raise DetenteError(f"{self.kind} needs a name: contain=IRN, channel=NATO")
        if self.kind in ("contain", "channel") and not 0 < self.amount <= 1:
            raise DetenteError(f"{self.kind}={self.about}: the share is above 0 and at most 1, not {self.amount:g}")
        if not -10 <= self.amount <= 10:
            raise DetenteError(f"{self.kind}: an amount of {self.amount:g} is beyond 10 either way")
        if self.months is not None and not 1 <= self.months <= 120:
            raise DetenteError(f"{self.kind}: {self.months} months; give 1 to 120")

    def words(self) -> str:
        """As readers would say it."""
        span, size = f" for {self.months} months" if self.months else "", f"{self.amount:g} standard deviations"
        less = "falls away" if self.amount == 1 else f"falls by {self.amount:.0%}"
        return {
            "incentives": f"economic cooperation by {self.about or 'the first side'} raised by {size}{span}",
            "reciprocity": f"{self.about or 'the second side'} answers in kind at rate {self.amount:g}{span}",
            "equal": f"equal treatment at the higher level{span}",
            "contain": f"conflict over {self.about} {less}{span}",
            "channel": f"{self.amount:.0%} of bilateral cooperation through {self.about}{span}",
        }[self.kind]


@dataclass(frozen=True, slots=True)
class Lever:
    """A named policy of one or more moves."""

    name: str
    moves: tuple[Move, ...]

    def words(self) -> str:
        """All its moves in words."""
        return " and ".join(move.words() for move in self.moves)


def standard(a: str, b: str, third: str | None, channel: str | None) -> tuple[Lever, ...]:
    """The levers that are weighed where none is named."""
    incentives = (
        Lever(f"incentives by {side}", (Move("incentives", side, DEFAULTS["incentives"]),)) for side in (a, b)
    )
    levers = [*incentives, Lever("reciprocity", (Move("reciprocity"),)), Lever("equal treatment", (Move("equal"),))]
    if third:
        levers.append(Lever(f"contain {third}", (Move("contain", third),)))
        levers.append(Lever(f"equal treatment + contain {third}", (Move("equal"), Move("contain", third))))
    if channel:
        levers.append(Lever(f"through {channel}", (Move("channel", channel, 0.5),)))
    return tuple(levers)


def parse(text: str, actors: Actors | None = None, on: date | None = None) -> Lever:
    """A lever from its short text; see the module. DetenteError says what is wrong (`on`: also with states of a day).

    >>> parse("reciprocity=1.0+contain=IRN:0.5").moves[1]
    Move(kind='contain', about='IRN', amount=0.5, months=None)
    """
    return Lever(text, tuple(_move(part.strip(), actors, on) for part in text.split("+")))


def _move(text: str, actors: Actors | None, on: date | None) -> Move:
    kind, _, rest = text.partition("=")
    if kind not in KINDS:
        raise DetenteError(
            f"no lever {kind!r}; there are {', '.join(KINDS)} (as in reciprocity=1.0, contain=IRN, incentives=USA:1:12)"
        )
    about, numbers = "", []
    for part in filter(None, rest.split(":")):
        try:
            numbers.append(float(part))
        except ValueError:
            if about or numbers:
                raise DetenteError(f"{text!r}: {part!r} is not a number") from None
            about = part
    if len(numbers) > 2 or (len(numbers) == 2 and numbers[1] != int(numbers[1])):
        raise DetenteError(f"{text!r}: at most an amount and whole months may follow, as in incentives=USA:1:12")
    return Move(
        kind,
        _named(kind, about, actors, on),
        numbers[0] if numbers else DEFAULTS[kind],
        int(numbers[1]) if len(numbers) > 1 else None,
    )


def _named(kind: str, about: str, actors: Actors | None, on: date | None) -> str:
    if not actors or not about or kind == "channel":
        return about
    return actors.side(about, on) if on else counts_as(actors.state(about))


def read_levers(path: Path, actors: Actors | None = None, on: date | None = None) -> tuple[Lever, ...]:
    """Levers from a TOML file.

    Tables [[lever]] have name and moves, each move kind and, as needed, about, amount, months. DetenteError names the
    file, the lever and what is wrong.
    """
    data = read_toml(path)
    rows = data.get("lever")
    if not isinstance(rows, list) or not rows:
        raise DetenteError(f"{path.name}: no [[lever]]; write one with name and moves")
    return tuple(lever_of(f"{path.name}, lever {n}", row, actors, on) for n, row in enumerate(rows, start=1))


def lever_of(where: str, row: Any, actors: Actors | None, on: date | None) -> Lever:
    """A lever from its table, as TOML or JSON holds it; `where` begins the DetenteError that says what is wrong."""
    moved = row.get("moves") if isinstance(row, dict) else None
    if not isinstance(moved, list) or not moved or not isinstance(row.get("name"), str):
        raise DetenteError(f"{where}: needs a name and moves")
    moves = []
    for move in moved:
        if not isinstance(move, dict) or set(move) - {"kind", "about", "amount", "months"}:
            raise DetenteError(f"{where}: a move has kind and, as needed, about, amount, months")
        kind, about = move.get("kind", ""), move.get("about", "")
        amount, months = move.get("amount", DEFAULTS.get(str(kind), 1.0)), move.get("months")
        if not isinstance(amount, int | float) or not isinstance(months, int | None) or not isinstance(about, str):
            raise DetenteError(f"{where}: amount is a number, months a whole number, about a text")
        try:
            moves.append(Move(str(kind), _named(str(kind), about, actors, on), float(amount), months))
        except DetenteError as error:
            raise DetenteError(f"{where}: {error}") from None
    return Lever(row["name"], tuple(moves))
