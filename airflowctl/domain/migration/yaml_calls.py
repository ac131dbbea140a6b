"""Calls in YAML and JSON: workflows of CI, compose files, Kubernetes, Ansible."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.call import Word, is_masked
from airflowctl.domain.migration.fragment import whole
from airflowctl.domain.migration.list_calls import calls_of_list
from airflowctl.domain.migration.shell_calls import find_calls
from airflowctl.domain.migration.written_names import MARKS, is_airflow, is_command_word
from airflowctl.domain.migration.yaml_scalars import scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.nodes import Node, ScalarNode

    from airflowctl.domain.migration.call import Call
    from airflowctl.domain.migration.source_file import SourceFile

# Keys whose texts are lines of a shell.
_SHELL_KEYS = frozenset(
    ("run", "script", "before_script", "after_script", "command", "commands", "cmd", "cmds", "shell", "bash",
     "args", "entrypoint", "test", "exec", "inline", "inlineScript", "bash_command", "install",
     "before_install", "after_success", "argv", "sh", "build", "pre_build", "post_build", "onStart",
     "postCreateCommand", "postStartCommand", "powershell", "entry", "healthcheck", "line", "job", "startup")
)  # fmt: skip
_LIST_KEYS = frozenset(("command", "args", "entrypoint", "test", "cmd", "cmds", "argv", "exec"))
_WORDS_OF_PEOPLE = frozenset(
    ("name", "description", "title", "summary", "help", "message", "comment", "displayName", "label", "image",
     "if", "when", "doc", "notes", "text")
)  # fmt: skip
_MOST = 500_000  # nodes


def yaml_calls(file: SourceFile) -> Iterator[Call]:
    """Yield the calls of a YAML or JSON file."""
    nodes = _compose(file.text)
    if nodes is None:
        yield from _calls_of_lines(file)
        return
    seen: set[tuple[int, str]] = set()
    for node in nodes:
        yield from _calls_of(node, "", file, seen)


def _compose(text: str) -> list[Node] | None:
    """Return the documents of a file; None for what is no YAML, with its templates left out neither."""
    import yaml

    for source in (text, _without_templates(text)):
        try:
            return [node for node in yaml.compose_all(source, Loader=yaml.SafeLoader) if node is not None]
        except (yaml.YAMLError, RecursionError, ValueError):
            continue
    return None


def _without_templates(text: str) -> str:
    import re

    def fill(match: re.Match[str]) -> str:
        inside = "x" * len(match[0])
        line_start = text.rfind("\n", 0, match.start()) + 1
        line_end = text.find("\n", match.end())
        alone = not (text[line_start : match.start()] + text[match.end() : line_end]).strip(" -")
        return "#" + inside[1:] if alone else inside

    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", fill, text)


def _calls_of(node: Node, key: str, file: SourceFile, seen: set[tuple[int, str]]) -> Iterator[Call]:
    import yaml

    # An anchor is read once: it may hold itself, or lead to more nodes than could ever be read.
    if (id(node), key) in seen or len(seen) > _MOST:
        return
    seen.add((id(node), key))
    if isinstance(node, yaml.ScalarNode):
        if _is_shell(node, key):
            yield from find_calls(scalar_text(node, file.text))
    elif isinstance(node, yaml.SequenceNode):
        scalars = [item for item in node.value if isinstance(item, yaml.ScalarNode)]
        if key in _LIST_KEYS and len(scalars) == len(node.value):
            yield from _calls_of_list(scalars, file)
        for item in node.value:
            is_word = isinstance(item, yaml.ScalarNode) and key in _LIST_KEYS and len(item.value.split()) < 2
            yield from () if is_word else _calls_of(item, key, file, seen)
    elif isinstance(node, yaml.MappingNode):
        values = {name.value: value for name, value in node.value if isinstance(name, yaml.ScalarNode)}
        yield from _calls_of_container(values, file)
        for name, value in values.items():
            yield from _calls_of(value, name, file, seen)


def _is_shell(node: ScalarNode, key: str) -> bool:
    text = node.value.lstrip()
    if not any(mark in text for mark in MARKS) or key in _WORDS_OF_PEOPLE:
        return False
    if key in _SHELL_KEYS or key.endswith(".sh"):
        return True
    words = text.split(None, 2)
    return len(words) > 1 and is_airflow(words[0]) and is_command_word(words[1])


def _calls_of_container(values: dict[str, Node], file: SourceFile) -> Iterator[Call]:
    """Yield the calls that a container's command and arguments make together."""
    import yaml

    parts = [values.get("command") or values.get("entrypoint"), values.get("args") or values.get("command")]
    if parts[0] is None or parts[1] is None or parts[0] is parts[1]:
        return
    scalars: list[ScalarNode] = []
    for part in parts:
        items = part.value if isinstance(part, yaml.SequenceNode) else []
        scalars += [item for item in items if isinstance(item, yaml.ScalarNode)]
    yield from _calls_of_list(scalars, file)


def _calls_of_list(nodes: list[ScalarNode], file: SourceFile) -> Iterator[Call]:
    words = tuple(_word(node, file.text) for node in nodes)
    by_start = {word.start: node for word, node in zip(words, nodes, strict=True)}
    if words and words[0].text in ("CMD", "CMD-SHELL"):
        kind, words, nodes = words[0].text, words[1:], nodes[1:]
        if kind == "CMD-SHELL" and nodes:
            yield from find_calls(scalar_text(nodes[0], file.text))
            return
    yield from calls_of_list(
        words, whole(file.text), lambda word: scalar_text(by_start[word.start], file.text)
    )


def _word(node: ScalarNode, text: str) -> Word:
    start, end = node.start_mark.index, node.end_mark.index
    raw = text[start:end]
    is_open = "$" in node.value or "{{" in raw or is_masked(node.value)
    return Word(str(node.value), raw, start, end, is_open, True)


def _calls_of_lines(file: SourceFile) -> Iterator[Call]:
    """Yield the calls of a file that is no YAML, as one with templates in it: of each line by itself."""
    import re

    start = 0
    text = whole(file.text)
    for line in file.text.splitlines(keepends=True):
        match = re.match(r"\s*(?:-\s+)?(?:[\w.-]+:\s+)?[\"']?", line)
        first = start + (match.end() if match else 0)
        if "airflow" in line and not line.lstrip().startswith("#"):
            yield from find_calls(
                text.part(first, start + len(line.rstrip("\r\n\"'")))._replace(is_plain=False)
            )
        start += len(line)
