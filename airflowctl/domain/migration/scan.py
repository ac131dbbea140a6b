"""The calls of files, and what becomes of each."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration import source_file
from airflowctl.domain.migration.call import CALL, HOLDER, LOOKUP
from airflowctl.domain.migration.docker_calls import docker_calls
from airflowctl.domain.migration.fragment import join
from airflowctl.domain.migration.groovy_calls import groovy_calls
from airflowctl.domain.migration.judge import judge
from airflowctl.domain.migration.make_calls import make_calls
from airflowctl.domain.migration.python_calls import python_calls
from airflowctl.domain.migration.shell_calls import find_calls
from airflowctl.domain.migration.source_file import SourceFile, find_files, read_file
from airflowctl.domain.migration.verdict import LOCAL, UNSURE, Verdict
from airflowctl.domain.migration.windows_calls import windows_calls
from airflowctl.domain.migration.written_names import MARKS
from airflowctl.domain.migration.yaml_calls import yaml_calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from airflowctl.domain.migration.call import Call


_KEEP = "airflowctl: keep"
_MOST_COMMENTS = 20


class Finding(NamedTuple):
    """A call, where it stands, and its verdict. `is_kept`: a comment of the file says that it is right."""

    file: SourceFile
    line: int
    column: int
    call: Call
    verdict: Verdict
    is_kept: bool = False

    @property
    def must_change(self) -> bool:
        """Whether something has to be done about the call."""
        return self.verdict.must_change and not self.is_kept


def shell_calls(file: SourceFile) -> Iterator[Call]:
    """Yield the calls of a shell script."""
    letters = ((letter, offset) for offset, letter in enumerate(file.text) if letter != "\r")
    yield from find_calls(join(letters, len(file.text), is_plain=True))


_READERS: dict[str, Callable[[SourceFile], Iterator[Call]]] = {
    source_file.SHELL: shell_calls,
    source_file.MAKE: make_calls,
    source_file.DOCKER: docker_calls,
    source_file.YAML: yaml_calls,
    source_file.PYTHON: python_calls,
    source_file.GROOVY: groovy_calls,
    source_file.POWERSHELL: windows_calls,
    source_file.BATCH: windows_calls,
}


def find_in(file: SourceFile) -> list[Finding]:
    """Return the calls of a file in their order."""
    reader = _READERS.get(file.kind)
    if reader is None or not any(mark in file.text for mark in MARKS):
        return []
    call_at: dict[int, Call] = {}
    for call in reader(file):
        # A list and the text in it may both be read: the longer of two calls at a place is the whole one.
        if call.offset not in call_at or len(call.words) > len(call_at[call.offset].words):
            call_at[call.offset] = call
    calls = sorted(call_at.items())
    findings = [
        Finding(file, *file.position(offset), call, judge(call), _is_kept(file.text, offset))
        for offset, call in calls
    ]
    return [_with_others(finding, findings) for finding in findings]


def _with_others(finding: Finding, findings: Sequence[Finding]) -> Finding:
    """Return a finding about a program's name, which depends on the calls that are made by it."""
    kind, variable = finding.call.kind, finding.call.variable
    calls = [other for other in findings if other.call.kind == CALL]
    if kind == HOLDER:
        calls = [other for other in calls if other.call.variable == variable]
    local = [other for other in calls if other.verdict.word == LOCAL]
    if kind == HOLDER and local and len(local) == len(calls):
        return finding._replace(verdict=Verdict(LOCAL, "all lines by it stay local", program="airflow"))
    if kind in (LOOKUP, HOLDER) and local:
        why = "lines that stay local need airflow, the others airflowctl"
        return finding._replace(verdict=Verdict(UNSURE, why, is_certain=False))
    return finding


def _is_kept(text: str, offset: int) -> bool:
    """Return whether the line of a call, or a comment line above it, says that it stays."""
    end = text.find("\n", offset)
    start = text.rfind("\n", 0, offset) + 1
    lines = [text[start : end if end >= 0 else len(text)]]
    while start and lines[-1:] and len(lines) < _MOST_COMMENTS:
        before = text.rfind("\n", 0, start - 1) + 1
        line = text[before:start]
        if "airflowctl:" not in line:
            break
        lines.append(line)
        start = before
    return any(_KEEP in line for line in lines)


def scan(paths: tuple[str, ...], warn: Callable[[str], object]) -> Iterator[tuple[SourceFile, list[Finding]]]:
    """Yield each file with its calls. What is not looked into is given to `warn`. Raises UsageError."""
    for path in find_files(paths):
        file = read_file(path, is_named=path in paths)
        if isinstance(file, str):
            if file:
                warn(f"not read: {file}")
        else:
            try:
                yield file, find_in(file)
            except (ValueError, RecursionError) as error:
                warn(f"not read: {path}: {error}")
