"""The site of docs/: made in a minute, all links lead somewhere, found by its search, readable on a phone."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from airflowctl.core.errors import error_codes
from airflowctl.session import registry
from tests.support.paths import ROOT
from tests.support.site import Chromium, Site

PHONE = 360  # pixels: a small one
pytestmark = pytest.mark.time_limit(600)  # which the first installation of mkdocs counts in


def test_it_is_made_in_a_minute(site: Site) -> None:
    assert site.seconds < 60


def test_every_link_leads_to_a_page_and_an_anchor_that_are_there(site: Site) -> None:
    every = site.pages
    missing = []
    for name, page in every.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = unquote(parts.path)
            path = (Path(name).parent / target) if target else Path(name)
            other = path_of(path, site)
            if other is None or (parts.fragment and unquote(parts.fragment) not in every[other].anchors):
                missing.append(f"{name}: {link}")
    assert missing == []


def path_of(path: Path, site: Site) -> str | None:
    """The page that a relative path leads to."""
    target = (site.folder / path).resolve()
    if target.is_dir():
        target /= "index.html"
    return target.relative_to(site.folder.resolve()).as_posix() if target.is_file() else None


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    loaded = {(name, source) for name, page in site.pages.items() for source in page.loaded}
    assert [pair for pair in loaded if urlsplit(pair[1]).netloc] == []
    missing = [
        (name, source)
        for name, source in loaded
        if not (site.folder / Path(name).parent / unquote(urlsplit(source).path)).resolve().is_file()
    ]
    assert missing == []


def test_each_page_of_docs_is_in_it_and_each_command_has_an_anchor(site: Site) -> None:
    every = site.pages
    sources = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    shown = [path for path in sources if path.parts[0] != "examples" and path.name != "README.md"]
    assert [str(path) for path in shown if path.with_suffix(".html").as_posix() not in every] == []
    missing = [
        command.line
        for command in registry.all_commands()
        if command.line.replace(" ", "-") not in every[f"reference/commands/{command.words[0]}.html"].anchors
    ]
    assert missing == []


def test_each_error_code_has_words_on_what_helps(site: Site) -> None:
    registry.all_commands()
    anchors = site.pages["how-to/troubleshooting.html"].anchors
    assert error_codes().keys() - anchors == set()


def test_the_browser_finds_a_command(site: Site, chromium: Chromium) -> None:
    found = chromium.search(site.folder, "triage clear")
    assert any("reference/commands/triage.html" in link for link in found), found


def test_no_page_is_wider_than_a_phone(site: Site, chromium: Chromium) -> None:
    pages = [page for page in site.pages if not page.startswith(("decisions/", "reference/commands/"))]
    pages += ["reference/commands/dags.html", "reference/commands/tasks.html"]
    widths = chromium.measure(site.folder, pages, PHONE)
    assert len(widths) == len(pages) > 20
    assert {page: width for page, width in widths.items() if width > PHONE} == {}
