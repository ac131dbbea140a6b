"""From the texts of a parameter to its value, and to the words that stand for it."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, Command, Param
from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.command_lookup import Lookup

JOINED = "="  # before the value that a switch was given; without it the text is yes or no


def usage(command: Command) -> str:
    """`airflowctl dags get DAG_ID [options]`"""
    parts = ["airflowctl", command.line]
    for param in (entry for entry in command.arguments if not entry.hidden):
        text = param.label + ("..." if param.repeatable else "")
        parts.append(text if param.required else f"[{text}]")
    parts += [f"{param.flags[0]} {metavar(param)}" for param in command.options if param.required]
    return " ".join(parts) + " [options]"


def metavar(param: Param) -> str:
    """Return the word that stands for an option's value in help."""
    return param.metavar or param.name.upper()


def value(param: Param, texts: list[str]) -> Any:
    if param.switch:
        return _convert(param, texts[-1][1:]) if texts[-1].startswith(JOINED) else texts[-1] == "yes"
    values = tuple(_convert(param, text) for text in texts)
    # An option that is a list by itself, like --columns, adds up when it is given again.
    if not param.repeatable and isinstance(values[-1], tuple):
        return sum(values, ())  # of an option that is a list by itself, like --columns
    return values if param.repeatable else values[-1]


def _convert(param: Param, text: str) -> Any:
    try:
        return _checked(param, text if type(text) is str else str(text))
    except UsageError as error:
        error.word = text
        raise


def _checked(param: Param, text: str) -> Any:
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UsageError(f"{param.label}: the text is not valid UTF-8")
    if param.choices and text not in param.choices and text not in all_choices(param):
        raise UsageError(
            f"{param.label}: '{text}' is not one of {', '.join(all_choices(param))}",
            did_you_mean(text, all_choices(param)),
        )
    try:
        return param.convert(text)
    except ValueError as error:
        shown = "" if param.secret or text[:1] in ("{", "[") else f" '{text}'"  # JSON may hold a secret
        raise UsageError(f"{param.label}{shown}: {error}") from None


def usage_error(subject: str, text: str, choices: tuple[str, ...], problem: str = "") -> UsageError:
    """Return the error for a text that is none of these."""
    reason = f": {problem}" if problem else f" is not one of {', '.join(choices)}"
    return UsageError(f"{subject}: '{text}'{reason}", did_you_mean(text, choices))


def all_choices(param: Param) -> tuple[str, ...]:
    """Return the texts that a parameter may be, those of plug-ins last; none where it may be any."""
    return param.choices + param.more_choices()


def choices_hint(param: Param) -> str:
    return f"one of: {', '.join(all_choices(param))}" if param.choices else ""


def is_joined(text: str | None) -> bool:
    """Return whether it is the value of a switch that takes one, as in `-y=prod`."""
    return text is not None and text.startswith(JOINED)


class Reference(str):
    """The name of a file, or of a variable, that holds a value."""

    __slots__ = ("kind",)
    kind: str


def referred(param: Param, text: str) -> tuple[str, str]:
    """Return the parameter whose value an option gives, by its name, and the text for it."""
    if param.refers in ("", "@"):
        return param.name, text
    reference = Reference(text)
    reference.kind = "variable" if param.name.endswith("_env") else "file"
    return param.refers, reference


def read_references(param: Param, texts: list[str], lookup: Lookup) -> list[str]:
    """Return the texts of a parameter, with those that stand elsewhere read from there. Raises UsageError."""
    if any(isinstance(text, Reference) for text in texts) and len(texts) > 1:
        raise UsageError(f"{param.label} is given twice", "give the value, or one place where it is")
    return [_read_reference(param, text, lookup) for text in texts]


def _read_reference(param: Param, text: str, lookup: Lookup) -> str:
    try:
        if isinstance(text, Reference):
            return lookup.read_value(text.kind, str(text))
        if param.refers == "@" and type(text) is str and (text == "-" or text[:1] == "@"):
            return lookup.read_value("file", text.removeprefix("@"))
    except UsageError as error:
        error.word = text
        raise
    return text


def secret_texts(texts: list[tuple[Param, str]], command: Command | None) -> list[str]:
    """Return which of the texts that a line gives its command must not be kept or shown."""
    # Whether a name tells of a secret is asked of names only whose values a line holds.
    names = {param.secret for param, _ in texts if param.secret}
    if not names:  # most lines start sooner without the names of secrets
        return []
    from airflowctl.core.sensitive import is_sensitive_name

    telling = {param.name for param, text in texts if param.name in names and is_sensitive_name(text)}
    params = command.params if command else ()
    requests = {entry.name for entry in params if entry.repeatable and entry.secret}
    own = []
    for param, text in texts:
        if isinstance(text, Reference):
            continue  # it says where the secret is
        if param.secret == param.name:  # name=text, where key=my_password says what value=text is
            is_field = "=" in text and is_sensitive_name(text)
            is_value = text.startswith("value") and param.name in telling
            own += [text, text.partition("=")[2]] if is_value or is_field else []
        elif param.secret in requests and '"value"' in text:  # whose name may stand elsewhere
            own += [text, *text.partition('"value"')[2].split('"')[1:2]]
        elif param.secret == ALWAYS or param.secret in telling:
            own.append(text)
    return own


class ValueWord(str):
    """A word that is a value, whatever it begins with: it was put in for a `${NAME}`, and is no option."""

    __slots__ = ()


def has_dash(token: str) -> bool:
    """Return whether a token may be an option."""
    return token[:1] == "-" and type(token) is not ValueWord


def is_distance(token: str) -> bool:
    """`-1`, the newest run, or `-2h`, two hours ago: a value that begins with a dash."""
    return token[1:].rstrip("smhdw").isdigit()
