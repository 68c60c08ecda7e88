"""The page: self-contained, escaped, and rendered by a real browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

import detente as dt
from detente.assessment import Assessment

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        if values.get("id"):
            self.ids.add(str(values["id"]))
        for name in ("href", "xlink:href", "src"):
            if values.get(name):
                self.targets.append(str(values[name]))


def parse(page: Path) -> Links:
    links = Links()
    links.feed(page.read_text())
    return links


def test_self_contained_and_every_mark_opens_its_record(tmp_path: Path, weitz: Assessment) -> None:
    page = dt.write(weitz, tmp_path / "p.html")
    links = parse(page)
    assert not links.tags & {"script", "iframe", "object", "embed", "img"}
    inner = [t[1:] for t in links.targets if t.startswith("#")]
    assert len([t for t in inner if t.startswith("fact-")]) >= 40
    assert set(inner) <= links.ids
    assert all(t.startswith(("#", "http://", "https://")) for t in links.targets)


def test_the_page_is_deterministic(weitz: Assessment) -> None:
    assert dt.render(weitz, "html") == dt.render(weitz, "html")


def test_hostile_text_is_escaped(tmp_path: Path) -> None:
    file = tmp_path / "evil.csv"
    file.write_text(
        "date,actors,area,kind,tone,description,source,source_title\n"
        + "".join(
            f'200{y}-05-05,IND+PAK,diplomatic,meeting,cooperative,"{HOSTILE.replace(chr(34), chr(34) * 2)} {y}",https://e.org/"><b>,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\n'  # noqa: E501
            for y in range(2, 7)
        ).replace('https://e.org/"><b>', '"https://e.org/""><b>"')
    )
    record = dt.open_record(tmp_path / "r", cases=False)
    assert record.ingest(file).rows == 5
    result = record.pair("IND", "PAK", as_of="2007-01-01").assess()
    page = dt.write(result, tmp_path / "p.html")
    text = page.read_text()
    assert "<script>alert" not in text and "onerror=alert(1)>" not in text.replace("&gt;", "")
    assert not parse(page).tags & {"script", "img", "b>"}
    assert "\x1b" not in dt.render(result)


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def chromium() -> str:
    found = _chromium()
    if not found and os.environ.get("CI") and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False, capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, capture_output=True)
        found = _chromium()
    if not found:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing and could not be installed")
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    return found


def test_rendered_in_a_browser(tmp_path: Path, chromium: str, weitz: Assessment) -> None:
    page = dt.write(weitz, tmp_path / "p.html")
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-sync",
        "--disable-component-update",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--window-size=1000,1400",
    ]
    picture = tmp_path / "p.png"
    subprocess.run([*command, f"--screenshot={picture}", page.as_uri()], check=True, capture_output=True, timeout=120)
    assert picture.stat().st_size > 40_000
    dom = subprocess.run(
        [*command, "--dump-dom", page.as_uri()], check=True, capture_output=True, text=True, timeout=120
    ).stdout
    assert "Security relations as of 1 February 2007" in dom
    assert len(re.findall(r"<svg ", dom)) >= 11
