"""Lines to run next are made in one place: no text of the program spells one out itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from airflowctl.session import registry
from tests.rules.test_layers import FILES, ROOT, tree
from tests.support.rows import every_row

_LINE = re.compile(r"\bairflowctl (\{\}|--?[a-z]|[a-z-]+)")

# What reads like such a line and is none, or is the same wherever it is run; with the reason.
SPELLED_OUT = {
    "airflowctl/output/help.py": "a page of help is the same for every environment",
    "airflowctl/commands/tour.py": "the tour shows lines to read, of no server",
    "airflowctl/commands/api.py": "a page of help",
    "airflowctl/core/parse.py": "the words of today for old ones, without what the line says beside them",
    "airflowctl/commands/version.py": "the program's version",
    "airflowctl/main.py": "the program's version",
    "airflowctl/shell/first.py": "the program's version",
    "airflowctl/output/man_page.py": "a page of help",
}


def texts(path: Path) -> Iterator[str]:
    """The texts of a file, `{}` for what is put in; without docstrings and the examples of commands."""
    passed_over: set[int] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.keyword) and node.arg == "examples":
            passed_over.update(map(id, ast.walk(node)))
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            passed_over.update(map(id, ast.walk(node.body[0])))
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.JoinedStr):
            passed_over.update(map(id, node.values))
            yield "".join(str(it.value) if isinstance(it, ast.Constant) else "{}" for it in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def spelled_out(path: Path) -> list[str]:
    """The texts of a file in which the name of the program stands before what may be words of a line."""
    begins = {"{}", *registry.nouns()}
    return [
        text
        for text in texts(path)
        if any(word in begins or word.startswith("-") for word in _LINE.findall(text))
    ]


@every_row("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_spells_out_a_line_to_run(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    found = spelled_out(path)
    if name in SPELLED_OUT:
        assert found, f"{name} needs no exception any more"
    else:
        assert found == [], "write it with core.next_line.suggest, or it leads to another server"


def test_such_a_text_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "made.py"
    file.write_text(
        '"""airflowctl dags list"""\n'
        'a = "see: airflowctl dags list"\n'
        'b = f"see: airflowctl {a} list"\n'
        'c = "it is for airflowctl itself"\n'
        'd = f(examples=("airflowctl dags list",))\n'
        'e = "airflowctl -e prod"\n',
        encoding="utf-8",
    )
    assert spelled_out(file) == ["see: airflowctl dags list", "see: airflowctl {} list", "airflowctl -e prod"]
