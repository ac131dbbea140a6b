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
_ASSET = "asset"
_HINT = "name what is meant: DAG_ID RUN_ID TASK_ID"


def is_page(token: str) -> bool:
    """Return whether a word may be the address of a page about a Dag or an asset: a quick look."""
    return token.startswith(_SCHEMES) and ("/dags/" in token or "/assets/" in token)


def expand_pages(tokens: Sequence[str], session: Session, *, is_checked: bool = False) -> tuple[str, ...]:
    """Return the words of a line, in which addresses of the web page are replaced by the names in them,
    where the command wants a Dag, a run, a task or an asset. The line is shown, unless it is only checked.
    Raises UsageError for the page of another server."""
    words = before = tuple(tokens)
    for index in range(len(before)):
        position = index - len(before)  # from the end: what stands behind an address stays
        if is_page(words[position]):
            words = _expand_page(words, len(words) + position, session)
    if words != before and not is_checked:
        from completers.tokenizer import quote_visibly

        session.output.note(f"this page: {' '.join(map(quote_visibly, words))}")
    return words


def _expand_page(tokens: tuple[str, ...], index: int, session: Session) -> tuple[str, ...]:
    """Return the words with the names in place of the address there, where names are wanted."""
    param = param_at(tokens[:index], session.lookup)
    # An option for the name of an asset takes no number, and a page has no name.
    if param is None or not (param.complete in TOGETHER or (param.complete == _ASSET and not param.flags)):
        return tokens
    state = parse_tokens(tokens, session.lookup).nested
    line = session.for_line(state.global_values())
    try:
        row = Row("this page", names_of_page(tokens[index], line))
    except UsageError:
        # The URI of an asset may look like a page.
        if param.complete == _ASSET and not environment_of(tokens[index], session):
            return tokens
        raise
    before, after = tokens[:index], tokens[index + 1 :]
    (words,) = lines_for_rows(before, after, [row], session.lookup, session.registry.kinds())
    return words


def names_of_page(page: str, session: Session) -> dict[str, str]:
    """Return what a page of the session's server names, by kind. Raises UsageError for another server's, and
    where it names no Dag and no asset."""
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
    """Return the names in the path of a page, decoded: /dags/D/runs/R/tasks/T/mapped/N, as far as it goes,
    or /assets/NUMBER."""
    from urllib.parse import unquote

    try:
        parts = [unquote(part, errors="strict") for part in path.strip("/").split("/")]
    except UnicodeDecodeError:
        raise UsageError("this is no address of a page: its % codes are no UTF-8", _HINT) from None
    if parts[0] == "assets" and "".join(parts[1:2]).isdecimal():
        return {_ASSET: parts[1]}
    kinds = {"dags": "dag", "runs": "run", "tasks": "task", "mapped": MAP_INDEX}
    names: dict[str, str] = {}
    for word, name in zip(parts[::2], parts[1::2], strict=False):
        # A page about a group of tasks names no task.
        if word not in kinds or (word == "tasks" and name == "group"):
            break
        names[kinds[word]] = name
    if "dag" not in names:
        raise UsageError("this page is about no Dag and no asset", _HINT)
    return names


def _other_place(page: str, session: Session) -> str:
    """Return where a page of another server belongs, as far as its environment is known."""
    name = environment_of(page, session)
    return (
        f"it is of the environment {name}: add -e {name}"
        if name
        else "it is of a server that no environment is for"
    )


def environment_of(page: str, session: Session) -> str:
    """Return the name of the environment that an address is of; "" where none is known."""
    from airflowctl.core.url import parse_address

    for name in session.environments.names():
        try:
            environment = session.environments.get(name)
            address = parse_address(page.partition("#")[0])
            if environment and address.is_within(parse_address(environment.url)):
                return name
        except (CliError, ValueError):  # a damaged file says nothing of its address
            continue
    return ""
