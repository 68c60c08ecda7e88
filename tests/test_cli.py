from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import click
import polars as pl
import pytest

from conftest import detente, triples, write_votes
from detente import Record
from detente.cli import COMMANDS, main
from detente.sources.download import Remote


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


@pytest.fixture
def held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    file = triples(
        tmp_path / "a.tsv",
        [
            ("2018-01-02", "Russia", "Consult", "040", "1", "United States"),
            ("2018-02-03", "United States", "Accuse", "112", "-2", "Vladimir Putin"),
        ],
    )
    assert run(capsys, "ingest", "--quiet", "--record", tmp_path / "r", file)[0] == 0
    return tmp_path / "r"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0 and "Usage" in out and "--help" in out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--help")
    assert all(f"  {name} " in out for name in COMMANDS)


def test_help_loads_no_heavy_library() -> None:
    code = "import sys; from detente.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\nprint([m for m in ('polars','narwhals','pandas','rich','urllib.request','ssl','scipy','matplotlib') if m in sys.modules])"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_who(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "who", "Military (Russia)")[1].startswith("Military (Russia) -> RUS, MIL")
    assert json.loads(run(capsys, "who", "RS", "--scheme", "fips", "--format", "json")[1])[0]["code"] == "RUS"
    assert run(capsys, "who", "Barack Obama", "--on", "2018-01-01")[1].startswith("Barack Obama -> no state")
    code, _, err = run(capsys, "who", "Zaphod Beeblebrox")
    assert code == 1 and "--names" in err


def test_who_lists_what_stays_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = triples(
        tmp_path / "a.tsv",
        [
            ("2018-01-02", "Zaphod", "Consult", "040", "1", "Russia"),
            ("2018-01-03", "Zaphod", "Consult", "040", "1", "Trillian"),
        ],
    )
    code, out, err = run(capsys, "who", "--unresolved", file, "--format", "csv")
    assert code == 0 and out.splitlines() == ["name,mentions", "Zaphod,2", "Trillian,1"]
    assert "4 mentions, 1 resolved (25.0%)" in err


def test_panel_in_every_form(held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["panel", "USA", "Russia", "--record", held]
    document = json.loads(run(capsys, *base, "--format", "json")[1])
    assert document["pair"] == ["USA", "RUS"]
    assert set(document["rows"][0]) >= {
        "period",
        "sender",
        "receiver",
        "area",
        "verbal_cooperation",
        "material_cooperation",
        "verbal_conflict",
        "material_conflict",
        "intensity",
        "share",
        "share_low",
        "share_high",
    }
    rows = list(csv.DictReader(io.StringIO(run(capsys, *base, "--format", "csv")[1])))
    assert [r["sender"] for r in rows] == ["USA", "RUS", "USA", "RUS"]
    assert "verbal_cooperation" in run(capsys, *base)[1]
    assert run(capsys, *base, "--area", "all", "--format", "csv")[1].count("\n") == 1 + 4 * 12


def test_panel_as_parquet(held: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "detente", "panel", "USA", "RUS", "--record", str(held), "--format", "parquet"],
        capture_output=True,
        check=True,
    )
    assert pl.read_parquet(io.BytesIO(done.stdout)).height == 4


