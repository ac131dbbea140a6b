"""What Airflow 3 has changed in the configuration: the rules in lint_rules.json, and what breaks them."""

from __future__ import annotations

import os

from airflowctl.commands.config.reading import options
from airflowctl.core.command import command, opt
from airflowctl.core.converters import columns as listed
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


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
    about="By the rules of Airflow 3.3.2. As the classic command does, it exits 0 also where it finds some.",
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
    import json

    with open(os.path.join(os.path.dirname(__file__), "lint_rules.json"), encoding="utf-8") as file:
        rules: list[dict[str, Any]] = json.load(file)
    has = {(row["section"], row["option"]): row["value"] for row in options(session)}
    rows = [
        {"section": rule["section"], "option": rule["option"], "problem": problem}
        for rule in rules
        if (rule["section"], rule["option"]) in has
        and (not section or rule["section"] in section)
        and (not option or rule["option"] in option)
        and rule["section"] not in ignore_section
        and rule["option"] not in ignore_option
        and (problem := _problem(rule, has[rule["section"], rule["option"]]))
    ]
    return Rows(rows, ("section", "option", "problem"), "option", empty="it is ready for Airflow 3")


def _problem(rule: dict[str, Any], value: str) -> str:
    """In words, or nothing where the value is well."""
    told = _change(rule, value)
    advice = rule.get("suggestion", "")
    return f"{told}. {advice}".strip() if told and advice else told


def _change(rule: dict[str, Any], value: str) -> str:
    if "new_default" in rule:
        if value == str(rule["new_default"]):
            return ""
        return f"its default was {rule['old_default']} and is {rule['new_default']}; here it is {value}"
    if "renamed_to" in rule:
        return "it is now [{}] {}".format(*rule["renamed_to"])
    if rule.get("removed"):
        wanted = rule.get("remove_if_equals")
        return "it is gone" if wanted in (None, value) else ""
    invalid = rule.get("is_invalid_if")
    return f"{value} is not valid any more" if invalid is not None and value == str(invalid) else ""
