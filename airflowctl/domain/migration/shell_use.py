"""Who reads what a command of a shell text prints: pipes, files, variables, tests, loops."""

from __future__ import annotations

from functools import lru_cache

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration.call import CAPTURED, FILE, PARSED, TEST, Stage, Use
from airflowctl.domain.migration.shell_tree import parse, stage_of, text_of, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_STATEMENTS = (
    "if_statement",
    "while_statement",
    "for_statement",
    "case_statement",
    "test_command",
    "command",
)
_SILENT = ("/dev/null", "/dev/stderr", "/dev/tty", "/dev/stdout", "NUL", "$null")
_DEEPEST = 4  # variables that are made of variables: each has many uses
_ECHO = ("echo", "printf")
_TESTS = ("[", "[[", "test")


def uses_of(command: Node, text: str, depth: int = 0) -> tuple[Use, ...]:
    """Return each way in which a command's output is read; of a variable those of all its places."""
    stages: list[Stage] = []
    is_fed, node = False, command
    while (parent := node.parent) is not None:
        if parent.type == "redirected_statement" and node == parent.named_children[0]:
            target = _target(parent, text)
            if target is not None:
                return (Use(tuple(stages), _end_of(target), target, is_fed),)
        elif parent.type == "pipeline":
            members = parent.named_children
            index = members.index(node)
            is_fed = is_fed or (index > 0 and not stages)
            after = [inner for member in members[index + 1 :] for inner in _members(member)]
            stages += [stage_of(member, text) for member in after]
            targets = (_target_of(member, text) for member in members[index + 1 :])
            if target := next((candidate for candidate in targets if candidate is not None), None):
                return (Use(tuple(stages), _end_of(target), target, is_fed),)
        elif parent.type in ("command_substitution", "process_substitution"):
            return tuple(
                use._replace(stages=(*stages, *use.stages), is_fed=is_fed)
                for use in _uses_of_substitution(parent, text, depth)
            )
        elif parent.type == "function_definition":
            return tuple(
                use._replace(stages=(*stages, *use.stages)) for use in _uses_of_function(parent, text, depth)
            ) or (Use(tuple(stages), is_fed=is_fed),)
        node = parent
    return (Use(tuple(stages), is_fed=is_fed),)


def _members(member: Node) -> Iterator[Node]:
    """Yield the programs at a place of a pipe. Where its last one has a redirect and `&&` follows, the
    grammar takes all behind the first pipe together as a list."""
    inner = member.named_children[0] if member.named_children else None
    is_list = member.type == "list" or (member.type == "redirected_statement" and _holds_pipe(inner))
    if inner is not None and is_list:
        yield from _members(inner)
    elif member.type == "pipeline":
        for child in member.named_children:
            yield from _members(child)
    else:
        yield member


def _holds_pipe(node: Node | None) -> bool:
    return node is not None and node.type in ("pipeline", "list")


def _target_of(member: Node, text: str) -> str | None:
    """Return where a place of a pipe writes to; None where it writes into the next pipe."""
    node = member
    while node.type in ("list", "pipeline") and node.named_children:
        node = node.named_children[0 if node.type == "list" else -1]
    return _target(node, text) if node.type == "redirected_statement" else None


def _end_of(target: str) -> str:
    # A log is read by users and by no program.
    is_silent = target in _SILENT or "log" in target.lower() or target[:1] == "&"
    return "" if is_silent else FILE


def _target(statement: Node, text: str) -> str | None:
    """Return where standard output is redirected to; None where it is not."""
    for redirect in statement.named_children[1:]:
        raw = text_of(redirect, text).strip()
        if redirect.type == "file_redirect" and raw.lstrip("1&")[:1] == ">" and raw[:1] != "<":
            target = raw.lstrip("1&").lstrip(">|").strip().strip("\"'")
            return None if target in ("&1", "1") else target
    return None


def _uses_of_substitution(substitution: Node, text: str, depth: int) -> tuple[Use, ...]:
    node = substitution
    while (parent := node.parent) is not None:
        if parent.type == "variable_assignment":
            name = text_of(parent.named_children[0], text)
            return uses_of_variable(name, parent, text, depth + 1)
        if parent.type == "herestring_redirect":
            return _read_by(parent, text, depth)
        if parent.type == "file_redirect":  # `done < <(...)`
            return _read_by(parent, text, depth)
        if parent.type in _STATEMENTS:
            return _in_statement(parent, text, depth)
        node = parent
    return (Use(end=CAPTURED),)


def _read_by(redirect: Node, text: str, depth: int) -> tuple[Use, ...]:
    """Return the uses of what a command gets as its standard input."""
    statement = redirect.parent
    if statement is None:
        return (Use(end=CAPTURED),)
    reader = statement if statement.type == "command" else statement.named_children[0]
    after = uses_of(reader, text, depth + 1) if depth < _DEEPEST else (Use(end=CAPTURED),)
    stage = stage_of(reader, text)
    return tuple(use._replace(stages=(stage, *use.stages), is_fed=False) for use in after)


def _in_statement(statement: Node, text: str, depth: int) -> tuple[Use, ...]:
    if statement.type == "command":
        stage = stage_of(statement, text)
        if stage.program in _ECHO:
            return (
                tuple(use._replace(is_fed=False) for use in uses_of(statement, text, depth + 1))
                if depth < _DEEPEST
                else (Use(end=CAPTURED),)
            )
        if stage.program in _TESTS:
            return (Use(end=TEST, text=stage.text),)
        return (Use((stage,), CAPTURED, stage.text),)
    if statement.type == "for_statement":
        return (Use((Stage((), text_of(statement, text)),), PARSED, text_of(statement, text)),)
    return (Use(end=TEST, text=text_of(statement, text)),)


def uses_of_variable(name: str, assignment: Node, text: str, depth: int = 0) -> tuple[Use, ...]:
    """Return how the value of a variable is used behind where it is set."""
    uses: list[Use] = []
    if depth < _DEEPEST:
        for node in _expansions(name, assignment, text):
            uses += _uses_of_substitution(node, text, depth)
    # A variable that is set and never looked at may be read by a file that reads this one.
    return tuple(uses) or (Use(end=CAPTURED),)


def _expansions(name: str, assignment: Node, text: str) -> Iterator[Node]:
    for node in _names_in(text).variables.get(name, ()):
        if node.start_byte >= assignment.end_byte and node.parent is not None:
            yield node.parent


class _Names(NamedTuple):
    """Where the variables of a text are read, and the words with which its commands begin."""

    variables: dict[str, list[Node]]
    commands: dict[str, list[Node]]


@lru_cache(maxsize=4)  # of the text that is read, and of those within it: a walk for each name takes long
def _names_in(text: str) -> _Names:
    names = _Names({}, {})
    for node in walk(parse(text).root_node):
        is_read = node.parent is not None and node.parent.type in ("simple_expansion", "expansion")
        if node.type == "variable_name" and is_read:
            names.variables.setdefault(text_of(node, text), []).append(node)
        elif node.type == "command_name":
            names.commands.setdefault(text_of(node, text), []).append(node)
    return names


def _uses_of_function(definition: Node, text: str, depth: int) -> tuple[Use, ...]:
    """Return how the lines that call a function use what it prints."""
    name = text_of(definition.named_children[0], text)
    uses: list[Use] = []
    for node in _names_in(text).commands.get(name, ()):
        is_inside = definition.start_byte <= node.start_byte < definition.end_byte
        if node.parent is not None and not is_inside and depth < _DEEPEST:
            uses += uses_of(node.parent, text, depth + 1)
    return tuple(dict.fromkeys(uses))