def test_record_and_facts(held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(run(capsys, "record", "--record", held, "--format", "json")[1])
    assert {(r["table"], r["source"]) for r in listed} == {
        ("events", "icews_triples"),
        *(("facts", f"case {case}") for case in ("ind_pak", "rus_usa")),
        *(("agreements", f"case {case}") for case in ("ind_pak", "rus_usa")),
        *(("figures", f"case {case}") for case in ("major_powers", "rus_usa")),
    }
    code, out, _ = run(
        capsys,
        "record",
        "--record",
        held,
        "show",
        "USA",
        "RUS",
        "--area",
        "threat_reduction",
        "--from",
        "2004-01-01",
        "--to",
        "2008-12-31",
    )
    assert code == 0 and "2005-02-24 + threat_reduction" in out and "https://georgewbush-whitehouse" in out
    assert run(capsys, "record", "--record", held, "verify")[1] == "1 stored files of 1 commits as ingested\n"
    assert run(capsys, "record", "--record", held, "show", "USA", "NPL")[0] == 1


def test_show_reads_a_year_as_its_whole(capsys: pytest.CaptureFixture[str]) -> None:
    show = ("record", "show", "USA", "RUS", "--area", "threat_reduction", "--from", "2004", "--to", "2008")
    out = run(capsys, *show)[1]
    assert "\n2008-12 " in out and "\n2009" not in out
    rows = json.loads(run(capsys, *show, "--format", "json")[1])
    assert {r["date"][:4] for r in rows} == {"2004", "2005", "2006", "2007", "2008"}
    assert {"url2", "note", "agreements"} <= set(rows[0])


def test_agreements_stock_and_audit(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(run(capsys, "record", "agreements", "USA", "RUS", "--on", "2007-02-01", "--format", "csv")[1])
        )
    )
    states = {r["title"]: (r["state"], r["since"]) for r in rows}
    assert states["START I"] == ("in force", "1994-12-05") and states["START II"][0] == "ended"
    assert "New START" not in states
    told = json.loads(
        run(capsys, "record", "agreements", "USA", "RUS", "--area", "third_party_dispute:IRN", "--format", "json")[1]
    )
    assert {one["agreement"] for one in told} >= {"jcpoa", "inksna"} and all(one["stages"] for one in told)
    assert run(capsys, "record", "agreements", "FRA", "DEU")[0] == 1
    in_force = sum(r["state"] == "in force" and r["form"] != "restriction" for r in rows)
    stock = json.loads(run(capsys, "stock", "USA", "RUS", "--as-of", "2007-02-01", "--format", "json")[1])
    assert stock["rows"][-1]["in_force"] == in_force and stock["pair"] == ["USA", "RUS"]
    assert (
        run(capsys, "stock", "USA", "RUS", "--area", "all", "--by", "year", "--format", "csv")[1].count("\n") % 12 == 1
    )
    audit = json.loads(run(capsys, "record", "audit", "--source", "case:rus_usa", "--format", "json")[1])
    assert {c["by"] for c in audit["counts"]} == {"all", "area", "year"} and audit["findings"]
    code, out, err = run(capsys, "record", "audit", "--by", "area")
    assert code == 0 and "threat_reduction" in out and "findings" in err
    assert run(capsys, "record", "audit", "--source", "nothing")[0] == 1


