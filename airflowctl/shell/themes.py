"""The shell's colours, for a dark and for a light background; and none."""

from __future__ import annotations

from collections.abc import Mapping

from prompt_toolkit.styles import BaseStyle, Style

# Not SGR 90 ("bright black"): Solarized's palettes draw that in the colour of the background.
_GREY = "#808080"  # can be read on black and on white

ALWAYS = {
    "prompt.user": "bold",
    "word.command": "bold",
    "word.unknown": "underline",
    "bottom-toolbar": "noreverse",
    "hint.present": "bold",
    "form.name": "bold",
    "form.chosen": "reverse",
    # In the terminal's own colours: they can be read in any palette, and a row of a menu costs half as many
    # bytes.
    "completion-menu": "fg:default bg:default",
    "completion-menu.completion.current": "fg:default bg:default reverse",
    "completion-menu.meta.completion": "fg:default bg:default dim",
    "completion-menu.meta.completion.current": "fg:default bg:default reverse",
    "scrollbar.background": "bg:default",
    "scrollbar.button": "bg:default reverse",
}
DARK = {
    "prompt.environment": "ansicyan bold",
    "prompt.production": "bg:ansired ansiwhite bold",
    "prompt.used": "ansiyellow",
    "prompt.failed": "ansired",
    "word.option": "ansicyan",
    "word.value": "ansigreen",
    "word.unknown": "ansired underline",
    "word.comment": _GREY,
    "word.plumbing": "ansimagenta",
    "bottom-toolbar.text": "",
    "bottom-toolbar.failed": "ansired",
    "bottom-toolbar.old": _GREY,
    "bottom-toolbar.quiet": f"{_GREY} italic",
    "hint": "",
    "hint.problem": "ansired",
    "hint.success": "ansigreen",
    "hint.failed": "ansired",
    "hint.running": "ansicyan",
    "form.problem": "ansired",
    "auto-suggestion": _GREY,
    "form.quiet": _GREY,
}
LIGHT = {
    "prompt.environment": "ansiblue bold",
    "prompt.used": "ansimagenta",
    "word.option": "ansiblue",
    "hint.running": "ansiblue",
}
_AUTO = "auto"
_BASES = {"dark": ALWAYS | DARK, "light": ALWAYS | DARK | LIGHT, "none": ALWAYS}


def style_of(name: str, environ: Mapping[str, str], *, is_light: bool | None = None) -> BaseStyle:
    """Return the style of a theme; `is_light` is what the terminal said of its background. Raises CliError
    for a theme that cannot be had."""
    own: Mapping[str, str] = {}
    base = name
    if name not in (*_BASES, _AUTO):
        # Few users have a theme of their own, and the first prompt is not to wait for it.
        from airflowctl.output.theme_files import load_theme

        base, own = load_theme(name, environ)
    if base == _AUTO:
        base = "light" if is_light else "dark"
    return Style.from_dict({**_BASES[base], **own})
