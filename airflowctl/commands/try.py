"""Run a line that may fail."""

# ruff: noqa: N999 - the module of a noun has its name

from __future__ import annotations

from airflowctl.core.command import LINE, arg, command, opt
from airflowctl.core.errors import DONE, INTERRUPTED, did_you_mean, error_codes
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


def _error_code(text: str) -> str:
    if text not in error_codes():
        raise ValueError(f"no error has this code; {did_you_mean(text, error_codes()) or 'see -o json'}")
    return text


@command(
    "try",
    "Run a line that may fail: its error is printed, and the exit code is still 0.",
    opt(
        "--only",
        help="Accept only this error, by the `code` that -o json prints.",
        repeatable=True,
        convert=_error_code,
        metavar="CODE",
    ),
    arg("line", "The line.", repeatable=True, required=True, complete=LINE),
    about="Ctrl-C ends it like any other line.",
    examples=("airflowctl try pools delete old", "airflowctl try --only not_found variables delete old"),
)
def try_line(session: Session, only: tuple[str, ...], line: tuple[str, ...]) -> Ran:
    from airflowctl.core.rich_results import Ran

    session.parts.forget_error()
    code = session.console.run_line(line)
    error = session.parts.last_error
    is_excused = not only or (error is not None and error.code in only)
    return Ran(DONE if is_excused and code != INTERRUPTED else code)
