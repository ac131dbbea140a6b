"""Packages with plug-ins, as pip leaves them in a folder: metadata with entry points, and modules."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

AUTH, COMMANDS, OUTPUT = "airflowctl.auth", "airflowctl.commands", "airflowctl.output"

# A noun with a command that reads and one that changes. The file `marks/imported` beside it says that it was
# imported: in a folder of its own, since the time of the one above is looked at.
GREET = """
from pathlib import Path
from airflowctl.extensions import *

Path(__file__).with_name("marks").joinpath("imported").touch()

@command("greet list", "List the greetings.", LIMIT, op="get_pools", examples=("airflowctl greet list",))
def list_greetings(session: Session, limit: int | None) -> Rows:
    items = session.api.pages("get_pools", "pools", limit=limit)
    return Rows(({"name": item["name"], "words": "hello"} for item in items), ("name", "words"), "name")

@command(
    "greet drop", "Drop a greeting.", arg("name", "Its name.", complete="pool"), DRY_RUN,
    op="delete_pool", effect=effect(DELETE, "greeting", "name"), aliases=("greet remove",),
    invalidates=("pool",),
)
def drop(session: Session, name: str, dry_run: bool) -> Text:
    if not dry_run:
        session.api.call("delete_pool", pool_name=name)
    return Text(f"{name} is gone", {"name": name})

GREET = Commands(api=1, summary="Greetings, for those who come", commands=(list_greetings, drop))
"""


def install(
    folder: Path, package: str, points: dict[str, dict[str, str]], modules: dict[str, str] | None = None
) -> Path:
    """Install a package into a folder: entry points by group and name, the text of its modules by name."""
    info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "marks").mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in names.items())
        for group, names in points.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups))
    for name, text in (modules or {}).items():
        (folder / f"{name}.py").write_text(dedent(text))
    return folder


def install_greet(folder: Path, package: str = "greet-package") -> Path:
    """The noun `greet`, of the module `greet_module`."""
    return install(folder, package, {COMMANDS: {"greet": "greet_module:GREET"}}, {"greet_module": GREET})
