"""What is in the file of an import, read by its ending."""

from __future__ import annotations

from airflowctl.core.errors import UsageError, WrongFile
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.file_params import STREAM, format_of

if TYPE_CHECKING:
    from airflowctl.domain.document import Document
    from airflowctl.session.session import Session

_MOST = 32_000_000  # letters of a file


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
