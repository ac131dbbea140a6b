"""What a person may set for a session: each setting is declared here, once."""

from __future__ import annotations

from collections.abc import Callable

from airflowctl.core.converters import timezone
from airflowctl.core.formats import FORMATS, extension_formats
from airflowctl.core.param_values import usage_error
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

ON, OFF = "on", "off"
SWITCH = (ON, OFF)
TOOLBAR_FIELDS = (
    "server", "version", "health", "user", "token", "last", "background", "names", "mode", "keys",
)  # fmt: skip


class Setting(NamedTuple):
    """`option` is the global option that it gives every line which does not say otherwise; the others are the
    shell's own. `choices` are all it may be, but for what `convert` takes."""

    name: str
    help: str
    default: str
    choices: tuple[str, ...] = ()
    option: str = ""
    convert: Callable[[str], Any] = str
    more_choices: Callable[[], tuple[str, ...]] = tuple

    @property
    def all_choices(self) -> tuple[str, ...]:
        """Return the texts that it may be, those of plug-ins last."""
        # Plug-ins are asked for last, and only where the choices are shown: their index is a file to read.
        return self.choices + self.more_choices()

    def check(self, text: str) -> str:
        """Return the value; raises UsageError."""
        if self.convert is str and text not in self.choices and text not in self.all_choices:
            raise usage_error(self.name, text, self.all_choices)
        try:
            self.convert(text)
        except ValueError as error:
            raise usage_error(self.name, text, self.choices, str(error)) from None
        return text

    def as_option(self, text: str) -> Any:
        """Return what the global option is then; None: as if it were not given."""
        # The setting is positive, the option of a line negative.
        if self.option == "no_pager":
            return text == OFF
        # As if it were not given, so that a variable of the environment still decides.
        return None if text == self.default else text


def _prompt(text: str) -> object:
    from airflowctl.core.prompt_format import parse_prompt

    return parse_prompt(text)


def _theme(text: str) -> str:
    """Return the name of a theme: a file of that name, which `core` does not read."""
    if not text.replace("-", "").replace("_", "").isalnum():
        raise ValueError("a name has letters, digits, - and _ only")
    return text


def toolbar_fields(text: str) -> tuple[str, ...]:
    """Return the parts of the bottom line that a setting names; none for off. Raises ValueError."""
    if text in SWITCH:
        return TOOLBAR_FIELDS if text == ON else ()
    fields = tuple(field.strip() for field in text.split(","))
    unknown = next((field for field in fields if field not in TOOLBAR_FIELDS), None)
    if unknown is not None:
        raise ValueError(f"'{unknown}' is none of its parts: {', '.join(TOOLBAR_FIELDS)}")
    return fields


SETTINGS = (
    Setting(
        "output",
        "Format of results; auto: a table here, tsv in a pipe.",
        "auto",
        ("auto", *FORMATS),
        "output",
        more_choices=extension_formats,
    ),
    Setting(
        "timezone",
        "Time zone of times in tables, by name.",
        "utc",
        ("utc", "local"),
        "timezone",
        convert=timezone,
    ),
    Setting("color", "When to use colours.", "auto", ("auto", "always", "never"), "color"),
    Setting("pager", "Use a pager for output that is longer than the screen.", ON, SWITCH, "no_pager"),
    Setting("confirm", "Ask before a line that loses data; in production always.", ON, SWITCH),
    Setting("timing", "Print how many rows each line showed, and how long it took.", OFF, SWITCH),
    Setting("numbers", "Number the rows of longer lists: $7 names the seventh.", ON, SWITCH),
    Setting("completion", "Complete the line while it is typed.", ON, SWITCH),
    Setting("suggestions", "Suggest the rest of an earlier line.", ON, SWITCH),
    Setting(
        "toolbar",
        "Show the bottom line, or only these parts of it, like health,last.",
        ON,
        (*SWITCH, *TOOLBAR_FIELDS),
        convert=toolbar_fields,
    ),
    Setting("hints", "Explain the line while it is typed, above the bottom line.", ON, SWITCH),
    Setting("keys", "The editor whose keys edit the line.", "emacs", ("emacs", "vi")),
    Setting(
        "theme",
        "Colours: auto asks the terminal for its background; or a file of yours, or a style of Pygments.",
        "auto",
        ("auto", "dark", "light", "none"),
        convert=_theme,
    ),
    Setting("prompt", "The prompt: text and {fields}.", "auto", ("auto",), convert=_prompt),
    Setting(
        "bell",
        "When a line ends that took over 10 s: notify the desktop too, or sound only.",
        ON,
        (ON, "sound", OFF),
    ),
)


def setting(name: str) -> Setting:
    """Return the setting of that name; raises UsageError."""
    match = next((entry for entry in SETTINGS if entry.name == name), None)
    if match is None:
        raise usage_error("setting", name, tuple(entry.name for entry in SETTINGS))
    return match


def values_of(name: str) -> tuple[str, ...]:
    """Return what may be offered for a setting."""
    return next((setting.all_choices for setting in SETTINGS if setting.name == name), ())


class Settings:
    """Those of one session: what was set in it, what the person keeps, and else the defaults."""

    def __init__(self, kept: dict[str, str]) -> None:
        self._values = kept

    def __getitem__(self, name: str) -> str:
        return self._values.get(name, setting(name).default)

    def __setitem__(self, name: str, value: str) -> None:
        self._values[name] = setting(name).check(value)

    def is_on(self, name: str) -> bool:
        return self[name] == ON

    def options(self) -> dict[str, Any]:
        """Return the global options that follow from those that the user set, by name."""
        return {
            setting.option: setting.as_option(self[setting.name])
            for setting in SETTINGS
            # Only what the user set: a default must not win over the options of the line that began the
            # session.
            if setting.option and setting.name in self._values
        }
