"""Help pages, from the declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from airflowctl.core.command import Command, Param
from airflowctl.core.options import COMMON, CONNECTION, PROGRAM
from airflowctl.core.param_values import all_choices, metavar, usage

MODES = """\
  airflowctl                       open the shell (on a terminal)
  airflowctl COMMAND [options]     run one command
  airflowctl -f FILE, or < FILE    run the commands in a file"""


def program_page(nouns: Mapping[str, Sequence[tuple[str, str]]], width: int) -> str:
    """`airflowctl --help`, with its nouns in groups by their titles."""
    parts = [
        "airflowctl: Apache Airflow 3 from the command line, over its REST API.",
        MODES,
        *(_section(title, rows, width) for title, rows in nouns.items()),
        _section("Options of every command", _options(COMMON), width),
        _section("Connection options of every command", _options(CONNECTION), width),
        _section("Options of airflowctl itself", _options(PROGRAM), width),
        "More about one command: airflowctl help dags trigger",
    ]
    return "\n\n".join(parts) + "\n"


def noun_page(noun: str, summary: str, commands: Sequence[Command], width: int) -> str:
    """`airflowctl help dags`."""
    rows = [(command.line, command.summary) for command in commands]
    text = f"{summary}." if summary.lower().startswith(f"{noun}:") else f"{noun}: {summary}."
    parts = [_fill(text, width), _section("Commands", rows, width), f"More: airflowctl help {rows[0][0]}"]
    return "\n\n".join(parts) + "\n"


def search_page(words: str, rows: Sequence[tuple[str, str]], width: int) -> str:
    """`airflowctl help failed`, where no command is called so."""
    text = _section(f"Commands about '{words}'", rows, width)
    return f"{text}\n\nMore about one: airflowctl help {rows[0][0]}\n"


def write_for_prompt(page: str) -> str:
    """Return a page as the shell shows it: its lines, but for those in an introduction, as they are typed
    there."""
    head, examples, rest = page.partition("\nExamples:\n")
    lines, gap, foot = rest.partition("\n\n")
    lines = "\n".join(f"  {line.strip().removeprefix('airflowctl ')}" for line in lines.splitlines())
    foot = foot.replace(": airflowctl --help", ": help")
    return f"{head}{examples}{lines}{gap}{foot}".replace(": airflowctl help ", ": help ")


def following_page(rows: Sequence[tuple[str, str]], width: int) -> str:
    """Return what can follow in a line that is being typed."""
    return _section("What can follow", rows, width) + "\n"


def keys_page(rows: Sequence[tuple[str, str]], width: int) -> str:
    """Return the keys of the shell."""
    return _section("Keys", rows, width) + "\n"


def param_rows(param: Param) -> list[tuple[str, str]]:
    """Return an argument, or an option with its value, and what is said of it."""
    return _options([param]) if param.flags else [(param.label, _description(param))]


def param_page(param: Param, line: str, width: int) -> str:
    """Return one parameter of a command, or of all."""
    more = f"More: help {line}".rstrip()
    return f"{_section('Option' if param.flags else 'Argument', param_rows(param), width)}\n\n{more}\n"


def command_page(command: Command, width: int) -> str:
    """`airflowctl help dags trigger`."""
    parts = [f"{usage(command)}\n\n{_fill(command.summary, width)}"]
    if command.about:
        parts.append(_fill(command.about, width))
    if command.danger:
        parts.append(_fill(f"Asks before it acts. {command.danger}", width))
    arguments = [param for param in command.arguments if not param.hidden]
    if arguments:
        parts.append(
            _section("Arguments", [(param.label, _description(param)) for param in arguments], width)
        )
    if command.options:
        parts.append(_section("Options", _options(command.options), width))
    if fields := _fields(command):
        title = "Fields, for --columns, --sort and --query:"
        parts.append(
            "\n".join((title, *(f"  {line}" for line in _wrap(", ".join(fields), min(width, 100) - 2))))
        )
    if command.examples:
        parts.append("Examples:\n" + "\n".join(f"  {example}" for example in command.examples))
    # A command's own option goes before one of every command with the same flag: the latter never works here.
    taken = {text for param in command.options for text in param.flags}
    parts.append(_section("Options of every command", _options(COMMON, taken), width))
    parts.append("More options, for certificates and the like: airflowctl --help")
    return "\n\n".join(parts) + "\n"


def _fields(command: Command) -> tuple[str, ...]:
    """Return the fields of what a command prints, as the server has them."""
    from airflowctl.api.answer_fields import printed_fields

    return printed_fields(command.line, command.op)


def _options(params: Iterable[Param], taken: Iterable[str] = ()) -> list[tuple[str, str]]:
    hidden = set(taken)
    rows = []
    for param in params:
        flags = [text for text in param.flags if text not in hidden]
        if flags and not param.hidden:
            rows.append((", ".join(flags) + _value_of_option(param), _description(param)))
        if param.no_flags and not param.hidden:
            rows.append((", ".join(param.no_flags), param.no_help))
    return rows


def _value_of_option(param: Param) -> str:
    if param.joined:
        return f"[={metavar(param)}]"
    return "" if param.switch else f" {_value(param)}"


def _value(param: Param) -> str:
    return f"[{metavar(param)}]" if param.implicit_value is not None else metavar(param)


def _description(param: Param) -> str:
    facts = []
    if param.choices:
        facts.append(f"One of {', '.join(all_choices(param))}.")
    if param.repeatable and param.flags:
        facts.append("May be given more than once.")
    return " ".join((param.help, *facts)).strip()


def _section(title: str, rows: Sequence[tuple[str, str]], width: int) -> str:
    # One long option must not push all explanations to the right edge; it has a line of its own.
    left = min(max((len(name) for name, _ in rows), default=0), 30)
    lines = [f"{title}:"]
    for name, text in rows:
        # Lines longer than this are hard to read, however wide the terminal is.
        wrapped = _wrap(text, max(20, min(width, 110) - left - 4)) or [""]
        if len(name) > left:
            lines.append(f"  {name}")
            name = ""
        lines.append(f"  {name:<{left}}  {wrapped[0]}".rstrip())
        lines += [f"  {'':<{left}}  {text}" for text in wrapped[1:]]
    return "\n".join(lines)


def _fill(text: str, width: int) -> str:
    return "\n".join(_wrap(text, min(width, 100)))


# textwrap brings `re`, which help needs for nothing else (decision 0011).
def _wrap(text: str, width: int) -> list[str]:
    lines = []
    rest = " ".join(text.split())
    while len(rest) > width:
        end = rest.rfind(" ", 0, width + 1)
        if end < 0:  # a word longer than a line stays whole
            end = rest.find(" ", width)
        if end < 0:
            break
        lines.append(rest[:end])
        rest = rest[end + 1 :]
    return [*lines, rest] if rest else lines
