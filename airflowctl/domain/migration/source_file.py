"""A file to look into: its text, letter for letter, and what kind of file it is."""

from __future__ import annotations

import os

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SHELL, MAKE, DOCKER, YAML = "shell", "make", "docker", "yaml"
PYTHON, POWERSHELL, BATCH, GROOVY = "python", "powershell", "batch", "groovy"
_BY_ENDING = {
    **dict.fromkeys(("sh", "bash", "zsh", "ksh", "bats", "envrc"), SHELL),
    **dict.fromkeys(("mk", "mak"), MAKE),
    **dict.fromkeys(("dockerfile", "containerfile"), DOCKER),
    **dict.fromkeys(("yml", "yaml", "json"), YAML),
    **dict.fromkeys(("ps1", "psm1"), POWERSHELL),
    **dict.fromkeys(("bat", "cmd"), BATCH),
    **dict.fromkeys(("groovy", "jenkinsfile"), GROOVY),
    "py": PYTHON,
}
_BY_NAME = {
    "makefile": MAKE,
    "gnumakefile": MAKE,
    "dockerfile": DOCKER,
    "containerfile": DOCKER,
    "jenkinsfile": GROOVY,
}
_SKIPPED = frozenset(
    (
        ".git",
        ".hg",
        ".svn",
        "node_modules",
        ".venv",
        "venv",
        "__pycache__",
        ".tox",
        ".mypy_cache",
        "site-packages",
    )
)
_LARGEST = 4_000_000  # bytes; no script is longer
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))
NO_TEXT = "it is no text"  # so that no call is in it


class SourceFile(NamedTuple):
    """`text` is the whole file behind the `mark` of its encoding; `encode` gives back the same bytes."""

    path: str
    kind: str
    text: str
    mark: bytes = b""
    encoding: str = "utf-8"

    def encode(self, text: str) -> bytes:
        return self.mark + text.encode(
            self.encoding, "surrogateescape" if self.encoding == "utf-8" else "strict"
        )

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 1."""
        line = self.text.count("\n", 0, offset) + 1
        return line, offset - self.text.rfind("\n", 0, offset)


def find_files(paths: tuple[str, ...]) -> Iterator[str]:
    """Yield the files of a line: those it names, and those in the folders it names, in order. Raises
    UsageError where there is no such file."""
    for path in paths:
        if os.path.isdir(path):
            yield from _files_below(path)
        elif os.path.exists(path):
            yield path
        else:
            raise UsageError(f"there is no file or folder {path}")


def _files_below(folder: str) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        yield from (os.path.join(root, name) for name in sorted(files))


def kind_of(path: str, text: str = "") -> str:
    """Return the kind of a file by its name, or by its first line; empty for none."""
    name = os.path.basename(path).lower().removesuffix(".j2").removesuffix(".tpl").removesuffix(".tmpl")
    ending = name.rpartition(".")[2] if "." in name else ""
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if kind := _BY_NAME.get(name.partition(".")[0]) or _BY_NAME.get(name.partition("-")[0]):
        return kind
    first = text.partition("\n")[0]
    if first.startswith("#!"):
        return PYTHON if "python" in first else SHELL if "sh" in first else ""
    return ""


def read_file(path: str, *, is_named: bool) -> SourceFile | str:
    """Return a file, or why it is not looked into: nothing to say about one that was only found in a folder
    and is of no kind that holds calls."""
    try:
        data = _read_bytes(path)
    except OSError as error:
        return f"{path}: {error.strerror}"
    if isinstance(data, str):
        return f"{path}: {data}" if is_named or kind_of(path) else ""
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", "utf-8"))
    if encoding == "utf-8" and b"\0" in data:
        return f"{path}: {NO_TEXT}" if is_named or kind_of(path) else ""
    try:
        text = data[len(mark) :].decode(encoding, "surrogateescape" if encoding == "utf-8" else "strict")
    except UnicodeDecodeError:
        return f"{path}: it is no text in {encoding}"
    kind = kind_of(path, text) or (SHELL if is_named else "")
    return SourceFile(path, kind, text, mark, encoding) if kind else ""


def _read_bytes(path: str) -> bytes | str:
    """Return what is in a file, or why it is not read. A pipe or a device could go on for ever."""
    import stat

    if not stat.S_ISREG(os.stat(path).st_mode):
        return "it is no regular file"
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return "it is no regular file"
        data = file.read(_LARGEST + 1)
    return data if len(data) <= _LARGEST else f"it has more than {_LARGEST:,} bytes"
