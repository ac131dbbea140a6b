"""The settings of a session: formats, colours, keys."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.settings import SETTINGS, setting
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


@command(
    "set",
    "Show the settings, or set one for this session.",
    arg(
        "name",
        "The setting.",
        default=None,
        choices=tuple(setting.name for setting in SETTINGS),
        complete="setting",
    ),
    arg("value", "The new value.", default=None, complete="setting value"),
    flag("--keep", help="Also keep it for later sessions."),
    session_only=True,
    examples=("airflowctl set", "airflowctl set output json", "airflowctl set keys vi --keep"),
)
def change(session: Session, name: str | None, value: str | None, keep: bool) -> Result:
    settings = session.parts.settings
    if name is None:
        rows = [_describe(setting.name, settings[setting.name]) for setting in SETTINGS]
        return Rows(rows, ("name", "value", "about"), "name", wide=("choices",))
    if value is None:
        return Record(_describe(name, settings[name]), "value")
    if name == "theme":
        from airflowctl.output.theme_files import load_theme

        load_theme(setting(name).check(value), session.streams.environ)
    settings[name] = value
    session.use_settings()
    if keep:
        from airflowctl.storage.preferences import SETTINGS as TABLE

        session.lookup.preferences.store(TABLE, name, value)
    return Text(f"{name} is {value}{' from now on' if keep else ''}", {"name": name, "value": value})


def _describe(name: str, value: str) -> dict[str, object]:
    known = setting(name)
    return {"name": name, "value": value, "choices": list(known.all_choices), "about": known.help}
