from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from conftest import recipe
from detente import open_record
from detente.codebook import actions, assign_areas, explain, load_codebook, polecat_action
from detente.codebook.assign import READ
from detente.errors import DetenteError


def frame(**columns: list[str | None]) -> pl.DataFrame:
    size = len(next(iter(columns.values())))
    return pl.DataFrame({name: pl.Series(columns.get(name, [None] * size), dtype=pl.Utf8) for name in READ})


def test_actions_follow_the_codebook() -> None:
    table = actions()
    assert len(table) >= 310
    assert (table["057"].quad, table["0842"].quad, table["111"].quad, table["190"].quad) == (1, 2, 3, 4)
    assert (table["190"].intensity, table["0874"].intensity, table["010"].intensity) == (-10.0, 10.0, 0.0)
    assert {a.plover for a in table.values() if a.plover} == {
        "ACCUSE",
        "AGREE",
        "AID",
        "ASSAULT",
        "COERCE",
        "CONCEDE",
        "CONSULT",
        "COOPERATE",
        "MOBILIZE",
        "PROTEST",
        "REJECT",
        "REQUEST",
        "RETREAT",
        "SANCTION",
        "SUPPORT",
        "THREATEN",
    }
    for code, action in table.items():
        assert action.quad == (1 if code < "06" else 2 if code < "09" else 3 if code < "14" else 4)


def test_intensities_are_those_in_the_data(shared: Path) -> None:
    """GDELT's own rows carry the scale: every code seen must agree."""
    import zipfile

    seen = {}
    with zipfile.ZipFile(shared / "gdelt_raw" / "20191024143000.export.CSV.zip") as archive:
        for line in archive.read(archive.namelist()[0]).decode().splitlines():
            fields = line.split("\t")
            seen[fields[26]] = float(fields[30])
    assert len(seen) > 80
    assert {c: v for c, v in seen.items() if abs(actions()[c].intensity - v) > 1e-6} == {}


def test_areas_in_the_order_of_the_codebook_and_only_between_actors() -> None:
    events = frame(
        sender=["RUS", "USA", "RUS", "USA", "USA"],
        receiver=["USA", "RUS", "RUS", "RUS", "RUS"],
        action=["062", "112", "190", "040", "010"],
        sender_sector=["MIL", None, None, None, None],
        place=[None, "Tehran, Tehran, Iran", None, None, None],
        url=[
            None,
            None,
            None,
            "https://x.org/2018/us-russia-talks-on-missile-defense-after-syria-strike",
            "https://x.org/crisis-in-a-trader-guild",
        ],
    )
    assert assign_areas(events, load_codebook()).to_list() == [
        ["military_dialogue"],
        ["third_party_dispute", "third_party_dispute:IRN"],
        [],
        ["missile_defence", "third_party_dispute", "third_party_dispute:SYR", "diplomatic"],
        ["economic"],
    ]


def test_words_match_from_the_start_of_a_word() -> None:
    events = frame(sender=["RUS", "RUS"], receiver=["USA", "USA"], action=["010", "010"], text=["crisis", "isis"])
    assert assign_areas(events, load_codebook()).to_list() == [[], ["counter_terrorism"]]


def test_each_assignment_says_why() -> None:
    why = dict(explain({"sender": "RUS", "receiver": "USA", "action": "0862", "text": "plutonium"}, load_codebook()))
    assert why["threat_reduction"].startswith("rule")


def test_a_codebook_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[areas.arctic]\ntitle = "Arctic"\ndefinition = "The far north."\n[[areas.arctic.rules]]\nwords = ["arctic"]\n'
    )
    book = load_codebook(str(file))
    assert assign_areas(
        frame(sender=["RUS"], receiver=["USA"], action=["040"], text=["talks on the Arctic"]), book
    ).to_list() == [["arctic"]]


OURS = files("detente.codebook").joinpath("areas.toml").read_text()
ORIGINAL = files("detente.cases").joinpath("rus_usa", "facts.csv").read_text()
FACTS = "date,actors,targets,area,kind,tone,description,source\n"


