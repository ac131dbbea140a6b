"""The calls of `airflow` in a shell text, also those in the texts that it gives to other shells."""

from __future__ import annotations

from itertools import pairwise

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.call import HOLDER, LOOKUP, Call, Use, Word
from airflowctl.domain.migration.fragment import mask
from airflowctl.domain.migration.shell_tree import inner_text, parse, text_of, walk, words_of
from airflowctl.domain.migration.shell_use import uses_of
from airflowctl.domain.migration.wrappers import is_module_call, unwrap
from airflowctl.domain.migration.written_names import MARKS, is_airflow, is_command_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from airflowctl.domain.migration.fragment import Fragment

SHELLS = ("sh", "bash", "dash", "zsh", "ksh", "ash")
_TEXT_AFTER = {"su": "-c", "runuser": "-c", "vagrant": "-c", "script": "-c", "flock": "-c"}
_LOOKUPS = ("which", "type", "hash", "whereis")
_DEEPEST = 5  # shells within shells
_ALL_WORDS = ('"$@"', "$@", '"$*"', "$*", '"${@}"')


def find_calls(
    fragment: Fragment, depth: int = 0, variables: Mapping[str, str] | None = None
) -> Iterator[Call]:
    """Yield the calls of a shell text in their order. `variables` are set around it, and hold lines that end
    with the program."""
    # Most texts name no Airflow, and parsing is what takes time.
    if not any(name in fragment.text for name in (*MARKS, *(variables or ()))):
        return
    # The grammar of shells would take the braces of a template for its own.
    fragment = mask(fragment)
    text = fragment.text
    root = parse(text).root_node
    holders = list(_holders(root, text))
    held = {name: word.text for name, word in holders}
    variables = {**(variables or {}), **held}
    yield from (
        Call(fragment, word, (), start=word.start, kind=HOLDER, variable=name) for name, word in holders
    )
    functions = _handing_functions(root, text)
    covered: list[tuple[int, int]] = []
    for node in walk(root):
        if node.type == "command":
            covered.append((node.start_byte, node.end_byte))
            yield from _calls_of(node, fragment, variables, functions, depth)
        elif node.type == "heredoc_body" and depth < _DEEPEST and _is_for_shell(node, text):
            yield from find_calls(fragment.part(node.start_byte, node.end_byte), depth + 1, variables)
    if root.has_error:
        yield from _calls_in_errors(fragment, covered, depth)


def _calls_in_errors(fragment: Fragment, covered: list[tuple[int, int]], depth: int) -> Iterator[Call]:
    """Yield the calls of lines that the grammar does not understand: each by itself."""
    start = 0
    for line in fragment.text.splitlines(keepends=True):
        end = start + len(line)
        is_known = any(start <= first < end or first <= start < last for first, last in covered)
        if not is_known and "airflow" in line and depth < _DEEPEST and line.strip() != fragment.text.strip():
            yield from find_calls(fragment.part(start, end), depth + 1)
        start = end


def _holders(root: Node, text: str) -> Iterator[tuple[str, Word]]:
    """Yield the variables that hold a line with `airflow` as its last word, and the functions that hand their
    words to it, with that word."""
    for node in walk(root):
        if node.type == "variable_assignment" and len(node.named_children) == 2:
            name, value = (text_of(child, text) for child in node.named_children)
            line = value.rstrip("\"')} ")
            last = line.split()[-1].lstrip("\"'(") if line.split() else ""
            if is_airflow(last) and is_program_name(name):
                end = node.named_children[1].start_byte + len(line)
                yield name, Word(last, last, end - len("airflow"), end)


def is_program_name(name: str) -> bool:
    """Return whether a variable may hold a program: one of a folder, a user or a schema often ends so too."""
    parts = name.lower().split("_")
    others = ("home", "dir", "path", "user", "db", "schema", "namespace", "name", "image", "service", "host",
              "container", "password", "release", "folder", "root", "group", "project", "pod")  # fmt: skip
    return not {*others, "database"} & set(parts)


