"""What becomes of one call: its words, then who reads what it prints."""

from __future__ import annotations

from functools import partial

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.bare_lookup import bare_lookup
from airflowctl.domain.migration.call import HOLDER, LOOKUP, NOT_READ
from airflowctl.domain.migration.permissions import permission_of
from airflowctl.domain.migration.printed import Output
from airflowctl.domain.migration.reading_lines import judge_use
from airflowctl.domain.migration.verdict import (
    CHANGED,
    CLASSIC,
    IMPOSSIBLE,
    LOCAL,
    SAME,
    SEVERAL,
    UNSURE,
    Verdict,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflowctl.core.command import Command
    from airflowctl.core.older_lines import OlderLine
    from airflowctl.core.parse import LineParser
    from airflowctl.domain.migration.call import Call

# Old options that no option of today replaces: what to do, as lines, or why there is no way.
_LOST = {
    "--task-regex": ("backfill create DAG_ID ...", "tasks clear DAG_ID -t REGEX ..."),
    "--mark-success": ("dagrun list DAG_ID -o name", "dagrun mark DAG_ID RUN_ID success"),
    "--treat-dag-as-regex": ("dags list --pattern TEXT -o name", "backfill create DAG_ID ..."),
    "--report": ("dags list", "dags report"),
}
_LOST["-t"] = _LOST["--task_regex"] = _LOST["--task-regex"]
_LOST["-m"] = _LOST["--mark_success"] = _LOST["--mark-success"]
_LOST["-r"] = _LOST["--report"]
_LOST["--treat-dag-id-as-regex"] = _LOST["--treat-dag-as-regex"]
_SECRET_FIELDS = ("get_uri", "password", "get_extra", "extra_dejson")


def judge(call: Call) -> Verdict:
    """Return what becomes of a call."""
    if call.kind == HOLDER:
        return Verdict(CHANGED, f"the variable {call.variable} holds the program")
    if call.kind == LOOKUP:
        return Verdict(CHANGED, "it looks for airflow on PATH: airflowctl stands there")
    if not call.words and call.is_list:
        return Verdict(UNSURE, "its words come from elsewhere", is_certain=False)
    if not call.words:
        return Verdict(SAME)
    if call.words[0].is_open or any(word.raw in ('"$@"', "$@", "$*", '"$*"') for word in call.words):
        return Verdict(UNSURE, "its words are known only when it runs", is_certain=False)
    verdict = _judge_words(call, today_texts(call))
    if call.is_spoken and verdict.word in (SAME, CLASSIC, CHANGED):
        why = f"{call.program.text} runs the classic command: run airflowctl itself"
        words = verdict.words or today_texts(call)
        mode = ("--classic",) if verdict.word == CLASSIC or "--classic" in verdict.words[:1] else ()
        words = words if words[:1] == mode else (*mode, *words)
        return verdict._replace(word=CHANGED, why=verdict.why or why, words=words, is_certain=False)
    return verdict


def today_texts(call: Call) -> tuple[str, ...]:
    """Return the words of a call as texts; what is known only when it runs as it stands there."""
    return tuple(word.raw if word.is_open else word.text for word in call.words)


def _judge_words(call: Call, names: tuple[str, ...]) -> Verdict:
    from airflowctl.core.classic_commands import replacement_hint
    from airflowctl.core.older_lines import find_line_of_today
    from airflowctl.core.parse import parse_tokens
    from airflowctl.execution.near_lines import takes_value

    state = parse_tokens(names, bare_lookup())
    # The line goes back into its file: what is printed of it hides the secrets (findings.py).
    older = find_line_of_today(names, partial(takes_value, bare_lookup()), keeps_secrets=True)
    if older is not None and older.words[:1] == ("airflow",):
        words = older.words[1:]
        why = _reason(replacement_hint(words[:2]))
        return Verdict(LOCAL, why, () if words == names else words, program="airflow", command=words[0])
    if state.wants_help():
        return Verdict(SAME)
    if _gets_words(call) and older is not None and older.words[:2] == names[:2]:
        older = None  # the words that it lacks come later
    if older is not None and not _is_same_line(state, older):
        return _judge_older(call, older, names)
    if state.command is None:
        return _judge_unknown(state, names)
    return _judge_command(call, state, names)


def _gets_words(call: Call) -> bool:
    """Return whether a program before the call adds words to it."""
    return bool({"xargs", "parallel", "find -exec"} & set(call.through))


def _reason(hint: str) -> str:
    return hint.partition(": run `")[0]


def _judge_unknown(state: LineParser, names: tuple[str, ...]) -> Verdict:
    from airflowctl.core.classic_commands import kinds, replacement_hint

    plain = tuple(name for name in names if name[:1] != "-")[:2]
    if hint := replacement_hint(plain):
        without = kinds().get("has no public API", ())
        word = IMPOSSIBLE if plain[0] in without else LOCAL
        return Verdict(word, _reason(hint), program="airflow", command=" ".join(plain))
    if state.words and state.problem is None:
        return Verdict(SAME)  # a noun alone prints its help, in both
    why = state.problem.message if state.problem else "there is no such command"
    hint = state.problem.hint if state.problem else ""
    return Verdict(CHANGED, f"{why}; {hint}" if hint else why, is_certain=False)


def _is_same_line(state: LineParser, older: OlderLine) -> bool:
    """Return whether a line means here what the line of today means, so that it can stay."""
    from airflowctl.core.parse import parse_tokens

    if older.lost or state.problem is not None:
        return False
    today = parse_tokens(older.words, bare_lookup())
    if today.command is None or state.command is None:
        return False
    same = today.command.handler is state.command.handler
    return (
        same
        and today.own_texts == state.own_texts
        and today.arguments == state.arguments
        and (today.global_texts == state.global_texts)
    )


def _judge_older(call: Call, older: OlderLine, names: Sequence[str]) -> Verdict:
    """Return the verdict about a line of Airflow 1.10 or 2."""
    from airflowctl.core.parse import parse_tokens

    line = " ".join(older.words[:2])
    if older.lost:
        flag = older.lost[0]
        lines = _LOST.get(flag, ())
        if lines:
            return Verdict(SEVERAL, f"nothing replaces {flag}", is_certain=False, lines=lines, command=line)
        return Verdict(IMPOSSIBLE, f"nothing replaces {flag}", older.words, is_certain=False, command=line)
    state = parse_tokens(older.words, bare_lookup())
    if state.command is None or state.problem is not None:
        return Verdict(CHANGED, "", older.words, is_certain=False, command=line)
    verdict = _judge_command(call, state, older.words)
    words = ("--classic", *older.words) if verdict.word == CLASSIC else older.words
    if verdict.word in (SAME, CLASSIC):
        why = verdict.why or "words or options of an older Airflow"
        lacks = any(word.isupper() and word not in names for word in older.words)  # a value that is not there
        return verdict._replace(word=CHANGED, why=why, words=words, is_certain=not lacks)
    return verdict


def _judge_command(call: Call, state: LineParser, names: Sequence[str]) -> Verdict:
    command = state.command
    assert command is not None
    if (refused := _find_refusal(command, state)) or command.line == "connections export":
        why = refused or "the API masks passwords: the file would have *** in their place"
        return Verdict(IMPOSSIBLE, why, is_certain=False, command=command.line)
    if problem := _problem(call, state):
        return problem._replace(command=command.line)
    permission = permission_of(command)
    return _judge_uses(call, command, state)._replace(
        command=command.line, note=_note(command), needs=str(permission) if permission else ""
    )


def _find_refusal(command: Command, state: LineParser) -> str:
    for param in command.params:
        texts = state.own_texts.get(param.name, [])
        if param.unsupported and texts and param.help.startswith("Refused"):
            return f"{param.label}: {param.help}"
        if param.unsupported and param.help.startswith("Only 1") and texts and texts[-1] != "1":
            return f"{param.label}: {param.help}"
    return ""


def _problem(call: Call, state: LineParser) -> Verdict | None:
    """Return the verdict about a line that is refused; None for one that is not."""
    from airflowctl.core.errors import UsageError

    has_open = any(word.may_be_many for word in call.words)
    if state.problem is not None and has_open:
        return Verdict(UNSURE, "its words are known only when it runs", is_certain=False)
    try:
        if not any(word.is_open for word in call.words) and not _gets_words(call):
            state.bind()
        elif state.problem is not None:
            raise state.problem
    except UsageError as error:
        why = f"{error.message}; {error.hint}" if error.hint else error.message
        return Verdict(CHANGED, why, is_certain=False)
    return None


def _note(command: Command) -> str:
    from airflowctl.core.classic_commands import DIFFERENT

    return DIFFERENT.get(command.line, "")


def _judge_uses(call: Call, command: Command, state: LineParser) -> Verdict:
    from airflowctl.core.classic_commands import UNLIKE
    from airflowctl.execution.classic_output import ALIKE

    is_read = [use for use in call.uses if use.stages or use.end != NOT_READ or use.compares_code]
    is_fed = any(use.is_fed for use in call.uses) and "xargs" not in call.through
    if is_fed and _may_ask(command, state):
        return Verdict(CLASSIC, "the pipe before it answers its question")
    if not is_read or (command.line in ALIKE and not any(use.compares_code for use in is_read)):
        return Verdict(SAME)
    text = "".join(use.text + " ".join(stage.text for stage in use.stages) for use in is_read)
    if command.line.startswith("connections ") and any(field in text for field in _SECRET_FIELDS):
        return Verdict(IMPOSSIBLE, "the API masks passwords, and has no whole URIs", is_certain=False)
    formats = state.global_texts.get("output", [""])
    output = Output(command.line, formats[-1])
    for use in is_read:
        reading = judge_use(output, use)
        if reading.why:
            if reading.is_lost:
                return Verdict(CHANGED, reading.why, is_certain=False, better=reading.better)
            if command.classic:
                return Verdict(CLASSIC, reading.why, better=reading.better)
            as_ever = UNLIKE.get(command.words[0], UNLIKE.get(command.line, ""))
            why = f"{reading.why}; {as_ever}" if as_ever else reading.why
            return Verdict(CHANGED, why, is_certain=False)
    return Verdict(SAME)


def _may_ask(command: Command, state: LineParser) -> bool:
    texts = {param.name: bool(state.own_texts.get(param.name)) for param in command.params}
    return command.may_ask(texts) and not state.global_texts.get("yes")
