"""The server's configuration, if the server exposes it."""

from __future__ import annotations

from airflowctl.core.command import Param, arg, command, flag, opt
from airflowctl.core.converters import columns as listed
from airflowctl.core.converters import identifier, some_text
from airflowctl.core.errors import UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.session.session import Session


def _options(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((str(option["key"]), "") for option in section["options"])


# A configuration changes when a server restarts: five minutes old is new enough.
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


# Refused instead of passed over: a script that wants the defaults would read the values as such.
def _refused_flag(*flags: str) -> Param:
    return flag(*flags, help="Refused: the API does not provide it.", hidden=True, unsupported=True)


REFUSED = (
    _refused_flag("-a", "--defaults"),
    _refused_flag("-p", "--exclude-providers"),
    _refused_flag("-d", "--include-descriptions"),
    _refused_flag("--include-examples"),
    _refused_flag("-s", "--include-sources"),
)


@command(
    "config lint",
    "List the options of the API server's configuration that Airflow 3 has moved, removed or changed.",
    opt(
        "--section",
        help="Only these sections.",
        complete="config section",
        convert=listed,
        default=(),
        metavar="A,B",
    ),
    opt(
        "--option",
        help="Only these options.",
        complete="config option",
        convert=listed,
        default=(),
        metavar="A,B",
    ),
    opt(
        "--ignore-section",
        help="Not these sections.",
        complete="config section",
        convert=listed,
        default=(),
        metavar="A,B",
    ),
    opt(
        "--ignore-option",
        help="Not these options.",
        complete="config option",
        convert=listed,
        default=(),
        metavar="A,B",
    ),
    op="get_config",
    about="It uses the rules of Airflow 3.3.2. Like the classic command, it exits 0 even if it finds some.",
    classic="classic_server:lint_config",
    examples=(
        "airflowctl config lint",
        "airflowctl config lint --section core,scheduler",
    ),
)
def lint(
    session: Session,
    section: tuple[str, ...],
    option: tuple[str, ...],
    ignore_section: tuple[str, ...],
    ignore_option: tuple[str, ...],
) -> Rows:
    from airflowctl.domain.config_options import fetch_options
    from airflowctl.domain.config_rules import find_problems

    # The rules name options that were moved, so the filters apply to what the rules find, not to what is
    # read.
    has = {(row["section"], row["option"]): row["value"] for row in fetch_options(session)}
    rows = [
        row
        for row in find_problems(has)
        if (not section or row["section"] in section)
        and (not option or row["option"] in option)
        and row["section"] not in ignore_section
        and row["option"] not in ignore_option
    ]
    return Rows(rows, ("section", "option", "problem"), "option", empty="it is ready for Airflow 3")


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
    flag(
        # Accepted as it asks for less: with the server's own masks nothing more is shown than without it.
        "--hide-sensitive",
        help="Accepted for lines of the classic program; the server decides what is hidden.",
        unsupported=True,
    ),
    flag("-V", "--include-env-vars", help="Also the environment variable that sets an option."),
    flag(
        "-c",
        "--comment-out-everything",
        help="Accepted for lines of the classic program; the output is a table.",
        unsupported=True,
    ),
    *REFUSED,
    op="get_config",
    # Hidden is Airflow's default, and its 403 looks like one of a login with too few permissions.
    about="The server shows it only with [api] expose_config = True or non-sensitive-only.",
    classic="classic_server:list_config",
    examples=("airflowctl config list --section core --show-values",),
)
def list_config(session: Session, values: ListValues) -> Rows:
    from airflowctl.domain.config_options import fetch_options

    label = next((param.label for param in REFUSED if getattr(values, param.name)), "")
    if label:
        raise UsageError(f"the API does not have what {label} asks for", "on the server: airflow config list")
    # Values only when asked for: they may be secret, where the server does not mask them.
    columns = ["section", "option"]
    columns += ["value"] if values.show_values else []
    columns += ["variable"] if values.include_env_vars else []
    rows = (
        {name: row[name] for name in columns}
        for row in fetch_options(session, values.section)
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
        aliases=("--section",),
    ),
    arg(
        "option",
        "The option, like executor.",
        complete="config option",
        convert=identifier,
        aliases=("--option",),
    ),
    op="get_config_value",
    aliases=("config get",),
    classic="classic_server:get_config_value",
    examples=("airflowctl config get-value core executor",),
)
def get_value(session: Session, section: str, option: str) -> Text:
    from airflowctl.domain.config_options import text_of

    answer = session.api.record("get_config_value", "sections", section=section, option=option)
    result = [entry for part in answer["sections"] for entry in part["options"]]
    # An option that does not exist is 404; a section without its option is no answer of this operation.
    if not result:
        raise session.api.unexpected_response("get_config_value", "without the option")
    value = text_of(result[0].get("value"))
    return Text(value, {"section": section, "option": option, "value": value})
