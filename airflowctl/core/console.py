"""What a line may ask of its user, and do with other lines: the part of a session that main hands in."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Protocol

    from airflowctl.core.fields import Field, FormSupport
    from airflowctl.core.parse import LineParser
    from airflowctl.core.results import Rows
    from airflowctl.core.rich_results import SubPrompt

    class Console(Protocol):
        """The terminal of one line's user, and the way to other lines. All of it may raise CliError."""

        @property
        def can_ask(self) -> bool:
            """Return whether there is a user to ask, here and now."""

        def ask(self, question: str) -> str:
            """Return the line that the user types, without its end."""

        def ask_secret(self, question: str) -> str:
            """Like `ask`, without an echo; the printer hides the answer from then on."""

        def ask_consent(self, question: str) -> str:
            """Like `ask`, stripped; what was typed before the question was shown is no answer."""

        def read_line(self, longest: int) -> str:
            """Return a line of standard input, of at most so many characters, without its end."""

        def note(self, text: str) -> None:
            """Print a line on stderr."""

        def fill_form(
            self, title: str, fields: Sequence[Field], support: FormSupport | None = None
        ) -> list[str] | None:
            """Ask for the texts of some fields in a form; None when the user leaves it."""

        def fill_line(self, state: LineParser) -> list[str]:
            """Ask for the values of a line in the form of its command; the words of the whole line. Raises
            FormLeft where the user leaves."""

        def choose_rows(self, rows: Rows) -> list[int] | None:
            """Let the user choose rows of a list that is there; their places, None when the user leaves."""

        def confirm(self, warning: str, line: str) -> None:
            """Ask before something dangerous, naming the environment. Raises UsageError without a yes: of
            the user, or of `--yes` where there is no user to ask."""

        def confirm_change(self, kind: str, warning: str, line: str) -> None:
            """Like `confirm`, from a handler, where a change of this kind has to be asked about."""

        def has_to_ask(self, kind: str) -> bool:
            """Return whether the user is asked before a change of this kind: it is worth a look."""

        def require_user(self, line: str) -> None:
            """Raise UsageError where no user can be asked, and no yes was given."""

        def run_line(self, tokens: Sequence[str]) -> int:
            """Run another line, with the options of this one; its exit code."""

        def run_file(self, path: str, *, keep_going: bool, echo: bool) -> int:
            """Run the lines of a file; the exit code of the first that failed."""

        def write_line(self, words: tuple[str, ...]) -> str:
            """Return a line to run next as a user has to type it; empty where it is not to be proposed."""

        def open_top(self, dag_filter: str, interval: float) -> int:
            """Show the Dags on the full screen until the user leaves; the exit code."""

        def read_lines(self, subprompt: SubPrompt) -> Iterator[str]:
            """Prompt for the lines of a sub-prompt, with a prompt that can be edited."""
