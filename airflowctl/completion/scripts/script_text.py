"""Writes the script of a shell: its template, with the words of all commands put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from airflowctl import __version__
from airflowctl.completion.scripts.static_words import StaticOption, StaticPlace, global_options, places
from airflowctl.completion.shell_answer import BASH, FISH, POWERSHELL, ZSH

_ENDINGS = {BASH: "bash", ZSH: "zsh", FISH: "fish", POWERSHELL: "ps1"}


def render_script(shell: str) -> str:
    """Return the script by which a shell completes."""
    from importlib.resources import files

    template = files("airflowctl.completion.scripts") / f"airflowctl.{_ENDINGS[shell]}"
    text, everywhere = template.read_text(encoding="utf-8"), global_options()
    write = _WRITERS[shell]
    parts = {
        "@VERSION@": __version__,
        "@DATA@": "\n".join(write(place) for place in places()),
        "@GLOBAL@": _codes(everywhere, " " if shell != FISH else "'"),
        "@GLOBAL_NOTES@": _global_notes(shell, everywhere),
    }
    # Not str.format, as the scripts are full of braces.
    for mark, value in parts.items():
        text = text.replace(mark, value)
    return text


def _quote(text: str) -> str:
    """Return a text in single quotes, as bash and zsh read it."""
    return "'" + text.replace("'", "'\\''") + "'"


def _quote_for_fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _quote_for_powershell(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _row_for_powershell(pair: tuple[str, str]) -> str:
    # A tab within single quotes would be two letters.
    return f"({_quote_for_powershell(pair[0])} + [char]9 + {_quote_for_powershell(pair[1])})"


def _row_for_fish(pair: tuple[str, str]) -> str:
    return f"{_quote_for_fish(pair[0])}\\t{_quote_for_fish(pair[1])}"


def _code(option: StaticOption) -> str:
    # One that is not offered stands there too, so that its value is not taken for an argument.
    return (
        f"{option.flag}:{'' if option.is_offered or not option.flag.startswith('--') else 'h'}{option.code}"
    )


def _codes(options: Iterable[StaticOption], around: str) -> str:
    if around == "'":
        return " ".join(_quote_for_fish(_code(option)) for option in options)
    return f"{around}{' '.join(map(_code, options))}{around}"


def _noted(place: StaticPlace) -> list[tuple[str, str]]:
    """Return the options of a place that are offered, each with what it is about."""
    return [(option.flag, option.help) for option in place.options if option.is_offered]


def _write_bash(place: StaticPlace) -> str:
    lines = "|".join(map(_quote, place.lines))
    words = " ".join(word for word, _ in place.words)
    options = _codes(place.options, " ")
    return f"        {lines}) w={_quote(words)} o={_quote(options)} a={_quote(' '.join(place.arguments))} ;;"


def _write_zsh(place: StaticPlace) -> str:
    lines = "|".join(map(_quote, place.lines))
    words = " ".join(word for word, _ in place.words)
    options = _codes(place.options, " ")
    notes = " ".join(_quote(f"{word}:{note}") for word, note in (*place.words, *_noted(place)))
    arguments = _quote(" ".join(place.arguments))
    return f"        ({lines}) w={_quote(words)} o={_quote(options)} a={arguments} n=({notes}) ;;"


def _write_fish(place: StaticPlace) -> str:
    return "\n".join(
        (
            f"        case {' '.join(map(_quote_for_fish, place.lines))}",
            f"            set __airflowctl_w {' '.join(map(_row_for_fish, place.words))}",
            f"            set __airflowctl_o {_codes(place.options, chr(39))}",
            f"            set __airflowctl_a {' '.join(place.arguments)}",
            f"            set __airflowctl_n {' '.join(map(_row_for_fish, _noted(place)))}",
        )
    )


def _write_powershell(place: StaticPlace) -> str:
    words, notes = (", ".join(map(_row_for_powershell, rows)) for rows in (place.words, _noted(place)))
    arguments = ", ".join(map(_quote_for_powershell, place.arguments))
    options = _quote_for_powershell(_codes(place.options, " "))
    data = f"@{{ w = @({words}); o = {options}; a = @({arguments}); n = @({notes}) }}"
    return "\n".join(f"    {_quote_for_powershell(line)} = {data}" for line in place.lines)


def _global_notes(shell: str, options: Iterable[StaticOption]) -> str:
    pairs = [(option.flag, option.help) for option in options if option.is_offered]
    if shell == ZSH:
        return "\n".join(f"    {_quote(f'{flag}:{note}')}" for flag, note in pairs)
    if shell == FISH:
        return " ".join(map(_row_for_fish, pairs))
    if shell == POWERSHELL:
        return "\n".join(f"    {_row_for_powershell(pair)}" for pair in pairs)
    return ""


_WRITERS: dict[str, Callable[[StaticPlace], str]] = {
    BASH: _write_bash,
    ZSH: _write_zsh,
    FISH: _write_fish,
    POWERSHELL: _write_powershell,
}
