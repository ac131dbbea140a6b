"""The options of the configuration and their values."""

from __future__ import annotations

from airflowctl.core.command import Param, arg, command, flag, opt
from airflowctl.core.converters import identifier, some_text
from airflowctl.core.errors import UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.session.session import Session


def _refused(*flags: str) -> Param:
    return flag(*flags, help="Refused: the API does not have it.", hidden=True)


def _options(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((str(one["key"]), "") for one in section.get("options", ()))


SECTION = names("config section", op="get_config", items="sections", key="name", fresh=300.0)
OPTION = names(
    "config option",
    op="get_config",
    items="sections",
    key="",
    scope={"section": "config section"},
    read=_options,
    fresh=300.0,
)
REFUSED = (
    _refused("-a", "--defaults"),
    _refused("-p", "--exclude-providers"),
    _refused("-d", "--include-descriptions"),
    _refused("--include-examples"),
    _refused("-s", "--include-sources"),
)


class ListValues(NamedTuple):
    """The values of `config list`."""

    section: str | None
    show_values: bool
    hide_sensitive: bool
    include_env_vars: bool
    comment_out_everything: bool
    defaults: bool
    exclude_providers: bool
    include_descriptions: bool
    include_examples: bool
    include_sources: bool


@command(
    "config list",
    "List the options of the API server's configuration.",
    opt("--section", help="Only this section.", complete="config section", convert=some_text, metavar="NAME"),
    flag("--show-values", help="Also the values; the server may hide what is secret."),
    flag("--hide-sensitive", help="For lines of the classic program: what is hidden, the server decides."),
    flag("-V", "--include-env-vars", help="Also the variable that sets an option."),
    flag("-c", "--comment-out-everything", help="For lines of the classic program: this is a table."),
    *REFUSED,
    op="get_config",
    about="The server shows it only with [api] expose_config = True or non-sensitive-only.",
    examples=("airflowctl config list --section core --show-values",),
)
def list_config(session: Session, values: ListValues) -> Rows:
    asked = next((param.shown for param in REFUSED if getattr(values, param.name)), "")
    if asked:
        raise UsageError(f"the API does not have what {asked} asks for", "on the server: airflow config list")
    columns = ["section", "option"]
    columns += ["value"] if values.show_values else []
    columns += ["variable"] if values.include_env_vars else []
    rows = (
        {name: row[name] for name in columns}
        for row in options(session, values.section)
    )  # fmt: skip
    return Rows(rows, tuple(columns), "option")


@command(
    "config get-value",
    "Print the value of one option.",
    arg(
        "section",
        "The section, like core.",
        complete="config section",
        convert=identifier,
        also=("--section",),
    ),
    arg(
        "option",
        "The option, like executor.",
        complete="config option",
        convert=identifier,
        also=("--option",),
    ),
    op="get_config_value",
    also=("config get",),
    examples=("airflowctl config get-value core executor",),
)
def get_value(session: Session, section: str, option: str) -> Text:
    answer = session.api.record("get_config_value", "sections", section=section, option=option)
    found = [one for part in answer["sections"] for one in part.get("options", ())]
    if not found:
        raise session.api.odd("get_config_value", "without the option")
    value = plain(found[0].get("value"))
    return Text(value, {"section": section, "option": option, "value": value})


def options(session: Session, section: str | None = None) -> Iterator[dict[str, str]]:
    """Every option with its section, its value and the variable that would set it."""
    answer = session.api.record("get_config", "sections", query={"section": section})
    for part in answer["sections"]:
        for one in part.get("options", ()):
            name, key = str(part["name"]), str(one["key"])
            variable = f"AIRFLOW__{name.upper().replace('.', '_').replace('-', '_')}__{key.upper()}"
            yield {"section": name, "option": key, "value": plain(one.get("value")), "variable": variable}


def plain(value: Any) -> str:
    """A value is a text, or a text and where it comes from."""
    value = value[0] if isinstance(value, list) and value else value
    return "" if value is None else str(value)
