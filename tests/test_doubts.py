"""What may mean two things is refused, with how to write each: bare numbers, and short names that are codes too."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import detente as dt
from conftest import detente, read_file
from detente.actors import actors, organisations, who
from detente.actors.codes import state_of
from detente.actors.tables import rows
from detente.actors.text import normal
from detente.codebook import load_codebook
from detente.errors import DetenteError
from detente.levers.policy import parse
from detente.sources.figures import subject_code
from test_own_tables import fact, facts

NUMBERS = {
    "710": "write cow:710 or gw:710 (China), numeric:710 (South Africa)",
    "20": "write cow:20 or gw:20 (Canada), numeric:20 (Andorra)",
    "200": "write cow:200 or gw:200 (United Kingdom)",
    "260": "write cow:260 or gw:260 (Germany), numeric:260 (French Southern Territories)",
    "2.0": "write cow:2 or gw:2 (United States)",
    "643": "numeric:643 (Russia)",
    "9999": "of no list of states that we know",
}


@pytest.mark.parametrize(("number", "told"), NUMBERS.items())
def test_a_bare_number_is_refused_with_what_it_may_be(number: str, told: str) -> None:
    index = actors()
    assert not who(number).known and told in who(number).note
    for ask in (index.state, index.side, lambda text: subject_code(text, index)):
        with pytest.raises(DetenteError) as error:
            ask(number)
        assert told in str(error.value)
    with pytest.raises(DetenteError, match="bare number"):
        subject_code(f"{number}-USA", index)


def test_a_number_with_its_list_is_read() -> None:
    index = actors()
    assert [index.state(text) for text in ("cow:710", "numeric:710", "GW:20", "un:020")] == ["CHN", "ZAF", "CAN", "AND"]


@pytest.mark.parametrize("cell", ["710", "AU", "260;USA"])
def test_tables_of_ones_own_refuse_what_is_in_doubt(cell: str, tmp_path: Path) -> None:
    read = read_file(facts(tmp_path / "facts.csv", fact("2007-06-01", cell)))
    assert list(read.bad) == [2] and ("write " in read.bad[2])
    names = tmp_path / "names.csv"
    names.write_text(f"name,code\nMy Person,{cell.partition(';')[0]}\n")
    with pytest.raises(DetenteError, match=r"names\.csv: line 2: .*write "):
        actors(str(names))


def test_no_short_name_of_a_body_is_a_code_of_a_state() -> None:
    index, doubtful = actors(), set()
    bodies = [(body.code, (body.code, body.name, *body.other_names)) for body in organisations().values()]
    bodies += [(row["state"], (row["name"], *row["other_names"].split("|"))) for row in rows("institutions.csv")]
    for code, names in bodies:
        for name in names:
            short = normal(name)
            if len(short) not in (2, 3):
                continue
            state = state_of("iso2", short) or state_of("iso3", short)
            for text in (short, short.upper()):
                found = index.named(text)
                if state and state != code:
                    doubtful.add(text.upper())
                    assert not found.known and f"or {state}" in found.note, text
                    with pytest.raises(DetenteError, match="write "):
                        index.state(text)
    assert doubtful == {"AU", "PLO"}
    for text, code in {
        "EU": "EU",
        "UN": "UN",
        "CIS": "CIS",
        "IRA": "IRA",
        "ETA": "ETA",
        "IS": "ISL",
        "PA": "PAN",
    }.items():
        assert index.state(text) == code
    assert index.state("African Union") == "AU" and index.state("US") == "USA" and index.state("RU") == "RUS"


def test_a_name_of_ones_own_is_never_in_doubt(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("name,code\nAU,African Union\n710,China\n")
    index = actors(str(names))
    assert index.state("AU") == "AU" and index.state("710") == "CHN"


@pytest.mark.parametrize("given", [None, 4, 2.0, date(2001, 1, 1), b"RUS"])
def test_from_python_what_is_no_text_is_refused(given: Any, tmp_path: Path) -> None:
    record, index = dt.open_record(tmp_path), actors()
    asked = [
        lambda: dt.who(given),
        lambda: record.pair(given, "USA"),
        lambda: record.pair("USA", given),
        lambda: record.panel([given, "USA"]),
        lambda: record.triangle(["USA", "RUS", given]),
        lambda: record.components(states=[given]),
        lambda: record.pair("USA", "RUS").explain([given]),
        lambda: record.pair("USA", "RUS").spillover(given),
        lambda: index.by_code("cow", given),
        lambda: index.country(given) if given is not None else index.state(given),
        lambda: index.resolve(given),
        lambda: parse(f"contain={given}", index),
    ]
    ask: Any
    for ask in asked:
        with pytest.raises(DetenteError):
            ask()


def test_a_list_of_states_is_no_text_and_a_day_is_a_day(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path)
    with pytest.raises(DetenteError, match="list of states"):
        record.panel("USA")
    with pytest.raises(DetenteError, match="no day"):
        record.pair("USA", "RUS", as_of=2007)
    with pytest.raises(DetenteError, match="no day"):
        dt.who("USA", 2007)
    with pytest.raises(DetenteError, match=r"no issue area|no ISO3"):
        load_codebook(None).area("710")


def test_the_command_line_names_the_ways() -> None:
    done = detente("who", "710")
    assert done.returncode == 1 and "'710' is a bare number: write cow:710" in done.stderr and not done.stdout
