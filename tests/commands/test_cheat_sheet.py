"""`cheat-sheet`: every command by one line."""

from __future__ import annotations

from airflowctl.session import registry
from tests.support.program import Program


def test_the_cheat_sheet_has_every_command(program: Program) -> None:
    found = program("cheat-sheet", "-o", "json").json
    assert len(found) == len(registry.all_commands())
    assert "pools delete NAME" in {row["command"] for row in found}