def test_figures(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(
        run(capsys, "record", "figures", "USA", "RUS", "--measure", "un_agreement_nu", "--format", "json")[1]
    )
    assert len(rows) == 29 and {r["subject"] for r in rows} == {"RUS-USA"} and rows[0]["compiled_on"] == "2021-12-31"
    code, out, err = run(capsys, "record", "figures", "USA", "RUS", "--measure", "opinion", "--as-of", "2007-02-01")
    assert code == 0 and "USA>RUS" in out and "2014" not in out and "news.gallup.com" in err
    assert run(capsys, "record", "figures", "NPL", "PRY")[0] == 1


def test_cases_of_ones_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text(
        "date,actors,area,kind,tone,description,source\n1998-10-26,PER+ECU,diplomatic,meeting,cooperative,Peace,https://example.org\n"
    )
    assert "Peace" in run(capsys, "record", "--case", tmp_path, "show", "PER", "ECU")[1]
    code, _, err = run(capsys, "record", "--case", tmp_path / "none", "show", "PER", "ECU")
    assert code == 2 and "your-own.md" in err


def test_claims(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "weitz_2007" in run(capsys, "claims")[1]
    out = run(capsys, "claims", "check", "weitz_2007")[1]
    assert "HELD" in out and "Brier score" in out and "detente assess said" in out
    assert all(len(line) <= 100 or "http" in line for line in out.splitlines())
    told = json.loads(run(capsys, "claims", "check", "weitz_2007", "--format", "json")[1])
    assert set(told) >= {"claims", "scoreboard", "assessment"}
    assert run(capsys, "claims", "check", "weitz_2007", "--format", "markdown")[1].startswith("# Russia")
    code, _, err = run(capsys, "claims", "check", "nothing")
    assert code == 2 and "cases bring: weitz_2007" in err


def test_codebook(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert len(json.loads(run(capsys, "codebook", "--format", "json")[1])) == 11
    assert len(run(capsys, "codebook", "--actions", "--format", "csv")[1].splitlines()) > 310
    toml = run(capsys, "codebook", "--toml")[1]
    (tmp_path / "mine.toml").write_text(toml)
    assert len(json.loads(run(capsys, "codebook", "--codebook", tmp_path / "mine.toml", "--format", "json")[1])) == 11
    assert "rule 2" in run(capsys, "codebook", "--why", "Russia", "062", "USA")[1]


def test_assess(real: Record, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked = ("assess", "USA", "RUS", "--as-of", "2018-08-31", "--record", real.folder)
    code, out, err = run(capsys, *asked, "--html", tmp_path / "p.html")
    assert code == 0 and "Bottom line" in out and "wrote" in err and (tmp_path / "p.html").exists()
    assert json.loads(run(capsys, *asked, "--format", "json")[1])["pair"] == ["USA", "RUS"]
    assert len(run(capsys, *asked, "--brief")[1].splitlines()) <= 24
    code, _, err = run(capsys, *asked, "--html", "/nowhere/p.html")
    assert code == 2 and "can't be written" in err


ANDES = (
    "date,actors,targets,area,kind,tone,channel,third_party,agreement,description,source\n"
    "1998-10-26,PER+ECU,,third_party_dispute,meeting,cooperative,,BOL,,They meet on Bolivia,https://example.org/1\n"
    "1998-11-26,PER+ECU,,third_party_dispute,meeting,cooperative,,CHL;BOL,,They meet on both,https://example.org/2\n"
    "1998-12-26,PER+ECU,,third_party_dispute,meeting,cooperative,,CHL,,They meet on Chile,https://example.org/3\n"
)


def test_an_area_names_its_third_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "facts.csv").write_text(ANDES)
    show = ("record", "show", "PER", "ECU", "--no-cases", "--case", tmp_path, "--area")
    assert run(capsys, *show, "third_party_dispute")[1].count("They meet") == 3
    out = run(capsys, *show, "third_party_dispute:BOL")[1]
    assert out.count("They meet") == 2 and "Chile" not in out
    for area, says in (("third_party_dispute:ZZZ", "no ISO3 code"), ("economic:BOL", "names no third state")):
        code, _, err = run(capsys, *show, area)
        assert code == 2 and says in err
        code, _, err = run(capsys, "stock", "USA", "RUS", "--area", area)
        assert code == 2 and says in err


def test_record_options_stand_before_or_after_the_subcommand(
    tmp_path: Path, held: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("one", ANDES), ("two", ANDES.replace("Bolivia", "trade"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "facts.csv").write_text(text)
    one, two = tmp_path / "one", tmp_path / "two"
    after = run(capsys, "record", "show", "PER", "ECU", "--no-cases", "--case", one)
    assert after[0] == 0 and after == run(capsys, "record", "--no-cases", "--case", one, "show", "PER", "ECU")
    both = run(capsys, "record", "--no-cases", "--case", one, "show", "PER", "ECU", "--case", two)[1]
    assert "Bolivia" in both and "trade" in both
    monkeypatch.setenv("DETENTE_RECORD", str(tmp_path / "from-environment"))
    for place in (("record", "--record", held, "verify"), ("record", "verify", "--record", held)):
        out = run(capsys, *place)[1]
        assert out == "1 stored files of 1 commits as ingested\n"


def test_what_is_not_there_is_said_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, code, says in (
        (
            ("record", "show", "USA", "RUS", "--from", "2008", "--to", "2004"),
            2,
            "--from 2008-01-01 is after --to 2004-12-31",
        ),
        (("record", "show", "USA", "RUS", "--from", "2040"), 1, "of USA and RUS is of this area and time"),
        (("record", "show", "FRA", "DEU"), 1, "no facts of FRA and DEU are held; add them as a case"),
        (("stock", "USA", "RUS", "--as-of", "1980"), 1, "no agreement between USA and RUS was known on 1980-01-01"),
        (("stock", "FRA", "DEU"), 1, "is held; add some as a case"),
        (("record", "audit", "USA"), 2, "name two states, or none"),
        (("record", "audit", "FRA", "DEU"), 1, "no facts of FRA-DEU are held"),
    ):
        found, _, err = run(capsys, *arguments)
        assert found == code and says in err, arguments


def test_the_audit_of_a_pair_is_that_of_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    of_pair = json.loads(run(capsys, "record", "audit", "India", "Pakistan", "--format", "json")[1])
    of_case = json.loads(run(capsys, "record", "audit", "--source", "case:ind_pak", "--format", "json")[1])
    assert of_pair == of_case and of_pair["counts"]


def _commands() -> dict[str, click.Command]:
    from detente.cli import COMMANDS, detente

    context = click.Context(detente)
    found: dict[str, click.Command] = {}
    for name in COMMANDS:
        command = detente.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": one for sub, one in command.commands.items()}
    return found


PRINTED = """assess USA RUS --as-of 2007-02-01 --brief
backtest scores.csv --horizons 1 --models hierarchical --no-classical
claims
claims check weitz_2007
codebook
components -k 1
context RUS FRA
dyads --from 1950 --to 1951 --states FRA --with entente
explain RUS FRA --as-of 2018-08-31
fetch gdelt --from 2005-01-01 --to 2005-01-02 --list
forecast IND PAK --as-of 2007-02-01
ideal-points
levels USA RUS --as-of 2018-08-31
panel RUS FRA
panel
record
record agreements USA RUS
record audit
record coverage
record figures USA RUS
record files
record quarantine
record show USA RUS
record sources
reproduce answer.json
similarity USA RUS
similarity
stock USA RUS
weigh IND PAK --as-of 2018-08-31 --draws 50
who Russia
who --unresolved acts.tsv""".splitlines()
"""Every command that prints data, with arguments that a small record answers."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small record of acts and votes, and files to read."""
    folder = tmp_path_factory.mktemp("small")
    rows = [("Russia", "Consult", "040", "1", "France"), ("France", "Accuse", "112", "-2", "Zaphod")]
    days = [f"2018-{month:02}-{day:02}" for month in range(1, 9) for day in range(1, 29)]
    file = triples(folder / "acts.tsv", [(day, *row) for day in days for row in rows])
    months = [f"{year}-{month:02}" for year in (2015, 2016) for month in range(1, 13)]
    scores = [f"{a},{b},{month}-15,{int(month[-2:])}" for a, b in ("AB", "BA") for month in months]
    (folder / "scores.csv").write_text("\n".join(["sender,receiver,date,value", *scores]) + "\n")
    columns = "version4id,ccode1,ccode2,dyad_st_day,dyad_st_month,dyad_st_year,dyad_end_year,right_censor,defense"
    alliance = folder / "alliances.csv"
    alliance.write_text(f"{columns}\n1,220,365,1,1,1945,1955,0,0\n")
    held = (file, write_votes(folder / "votes"), alliance)
    assert detente("ingest", "--record", folder / "r", *held).returncode == 0
    asked = detente("claims", "check", "weitz_2007", "--record", folder / "r", "--format", "json")
    (folder / "answer.json").write_text(asked.stdout)
    return folder


def test_every_command_that_prints_data_is_tried_in_every_form() -> None:
    printing = {name for name, command in _commands().items() if any(one.name == "form" for one in command.params)}
    assert set(_commands()) - printing == {"ingest", "record verify", "record repair", "record restore"}
    tried = [max((name for name in printing if f"{line} ".startswith(f"{name} ")), key=len) for line in PRINTED]
    assert set(tried) == printing


@pytest.mark.parametrize("command", PRINTED)
def test_data_is_the_same_in_every_form(
    command: str, small: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(small)
    monkeypatch.setenv("DETENTE_RECORD", "r")
    listed = [Remote("https://example.org/2005.zip", "2005.zip")]
    monkeypatch.setattr(sys.modules["detente.sources.source"], "files_of", lambda *_: listed)
    printed = {}
    for form in ("csv", "spreadsheet", "parquet", "json", "table", "markdown", "html"):
        with pytest.raises(SystemExit) as end:
            main([*command.split(), "--format", form])
        printed[form], err = capfdbinary.readouterr()
        assert end.value.code == 0 and printed[form], err
    json.loads(printed["json"])
    assert printed["markdown"].startswith(b"# ") and b"<html" in printed["html"][:200]
    rows = pl.read_csv(BytesIO(printed["csv"]), infer_schema=False)
    held = pl.read_parquet(BytesIO(printed["parquet"]))
    assert rows.height == held.height and rows.columns == held.columns
    assert pl.read_csv(BytesIO(printed["spreadsheet"]), infer_schema=False).shape == rows.shape
