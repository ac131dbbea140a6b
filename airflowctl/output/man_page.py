"""Manual pages, as `man` reads them: from the declarations, and from the tables of the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from airflowctl import __version__
from airflowctl.core.command import Command, Param
from airflowctl.core.options import COMMON, CONNECTION, PROGRAM
from airflowctl.core.param_values import all_choices, metavar, usage
from airflowctl.output.help import MODES

_ABOUT = (
    "airflowctl talks to the REST API of Apache Airflow 3. Without a command it opens a shell on a terminal."
)
_TOPICS = "Pages on formats, batches, logging in and more: airflowctl help topics."


def program_page(groups: Mapping[str, Sequence[tuple[str, str]]], tables: Mapping[str, str]) -> str:
    """Return airflowctl(1). `groups` are the nouns with their summaries, `tables` Markdown texts by the title
    of the section in which their first table stands."""
    parts = [
        _head("airflowctl"),
        _section("NAME", "airflowctl \\- the command line and interactive shell for Apache Airflow 3"),
        ".SH SYNOPSIS\n.nf\n" + _escape(MODES) + "\n.fi",
        _section("DESCRIPTION", _escape(_ABOUT), _escape(_TOPICS)),
        *(_section(title.upper(), *map(_noun, rows)) for title, rows in groups.items()),
        _section("OPTIONS OF EVERY COMMAND", *_options((*COMMON, *CONNECTION))),
        _section("OPTIONS OF AIRFLOWCTL ITSELF", *_options(PROGRAM)),
        *(_section(title, *_table(text)) for title, text in tables.items()),
    ]
    return "\n".join(parts) + "\n"


def noun_page(noun: str, summary: str, commands: Iterable[Command]) -> str:
    """Return airflowctl-NOUN(1), with all commands of a noun."""
    parts = [
        _head(f"airflowctl-{noun}"),
        _section("NAME", f"airflowctl-{_escape(noun)} \\- {_escape(summary)}"),
        _section("DESCRIPTION", _escape("Each command has the options in airflowctl(1), too.")),
        ".SH COMMANDS",
        *(_command(command) for command in commands),
        _section("SEE ALSO", "\\fBairflowctl\\fR(1)"),
    ]
    return "\n".join(parts) + "\n"


def _noun(row: tuple[str, str]) -> str:
    return _item(f"\\fBairflowctl-{_escape(row[0])}\\fR(1)", f"{row[1]}.")


def _head(name: str) -> str:
    title, version = _escape(name.upper()), _escape(f"airflowctl {__version__}")
    return f'.TH "{title}" 1 "" "{version}" "airflowctl"'


def _section(title: str, *paragraphs: str) -> str:
    return f".SH {title}\n" + "\n.PP\n".join(text.removeprefix(".PP\n") for text in paragraphs)


def _command(command: Command) -> str:
    from airflowctl.api.answer_fields import printed_fields

    words = [command.summary, command.about]
    if command.danger:
        words.append(f"Asks before it acts. {command.danger}")
    parts = [f".SS {_escape(command.line)}", f".nf\n\\fB{_escape(usage(command))}\\fR\n.fi"]
    parts += [f".PP\n{_escape(text)}" for text in words if text]
    arguments = [param for param in command.arguments if not param.hidden]
    parts += [_item(f"\\fI{_escape(param.label)}\\fR", _description(param)) for param in arguments]
    parts += _options(command.options)
    if fields := printed_fields(command.line, command.op):
        parts.append(f".PP\nFields: {_escape(', '.join(fields))}")
    if command.examples:
        parts.append(".PP\nExamples:\n.nf\n.RS\n" + "\n".join(map(_escape, command.examples)) + "\n.RE\n.fi")
    return "\n".join(parts)


def _options(params: Iterable[Param]) -> list[str]:
    return [
        _option(param, flags, text) for param in params if not param.hidden for flags, text in _sides(param)
    ]


def _sides(param: Param) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the flags of an option with what they do, and those of its opposite."""
    yield param.flags, _description(param)
    if param.no_flags:
        yield param.no_flags, param.no_help


def _option(param: Param, flags: Sequence[str], text: str) -> str:
    shown = ", ".join(f"\\fB{_escape(flag)}\\fR" for flag in flags)
    value = "" if param.switch and not param.joined else f" \\fI{_escape(metavar(param))}\\fR"
    return _item(shown + value, text)


def _item(name: str, text: str) -> str:
    # An empty line would end the item: \& is a line with nothing in it.
    return f".TP\n{name}\n{_escape(text) or chr(92) + '&'}"


def _description(param: Param) -> str:
    choices = f" One of {', '.join(all_choices(param))}." if param.choices else ""
    return f"{param.help}{choices}"


def _table(markdown: str) -> Iterator[str]:
    """Yield the rows of the first table of a Markdown text as items."""
    rows = [line.strip().strip("|").split(" | ") for line in markdown.splitlines() if line.startswith("| ")]
    for name, text in ((row[0].strip(), " | ".join(row[1:]).strip()) for row in rows[1:]):
        yield _item(f"\\fB{_escape(_plain(name))}\\fR", _plain(text))


def _plain(markdown: str) -> str:
    """Return Markdown without its marks; of a link its text."""
    text = markdown.replace("`", "").replace("**", "")
    while "](" in text and "[" in text[: text.index("](")]:
        end = text.index("](")
        begin, close = text.rindex("[", 0, end), text.find(")", end)
        text = text[:begin] + text[begin + 1 : end] + text[close + 1 :]
    return text


def _escape(text: str) -> str:
    """Return a text as roff prints it: nothing in it is a request, a dash is one that can be searched for."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)
