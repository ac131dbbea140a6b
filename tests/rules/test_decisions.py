"""The records of decisions: a number is of one record, each is in the list, and the code names no other."""

from __future__ import annotations

import re
from collections import Counter

from tests.support.paths import ROOT

FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def test_each_record_has_a_number_of_its_own() -> None:
    numbers = Counter(path.name[:4] for path in RECORDS)
    assert [number for number, count in numbers.items() if count > 1] == []


def test_the_title_has_the_number_of_the_file_and_stands_in_the_list() -> None:
    titles = {path.name: path.read_text().splitlines()[0] for path in RECORDS}
    listed = (FOLDER / "README.md").read_text()
    for name, title in titles.items():
        number, _, text = title.removeprefix("# ").partition(". ")
        assert f"- [{number}]({number}{name[4:]}): {text}" in listed, name


def test_the_code_names_records_that_are_there() -> None:
    numbers = {path.name[:4] for path in RECORDS}
    sources = [*(ROOT / "airflowctl").rglob("*.py"), *(ROOT / "completers").rglob("*.py")]
    named = {number for path in sources for number in re.findall(r"\bdecision (\d{4})\b", path.read_text())}
    assert named <= numbers
    assert named