def _handing_functions(root: Node, text: str) -> dict[str, str]:
    """Return the functions of a file that run their words: as those of `airflow`, or as a line of a shell."""
    functions = {}
    for node in walk(root):
        if node.type == "function_definition":
            name, body = text_of(node.named_children[0], text), text_of(node, text)
            if any(f"airflow {words}" in body for words in _ALL_WORDS):
                functions[name] = "airflow"
            elif any(words in body for words in (*_ALL_WORDS, "$1", "$2", "${1", "eval")):
                functions[name] = "shell"
    return functions


def _calls_of(
    node: Node,
    fragment: Fragment,
    variables: Mapping[str, str],
    functions: Mapping[str, str],
    depth: int,
) -> Iterator[Call]:
    text = fragment.text
    words = words_of(node, text)
    unwrapped = unwrap(words) if words else None
    if unwrapped is None:
        return
    index, through = unwrapped.position, unwrapped.through
    program = words[index]
    name = program.text.rpartition("/")[2]
    start = words[0].start
    if unwrapped.is_spoken:
        count = len(through[-1].split())
        spoken = Word(" ".join(through[-1].split()), "", program.start, words[index + count - 1].end)
        yield Call(fragment, spoken, words[index + count :], uses_of(node, text), through, start, True)
    elif is_airflow(program.text):
        yield _call(node, fragment, words, index, through)
    elif is_module_call(words, index):
        module = Word("airflow", words[index + 2].raw, words[index + 2].start, words[index + 2].end)
        through = (*through, "python -m")
        yield Call(fragment, module, words[index + 3 :], uses_of(node, text), through, start)
    elif variable := _variable(program, variables):
        yield _call(node, fragment, words, index, through)._replace(variable=variable)
    elif functions.get(name) == "airflow":
        yield _call(node, fragment, words, index, through)._replace(variable=name)
    elif functions.get(name) == "shell" and len(words) > index + 1 and is_airflow(words[index + 1].text):
        yield _call(node, fragment, words, index + 1, (*through, name))
    elif name in _LOOKUPS and len(words) > index + 1 and is_airflow(words[-1].text):
        yield _lookup(fragment, words[-1])
    elif is_image_call(words, index, through):
        spoken = Word("airflow", "", program.start, program.start)
        yield Call(fragment, spoken, words[index:], uses_of(node, text), through, start, True)
    elif (spoken_call := _composer_call(node, fragment, words, index)) is not None:
        yield spoken_call
    elif depth < _DEEPEST:
        quoted_words = [word for word in words[index + 1 :] if word.is_quoted and " " in word.text]
        for word in quoted_words if functions.get(name) == "shell" else shell_texts(words, index):
            inner = find_calls(inner_text(word, fragment), depth + 1, variables)
            around = uses_of(node, text)
            yield from (_add_uses(call, around) for call in inner)


def _call(
    node: Node, fragment: Fragment, words: tuple[Word, ...], index: int, through: tuple[str, ...]
) -> Call:
    # `command -v airflow` asks where the program is, and runs nothing.
    if through and through[-1] == "command" and index and words[index - 1].text in ("-v", "-V"):
        return _lookup(fragment, words[index])
    uses = uses_of(node, fragment.text)
    if _compares_code(node, fragment.text):
        uses = tuple(use._replace(compares_code=True) for use in uses)
    rest = words[index + 1 :]
    # The sign that ends -exec is a word of find.
    if "find -exec" in through and rest and rest[-1].text in (";", "+"):
        rest = rest[:-1]
    return Call(fragment, words[index], rest, uses, through, words[0].start)


def _lookup(fragment: Fragment, program: Word) -> Call:
    return Call(fragment, program, (), start=program.start, kind=LOOKUP)


def _variable(program: Word, variables: Mapping[str, str]) -> str:
    name = program.raw.strip('"').removeprefix("$").strip("{}()").partition("[")[0]
    return name if program.raw.strip('"')[:1] == "$" and name in variables else ""


