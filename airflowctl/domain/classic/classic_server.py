"""`airflow version`, `plugins`, `providers`, `config` and `assets`: what the classic command prints."""

from __future__ import annotations

from airflowctl.core.errors import NotFound
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.classic.classic_rows import (
    SILENT,
    list_properties,
    make_rows,
    read,
    read_items,
    rename,
)

if TYPE_CHECKING:
    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session

_ASSET = ("name", "uri", "group", "extra")


def show_version(session: Session, values: Values, run: Run) -> Text:
    """Return the version of the server."""
    return Text(session.api.version())


def show_providers(session: Session, values: Values, run: Run) -> Rows:
    """Return the providers."""
    return rename(read_items(run()), ("package_name", "description", "version"))


def show_provider(session: Session, values: Values, run: Run) -> Rows:
    """Return a list of one provider."""
    return rename(read_items(run()), ("Provider=package_name", "Version=version"))


def show_plugins(session: Session, values: Values, run: Run) -> Rows | Text:
    """Return the plugins; in a table only the columns in which one has something."""
    items = read_items(run())
    if not items:
        return Text("No plugins loaded")
    if session.options.output in (None, "table"):
        empty = {name for name in items[0] if not any(read(item, name) for item in items)}
        items = [{name: read(item, name) for name in item if name not in empty} for item in items]
    return make_rows(items)


def show_assets(session: Session, values: Values, run: Run) -> Rows:
    """Return assets, or aliases, with the columns of --columns."""
    columns = session.options.columns or _ASSET
    return make_rows(
        [{name: read(item, name) for name in item if name in columns} for item in read_items(run())]
    )


def show_asset(session: Session, values: Values, run: Run) -> Rows:
    """Return one asset."""
    (item,) = read_items(run())
    if "last_asset_event" in item:
        item["last_asset_event"] = None  # the classic command does not look for it
    return list_properties(item, session)


def get_config_value(session: Session, values: Values, run: Run) -> Text:
    """Return the value of an option; nothing where there is none."""
    try:
        result = run()
    except NotFound as error:
        session.output.note(error.message)
        return SILENT
    return Text((result.text if isinstance(result, Text) else "") or "\n")


def list_config(session: Session, values: Values, run: Run) -> Text:
    """Return the options as the text of a configuration file; without --show-values they are hidden."""
    if not values["show_values"]:
        session.output.note(
            "Values are hidden by default. Use `--show-values` to display them (may include sensitive data)."
        )
    sections: dict[str, list[str]] = {}
    try:
        options = read_items(run(show_values=True))
    except NotFound:  # of the section
        return Text("\n")
    for item in options:
        value = str(read(item, "value")) if values["show_values"] else ""
        prefix = "" if values["show_values"] and not values["comment_out_everything"] else "# "
        lines = value.replace("\n", f"\n{prefix}")
        sections.setdefault(str(read(item, "section")), []).append(
            f"{prefix}{read(item, 'option')} = {lines}\n"
        )
    return Text("".join(f"[{name}]\n{''.join(options)}\n" for name, options in sections.items()))


def lint_config(session: Session, values: Values, run: Run) -> Text:
    """Return what Airflow 3 has changed of the options that are set."""
    items = read_items(run())
    if not items:
        return Text("No issues found in your airflow.cfg. It is ready for Airflow 3!")
    lines = (f"  - {read(item, 'problem')}" for item in items)
    head, end = "Found issues in your airflow.cfg:", "Please update your configuration file accordingly."
    return Text("\n".join((head, *lines, "", end)))
