"""Regular expressions mean the same in every Python that the program supports."""

from __future__ import annotations

import re

from tests.support.paths import ROOT

SOURCES = sorted([*(ROOT / "airflowctl").rglob("*.py"), *(ROOT / "completers").rglob("*.py")])
# `(...)*+`, `(...)++`, `(...)?+`, `(...){1,6}+` and `(?>...)`; `()*+,` stands in a set of letters.
POSSESSIVE_GROUP = re.compile(r"(?<!\()\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")


def test_no_group_is_repeated_possessively() -> None:
    # Python 3.11.0 to 3.11.4 match such a group wrongly where it holds a choice (CPython issue 106052),
    # and Debian 12 has 3.11.2. Of single letters, `[^"]*+`, it is right everywhere.
    lines = {
        f"{path.relative_to(ROOT)}:{number}": line.strip()
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if POSSESSIVE_GROUP.search(line)
    }
    assert lines == {}


def test_the_rule_sees_each_form() -> None:
    for pattern in (r"(?:a|b)*+", r"(?:a|b)++", r"(?:a|b)?+", r"(?:a|b){1,6}+", r"(?>a|b)"):
        assert POSSESSIVE_GROUP.search(pattern), pattern
    for pattern in (r"[^a]*+", r"\w{1,40}+", "!$&'()*+,;=", "(a)+"):
        assert not POSSESSIVE_GROUP.search(pattern), pattern
