"""A declaration that is refused when its file is imported: where it stands, and what is wrong with it."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


class DeclarationError(TypeError):
    """A file of commands that cannot be used; the message names the file, the command and the field."""


def with_location(error: Exception) -> DeclarationError:
    """Return the error of an import with the file, the line and the command in which it was raised."""
    import ast
    import os

    root = __file__.removesuffix(os.path.join("airflowctl", "core", "declarations.py"))
    where, step = "", error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_name == "<module>":
            path, number = step.tb_frame.f_code.co_filename, step.tb_lineno
            # Read only for an error: the position of a call is in no object at run time.
            with open(path, encoding="utf-8") as file:
                line = _line_of(ast.parse(file.read()), number)
            where = f"{path.removeprefix(root)}, line {number}: {f'{line}: ' if line else ''}"
        step = step.tb_next
    return DeclarationError(f"{where}{error}")


def _line_of(tree: Any, number: int) -> str:
    """Return the words of the command, or the kind, whose declaration spans a line of a file."""
    import ast

    indexes = {"command": 0, "same_as": 1, "names": 0}  # of the text that names what is declared
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.lineno <= number <= (node.end_lineno or 0):
            continue
        index = indexes.get(getattr(node.func, "id", ""), len(node.args))
        text = node.args[index] if index < len(node.args) else None
        if isinstance(text, ast.Constant):
            return str(text.value)
    return ""
