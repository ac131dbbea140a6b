"""The calls of files, and what becomes of each."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration import source_file
from airflowctl.domain.migration.fragment import join
from airflowctl.domain.migration.judge import judge
from airflowctl.domain.migration.shell_calls import find_calls
from airflowctl.domain.migration.source_file import SourceFile, find_files, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflowctl.domain.migration.call import Call
    from airflowctl.domain.migration.verdict import Verdict


class Finding(NamedTuple):
    """A call, where it stands, and its verdict."""

    file: SourceFile
    line: int
    column: int
    call: Call
    verdict: Verdict


def shell_calls(file: SourceFile) -> Iterator[Call]:
    """Yield the calls of a shell script."""
    letters = ((letter, place) for place, letter in enumerate(file.text) if letter != "\r")
    yield from find_calls(join(letters, len(file.text), is_plain=True))


_READERS: dict[str, Callable[[SourceFile], Iterator[Call]]] = {source_file.SHELL: shell_calls}


def find_in(file: SourceFile) -> list[Finding]:
    """Return the calls of a file in their order."""
    reader = _READERS.get(file.kind)
    if reader is None or ("airflow" not in file.text and "astro" not in file.text):
        return []
    calls = sorted({call.place: call for call in reader(file)}.items())
    return [Finding(file, *file.position(place), call, judge(call)) for place, call in calls]


def scan(paths: tuple[str, ...], warn: Callable[[str], object]) -> Iterator[tuple[SourceFile, list[Finding]]]:
    """Yield each file with its calls. What is not looked into is given to `warn`. Raises UsageError."""
    for path in find_files(paths):
        file = read_file(path, is_named=path in paths)
        if isinstance(file, str):
            if file:
                warn(f"not read: {file}")
        else:
            yield file, find_in(file)