def case(folder: Path, facts: str) -> Path:
    folder.mkdir()
    (folder / "facts.csv").write_text(facts)
    return folder


def test_an_area_is_added_by_the_codebook_alone(tmp_path: Path) -> None:
    book = tmp_path / "book.toml"
    book.write_text(OURS + recipe("Add an issue area", "toml"))
    facts = FACTS + "2006-05-01,USA+RUS,,arctic,meeting,cooperative,They meet in the far north.,\n"
    record = open_record(tmp_path / "none", codebook=book, case=[case(tmp_path / "north", facts)])
    pair = record.pair("USA", "RUS", as_of="2007-02-01")
    made = pair.assess(with_models=False)
    assert (made.areas[-1].area, made.areas[-1].title) == ("arctic", "the Arctic")
    assert [entry.text for entry in made.areas[-1].evidence] == ["They meet in the far north."]
    told = frame(sender=["RUS"], receiver=["USA"], action=["040"], text=["talks on the Arctic"])
    assert assign_areas(told, record.codebook).to_list() == [["diplomatic", "arctic"]]


def test_a_renamed_area_has_another_name_and_nothing_else(tmp_path: Path) -> None:
    """No area is known by its name: what third parties and incentives are, the codebook says."""
    from detente.levers.system import Driver, system

    names = {"third_party_dispute": "others", "economic": "commerce", "strategic_arms": "nuclear_arms"}
    book, facts = OURS, ORIGINAL
    for old, new in names.items():
        book = book.replace(f"[areas.{old}", f"[areas.{new}").replace(f"[[areas.{old}", f"[[areas.{new}")
        facts = facts.replace(f",{old},", f",{new},")
    (tmp_path / "book.toml").write_text(book)
    ours = open_record(tmp_path / "none", cases=False, case=[case(tmp_path / "ours", ORIGINAL)])
    theirs = open_record(
        tmp_path / "none", cases=False, codebook=tmp_path / "book.toml", case=[case(tmp_path / "theirs", facts)]
    )
    one, other = (record.pair("USA", "RUS", as_of="2007-02-01") for record in (ours, theirs))
    before, after = one.assess(with_models=False), other.assess(with_models=False)
    assert [names.get(area.area, area.area) for area in before.areas] == [area.area for area in after.areas]
    assert [area.probability for area in before.areas] == [area.probability for area in after.areas]
    assert before.third_parties == after.third_parties
    drivers = [system(pair).driver(Driver("economy", "USA"), "missile_defence") for pair in (one, other)]
    assert drivers[0].any() and (drivers[0] == drivers[1]).all()
    assert ours.codebook.about("IRN") == ["third_party_dispute:IRN"] and theirs.codebook.about("IRN") == ["others:IRN"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("areas = 3", "at least one"),
        ("[areas.x]\ntitle='x'\n", "lacks definition, rules"),
        ("not toml [", "no TOML"),
        ("[areas.x]\ntitle='x'\ndefinition='y'\n[[areas.x.rules]]\nwors=['a']\n", "unknown condition wors"),
        ("[areas.x]\ntitle='x'\ndefinition='y'\n[[areas.x.rules]]\nwords='a'\n", "list of texts"),
        ("[areas.x]\ntitle='x'\ndefinition='y'\n[[areas.x.rules]]\nwords=[]\n", "without conditions"),
    ],
)
def test_bad_codebooks_say_what_to_mend(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(DetenteError, match=said):
        load_codebook(str(file))


def test_polecat_types() -> None:
    assert polecat_action("consult", "visit") == ("042", "CONSULT", 1)
    assert polecat_action("ASSAULT", "aerial") == ("195", "ASSAULT", 4)
    assert polecat_action("NONSENSE") is None
    for kind in ("AGREE", "RETREAT", "THREATEN"):
        found = polecat_action(kind)
        assert found and found[0] in actions()
