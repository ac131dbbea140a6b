"""One name of a module means one thing, and no two modules differ by an underscore only."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    path.relative_to(ROOT).with_suffix("")
    for package in ("airflowctl", "completers")
    for path in sorted((ROOT / package).rglob("*.py"))
    if path.stem not in ("__init__", "__main__")
]
# Modules of one name on several floors that are about one thing. Those of commands/ are named by the words of
# commands (`tests/rules/test_command_files.py`), so a command may have the name of what it shows.
SAME = {
    "command_lookup": "finding commands by their words: what the parser wants of it, and a session's own",
    "console": "asking the user and running lines: what handlers want of it, and the one of the shell",
    "lookup": "finding what the arguments of a line name",
    "next_lines": "lines to run next: written where they are printed, by the session that they lead to",
    "subprompt": "the prompt within a command: its lines, and its drawing in the shell",
}


def test_a_name_of_a_module_means_one_thing() -> None:
    places = defaultdict(list)
    for module in MODULES:
        if module.parts[:2] != ("airflowctl", "commands"):
            places[module.name].append(str(module))
    assert {name: found for name, found in places.items() if len(found) > 1 and name not in SAME} == {}
    assert [name for name in SAME if len(places[name]) < 2] == [], "no longer a name of several"


def test_no_module_stands_beside_one_that_an_underscore_tells_apart() -> None:
    names = {(module.parent, module.name) for module in MODULES}
    names |= {(path.parent, path.name) for path, _ in names}  # a folder has a name as a file has
    assert [str(folder / name) for folder, name in sorted(names) if (folder, f"_{name}") in names] == []
    assert [str(folder / name) for folder, name in sorted(names) if name.startswith("_")] == []
