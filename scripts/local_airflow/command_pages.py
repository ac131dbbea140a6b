"""docs/reference/commands: a page a noun, a heading a command, and the list of all of them."""

from __future__ import annotations

from airflowctl.output.help import command_page, program_page
from airflowctl.session import registry

_WIDTH = 100
_ANCHOR = '<a id="{}"></a>\n\n'  # where a line is more than letters, each program makes another anchor of it
_MADE = (
    "Made by `scripts/generate-docs` from the declarations in `airflowctl/commands/`; this is what"
    " `airflowctl help` prints."
)


def render_index() -> str:
    """Return the page that lists the nouns, by use, and shows the options of every command."""
    groups = registry.by_use()
    parts = ["# Commands", _MADE]
    for use, nouns in groups.items():
        rows = (f"| [{noun}]({noun}.md) | {summary} |" for noun, summary in nouns)
        table = "\n".join(("| noun | summary |", "|---|---|", *rows))
        parts.append(table if use == "Commands" else f"## {use}\n\n{table}")
    parts.append(f"## The first page of help\n\n{_block(program_page(groups, _WIDTH))}")
    return "\n\n".join(parts) + "\n"


def render_commands(noun: str) -> str:
    """Return the page of a noun."""
    summary = dict(row for rows in registry.by_use().values() for row in rows)[noun]
    every = registry.commands(noun).values()
    parts = [f"# {noun}", f"{summary}."]
    if len(every) > 1:
        parts.append(
            "\n".join(f"- [{command.line}](#{_anchor(command.line)}): {command.summary}" for command in every)
        )
    for command in every:
        own = command_page(command, _WIDTH).partition("\n\nOptions of every command:")[0]
        anchor = (
            ""
            if command.line.replace("-", "").replace(" ", "").isalnum()
            else _ANCHOR.format(_anchor(command.line))
        )
        parts.append(f"{anchor}## {command.line}\n\n{_block(own)}")
    parts.append(f"Options of every command: [Commands](README.md#the-first-page-of-help). {_MADE}")
    return "\n\n".join(parts) + "\n"


def _anchor(line: str) -> str:
    return line.replace(" ", "-")


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"
