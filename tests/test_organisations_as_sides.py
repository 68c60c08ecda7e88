"""What a model says of states alone is no data, never a failure, where a side is an organisation."""

from __future__ import annotations

from pathlib import Path

import pytest

import detente as dt
from detente.errors import NoData
from detente.explain.components import Components
from detente.record.queries import open_events


@pytest.mark.parametrize("side", ["EU", "NATO", "UN"])
def test_components_are_of_states(side: str) -> None:
    held = object.__new__(Components)
    object.__setattr__(held, "labels", (["RUS", "USA"], ["RUS", "USA"], [], []))
    with pytest.raises(NoData, match="which are of states"):
        held.of_pair(side, "RUS")


def test_a_source_without_events_between_actors_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(NoData, match="no events of gdelt2 are held"):
        open_events(dt.open_record(tmp_path), "gdelt2")
