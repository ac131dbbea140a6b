"""The file that a graph is drawn into: its language, and the program that draws it."""

from __future__ import annotations

from airflowctl.core.converters import path
from airflowctl.core.errors import CliError, OutputFailed, UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


ENDINGS = {".dot": "dot", ".gv": "dot", ".mmd": "mmd", ".mermaid": "mmd"}
NO_PROGRAM = "save it as .mmd or .dot, which needs no other program"


def picture_file(text: str) -> str:
    """Return a file whose ending says what is drawn."""
    from os.path import splitext

    result = path(text)
    # The ending becomes an option of graphviz, so it holds letters and digits only.
    if not splitext(result)[1][1:].isalnum():
        raise ValueError("has no ending that says what to draw, like .svg, .png, .pdf, .dot or .mmd")
    return result


# Files.


def language_of(file: str) -> str:
    from os.path import splitext

    return ENDINGS.get(splitext(file)[1].lower(), "")


def find_drawing_program(file: str, environ: Mapping[str, str]) -> str:
    """Return the program that draws; UsageError where it is not there, before anything is asked."""
    from airflowctl.core.programs import find_program

    # Looked for before the server is asked, as nothing could be done with its answer.
    text = find_program("dot", environ)
    if not text:
        raise UsageError(f"to draw {file} needs graphviz, and there is no program `dot` here", NO_PROGRAM)
    return text


def draw_picture(program: str, file: str, text: str) -> bytes:
    from os.path import splitext
    from subprocess import run

    try:
        process = run(
            [program, f"-T{splitext(file)[1][1:].lower()}"],
            # By a pipe: ids of tasks are from the server, and must not be in a command line.
            input=text.encode(),
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise CliError(f"cannot run {program}: {error.strerror}", NO_PROGRAM) from None
    if process.returncode:
        # Its first line is the error, and further ones repeat it for each node.
        message = process.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise CliError(
            f"{program} could not draw {file}: {message or f'exit {process.returncode}'}", NO_PROGRAM
        )
    return process.stdout


def write_picture(file: str, content: bytes) -> None:
    from airflowctl.storage.private_files import open_new_private

    try:
        with open(file, "wb", opener=open_new_private) as target:
            target.write(content)
    except OSError as error:
        raise OutputFailed(f"cannot write {file}: {error.strerror}") from None
