"""The shell's colours, for a dark and for a light background; and none."""

from __future__ import annotations

from prompt_toolkit.styles import BaseStyle, Style

# Not SGR 90 ("bright black"): Solarized's palettes draw that in the colour of the background.
_GREY = "#808080"  # can be read on black and on white

_ALWAYS = {
    "prompt.user": "bold",
    "word.command": "bold",
    "word.unknown": "underline",
    "bottom-toolbar": "noreverse",
    "form.name": "bold",
    "form.chosen": "reverse",
}
_DARK = {
    "prompt.environment": "ansicyan bold",
    "prompt.production": "bg:ansired ansiwhite bold",
    "prompt.used": "ansiyellow",
    "word.option": "ansicyan",
    "word.value": "ansigreen",
    "word.unknown": "ansired underline",
    "word.comment": _GREY,
    "word.plumbing": "ansimagenta",
    "bottom-toolbar.text": "",
    "bottom-toolbar.failed": "ansired",
    "bottom-toolbar.old": _GREY,
    "bottom-toolbar.quiet": f"{_GREY} italic",
    "form.problem": "ansired",
    "auto-suggestion": _GREY,
    "form.quiet": _GREY,
}
_LIGHT = {
    "prompt.environment": "ansiblue bold",
    "prompt.used": "ansimagenta",
    "word.option": "ansiblue",
}

THEMES: dict[str, BaseStyle] = {
    "dark": Style.from_dict(_ALWAYS | _DARK),
    "light": Style.from_dict(_ALWAYS | _DARK | _LIGHT),
    "none": Style.from_dict(_ALWAYS),
}
