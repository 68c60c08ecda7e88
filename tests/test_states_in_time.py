"""Numbers, names and lives of states: each resolves in its days, counts once, and acts only while it lived."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

import detente as dt
from conftest import detente
from detente.actors import Person, actors, continuers, counts_as, existed, life, state_name, states, who
from detente.actors.codes import SCHEMES
from detente.actors.tables import identity
from detente.errors import DetenteError, NoData
from detente.record.view import View

FIRST_YEAR = 1945
# Lists that older polities are in without a number; the names of four are cities' today.
NO_STATES = {"Brunswick", "Hamburg", "Nassau", "Oldenburg", "Saxe-Weimar-Eisenach", "Somaliland"}
SHARED_NAMES = {"Congo", "Korea"}


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def listed_spells(folder: Path) -> Iterator[tuple[str, str, str, date, date]]:
    """Scheme, number, name, first and last day of the two lists of states."""
    for row in lines(folder / "cow_states" / "cow_states_2016.csv"):
        days = [date(*(int(row[f"{end}{unit}"]) for unit in ("year", "month", "day"))) for end in ("st", "end")]
        yield "cow", row["ccode"], row["statenme"], days[0], days[1]
    for row in lines(folder / "cow_states" / "gw_states.csv"):
        yield (
            "gw",
            row["gwcode"],
            row["statename"],
            date.fromisoformat(row["startdate"]),
            date.fromisoformat(row["enddate"]),
        )


def test_every_number_of_the_lists_is_a_state_that_lived_on_every_year_of_its_span(shared: Path) -> None:
    index = actors()
    for scheme, number, name, first, last in listed_spells(shared / "context"):
        for year in range(first.year, last.year + 1):
            day = min(max(date(year, 7, 1), first), last)
            code = index.by_code(scheme, number, day)
            assert code, (scheme, number, name, day)
            assert existed(code, day, day), (scheme, number, name, day, code)
            # The number and the name beside it mean one state.
            named = index.resolve(name, day)
            if name not in SHARED_NAMES:
                assert counts_as(named.code) == counts_as(code), (name, day, named.code, code)


def test_every_number_of_the_yearly_panels_resolves(shared: Path) -> None:
    index = actors()
    schemes = {"iso2c": "iso2", "iso3c": "iso3", "iso3n": "numeric", "un": "numeric", "fips": "fips"}
    schemes |= {"cown": "cow", "gwn": "gw", "cowc": "cowc", "gwc": "gwc", "imf": "imf", "wb": "wb"}
    schemes |= {"vdem": "vdem", "p4n": "polity", "p5n": "polity"}
    for row in lines(shared / "context" / "codes" / "countrycode_panel.csv"):
        found = {
            column: index.by_code(scheme, row[column], date(int(row["year"]), 7, 1))
            for column, scheme in schemes.items()
            if row[column] and row["country.name.en"] not in NO_STATES
        }
        assert all(found.values()), (row, found)
        if int(row["year"]) >= FIRST_YEAR and row["iso3c"]:
            codes = {counts_as(code) for code in found.values()}
            assert codes == {row["iso3c"]}, (row, found)
    for row in lines(shared / "context" / "cow_states" / "cow_gw_panel.csv"):
        day = date(int(row["year"]), 12, 31)
        codes = {
            counts_as(index.by_code(scheme, row[column], day))
            for column, scheme in (("ccode", "cow"), ("gwcode", "gw"))
            if row[column]
        }
        assert "" not in codes and len(codes) <= 1, (row, codes)


def test_every_name_of_the_lists_is_read(shared: Path) -> None:
    folder, index = shared / "context", actors()
    for row in lines(folder / "codes" / "countrycode_panel.csv"):
        name = row["country.name.en"]
        if int(row["year"]) < FIRST_YEAR or name in NO_STATES:
            continue
        found = index.resolve(name, date(int(row["year"]), 1, 1))
        assert found.kind == "state", name
        assert not row["iso3c"] or counts_as(found.code) == row["iso3c"], (name, found)
    votes = pl.read_csv(shared / "unvotes" / "votes.csv.gz", columns=["country", "country_code"], infer_schema=False)
    for name, code in votes.unique().iter_rows():
        assert index.country(name, code or "").code, (name, code)


@pytest.mark.parametrize(
    ("scheme", "number", "day", "code"),
    [
        ("cow", "255", "1930-01-01", "DEU"),
        ("cow", "255", "2000-01-01", "DEU"),
        ("cow", "260", "1970-01-01", "DEU"),
        ("gw", "260", "2018-01-01", "DEU"),
        ("cow", "265", "1970-01-01", "DDR"),
        ("cow", "678", "1980-01-01", "YEM"),
        ("cow", "679", "1995-01-01", "YEM"),
        ("gw", "678", "2018-01-01", "YEM"),
        ("cow", "680", "1980-01-01", "YMD"),
        ("cow", "815", "1880-01-01", ""),
        ("gw", "815", "1880-01-01", "VNM"),
        ("cow", "816", "1970-01-01", "VNM"),
        ("cow", "817", "1970-01-01", "RVN"),
        ("cow", "345", "1910-01-01", "SRB"),
        ("cow", "345", "1980-01-01", "YUG"),
        ("cow", "345", "2005-01-01", "SCG"),
        ("cow", "345", "2018-01-01", "SRB"),
        ("gw", "340", "2018-01-01", "SRB"),
        ("cow", "315", "1980-01-01", "CSK"),
        ("cow", "316", "1995-01-01", "CZE"),
        ("cow", "317", "1995-01-01", "SVK"),
        ("cow", "347", "2010-01-01", "XKX"),
        ("cow", "510", "1962-01-01", "TZA"),
        ("cow", "511", "1964-01-01", "ZAN"),
        ("gw", "711", "1930-01-01", "TBT"),
        ("cow", "730", "1900-01-01", "KEM"),
        ("cow", "300", "1900-01-01", "AUH"),
        ("cow", "365", "1900-01-01", "RUS"),
        ("cow", "365", "1970-01-01", "SUN"),
        ("cow", "365", "1995-01-01", "RUS"),
        # One number, two states, by list: Kiribati, Nauru, Tonga and Tuvalu.
        ("cow", "970", "2010-01-01", "NRU"),
        ("gw", "970", "2010-01-01", "KIR"),
        ("iso2", "CS", "1980-01-01", "CSK"),
        ("iso2", "CS", "2005-01-01", "SCG"),
        ("iso2", "YU", "2015-01-01", "YUG"),
        ("numeric", "280", "1980-01-01", "DEU"),
        ("cow", "002", "2000-01-01", "USA"),
        ("cow", "2.0", "2000-01-01", "USA"),
        ("iso3", "lao", "2000-01-01", "LAO"),
        ("cowc", "gfr", "1980-01-01", "DEU"),
        ("cow", "999", "2000-01-01", ""),
    ],
)
def test_numbers_with_their_days(scheme: str, number: str, day: str, code: str) -> None:
    assert actors().by_code(scheme, number, date.fromisoformat(day)) == code


def test_numbers_without_a_day_are_todays_states() -> None:
    index = actors()
    for number, code in {"255": "DEU", "260": "DEU", "345": "SRB", "365": "RUS", "678": "YEM", "265": "DDR"}.items():
        assert index.by_code("cow", number) == who(f"cow:{number}").code == code
    assert who("gw:340").code == "SRB" and who("gwcode:678").code == "YEM"
    with pytest.raises(DetenteError, match="no scheme of codes; known: iso2"):
        index.by_code("bloomberg", "1")
    assert "cow" in SCHEMES


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("North Vietnam", "VNM"),
        ("South Vietnam", "RVN"),
        ("Byelorussian SSR", "BLR"),
        ("Ukrainian SSR", "UKR"),
        ("Tanganyika", "TZA"),
        ("FR Yugoslavia", "YUG"),
        ("Hong Kong, China", "HKG"),
        ("Zanzibar", "ZAN"),
        ("United Arab Republic", "EGY"),
        ("Upper Volta", "HVO"),
        ("Zaire", "ZAR"),
        ("Burma", "MMR"),
        ("Ceylon", "LKA"),
        ("Dahomey", "BEN"),
        ("Rhodesia", "RHO"),
        ("South Yemen", "YMD"),
        ("North Yemen", "YEM"),
        ("West Germany", "DEU"),
        ("FRG", "DEU"),
        ("Federal Republic of Germany", "DEU"),
        ("Germany, Federal Republic of", "DEU"),
        ("Germany (East)", "DDR"),
        ("GDR", "DDR"),
        ("Czechoslovakia", "CSK"),
        ("Khmer Republic", "KHM"),
        ("Democratic Kampuchea", "KHM"),
        ("Swaziland", "SWZ"),
        ("Cape Verde", "CPV"),
        ("Macedonia (FYROM)", "MKD"),
        ("Macedonia, the former Yugoslav Republic of", "MKD"),
        ("Türkiye", "TUR"),
        ("Turkey (Ottoman Empire)", "TUR"),
        ("Ivory Coast", "CIV"),
        ("Korea, Republic of", "KOR"),
        ("Korea, Democratic People's Republic of", "PRK"),
        ("Korea (South)", "KOR"),
        ("Vietnam, Republic of", "RVN"),
        ("Iran (Islamic Republic of)", "IRN"),
        ("Bolivia (Plurinational State of)", "BOL"),
        ("Venezuela, Bolivarian Republic of", "VEN"),
        ("Congo, Democratic Republic of the", "COD"),
        ("Congo (Brazzaville)", "COG"),
        ("Micronesia (Federated States of)", "FSM"),
        ("Antigua & Barbuda", "ATG"),
        ("St. Kitts and Nevis", "KNA"),
        ("The Gambia", "GMB"),
        ("Sri Lanka (Ceylon)", "LKA"),
        ("KSA", "SAU"),
        ("UAE", "ARE"),
        ("UK", "GBR"),
        ("ROK", "KOR"),
        ("DPRK", "PRK"),
        ("PRC", "CHN"),
        ("ROC", "TWN"),
        ("DRC", "COD"),
        ("LAO", "LAO"),
        # A place in another state stays there.
        ("Georgia (United States)", "USA"),
        ("Police (Democratic Republic of Congo)", "COD"),
    ],
)
def test_names_of_lists_and_former_times(name: str, code: str) -> None:
    found = actors().lookup(name)
    assert not isinstance(found, Person) and (found.code, found.kind) == (code, "state")


def test_every_code_is_read_in_capitals_and_as_typed() -> None:
    index = actors()
    for code, state in states().items():
        assert index.state(code) == code
        if not state.of_the_past:
            assert index.state(code.lower()) == code, code
    assert (index.state("ru"), index.state("usa"), index.state("US"), index.state("numeric:643")) == (
        "RUS",
        "USA",
        "USA",
        "RUS",
    )


def test_names_are_no_two_letter_codes_and_missing_is_nobody() -> None:
    index = actors()
    for text in ("IS", "PA", "NA", "NULL", "None", "n/a", "--", "", "ru", "643"):
        found = index.lookup(text)
        assert not isinstance(found, Person) and not found.known, text
    for text in ("NA", "none", "-"):
        with pytest.raises(DetenteError):
            index.state(text)
    assert who("iso2:NA").code == who("Namibia").code == "NAM"


def test_a_country_is_its_name_with_a_code_beside_it() -> None:
    index = actors()
    assert index.country("Namibia", "NA").code == "NAM" and not index.country("Namibia", "NA").note
    assert not index.country("NA", "NA").known and not index.country("", "").known
    assert index.country("", "US").code == "USA"
    west = index.country("Federal Republic of Germany", "NA")
    assert west.code == "DEU" and not west.note
    assert index.country("IS", "RU").code == "RUS"
    assert index.country("Congo", "CD").code == "COD" and index.country("Congo", "CG").code == "COG"
    assert index.country("Yugoslavia", "YU").code == "YUG" and index.country("Serbia", "YU").note == ""


def test_shared_names_are_ambiguous_until_a_day_or_code_tells() -> None:
    with pytest.raises(DetenteError, match=r"may be Republic of Congo \(COG\) or Democratic Republic of Congo \(COD\)"):
        actors().state("Congo")
    with pytest.raises(DetenteError, match=r"may be South Korea \(KOR\) or North Korea \(PRK\)"):
        actors().state("Korea")
    assert who("Korea", "1900-01-01").code == "KEM"


def test_one_continuer() -> None:
    assert {code: counts_as(code) for code in ("SUN", "YUG", "SCG", "ZAR", "HVO")} == {
        "SUN": "RUS",
        "YUG": "SRB",
        "SCG": "SRB",
        "ZAR": "COD",
        "HVO": "BFA",
    }
    assert counts_as("YUG", date(1980, 1, 1)) == counts_as("SRB", date(1980, 1, 1)) == "SRB"
    assert counts_as("DDR", date(1980, 1, 1)) == "DDR" and counts_as("DDR", date(2000, 1, 1)) == "DEU"
    assert counts_as("CSK", date(1980, 1, 1)) == "CSK" and counts_as("CSK", date(2000, 1, 1)) == ""
    assert counts_as("SSD", date(2011, 7, 8)) == "" and counts_as("SSD", date(2011, 7, 9)) == "SSD"
    assert counts_as("TBT", date(2000, 1, 1)) == "CHN"
    for former, today in continuers().items():
        assert former in identity(today) and today not in continuers()


def test_lives() -> None:
    assert life("SSD") == (date(2011, 7, 9), None)
    assert life("RUS") == life("SUN") == (None, None)
    assert life("CSK")[1] == date(1993, 1, 1) and life("YMD")[1] == date(1990, 5, 22)
    assert life("IND")[0] == date(1947, 8, 15) and life("IND", seats=True)[0] == date(1945, 10, 24)
    assert life("KIR")[0] == date(1979, 7, 12) and life("AND") == (None, None)
    assert not existed("LVA", date(1950, 1, 1), date(1990, 12, 31)) and existed(
        "LVA", date(1930, 1, 1), date(1930, 1, 1)
    )
    assert existed("HKG", date(1950, 1, 1), date(1950, 1, 1))
    assert state_name("COD", date(1985, 1, 1)) == "Zaire" and state_name("COD", date(2005, 1, 1)).startswith(
        "Democratic"
    )


@pytest.mark.parametrize(
    ("state", "day", "said"),
    [
        ("USSR", "2021-06-01", r"Soviet Union ended on 1991-12-25: Russia \(RUS\) continues it"),
        ("USSR", None, r"Soviet Union ended on 1991-12-25: Russia \(RUS\) continues it"),
        ("East Germany", None, r"East Germany ended on 1990-10-02: its successor is Germany \(DEU\)"),
        ("CSK", "2018-01-01", r"ended on 1992-12-31: its successors are Czech Republic \(CZE\) and Slovakia \(SVK\)"),
        ("South Sudan", "2005-01-01", "South Sudan did not exist on 2005-01-01: it exists from 2011-07-09"),
        ("Ukraine", "1985-01-01", "Ukraine did not exist on 1985-01-01: it exists from 1991-12-01"),
        ("Estonia", "1960-01-01", "Estonia did not exist on 1960-01-01: it exists from 1991-09-06"),
    ],
)
def test_a_pair_is_named_on_a_day_on_which_both_lived(tmp_path: Path, state: str, day: str | None, said: str) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    with pytest.raises(DetenteError, match=said):
        record.pair(state, "USA", as_of=day)
    with pytest.raises(DetenteError, match=said):
        record.panel([state, "USA"], as_of=day)


def test_a_former_state_is_asked_about_under_its_name(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    assert (record.pair("USSR", "USA", as_of="1985-01-01").a, state_name("RUS", date(1985, 1, 1))) == (
        "RUS",
        "Soviet Union",
    )
    assert record.pair("GDR", "FRG", as_of="1985-01-01").a == "DDR"
    with pytest.raises(DetenteError, match="the same state"):
        record.pair("USSR", "Russia", as_of="1985-01-01")


def votes(folder: Path, name: str, rows: list[tuple[str, str, str, str]], days: dict[str, str]) -> list[Path]:
    """Roll calls and votes (rcid, country, code, vote) as the unvotes package has them."""
    folder.mkdir()
    calls, cast = folder / f"{name}_roll_calls.csv", folder / f"{name}_votes.csv"
    head = "rcid,session,importantvote,date,unres,amend,para,short\n"
    calls.write_text(head + "".join(f"{rcid},{day[:4]},0,{day},R/1/{rcid},0,0,T\n" for rcid, day in days.items()))
    cast.write_text("rcid,country,country_code,vote\n" + "".join(",".join(row) + "\n" for row in rows))
    return [calls, cast]


ROWS = [
    ("1", "Yugoslavia", "YU", "no"),
    ("1", "Serbia", "RS", "no"),
    ("1", "United States", "US", "no"),
    ("2", "Russia", "RU", "yes"),
    ("2", "Ukraine", "UA", "yes"),
    ("2", "India", "IN", "yes"),
    ("2", "Czechoslovakia", "CS", "yes"),
    ("2", "South Sudan", "SS", "yes"),
    ("3", "Czechoslovakia", "CS", "yes"),
    ("3", "South Sudan", "SS", "yes"),
    ("3", "Russia", "RU", "yes"),
]
DAYS = {"1": "2015-12-01", "2": "1946-12-01", "3": "2015-12-02"}


@pytest.mark.parametrize("backwards", [False, True])
def test_votes_count_each_state_once_and_in_its_life(tmp_path: Path, backwards: bool) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(votes(tmp_path / "v", "a", ROWS[::-1] if backwards else ROWS, DAYS))
    pairs = {
        (y, a, b): (n, share)
        for y, a, b, n, share in record.similarity().frame.select("year", "a", "b", "votes", "agreement").iter_rows()
    }
    # Serbia has its own vote, not Yugoslavia's beside it; South Sudan none in 1946, Czechoslovakia none in 2015.
    assert pairs[2015, "SRB", "USA"] == (1, 1.0)
    assert pairs[2015, "RUS", "SSD"] == (1, 1.0)
    assert {(a, b) for year, a, b in pairs if year == 1946} == {
        ("CSK", "IND"),
        ("CSK", "RUS"),
        ("CSK", "UKR"),
        ("IND", "RUS"),
        ("IND", "UKR"),
        ("RUS", "UKR"),
    }
    assert len(pairs) == 8
    for (year, a, b), (n, share) in pairs.items():
        if "CSK" not in (a, b):
            own = record.pair(a, b).un_agreement().frame.filter(pl.col("year") == year)
            assert own.select("votes", "share").row(0) == (n, share)
    from detente.measures.votes import all_pairs_share

    assert all_pairs_share(record, 2015) == 1.0 and all_pairs_share(record, 1946) == 1.0


def test_serbia_in_all_pairs(shared: Path, tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(sorted((shared.parent / "cases" / "18_serbia_all_pairs").glob("*.csv")))
    assert record.similarity().frame.select("year", "a", "b", "votes").rows() == [(2015, "SRB", "USA", 1)]


def test_positions_are_those_of_the_states_that_count(tmp_path: Path) -> None:
    from detente.measures.votes import counted_votes

    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(votes(tmp_path / "v", "a", ROWS, DAYS))
    calls = record.table("rollcalls").select("rcid", "date")
    held = counted_votes(record, calls).sort("rcid", "state").collect()
    assert held.filter(pl.col("rcid") == "1").select("state", "vote").rows() == [("SRB", 2), ("USA", 2)]
    assert held.filter(pl.col("rcid") == "3")["state"].to_list() == ["RUS", "SSD"]


def gdelt(number: int, day: str, a: str, b: str) -> str:
    from conftest import gdelt_row

    return gdelt_row(number, day, a, b, width=57)


@pytest.fixture
def events(tmp_path: Path) -> dt.Record:
    days = [date(2011, 6, 25) + timedelta(days=n) for n in range(30)]
    rows = [gdelt(n, f"{day:%Y%m%d}", "SSD", "USA") for n, day in enumerate(days)]
    rows += [gdelt(100 + n, f"{day:%Y%m%d}", "SUN", "USA") for n, day in enumerate(days)]
    rows += [gdelt(200, "20110701", "DDR", "USA"), gdelt(201, "20110701", "YUG", "USA")]
    file = tmp_path / "events.tsv"
    file.write_text("\n".join(rows) + "\n")
    record = dt.open_record(tmp_path / "e", cases=False)
    record.ingest(file)
    return record


def test_a_panel_begins_with_the_state(events: dt.Record) -> None:
    panel = events.pair("SSD", "USA").panel("day").frame
    assert panel["period"].min() == date(2011, 7, 9)
    assert panel.filter(pl.col("sender") == "SSD")["verbal_cooperation"].sum() == 16
    monthly = events.pair("SSD", "USA").panel("month").frame.filter(pl.col("sender") == "USA")
    assert monthly.select("period", "covered").rows() == [(date(2011, 7, 1), pytest.approx(16 / 31))]
    everyone = events.panel(by="day").frame
    assert everyone.filter(pl.col("sender") == "SSD")["period"].min() == date(2011, 7, 9)
    # East Germany's code in 2011 is Germany.
    assert set(everyone["sender"]) == {"DEU", "SSD", "RUS", "SRB", "USA"}
    own = events.pair("RUS", "USA").panel("day").frame
    assert own["verbal_cooperation"].sum() == 30
    assert everyone.filter(pl.col("sender") == "RUS")["verbal_cooperation"].sum() == 30


def test_a_forecasts_clock_begins_with_the_state(events: dt.Record) -> None:
    from detente.forecasts.series.datasets import from_record

    assert from_record(events, by="week", with_pair=("SSD", "USA")).starts == [date(2011, 7, 11), date(2011, 7, 18)]
    assert from_record(events, by="week").starts[0] == date(2011, 6, 27)


def test_events_before_a_state_lived_make_no_panel(tmp_path: Path) -> None:
    file = tmp_path / "events.tsv"
    file.write_text("\n".join(gdelt(n, f"1982010{n}", "SSD", "USA") for n in range(1, 9)) + "\n")
    record = dt.open_record(tmp_path / "e", cases=False)
    record.ingest(file)
    with pytest.raises(NoData, match="covers no day on which both states existed"):
        record.pair("SSD", "USA").panel("year")
    assert record.panel(by="year").frame.is_empty()


def test_commands_refuse_what_did_not_exist(tmp_path: Path) -> None:
    record = ["--record", str(tmp_path / "r")]
    for command in (
        ["assess", "USSR", "USA", "--as-of", "2021-06-01"],
        ["panel", "USA", "SUN", "--as-of", "2018-01-01"],
    ):
        done = detente(*command, *record)
        assert done.returncode == 2 and "Russia (RUS) continues it" in done.stderr, done.stderr
        assert done.stderr.count("\n") == 1
    done = detente("similarity", "SSD", "USA", "--as-of", "2005-01-01", *record)
    assert done.returncode == 2 and "it exists from 2011-07-09" in done.stderr
    assert "DEU" in detente("who", "cow:260").stdout and "YEM" in detente("who", "gw:678").stdout
    assert detente("who", "345", "--scheme", "cow", "--on", "1980-01-01").stdout.startswith("cow:345 -> YUG")
    assert "may be Republic of Congo (COG)" in detente("who", "Congo").stderr


def test_facts_figures_and_agreements_of_a_former_code_are_the_states(tmp_path: Path) -> None:
    facts = tmp_path / "facts.csv"
    facts.write_text(
        "date,actors,targets,area,kind,tone,channel,third_party,agreement,description,source\n"
        "1987-12-08,SUN+USA,,strategic_arms,agreement signed,cooperative,bilateral,,,INF Treaty signed,https://example.org\n"
        "1988-06-01,USSR,USA,strategic_arms,agreement in force,cooperative,bilateral,,,INF Treaty in force,https://example.org\n"
    )
    figures = tmp_path / "figures.csv"
    figures.write_text(
        "subject,measure,period,value,unit,source\nSUN-USA,summits,1988,2,meetings,https://example.org\nRUS-USA,summits,1992,3,meetings,https://example.org\n"
    )
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest([facts, figures])
    pair = record.pair("Russia", "USA")
    assert pair.facts().frame["date"].to_list() == [date(1987, 12, 8), date(1988, 6, 1)]
    then = record.pair("USSR", "USA", as_of="1988-12-31")
    assert then.facts().frame.height == 2
    from detente.record.facts import pair_figures

    assert pair_figures(View(record, "RUS", "USA"))["value"].to_list() == [2.0, 3.0]
