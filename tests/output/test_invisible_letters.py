"""Letters that nobody sees, and colours that hide letters: as they are, or escaped."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import Any

import pytest
import yaml

from airflowctl.core.options import Options
from airflowctl.core.rich_results import Line, Log
from airflowctl.output import sanitise, sgr
from airflowctl.output.printer import Printer
from airflowctl.output.progress_line import Progress
from airflowctl.output.streams import Caught, Streams
from completers.letters import is_seen, visible
from tests.support.formats import FOR_EYES, FORMATS
from tests.support.rendering import Shown, row
from tests.support.rows import every_row

# One of each kind, and the ends of each range.
UNSEEN = {
    "control": 0x00, "bell": 0x07, "escape": 0x1B, "delete": 0x7F, "csi": 0x9B, "next line": 0x85,
    "no-break space": 0xA0, "soft hyphen": 0xAD, "grapheme joiner": 0x34F, "Arabic mark": 0x61C,
    "Hangul filler": 0x115F, "Hangul filler 2": 0x1160, "Khmer vowel": 0x17B4, "Mongolian selector": 0x180B,
    "Mongolian separator": 0x180E, "en quad": 0x2000, "hair space": 0x200A, "zero width space": 0x200B,
    "non-joiner": 0x200C, "joiner": 0x200D, "left mark": 0x200E, "right mark": 0x200F, "line": 0x2028,
    "paragraph": 0x2029, "embedding": 0x202A, "override": 0x202E, "narrow space": 0x202F,
    "word joiner": 0x2060, "times": 0x2062, "reserved": 0x2065, "isolate": 0x2066, "digits": 0x206F,
    "braille blank": 0x2800, "wide space": 0x3000, "Hangul filler 3": 0x3164, "surrogate": 0xD800,
    "surrogate 2": 0xDFFF, "private": 0xE000, "selector 1": 0xFE00, "selector 16": 0xFE0F, "mark": 0xFEFF,
    "half filler": 0xFFA0, "anchor": 0xFFF9, "terminator": 0xFFFB, "no character": 0xFFFF,
    "shorthand": 0x1BCA0, "null notehead": 0x1D159, "musical": 0x1D173, "tag begin": 0xE0001,
    "tag A": 0xE0041, "tag end": 0xE007F, "selector 17": 0xE0100, "selector 256": 0xE01EF,
}  # fmt: skip
SEEN = "aZ~ éßñ日本語한국어עבריתعربىहिन्दी🎈😀⠁ﬃ½€\u0301\U0001fae8\U0001fad9"


@every_row("code", UNSEEN.values(), ids=UNSEEN)
def test_a_letter_that_nobody_sees_is_escaped(code: int) -> None:
    letter = chr(code)
    assert not is_seen(code)
    for made in (sanitise.line, sanitise.block):
        shown = made(f"a{letter}b")
        assert letter not in shown
        assert re.fullmatch(r"a\\(x..|u.{4}|U.{8})b", shown)
    assert json.loads(sanitise.json_text(json.dumps(f"a{letter}b", ensure_ascii=False))) == f"a{letter}b"


def test_all_that_can_be_seen_stays() -> None:
    for made in (
        visible,
        sanitise.line,
        sanitise.block,
        sanitise.prose,
        sanitise.pipe_line,
        sanitise.json_text,
    ):
        assert made(SEEN) == SEEN


def test_two_names_that_look_alike_are_told_apart(shown: Shown) -> None:
    names = ["etl", *(f"e{chr(code)}tl" for code in UNSEEN.values() if not 0xD800 <= code < 0xE000)]
    for format in FORMATS:
        done = shown.rows([row(name) for name in names], "-o", format, "--columns", "key", terminal=True)
        assert done.code == 0, done
        assert not [it for it in done.out if not is_seen(ord(it)) and it != "\n"], format
    table = shown.rows([row(name) for name in names], "--columns", "key", terminal=True).out.splitlines()
    assert len({line.strip() for line in table[2:]}) == len(names)


def test_a_pipe_gets_the_names_as_they_are(shown: Shown) -> None:
    names = [f"e{letter}tl" for letter in "\u200b\u200d\ufe0f\u3164\u2800\xa0\U000e0041"]
    items = [row(name) for name in names]
    assert [it["key"] for it in json.loads(shown.rows(items, "-o", "json").out)] == names
    assert [it["key"] for it in yaml.safe_load(shown.rows(items, "-o", "yaml").out)] == names
    for format in ("name", "tsv", "csv"):
        done = shown.rows(items, "-o", format, "--columns", "key", "--no-header")
        assert done.out.split("\n")[:-1] == names


def test_documents_mean_the_same_on_a_terminal(shown: Shown) -> None:
    names = [f"e{chr(code)}tl" for code in UNSEEN.values()]
    items = [row(name) for name in names]
    done = shown.rows(items, "-o", "json", terminal=True)
    assert [it["key"] for it in json.loads(done.out)] == names
    plain = [name for name in names if not 0xD800 <= ord(name[1]) < 0xE000]
    done = shown.rows([row(name) for name in plain], "-o", "yaml", terminal=True)
    assert [it["key"] for it in yaml.safe_load(done.out)] == plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\U0001f469\u200d\U0001f4bb", ...),
        ("\u2764\ufe0f", ...),
        ("1\ufe0f\u20e3", ...),
        ("\U0001f468\U0001f3fd\u200d\U0001f680", ...),
        ("می\u200cخواهم", ...),
        ("क्\u200dष", ...),
        ("10\xa0000\u3000円 \ue0b0", ...),
        ("a\u200db", "a\\u200db"),
        ("a\u200cb", "a\\u200cb"),
        ("a\ufe0f", "a\\ufe0f"),
        ("\U0001f469\u200d", "\U0001f469\\u200d"),
        ("\u3164\u200b\U000e0041", "\\u3164\\u200b\\U000e0041"),
    ],
)
def test_free_text_keeps_what_shapes_it(text: str, expected: Any) -> None:
    assert sanitise.prose(text) == (text if expected is ... else expected)


def test_an_error_escapes_what_the_server_says(shown: Shown) -> None:
    text = "".join(f"<{chr(code)}>" for code in UNSEEN.values())
    for argv in ((), ("-o", "json")):
        done = shown.refusal(text, *argv)
        assert done.code == 1
        assert not [it for it in done.err if not is_seen(ord(it)) and it != "\n"]


# Colours

HIDING = [
    "\x1b[30;40m", "\x1b[97;107m", "\x1b[40;30m", "\x1b[30m", "\x1b[37m", "\x1b[97m", "\x1b[40m", "\x1b[47m",
    "\x1b[8m", "\x1b[08m", "\x1b[1;8m", "\x1b[31;41m", "\x1b[91;41m", "\x1b[92;42m", "\x1b[31m\x1b[41m",
    "\x1b[41m\x1b[31m", "\x1b[38;5;0;48;5;0m", "\x1b[38;5;0;48;5;16m", "\x1b[38;5;232;48;5;233m",
    "\x1b[38;2;0;0;0;48;2;0;0;0m", "\x1b[38;2;1;1;1;48;2;0;0;0m", "\x1b[38;2;0;0;0;40m", "\x1b[30;48;5;0m",
    "\x1b[38;2;0;43;54m", "\x1b[38;5;16m", "\x1b[38;5;231m", "\x1b[7;37;47m", "\x1b[97;47m", "\x1b[93m",
    "\x1b[38;2;255;255;254m", "\x1b[10;11m", "\x1b[38;8m", "\x1b[38;5m", "\x1b[38:5:0m", "\x1b[58;5;8m",
    "\x1b[5m", "\x1b[6m", "\x1b[38;5;999m", "\x1b[39;40m", "\x1b[30;49m", "\x1b[;30;40m", "\x1b[0;30m",
    f"\x1b[{'8' * 5000}m", "\x1b[31;44m\x1b[34m", "\x1b[37;41m\x1b[47m",
]  # fmt: skip


def pens(text: str) -> list[tuple[str, str, str]]:
    """What is written, in which colour, on which: an own small terminal. Asserts that it is known."""
    front = back = ""
    found = []
    for part in re.split(r"(\x1b\[[0-9;]*m)", text):
        if not part.startswith("\x1b"):
            found.append((part, front, back))
            continue
        numbers = re.findall(r"[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|\d+", part) or ["0"]
        for number in numbers:
            if number == "0":
                front = back = ""
            elif re.match(r"3[0-7]$|9[0-7]$|38;", number):
                front = number
            elif re.match(r"4[0-7]$|10[0-7]$|48;", number):
                back = number
            else:
                assert number in ("1", "2", "3", "4", "7", "9"), part
    assert (front, back) == ("", ""), "colours are switched off at the end of a line"
    return [it for it in found if it[0]]


@every_row("code", HIDING, ids=lambda code: ascii(code)[:40])
def test_no_colour_hides_letters(code: str) -> None:
    written = pens(sanitise.keep_readable_colours(f"{code}words"))
    assert [text for text, _, _ in written] == ["words"]
    for _, front, back in written:
        if front and back:
            assert contrast(front, back) >= 1.9
        else:
            assert back == ""
            assert front in ("", "31", "32", "33", "34", "35", "36", "91", "94", "95")


def contrast(front: str, back: str) -> float:
    lights = [
        0.2126 * (r / 255) ** 2.2 + 0.7152 * (g / 255) ** 2.2 + 0.0722 * (b / 255) ** 2.2
        for r, g, b in (XTERM[front], XTERM[str(int(back) - 10)])
    ]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


XTERM = {
    "30": (0, 0, 0), "31": (205, 0, 0), "32": (0, 205, 0), "33": (205, 205, 0), "34": (0, 0, 238),
    "35": (205, 0, 205), "36": (0, 205, 205), "37": (229, 229, 229), "90": (127, 127, 127),
    "91": (255, 0, 0), "92": (0, 255, 0), "93": (255, 255, 0), "94": (92, 92, 255), "95": (255, 0, 255),
    "96": (0, 255, 255), "97": (255, 255, 255),
}  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "\x1b[31m",
        "\x1b[1;36m",
        "\x1b[4m",
        "\x1b[97;41m",
        "\x1b[30;43m",
        "\x1b[38;5;208m",
        "\x1b[7m",
        "\x1b[95m",
    ],
)
def test_colours_that_can_be_read_stay_as_they_are(code: str) -> None:
    assert sanitise.keep_readable_colours(f"{code}words\x1b[0m and more") == f"{code}words\x1b[0m and more"


def test_a_colour_ends_with_its_line() -> None:
    assert sanitise.keep_readable_colours("\x1b[31mred\nplain") == "\x1b[31mred\x1b[0m\nplain"


@pytest.mark.parametrize("front", [*range(30, 38), *range(90, 98)])
def test_each_pair_of_the_sixteen(front: int) -> None:
    for back in (*range(40, 48), *range(100, 108)):
        shown = sanitise.keep_readable_colours(f"\x1b[{front};{back}mx")
        for _, left, behind in pens(shown):
            assert not behind or contrast(left, behind) >= 1.9


def show(result: Any, format: str, color: str = "auto") -> str:
    stdout = Caught(True)
    streams = Streams(StringIO(), stdout, StringIO(), {"TERM": "xterm"}, columns=200)
    options = Options(output=format, color=color)
    Printer(streams, options, Progress(streams), str, " ".join).show(result)
    return stdout.getvalue()


SGR = "".join(f"\x1b[{n}m<{n}>" for n in (0, 1, 5, 7, 8, 31, 32, 33, 35, 36, 90, 94, "30;40", "38;5;0"))


@pytest.mark.parametrize("format", FORMATS)
def test_no_colour_of_the_server_in_any_format(format: str, shown: Shown) -> None:
    for color in ("auto", "always", "never"):
        how: Any = {"terminal": True}
        for done in (
            shown.rows([row(SGR, SGR, SGR, state=SGR)], "-o", format, "--color", color, **how),
            shown.rows([row(SGR, SGR)], "-o", format, "--color", color, "--query", "[].[key, value]", **how),
            shown.rows([row(SGR, SGR)], "-o", format, "--columns", "key,value", "--sort", "key", **how),
            shown.record({"connection_id": SGR, "state": SGR}, "-o", format, "--color", color, **how),
            shown.value(SGR, "-o", format, "--color", color, **how),
            shown.refusal(SGR, "-o", format, "--color", color, **how),
        ):
            assert "\x1b" not in done.out + done.err, (format, color)
            assert done.code in (0, 1), done


@pytest.mark.parametrize("format", FORMATS)
def test_a_log_in_any_format_hides_nothing(format: str) -> None:
    def lines() -> Any:
        event = {"event": f"{SGR}\u200b", "level": SGR, "logger": SGR, "more": SGR}
        yield Line({**event, "timestamp": "2026-11-01T10:00:00Z"}, SGR)
        return 0

    for color in ("auto", "never"):
        text = show(Log(lines()), format, color)
        assert "\u200b" not in text
        if format not in FOR_EYES or color == "never":
            assert "\x1b" not in text
        for line in text.splitlines():
            pens(line)


def test_only_colours_are_codes() -> None:
    assert "".join(sgr.keep_readable("a\x1b[2Jb", sanitise.prose)) == "a\\x1b[2Jb"
