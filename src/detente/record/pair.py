"""Two states in a record on a day: what is asked about, before anything is worked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from detente.actors import state_name
from detente.errors import DetenteError

if TYPE_CHECKING:
    from detente.record.store import Store


@dataclass(frozen=True)
class PairOnDay:
    """Two states in a record, by what was known on `as_of` (None: all that is held).

    `named` is the event source that the user asked for, None where it is to be chosen by rule.
    """

    record: Store
    a: str
    b: str
    as_of: date | None = None
    named: str | None = None

    @property
    def day(self) -> date:
        """The day itself; DetenteError where the question needs one and none was named."""
        if self.as_of is None:
            raise DetenteError("this is asked as of a day: record.pair(a, b, as_of='2007-02-01')")
        return self.as_of

    @property
    def names(self) -> tuple[str, str]:
        """The two states as they were called on the day."""
        return state_name(self.a, self.as_of), state_name(self.b, self.as_of)

    @property
    def directions(self) -> tuple[str, str]:
        """The two directed series by name, as in "USA>RUS" and "RUS>USA"."""
        return f"{self.a}>{self.b}", f"{self.b}>{self.a}"