def is_image_call(words: tuple[Word, ...], index: int, through: tuple[str, ...]) -> bool:
    """Return whether a container of Airflow gets the words of a command, before which its image puts the
    program."""
    if not through or not through[-1].endswith(" run") or not through[-1].startswith(("docker", "podman")):
        return False
    return "airflow" in words[index - 1].text and is_command_word(words[index].text)


def _composer_call(node: Node, fragment: Fragment, words: tuple[Word, ...], index: int) -> Call | None:
    """Return the call of `gcloud composer environments run NAME --location L dags trigger -- ID`."""
    names = [word.text for word in words]
    for position in range(index, len(names) - 3):
        if names[position : position + 3] == ["composer", "environments", "run"]:
            break
    else:
        return None
    rest, position = list(words[position + 3 :]), 0
    before: list[Word] = []
    # gcloud's own options come before the `--`; but for two they have a value.
    while position < len(rest) and rest[position].text != "--":
        if rest[position].text[:1] == "-":
            position += 1 if "=" in rest[position].text or rest[position].text in ("--quiet", "-q") else 2
        else:
            before.append(rest[position])
            position += 1
    program = Word("gcloud composer environments run", "", words[index].start, words[index].start)
    through = ("gcloud composer environments run",)
    call_words = (*before[1:], *rest[position + 1 :])
    return Call(fragment, program, call_words, uses_of(node, fragment.text), through, words[0].start, True)


def shell_texts(words: tuple[Word, ...], index: int) -> Iterator[Word]:
    """Yield the words of a line that a shell will read as a line of its own."""
    name = words[index].text.rpartition("/")[2]
    rest = words[index + 1 :]
    if name in SHELLS:
        position = next((number for number, word in enumerate(rest) if _gives_text(word.text)), None)
        yield from rest[position + 1 : position + 2] if position is not None else ()
    elif name in _TEXT_AFTER:
        yield from (after for word, after in pairwise(rest) if word.text == _TEXT_AFTER[name])
    elif name in ("eval", "watch", "trap", "ssh", "sshpass", "gcloud", "az", "aws", "time", "script", "at"):
        for word in rest:
            if word.text.startswith("--command="):
                length = len("--command=")
                if word.raw.startswith("--command=") and word.raw[length : length + 1] in "\"'":
                    yield word._replace(raw=word.raw[length:], start=word.start + length)
            elif " " in word.text and word.is_quoted:
                yield word


def _gives_text(option: str) -> bool:
    return option[:1] == "-" and option[:2] != "--" and option.endswith("c")


def _is_for_shell(body: Node, text: str) -> bool:
    """Return whether a here document is read by a shell, or is one's file."""
    if text_of(body, text).startswith("#!"):
        return "sh" in text_of(body, text).partition("\n")[0]
    redirect = body.parent
    statement = redirect.parent if redirect is not None else None
    if statement is None:
        return False
    commands = [
        node for node in walk(statement) if node.type == "command" and node.end_byte <= body.start_byte
    ]
    for command in commands:
        words = words_of(command, text)
        names = {word.text.rpartition("/")[2] for word in words}
        if names & {*SHELLS, "ssh", "su"} or "ssh" in names:
            return True
    return False


def _add_uses(call: Call, around: tuple[Use, ...]) -> Call:
    """Return a call within a text for a shell, whose output is read where that shell's is."""
    if call.kind == LOOKUP:
        return call
    uses = tuple(
        Use((*own.stages, *outer.stages), own.end or outer.end, own.text or outer.text, own.is_fed)
        if not own.end
        else own
        for own in call.uses
        for outer in around
    )
    return call._replace(uses=tuple(dict.fromkeys(uses)))


def _compares_code(command: Node, text: str) -> bool:
    """Return whether the line behind a command compares its exit code with a number other than 0."""
    import re

    node = command
    while node.parent is not None and node.parent.type in ("redirected_statement", "pipeline"):
        node = node.parent
    # Up to the next call: what is compared behind that is its own code.
    after = text[node.end_byte : node.end_byte + 200].partition("airflow ")[0]
    return bool(re.match(r"[^\n]*\n?[^\n]*\$\??\{?\?\}?[\"']?\s*(-eq|==|=)\s*[\"']?[1-9]", after))
