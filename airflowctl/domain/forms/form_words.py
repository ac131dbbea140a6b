"""The words of a line that was filled in: what the form has asked for, and what was typed beside it."""

from __future__ import annotations

from airflowctl.core.param_values import Reference, is_joined
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from airflowctl.core.command import Command, Param
    from airflowctl.core.parse import LineParser

    Filled = tuple[Param, str]  # as a line gives it: "yes" or "no" for a switch


def write_words(state: LineParser, filled: Sequence[Filled], asked: Collection[str]) -> list[str]:
    """Return the words of the line: what is filled in, and what was typed for parameters that the form does
    not ask for, which would be lost without a word."""
    command = state.command
    assert command is not None
    kept = [
        (param, text)
        for param, text in state.texts()
        if param.name not in asked or isinstance(text, Reference)
    ]
    pairs = sorted([*filled, *kept], key=lambda pair: command.params.index(pair[0]))
    options = [word for param, text in pairs for word in _option_words(command, param, text)]
    arguments = [text for param, text in pairs if _is_argument(param, text)]
    # Else a name such as -x would be read as an option.
    dashes = ["--"] if any(text.startswith("-") for text in arguments) else []
    return [*command.words, *options, *dashes, *arguments]


def _is_argument(param: Param, text: str) -> bool:
    return not param.flags and not isinstance(text, Reference)


def _option_words(command: Command, param: Param, text: str) -> Iterator[str]:
    if isinstance(text, Reference):
        ending = "_env" if text.kind == "variable" else "_file"
        param = next(
            each for each in command.params if each.refers == param.name and each.name.endswith(ending)
        )
    if not param.flags:
        return
    if param.switch and is_joined(text):
        yield f"{param.label}{text}"
    elif param.switch:
        yield param.no_flags[0] if text == "no" else param.flags[0]
    # As one word where the value begins like an option.
    elif text[:1] in ("-", ""):
        yield f"{param.label}={text}"
    else:
        yield from (param.label, str(text))
