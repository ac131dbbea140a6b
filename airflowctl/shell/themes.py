"""The shell's colours, for a dark and for a light background; and none."""

from __future__ import annotations

from prompt_toolkit.styles import BaseStyle, Style

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
    "word.comment": "ansibrightblack",
    "word.plumbing": "ansimagenta",
    "bottom-toolbar.text": "ansibrightblack",
    "bottom-toolbar.failed": "ansired",
    "bottom-toolbar.quiet": "ansibrightblack italic",
    "form.problem": "ansired",
    "form.quiet": "ansibrightblack",
}
_LIGHT = {
    "prompt.environment": "ansiblue bold",
    "prompt.used": "ansimagenta",
    "word.option": "ansiblue",
    "word.comment": "ansigray",
    # What is typed before it is known: the library's own grey cannot be seen on white.
    "auto-suggestion": "ansibrightblack",
}

THEMES: dict[str, BaseStyle] = {
    "dark": Style.from_dict(_ALWAYS | _DARK),
    "light": Style.from_dict(_ALWAYS | _DARK | _LIGHT),
    "none": Style.from_dict(_ALWAYS),
}
