"""A Markdown page as text for a terminal: what our own documentation uses of Markdown, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

_MOST = 100  # columns: longer lines are hard to read, however wide the terminal is
_CELL_INDENT = "  "
_LINK = r"!?\[([^\]]*)\]\([^)]*\)"
_BULLET = r"(\s*)([-*]|\d+\.) "
_CELL = r"(?<!\\)\|"
_RULE = r"[|:\- ]+"


def render_page(markdown: str, width: int) -> str:
    """Return a page that is `width` columns wide. Code stays as it is; a row of a table becomes its first
    cell, and the others wrapped below it."""
    return "\n\n".join(_blocks(markdown, min(width, _MOST))) + "\n"


def _blocks(markdown: str, width: int) -> Iterator[str]:
    from re import split

    for is_code, text in _split_code(markdown):
        if is_code:
            yield "\n".join(f"    {line}".rstrip() for line in text.splitlines())
            continue
        for block in split(r"\n\s*\n", text):
            if block.strip():
                yield from _render_block(block.strip("\n"), width)


def _split_code(markdown: str) -> Iterator[tuple[bool, str]]:
    """Yield the text between fences and in them; whether it is code."""
    from re import MULTILINE, split

    # Fences come in pairs, so that every second part is code.
    for number, part in enumerate(split(r"^```[^\n]*\n", markdown + "\n", flags=MULTILINE)):
        yield number % 2 == 1, part.rstrip("\n")


def _render_block(block: str, width: int) -> Iterator[str]:
    from re import match

    lines = block.splitlines()
    if lines[0].startswith("#"):
        title = _plain(lines[0].lstrip("#").strip())
        yield fill(title.upper() if lines[0].startswith("# ") else title, width)
        if len(lines) > 1:
            yield from _render_block("\n".join(lines[1:]), width)
    elif lines[0].startswith("|"):
        yield _render_table(lines, width)
    elif match(_BULLET, lines[0]):
        yield "\n".join(_render_list(lines, width))
    else:
        yield fill(_plain(" ".join(line.strip() for line in lines)), width, break_on_hyphens=False)


def _render_list(lines: list[str], width: int) -> Iterator[str]:
    from re import match

    items: list[list[str]] = []
    for line in lines:
        if match(_BULLET, line):
            items.append([line])
        else:
            items[-1].append(line.strip())
    for item in items:
        text = " ".join(item)
        mark = match(_BULLET, text)
        indent = mark[0] if mark else ""
        yield _indent(_plain(text[len(indent) :]), width, indent, " " * len(indent))


def _render_table(lines: list[str], width: int) -> str:
    from re import fullmatch, split

    rows = [[_plain(cell.strip()) for cell in split(_CELL, line.strip().strip("|"))] for line in lines]
    names = rows[0]
    body = [row for row, line in zip(rows[1:], lines[1:], strict=True) if not fullmatch(_RULE, line)]
    return "\n".join(_render_row(names, row, width) for row in body)


def _render_row(names: list[str], row: list[str], width: int) -> str:
    texts = [fill(row[0], width, break_on_hyphens=False)]
    for name, cell in zip(names[1:], row[1:], strict=False):
        # Of two columns it is clear what the second one says.
        label = f"{name}: " if len(names) > 2 and name else ""
        if cell:
            texts.append(_indent(f"{label}{cell}", width, _CELL_INDENT, _CELL_INDENT))
    return "\n".join(texts)


def _indent(text: str, width: int, first: str, others: str) -> str:
    return fill(text, width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)


def _plain(text: str) -> str:
    """Return a text without the marks of links, code and weight."""
    from re import split, sub

    text = sub(_LINK, r"\1", text.replace(r"\|", "|"))
    parts = split(r"(`+[^`]*`+)", text)
    return "".join(part.strip("`") if part.startswith("`") else part.replace("**", "") for part in parts)
