"""The colours that a user has chosen: a file of styles by name, or one of Pygments's styles."""

from __future__ import annotations

from airflowctl.core.errors import CliError, ConfigError, UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

BUILT_IN = ("auto", "dark", "light", "none")
FOLDER = "themes"
STYLES = (
    "prompt.user", "prompt.environment", "prompt.production", "prompt.used", "prompt.failed",
    "word.command", "word.option", "word.value", "word.argument", "word.unknown", "word.comment",
    "word.plumbing",
    "bottom-toolbar", "bottom-toolbar.text", "bottom-toolbar.failed", "bottom-toolbar.old",
    "bottom-toolbar.quiet",
    "hint", "hint.present", "hint.problem", "hint.success", "hint.failed", "hint.running",
    "form.name", "form.chosen", "form.problem", "form.quiet", "auto-suggestion",
    "completion-menu", "completion-menu.completion", "completion-menu.completion.current",
    "completion-menu.meta.completion", "completion-menu.meta.completion.current",
    "scrollbar.background", "scrollbar.button", "selected", "search", "search.current",
)  # fmt: skip
# The words of a line, as what Pygments calls the words of a program.
_TOKENS = {
    "word.command": "Keyword",
    "word.option": "Name.Attribute",
    "word.value": "Literal.String",
    "word.argument": "Name",
    "word.unknown": "Error",
    "word.comment": "Comment",
    "word.plumbing": "Operator",
}
_WORD = (
    r"(no)?(bold|italic|underline|strike|blink|reverse|hidden|dim)|noinherit"
    r"|((fg|bg):)?(default|ansidefault|ansi(bright)?(black|red|green|yellow|blue|magenta|cyan)"
    r"|ansi(white|gray)|#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6})"
)


class Theme(NamedTuple):
    """Styles by name, over those of a built-in theme."""

    base: str
    styles: Mapping[str, str]


def theme_names(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the user's own files."""
    from airflowctl.storage.private_files import config_folder

    try:
        files = config_folder(environ).list(FOLDER)
    except CliError:
        return []
    return sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml"))


def load_theme(name: str, environ: Mapping[str, str]) -> Theme:
    """Return the theme of that name: a built-in one, the user's file, or a style of Pygments. Raises
    ConfigError for what is wrong in a file, UsageError where there is none."""
    if name in BUILT_IN:
        return Theme(name, {})
    from airflowctl.storage.private_files import config_folder

    folder = config_folder(environ)
    path = folder.path(FOLDER, f"{name}.toml")
    content = folder.read(FOLDER, f"{name}.toml")
    if content is not None:
        return _parse_file(path, content)
    # Last: a file of the user's may have the name of one of Pygments' many.
    styles = _pygments_styles(name)
    if styles is None:
        known = ", ".join((*BUILT_IN, *theme_names(environ)))
        hint = f"it is one of {known}, a style of Pygments like monokai, or a file: {path}"
        raise UsageError(f"there is no theme '{name}'", hint)
    return Theme("auto", styles)


def _parse_file(path: str, content: bytes) -> Theme:
    import tomllib

    try:
        table: dict[str, Any] = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _broken(path, str(error)) from None
    unknown = next((key for key in table if key not in ("base", "pygments", "styles")), None)
    if unknown is not None:
        raise _broken(path, f"'{unknown}' is none of base, pygments and [styles]")
    base, pygments = table.get("base", "auto"), table.get("pygments")
    if base not in BUILT_IN:
        raise _broken(path, f"base: {base!r} is none of {', '.join(BUILT_IN)}")
    styles = {} if pygments is None else _pygments_styles(str(pygments))
    if styles is None:
        raise _broken(path, f"pygments: there is no style {pygments!r}")
    own = table.get("styles", {})
    if not isinstance(own, dict):
        raise _broken(path, "styles: it is no table")
    for key, style in own.items():
        _check_style(path, key, style)
    return Theme(base, {**styles, **own})


def _check_style(path: str, key: str, style: object) -> None:
    from difflib import get_close_matches
    from re import fullmatch

    if key not in STYLES:
        near = get_close_matches(key, STYLES, 1)
        words = f"; did you mean {near[0]}?" if near else f"; the names are {', '.join(STYLES)}"
        raise _broken(path, f"'{key}' is no name of a style{words}")
    if not isinstance(style, str):
        raise _broken(path, f"{key}: {style!r} is no text")
    wrong = next((word for word in style.split() if not fullmatch(_WORD, word)), None)
    if wrong is not None:
        raise _broken(path, f"{key}: '{wrong}' is no style; write like 'bold ansired bg:#002b36'")


def _broken(path: str, problem: str) -> ConfigError:
    return ConfigError(f"the theme {path} is damaged: {problem}", "fix or remove it")


def _pygments_styles(name: str) -> dict[str, str] | None:
    from pygments.styles import get_style_by_name
    from pygments.token import string_to_tokentype
    from pygments.util import ClassNotFound

    try:
        style = get_style_by_name(name)
    except ClassNotFound:
        return None
    return {
        key: _format_style(style.style_for_token(string_to_tokentype(token_type)))
        for key, token_type in _TOKENS.items()
    }


def _format_style(facts: Mapping[str, Any]) -> str:
    colour, background = facts["color"], facts["bgcolor"]
    words = [word for word in ("bold", "italic", "underline") if facts[word]]
    return " ".join(
        [*words, *([f"#{colour}"] if colour else []), *([f"bg:#{background}"] if background else [])]
    )
