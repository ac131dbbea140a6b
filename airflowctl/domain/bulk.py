"""Many entities in one request, with what became of each of them."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.command import opt
from airflowctl.core.effect import CREATE, OVERWRITE
from airflowctl.core.errors import Invalid, UsageError
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import find_names, format_count, format_list
from airflowctl.domain.bulk_results import FAILED, NOT_DONE, WOULD_FAIL, errors, outcomes

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from airflowctl.session.session import Session

Entities = Mapping[str, "dict[str, Any]"]
_CONFLICT = 409
MASKED = "it holds ***, the server's mask: fill in the value, or leave it out of the file"


def existing(default: str) -> Any:
    """`-a`: what to do with those that are there already."""
    help = f"What to do with those that exist already; {default} if not given."
    return opt(
        "-a", "--action-on-existing-key", help=help, choices=("overwrite", "skip", "fail"),
        aliases=("--action-on-existence",), name="action",
    )  # fmt: skip


def overwrites(default: str) -> Callable[[Mapping[str, Any]], str]:
    """Return the judge of an import's effect: with `skip` and `fail` what is there stays as it is."""

    def judge(values: Mapping[str, Any]) -> str:
        action = "overwrite" if values.get("overwrite") else values["action"] or default
        return OVERWRITE if action == "overwrite" else CREATE

    return judge


class Kind(NamedTuple):
    """What is imported: its operations, and where its answers have the name."""

    bulk: str
    list: str
    items: str
    key: str


def bring(
    session: Session, kind: Kind, good: Entities, bad: Mapping[str, str], action: str, dry_run: bool
) -> Rows:
    """Import entities by their names; `bad` are those that cannot be, with the reason."""
    if not good and not bad:
        raise UsageError("there is nothing to import")
    if dry_run:
        results = _plan(session, kind, good, action)
    else:
        results = _import(session, kind, good, action) if good else {}
    rows = [
        {kind.key: name, "result": FAILED if name in bad else results[name][0],
         "reason": bad.get(name) or results.get(name, ("", ""))[1] or None}
        for name in {**good, **bad}
    ]  # fmt: skip
    return outcomes(rows, kind.key)


def confirm_overwrite(session: Session, kind: Kind, good: Entities, action: str, line: str) -> None:
    """Ask, where a person is asked, before entities that are there already are overwritten, naming them."""
    if action != "overwrite" or not session.console.has_to_ask(OVERWRITE):
        return
    there = _there(session, kind)
    names = [name for name in good if name in there]
    if names:
        noun = kind.items.removesuffix("s")
        warning = f"{format_count(len(names), noun)} would be overwritten: {format_list(names)}."
        session.console.confirm_change(OVERWRITE, warning, line)


def _there(session: Session, kind: Kind) -> set[Any]:
    return {item.get(kind.key) for item in session.api.pages(kind.list, kind.items)}


def _plan(session: Session, kind: Kind, good: Entities, action: str) -> dict[str, tuple[str, str]]:
    there = _there(session, kind)
    words = {"overwrite": "would be overwritten", "skip": "would be skipped", "fail": WOULD_FAIL}
    matches = {name: (words[action] if name in there else "would be created", "") for name in good}
    if WOULD_FAIL in {result for result, _ in matches.values()}:
        return {
            name: (WOULD_FAIL, "it exists already" if name in there else "another one exists already")
            for name in good
        }
    return matches


def _import(session: Session, kind: Kind, good: Entities, action: str) -> dict[str, tuple[str, str]]:
    deed = {"action": "create", "action_on_existence": action, "entities": list(good.values())}
    try:
        answer = session.api.record(kind.bulk, "create", body={"actions": [deed]})["create"] or {}
    except Invalid as error:
        raise _with_names(error, list(good)) from None
    done, problems = set(answer.get("success") or ()), errors(answer)
    results: dict[str, tuple[str, str]] = {}
    quoted = {repr(name): name for name in good}  # as the server prints its sets of names
    why: dict[str, str] = {}
    for problem in problems:
        text = "it exists already" if problem.get("status_code") == _CONFLICT else str(problem.get("error"))
        for name in find_names(str(problem.get("error")), quoted):
            why.setdefault(quoted[name], text)
    for name in good:
        if name in done:
            results[name] = ("imported", "")
        elif name in why:
            results[name] = (FAILED, why[name])
        elif problems:
            results[name] = (NOT_DONE, str(problems[0].get("error")))
        else:
            results[name] = ("skipped", "it exists already")
    return results


def _with_names(error: Invalid, names: list[str]) -> Invalid:
    """Return the server counts entities; a person knows them by name."""
    import re

    parts = list(dict.fromkeys(error.message.split("; ")))
    numbered = re.compile(r"actions\.\d+\.\w*\.?entities\.(\d+)\.?")

    def name(match: re.Match[str]) -> str:
        number = int(match[1])
        return f"{names[number]}: " if number < len(names) else match[0]

    message = "; ".join(dict.fromkeys(numbered.sub(name, part) for part in parts))
    return Invalid(message, "nothing was changed", status=error.status, operation=error.operation)
