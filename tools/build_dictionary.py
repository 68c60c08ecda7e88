"""Write the data dictionary and a Frictionless data package for every built-in case.

    python tools/build_dictionary.py .

From detente.sources.dictionary and detente.measures.columns: docs/data-dictionary.md, and datapackage.json in each
folder of src/detente/cases.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from detente.measures.columns import TABLES as ANSWERS
from detente.measures.variables import VARIABLES, variable
from detente.sources.dictionary import STAGES, TABLES, Column

TITLES = {
    "ind_pak": "India-Pakistan security relations, 1991-2025",
    "major_powers": "UN votes and reported acts between ten powers",
    "rus_usa": "Russia-United States security relations, 1991-2024",
}
COVERS = {
    "rus_usa": {"start": "1991-01-01", "end": "2024-12-31"},
    "ind_pak": {"start": "1991-01-01", "end": "2025-05-10"},
}
"""Later facts are only those that end or extend a life."""
PARTIAL_DATE = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
ABOUT = {
    "facts": "Dated facts, one a line. A fact is known from the last day that its date may mean, unless `known_on` "
    "says otherwise.",
    "agreements": "Agreements, programmes and restrictions. What happened to them is told by facts that name them.",
    "figures": "Series: a value of a measure for a state, a pair (codes in alphabetical order) or a direction.",
}


def field(column: Column) -> dict[str, object]:
    rules: dict[str, object] = {"required": True} if column.required and column.name != "source" else {}
    if column.type == "date":
        rules["pattern"] = PARTIAL_DATE
    if column.allowed:
        rules["enum"] = list(column.allowed)
    made: dict[str, object] = {
        "name": column.name,
        "type": "number" if column.type == "number" else "string",
        "description": column.description,
    }
    return {**made, "constraints": rules} if rules else made


def package(folder: Path) -> dict[str, object]:
    resources = []
    for path in sorted(folder.glob("*.csv")):
        columns = {column.name: column for column in TABLES[path.stem.partition("_")[0]]}
        header = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        resources.append(
            {
                "name": path.stem.replace("_", "-"),
                "path": path.name,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": [field(columns[name]) for name in header], "missingValues": [""]},
            }
        )
    return {
        "profile": "tabular-data-package",
        "name": folder.name.replace("_", "-"),
        "title": TITLES[folder.name],
        **({"temporal": COVERS[folder.name]} if folder.name in COVERS else {}),
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": resources,
    }


def dictionary() -> str:
    lines = [
        "# Data dictionary",
        "",
        "The tables kept by hand, made by `make dictionary` from `src/detente/sources/dictionary.py`. A file is "
        "CSV in UTF-8 with",
        "commas and a header; columns may be left out unless required. A date is written `2006-09-14`, `2006-09` "
        "or `2006`.",
        "",
    ]
    for table, columns in TABLES.items():
        lines += [f"## {table}", "", ABOUT[table], "", "| column | | content |", "|---|---|---|"]
        for column in columns:
            told = column.description + (f": {', '.join(column.allowed)}" if column.allowed else "")
            lines.append(f"| `{column.name}` | {'required' if column.required else ''} | {told} |")
        lines.append("")
    lines += [
        "## What a fact makes of the agreement that it names",
        "",
        "| kind | state from that day |",
        "|---|---|",
        *(f"| {kind} | {state or 'unchanged'} |" for kind, state in STAGES.items()),
        "",
        "An agreement with `starts` = signature is in force when signed. A sanction is a stage only of a "
        "restriction. All other kinds",
        "tell of an agreement without changing its state.",
    ]
    lines += [
        "",
        "# What answers have for columns",
        "",
        "Made from `src/detente/measures/columns.py`; `answer.columns` says the same.",
    ]
    for answer, columns in ANSWERS.items():
        lines += ["", f"## `{answer}`", "", "| column | content |", "|---|---|"]
        lines += [f"| `{name}` | {meaning} |" for name, meaning in columns.items()]
    lines += ["", "## Variables that `panel(add=[...])` joins"]
    for name in VARIABLES:
        found = variable(name)
        lines += ["", f"`{name}`: {found.title}, by {', '.join(found.by)}. {' '.join(found.sources)}."]
        lines += ["", "| column | content |", "|---|---|"]
        lines += [f"| `{column}` | {meaning} |" for column, meaning in found.columns.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    root = Path(sys.argv[1])
    (root / "docs" / "data-dictionary.md").write_text(dictionary(), encoding="utf-8")
    for folder in sorted((root / "src" / "detente" / "cases").iterdir()):
        if any(folder.glob("*.csv")):
            text = json.dumps(package(folder), ensure_ascii=False, indent=1) + "\n"
            (folder / "datapackage.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
