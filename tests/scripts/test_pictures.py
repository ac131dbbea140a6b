"""The pictures of the documentation, drawn from the terminal emulator."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pyte

from tests.support.paths import ROOT
from tests.support.pictures import draw_screen


def test_a_picture_has_the_letters_of_the_screen_and_their_colours() -> None:
    screen = pyte.Screen(20, 4)
    pyte.Stream(screen).feed("a <b>\r\n\x1b[31mred\x1b[0m \x1b[7mback\x1b[0m")
    picture = draw_screen(screen)
    root = ElementTree.fromstring(picture)
    texts = ["".join(node.itertext()).strip() for node in root.iter() if node.tag.endswith("text")]
    assert texts == ["a <b>", "red", "back"]
    assert 'fill="#e06c75"' in picture


def test_each_picture_that_the_documentation_shows_is_there() -> None:
    text = (ROOT / "docs" / "reference" / "shell.md").read_text()
    pictures = re.findall(r"\]\(\.\./(pictures/[^)]+)\)", text)
    assert pictures
    assert [name for name in pictures if not (ROOT / "docs" / name).is_file()] == []
