"""Calls in Python: lists and texts for subprocess, os.system, BashOperator."""

from __future__ import annotations

import ast

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.bare_lookup import bare_lookup
from airflowctl.domain.migration.call import CAPTURED, LOOKUP, PARSED, Call, Use, Word
from airflowctl.domain.migration.fragment import MASK, Fragment, join, whole
from airflowctl.domain.migration.list_calls import calls_of_list, with_uses
from airflowctl.domain.migration.shell_calls import find_calls
from airflowctl.domain.migration.text_literals import python_text
from airflowctl.domain.migration.written_names import MARKS, is_airflow, is_command_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflowctl.domain.migration.source_file import SourceFile

_RUNNERS = frozenset(
    ("system", "run", "call", "check_call", "Popen", "spawn", "run_command", "exec_run", "execute", "sh",
     "local", "sudo", "BashOperator", "SSHOperator", "DockerOperator", "KubernetesPodOperator",
     "exec_command", "split", "create_subprocess_shell", "create_subprocess_exec", "execvp", "execv",
     "invoke")
)  # fmt: skip
_READERS = frozenset(("check_output", "getoutput", "getstatusoutput", "popen"))
_KEYWORDS = frozenset(("bash_command", "command", "cmd", "cmds", "args", "arguments", "commands"))
_SAID = frozenset(
    ("print", "info", "debug", "warning", "error", "exception", "critical", "echo", "log", "write",
     "add_argument", "warn", "format", "fail", "skip", "secho", "option", "match")
)  # fmt: skip


