"""Every command and method that takes a state refuses one that was no more on the day, naming who followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest
from click.testing import CliRunner

import detente as dt
from detente.cli import detente
from detente.errors import DetenteError
from detente.levers.policy import parse

COMMANDS = [
    "assess {} USA --as-of {}",
    "explain {} USA --as-of {}",
    "explain GBR USA --third {} --as-of {}",
    "forecast {} USA --as-of {}",
    "weigh {} USA --as-of {}",
    "weigh GBR USA --lever contain={} --as-of {}",
    "levels {} USA --as-of {}",
    "panel {} USA --as-of {}",
    "panel --among {},USA --as-of {}",
    "similarity {} USA --as-of {}",
    "context {} USA --as-of {}",
    "stock {} USA --as-of {}",
    "ideal-points {} --as-of {}",
    "record show {} USA --as-of {}",
    "record agreements {} USA --as-of {}",
    "record figures {} USA --as-of {}",
]
STATES = [
    ("SUN", "2018-08-31", "continues it"),
    ("DDR", "2018-08-31", "its successor is Germany"),
    ("SSD", "1985-01-01", "did not exist on 1985-01-01"),
    ("710", "2018-08-31", "bare number"),
    ("AU", "2018-08-31", "may be African Union or Australia"),
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("state", "day", "told"), STATES)
def test_commands(command: str, state: str, day: str, told: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = str(tmp_path_factory.getbasetemp() / "no-record")
    done = CliRunner().invoke(detente, command.format(state, day).split(), env={"DETENTE_RECORD": folder})
    assert isinstance(done.exception, DetenteError) and _says(told, str(done.exception)), done.output


def _says(told: str, error: str) -> bool:
    """A number after a lever is its amount, so that a name is asked for."""
    return told in error or (told == "bare number" and "contain needs a name" in error)


def _with_states(group: click.Group) -> Iterator[str]:
    """The commands of a group, and of the groups in it, that take a state and a day."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from (f"{name} {verb}" for verb in _with_states(command))
        names = {parameter.name for parameter in command.params}
        if "as_of" in names and names & {"a", "states", "among", "thirds", "texts"}:
            yield name


def test_every_command_with_states_is_in_the_list() -> None:
    tried = {" ".join(word for word in command.split(" --")[0].split() if word.islower()) for command in COMMANDS}
    assert set(_with_states(detente)) == tried


METHODS: list[Callable[..., Any]] = [
    lambda record, state, day: record.pair(state, "USA", as_of=day),
    lambda record, state, day: record.pair("USA", state, as_of=day),
    lambda record, state, day: record.panel([state, "USA"], as_of=day),
    lambda record, state, day: record.triangle(["GBR", "USA", state], as_of=day),
    lambda record, state, day: record.components(states=[state], as_of=day),
    lambda record, state, day: record.pair("GBR", "USA", as_of=day).spillover(state),
    lambda record, state, day: record.pair("GBR", "USA", as_of=day).explain([state]),
    lambda record, state, day: record.pair("GBR", "USA", as_of=day).weigh([f"contain={state}"]),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("state", "day", "told"), STATES)
def test_methods(method: Callable[..., Any], state: str, day: str, told: str, tmp_path_factory: Any) -> None:
    record = dt.open_record(tmp_path_factory.getbasetemp() / "no-record")
    with pytest.raises(DetenteError) as error:
        method(record, state, day)
    assert _says(told, str(error.value))


def test_a_lever_read_without_a_day_names_its_state() -> None:
    assert parse("contain=IRN").moves[0].about == "IRN"
