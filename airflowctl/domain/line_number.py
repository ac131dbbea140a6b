"""How a line in the background is named."""

from __future__ import annotations

from airflowctl.core.command import arg


def line_number(text: str) -> int:
    """`%2` -> 2, as other shells have it; `2` is the same."""
    number = text.removeprefix("%")
    if not (number.isascii() and number.isdecimal()) or not int(number[:9]) > 0:
        raise ValueError("write the number of a line, as jobs shows it: %1")
    return int(number[:9])


NUMBER = arg("number", "The line, as jobs numbers it: %1.", convert=line_number, metavar="%N")
