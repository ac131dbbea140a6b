"""Addresses of the web page as names in a line: `why https://.../dags/etl/runs/x` is `why etl x`."""

from __future__ import annotations

from collections.abc import Sequence

from airflowctl.core.errors import CliError, UsageError
from airflowctl.core.parse import parse_tokens
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution.row_words import TOGETHER, Row, lines_for_rows, param_at
from airflowctl.session.row_names import MAP_INDEX

if TYPE_CHECKING:
    from airflowctl.session.session import Session

_SCHEMES = ("http://", "https://")
_HINT = "name what is meant: DAG_ID RUN_ID TASK_ID"


def is_page(token: str) -> bool:
    """Return whether a word may be the address of a page about a Dag: a quick look."""
    return token.startswith(_SCHEMES) and "/dags/" in token


def expand_page(tokens: Sequence[str], session: Session) -> tuple[str, ...]:
    """Return the words of a line, in which an address of the web page is replaced by the names in it,
    which are shown: where the command wants a Dag, a run or a task. Raises UsageError for the page of another
    server."""
    for index, token in enumerate(tokens):
        if not is_page(token):
            continue
        param = param_at(tokens[:index], session.lookup)
        if param is None or param.complete not in TOGETHER:
            continue
        state = parse_tokens(tokens, session.lookup).nested
        line = session.for_line(state.global_values())
        row = Row("this page", names_of_page(token, line))
        before, after = tuple(tokens[:index]), tuple(tokens[index + 1 :])
        (words,) = lines_for_rows(before, after, [row], session.lookup, session.registry.kinds())
        from completers.tokenizer import quote_visibly

        session.output.note(f"this page: {' '.join(map(quote_visibly, words))}")
        return words
    return tuple(tokens)


def names_of_page(page: str, session: Session) -> dict[str, str]:
    """Return what a page of the session's server names, by kind. Raises UsageError for another server's, and
    where it names no Dag."""
    from airflowctl.core.url import parse_address

    try:
        address = parse_address(page.partition("#")[0])
        base = parse_address(session.url)
    except ValueError as error:
        raise UsageError(f"this is no address of a page: {error}", _HINT) from None
    if not address.is_within(base):
        raise UsageError(f"this is no page of {session.place}", _other_place(address.base, session))
    return _names_in(address.path.removeprefix(base.path.rstrip("/")))


def _names_in(path: str) -> dict[str, str]:
    """Return the names in the path of a page, decoded: /dags/D/runs/R/tasks/T/mapped/N, as far as it goes."""
    from urllib.parse import unquote

    try:
        parts = [unquote(part, errors="strict") for part in path.strip("/").split("/")]
    except UnicodeDecodeError:
        raise UsageError("this is no address of a page: its % codes are no UTF-8", _HINT) from None
    kinds = {"dags": "dag", "runs": "run", "tasks": "task", "mapped": MAP_INDEX}
    names: dict[str, str] = {}
    for word, name in zip(parts[::2], parts[1::2], strict=False):
        # A page about a group of tasks names no task.
        if word not in kinds or (word == "tasks" and name == "group"):
            break
        names[kinds[word]] = name
    if "dag" not in names:
        raise UsageError("this page is about no Dag", _HINT)
    return names


def _other_place(page: str, session: Session) -> str:
    """Return where a page of another server belongs, as far as its environment is known."""
    from airflowctl.core.url import parse_address

    for name in session.environments.names():
        try:
            environment = session.environments.get(name)
            if environment and parse_address(page).is_within(parse_address(environment.url)):
                return f"it is of the environment {name}: add -e {name}"
        except (CliError, ValueError):  # a damaged file says nothing of its address
            continue
    return "it is of a server that no environment is for"
