"""The files of imports: their parameters, and what is in them, by their ending."""

from __future__ import annotations

from airflowctl.core.command import arg, opt
from airflowctl.core.converters import path
from airflowctl.core.errors import UsageError, WrongFile
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.domain.document import Document
    from airflowctl.session.session import Session

STREAM = "-"
FORMATS = ("json", "yaml", "env")
_MOST = 32_000_000  # letters of a file
_ENDINGS = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".env": "env"}


def location(text: str) -> str:
    """Return a file's whole path, or '-' for standard input or output."""
    return STREAM if text == STREAM else path(text)


FROM = arg(
    "file", "The file, .json, .yaml or .env; '-' is standard input.", complete="path", convert=location
)
FILE_FORMAT = opt(
    "--file-format", help="Format of the file; not given, its ending says it, else it is json.",
    choices=FORMATS, aliases=("--format",), metavar="FORMAT",
)  # fmt: skip
LIST_FORMAT = FILE_FORMAT._replace(choices=("json", "yaml"))


def format_of(file: str, named: str | None = None) -> str:
    """Return what a file holds: as it was named, as its ending says, else JSON."""
    from os.path import splitext

    return named or _ENDINGS.get(splitext(file)[1].lower(), "json")


def read_document(session: Session, file: str, named: str | None = None, prefix: str = "") -> Document:
    """Return what is in a file, with what is wrong in its text. `prefix` is that of names in an .env file.
    Raises UsageError where it cannot be read, WrongFile with the place where it is not of its format."""
    from airflowctl.domain.document import DocumentError

    text = _read_text(session, file)
    shown = "standard input" if file == STREAM else file
    if not text.strip():
        raise UsageError(f"{shown} is empty")
    try:
        document = _parse(text, format_of(file, named), prefix)
    except DocumentError as error:
        line, column = error.place
        raise WrongFile([(f"{shown}:{line}:{column}", UsageError(str(error)))]) from None
    document.name = shown
    return document


def _parse(text: str, kind: str, prefix: str) -> Document:
    if kind == "env":
        from airflowctl.domain.env_text import read_env

        return read_env(text, prefix)
    if kind == "yaml":
        from airflowctl.domain.yaml_text import read_yaml

        return read_yaml(text)
    from airflowctl.domain.json_text import read_json

    return read_json(text)


def _read_text(session: Session, file: str) -> str:
    try:
        if file == STREAM:
            text = session.streams.stdin.read(_MOST + 1)
        else:
            with open(file, encoding="utf-8") as source:
                text = source.read(_MOST + 1)
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8 text") from None
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    # A device like /dev/zero and a pipe whose writer never ends would fill the memory.
    if len(text) > _MOST:
        raise UsageError(f"{file} is longer than {_MOST // 1_000_000} million letters", "import it in parts")
    return text.removeprefix("\ufeff")  # editors begin a file with it, in all three formats
