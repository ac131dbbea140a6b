"""How things are called in texts for people, and the lines that they may run next."""

from __future__ import annotations

import pytest

from airflowctl.core.param_values import metavar
from airflowctl.core.wording import format_count, format_list, instance_name
from airflowctl.domain.params import DRY_RUN, LIMIT, LIMIT_NEWEST, TEAM
from airflowctl.session import registry


def test_a_count_has_its_noun_in_the_right_number() -> None:
    assert [format_count(number, "run") for number in (0, 1, 2, 1200)] == [
        "0 runs",
        "1 run",
        "2 runs",
        "1,200 runs",
    ]


def test_of_many_names_some_are_told() -> None:
    assert format_list("abcba") == "a, b, c"
    assert format_list("abcdefg") == "a, b, c, d, e and 2 more"


def test_an_instance_has_its_index_where_it_is_one_of_several() -> None:
    assert instance_name({"task_id": "load"}) == "load"
    assert instance_name({"task_id": "load", "map_index": -1}) == "load"
    assert instance_name({"task_id": "load", "map_index": 2}) == "load[2]"


def test_the_same_option_is_told_in_the_same_words_everywhere() -> None:
    shared = {
        "--dry-run": {DRY_RUN.help},
        "--limit": {LIMIT.help, LIMIT_NEWEST.help},
        "--team-name": {TEAM.help},
    }
    for command in registry.all_commands():
        for option in command.options:
            if option.label in shared and not (option.label == "--limit" and option.default):
                assert option.help in shared[option.label], command.line


@pytest.mark.parametrize(
    ("option", "stands_for"),
    [("--run-id", "RUN_ID"), ("--task-id", "TASK_ID"), ("--dag-id", "DAG_ID"), ("--map-index", "N"),
     ("--limit", "N"), ("--bundle-name", "NAME"), ("--longer-than", "SECONDS"), ("--group", "GROUP_ID"),
     ("--try-number", "N")],
)  # fmt: skip
def test_the_value_of_an_option_has_the_same_name_everywhere(option: str, stands_for: str) -> None:
    """A part of the names that are meant is a TEXT."""
    options = [it for command in registry.all_commands() for it in command.options if it.label == option]
    assert {metavar(it) for it in options if not it.name.endswith("_pattern")} == {stands_for}
