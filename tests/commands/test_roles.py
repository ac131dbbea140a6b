"""`roles` and `permissions`, on a server that keeps them."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_results import check_refused, import_results, read_column
from tests.support.program import Program


def test_a_role_from_first_to_last(fab: Program, unique: str, tmp_path: Path) -> None:
    assert import_results(fab("roles", "create", unique, "-o", "json"), "name") == {unique: "created"}
    again = fab("roles", "create", unique, "-o", "json").json
    assert [(row["result"], bool(row["reason"])) for row in again] == [("skipped", True)]
    assert unique in read_column(fab("roles", "list"), "name")
    line = ("-r", "DAGs", "-a", "can_read", "-a", "can_edit")
    assert fab("roles", "add-perms", unique, *line).code == 0
    assert fab("roles", "del-perms", unique, "-r", "DAGs", "-a", "can_edit").code == 0
    rows = {row["name"]: row for row in fab("roles", "list", "-p", "-o", "json").json}
    assert rows[unique] == {"name": unique, "resource": "DAGs", "action": "can_read"}
    check_refused(fab("roles", "add-perms", unique, "-r", "nosuch", "-a", "can_read"), "nosuch")
    out = str(tmp_path / "roles.json")
    assert fab("roles", "export", out).code == 0
    assert import_results(fab("roles", "import", out, "-o", "json"), "name")[unique] == "skipped"
    overwrite = ("roles", "import", out, "--overwrite", "-o", "json")
    assert import_results(fab(*overwrite), "name")[unique] == "same"
    assert fab("roles", "add-perms", unique, "-r", "DAGs", "-a", "can_edit").code == 0
    assert import_results(fab(*overwrite, "--dry-run"), "name")[unique] == "would be changed"
    assert import_results(fab(*overwrite), "name")[unique] == "changed"
    assert import_results(fab(*overwrite), "name")[unique] == "same"
    assert import_results(fab("roles", "delete", unique, "-o", "json"), "name") == {unique: "deleted"}
    check_refused(fab("roles", "delete", unique), unique)
    assert import_results(fab("roles", "import", out, "-o", "json"), "name")[unique] == "created"
    assert fab("roles", "delete", unique).code == 0
    assert "can_read" in read_column(fab("permissions", "list"), "action")
