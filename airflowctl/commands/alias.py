"""Short names for lines that you type often."""

from __future__ import annotations

from airflowctl.core.command import LINE, arg, command
from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


@command(
    "alias",
    "Show the aliases, or define a word that stands for the beginning of a line.",
    arg("name", "The word.", default=None, complete="alias"),
    arg("equals", "An optional '=' between the two.", default=None, choices=("=",), metavar="="),
    arg("line", "What it stands for.", repeatable=True, complete=LINE),
    about="An alias is kept, and works in every session, in files of commands and in single commands. It"
    " cannot hide a command.",
    examples=("airflowctl alias fails = dagrun list --state failed", "airflowctl alias"),
)
def alias(session: Session, name: str | None, equals: str | None, line: tuple[str, ...]) -> Result:
    from completers.tokenizer import quote_word

    lookup = session.lookup
    known = lookup.aliases()
    if name is None:
        rows = [{"alias": word, "line": text} for word, text in sorted(known.items())]
        return Rows(
            rows,
            ("alias", "line"),
            "alias",
            empty="there are none yet: alias fails = dagrun list --state failed",
        )
    if equals is None:
        if name not in known:
            hint = did_you_mean(name, known) or "make it with: alias NAME = LINE"
            raise UsageError(f"there is no alias '{name}'", hint)
        return Record({"alias": name, "line": known[name]}, "alias")
    if not line:
        raise UsageError(
            f"what shall '{name}' stand for?", "for example: alias fails = dagrun list --state failed"
        )
    text = " ".join(map(quote_word, line))
    # Now, not when the alias is used: its author knows what was meant.
    _check(session, line, text)
    lookup.add_alias(name, text)
    return Text(f"{name} stands for: {text}", {"alias": name, "line": text})


def _check(session: Session, line: tuple[str, ...], text: str) -> None:
    """Raise UsageError for what would be no line, or put a secret into a file."""
    from airflowctl.core.parse import parse_tokens
    from airflowctl.execution.private_lines import may_hold_secret

    state = parse_tokens(line, session.lookup)
    if state.problem is not None:
        raise state.problem
    if may_hold_secret(text, session.lookup):
        raise UsageError("there is a secret in that line, and aliases are kept in a file", "leave it out")