class _Module:
    """A parsed file: its nodes with their parents, and where each stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self._lines = [0]
        self._lines += [offset + 1 for offset, letter in enumerate(text) if letter == "\n"]

    def span(self, node: ast.expr) -> tuple[int, int]:
        return self._offset(node.lineno, node.col_offset), self._offset(
            node.end_lineno or 0, node.end_col_offset or 0
        )

    def _offset(self, line: int, column: int) -> int:
        start = self._lines[line - 1]
        whole_line = self.text[start : start + column]
        # Columns are bytes of UTF-8.
        while len(whole_line.encode("utf-8", "surrogatepass")) > column:
            whole_line = whole_line[:-1]
        return start + len(whole_line)

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self.parents.get(node)


def python_calls(file: SourceFile) -> Iterator[Call]:
    """Yield the calls of a Python file. Raises ValueError where it is no Python of today."""
    try:
        module = _Module(file.text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ValueError(f"it is no Python of this version ({error.__class__.__name__})") from None
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _name(node.func) == "which" and node.args:
            yield from _lookup(node.args[0], module)
        elif isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1:
            yield from _calls_of_list(node, module)
        elif isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) and _is_outermost(node, module):
            yield from _calls_of_text(node, module)


def _is_outermost(node: ast.expr, module: _Module) -> bool:
    parent = module.parent(node)
    # A part of a text: the whole of it is looked at, once.
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add):
        return False
    if isinstance(parent, ast.JoinedStr | ast.FormattedValue):
        return False
    return not isinstance(node, ast.BinOp) or isinstance(node.op, ast.Add | ast.Mod)


def _lookup(node: ast.expr, module: _Module) -> Iterator[Call]:
    word = _word(node, module)
    if is_airflow(word.text):
        yield Call(whole(module.text), word, (), start=word.start, kind=LOOKUP)


def _calls_of_list(node: ast.List | ast.Tuple, module: _Module) -> Iterator[Call]:
    texts = [
        item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]
    if not any("airflow" in text or text == "astro" for text in texts):
        return
    words = tuple(_word(item, module) for item in node.elts)

    def inner(word: Word) -> Fragment | None:
        return python_text(module.text, word.start, word.end)

    for call in calls_of_list(words, whole(module.text), inner, _uses(node, module)):
        if not _is_other_list(call):
            yield call


def _is_other_list(call: Call) -> bool:
    """Return whether a list is no line, though `airflow` stands in it: names, parts of a path."""
    if not call.words or call.words[0].is_open:
        return False
    first = call.words[0].text
    is_word = first[:1] == "-" or is_command_word(first)
    return not is_word or (len(call.words) == 1 and _is_noun_alone(first))


def _is_noun_alone(text: str) -> bool:
    """Return whether a word is a noun, which is no line by itself."""
    from airflowctl.core.parse import parse_tokens

    state = parse_tokens((text,), bare_lookup())
    return state.command is None and bool(state.words)


def _word(item: ast.expr, module: _Module) -> Word:
    start, end = module.span(item)
    raw = module.text[start:end]
    if isinstance(item, ast.Constant) and isinstance(item.value, str):
        return Word(item.value, raw, start, end, False, True)
    return Word(raw, raw, start, end, True, not isinstance(item, ast.Starred))


def _calls_of_text(node: ast.expr, module: _Module) -> Iterator[Call]:
    fragment = _text(node, module)
    if fragment is None or " " not in fragment.text or not any(mark in fragment.text for mark in MARKS):
        return
    if not _is_for_shell(node, fragment.text, module):
        return
    yield from with_uses(find_calls(fragment), _uses(node, module))


def _text(node: ast.expr, module: _Module) -> Fragment | None:
    """Return a text that is put together, with marks for what is known only when it runs."""
    start, end = module.span(node)
    if isinstance(node, ast.Constant | ast.JoinedStr):
        is_text = isinstance(node, ast.JoinedStr) or isinstance(node.value, str)
        return python_text(module.text, start, end) if is_text else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left, module), _text(node.right, module)
        if left is None and right is None:
            return None
        middle = module.span(node.right)[0]
        before = left or join(((MASK, offset) for offset in range(start, module.span(node.left)[1])), middle)
        after = right or join(((MASK, offset) for offset in range(middle, end)), end)
        letters = [
            *zip(before.text, before.offsets, strict=False),
            *zip(after.text, after.offsets, strict=False),
        ]
        return join(letters, end)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _text(node.left, module)
    return None


def _is_for_shell(node: ast.expr, text: str, module: _Module) -> bool:
    """Return whether a text is a line of a shell: given to what runs one or, elsewhere, by how it begins."""
    parent = module.parent(node)
    keyword = parent.arg if isinstance(parent, ast.keyword) else ""
    parent = module.parent(parent) if isinstance(parent, ast.keyword) else parent
    if isinstance(parent, ast.Attribute):  # "...".format(), .strip(), .split()
        call = module.parent(parent)
        if isinstance(call, ast.Call) and parent.attr in ("format", "split", "strip"):
            return _is_for_shell(call, text, module)
    if isinstance(parent, ast.Expr | ast.Assert | ast.Raise):
        return False  # words for people
    if isinstance(parent, ast.Call):
        name = _name(parent.func)
        if name in _RUNNERS or name in _READERS or keyword in _KEYWORDS:
            return True
        # A message, or words for a parser of the file's own.
        if name in _SAID or name.endswith(("Error", "Exception")):
            return False
    words = text.split(None, 2)
    return len(words) > 1 and is_airflow(words[0]) and is_command_word(words[1])


def _name(function: ast.expr) -> str:
    return (
        function.attr
        if isinstance(function, ast.Attribute)
        else function.id
        if isinstance(function, ast.Name)
        else ""
    )


def _uses(node: ast.expr, module: _Module) -> tuple[Use, ...]:
    """Return who reads what a command prints."""
    # Its output goes to the log of the task, where no program reads it.
    if _is_bash_task(node, module):
        return (Use(),)
    calls = list(_calls_with(node, module))
    # Kept for what is elsewhere: that no program reads the output is not known.
    if not calls:
        return (Use(end=CAPTURED),)
    uses = []
    for call in calls:
        name = _name(call.func)
        options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        is_read = (
            name in _READERS or options.get("capture_output") == "True" or "PIPE" in options.get("stdout", "")
        )
        if not is_read and name not in _RUNNERS and not _KEYWORDS & set(options):
            uses.append(Use(end=CAPTURED))
        else:
            uses.append(Use(end=PARSED, text=_around(call, module)) if is_read else Use())
    return tuple(dict.fromkeys(uses))


def _is_bash_task(node: ast.AST, module: _Module) -> bool:
    """Return whether a text is what a function with `@task.bash` returns: the line that a worker runs."""
    current: ast.AST | None = node
    while current is not None and not isinstance(current, ast.stmt):
        current = module.parent(current)
    scope = _scope(current, module) if isinstance(current, ast.Return) else None
    decorators = scope.decorator_list if isinstance(scope, ast.FunctionDef) else []
    return any("task.bash" in ast.unparse(decorator) for decorator in decorators)


def _calls_with(node: ast.AST, module: _Module) -> Iterator[ast.Call]:
    """Yield the calls that get a text or list: that around it, or those that get its variable."""
    current: ast.AST | None = node
    while current is not None and not isinstance(current, ast.stmt):
        parent = module.parent(current)
        is_given = isinstance(parent, ast.Call) and current is not parent.func
        if (
            is_given
            and isinstance(parent, ast.Call)
            and _name(parent.func) not in ("split", "format", "join")
        ):
            yield parent
            return
        current = parent
    if isinstance(current, ast.Assign) and isinstance(current.targets[0], ast.Name):
        name = current.targets[0].id
        for call in ast.walk(_scope(current, module)):
            if isinstance(call, ast.Call):
                arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
                if any(isinstance(argument, ast.Name) and argument.id == name for argument in arguments):
                    yield call


def _scope(node: ast.AST, module: _Module) -> ast.AST:
    current: ast.AST | None = node
    while current is not None and not isinstance(
        current, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module
    ):
        current = module.parent(current)
    return current or module.tree


def _around(call: ast.Call, module: _Module) -> str:
    """Return the code that may look at what a call prints."""
    scope = _scope(call, module)
    return ast.unparse(scope) if not isinstance(scope, ast.Module) else module.text
