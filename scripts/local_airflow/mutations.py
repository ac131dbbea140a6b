"""Small faults to put into a source file, each at one place: what scripts/mutants samples from."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

_COMPARED: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
}
_CHANGED_THEMSELVES = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Constant)


class Mutation(NamedTuple):
    """A fault: `before` stands in `source` from `start` to `end` (offsets in UTF-8), `after` in its place."""

    path: Path
    line: int
    kind: str
    start: int
    end: int
    before: str
    after: str

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.after.encode() + source[self.end :]


def find_mutations(path: Path) -> list[Mutation]:
    """Every fault that can be put into this file."""
    source = path.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for node in _executable_nodes(ast.parse(source)):
        for part, kind, after in _changes(node):
            start = starts[part.lineno - 1] + part.col_offset
            end = starts[(part.end_lineno or part.lineno) - 1] + (part.end_col_offset or 0)
            found.append(Mutation(path, part.lineno, kind, start, end, source[start:end].decode(), after))
    return found


def _executable_nodes(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    """The nodes of functions, in order: no docstring, annotation, default or part of an f-string, whose
    position Python 3.11 does not know."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = {
        id(part) for node in functions for part in ast.walk(node) if part is not node and part in functions
    }
    waiting: list[ast.AST] = [
        part for node in functions if id(node) not in inner for part in reversed(node.body)
    ]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.extend(reversed(node.body))
            continue
        if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.expr | ast.stmt):
            yield node
        skipped = node.annotation if isinstance(node, ast.AnnAssign) else None
        waiting.extend(child for child in ast.iter_child_nodes(node) if child is not skipped)


def _changes(node: ast.expr | ast.stmt) -> Iterator[tuple[ast.expr | ast.stmt, str, str]]:
    """What to replace of a node, the kind of fault, and by what."""
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, _CHANGED_THEMSELVES):
        yield node.test, "condition", f"not ({ast.unparse(node.test)})"
    change = _CHANGES.get(type(node))
    if change is not None:
        yield from ((node, kind, after) for kind, after in change(node))


def _comparison(node: ast.Compare) -> Iterator[tuple[str, str]]:
    swapped = _COMPARED[type(node.ops[0])]
    yield "comparison", ast.unparse(ast.Compare(node.left, [swapped, *node.ops[1:]], node.comparators))


def _bool_op(node: ast.BoolOp) -> Iterator[tuple[str, str]]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    # A chain of comparisons and of the other operator keeps its meaning by the brackets.
    yield "and-or", f"({ast.unparse(ast.BoolOp(other, node.values))})"


def _unary_op(node: ast.UnaryOp) -> Iterator[tuple[str, str]]:
    if isinstance(node.op, ast.Not):
        yield "not", f"bool({ast.unparse(node.operand)})"


def _constant(node: ast.Constant) -> Iterator[tuple[str, str]]:
    if isinstance(node.value, bool):
        yield "constant", str(not node.value)
    elif isinstance(node.value, int | float):
        yield "constant", repr(node.value + 1)


def _slice(node: ast.Slice) -> Iterator[tuple[str, str]]:
    if node.lower is not None:
        yield "slice", ast.unparse(ast.Slice(None, node.upper, node.step))
    if node.upper is not None:
        yield "slice", ast.unparse(ast.Slice(node.lower, None, node.step))


def _return(node: ast.Return) -> Iterator[tuple[str, str]]:
    # None for nothing is the same to most callers; of a bool the constant is a fault of its own.
    is_nothing = isinstance(node.value, ast.Constant) and not node.value.value
    if node.value is not None and not is_nothing:
        yield "return", "return None"


def _raise(node: ast.Raise) -> Iterator[tuple[str, str]]:
    yield "raise removed", "pass"


def _statement(node: ast.Expr) -> Iterator[tuple[str, str]]:
    if isinstance(node.value, ast.Call):
        yield "call removed", "pass"


_CHANGES: dict[type[ast.AST], Callable[..., Iterator[tuple[str, str]]]] = {
    ast.Compare: _comparison,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary_op,
    ast.Constant: _constant,
    ast.Slice: _slice,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Expr: _statement,
}
