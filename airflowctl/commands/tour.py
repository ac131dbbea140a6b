"""A tour of airflowctl in a few steps."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


class Step(NamedTuple):
    """`lines` are run in the shell of a user, in order; `changes` after a question. {dag} is a Dag of
    the server's own, where the shell knows one."""

    text: str
    lines: tuple[str, ...]
    changes: tuple[str, ...] = ()


STEPS = (
    Step(
        """\
Reading

A command is a noun and a verb. Its result is a table here, and
tab-separated in a pipe.

  dags list
  dags list --state failed -o json
  health""",
        ("dags list --limit 5", "dags list --state failed --limit 2 --columns dag_id -o json", "health"),
    ),
    Step(
        """\
Typing

Names come from the server, and fit the line: here the runs
of {dag}, newest first.

  dagrun get {dag} <Tab>        opens the menu, or completes
  dagrun list {dag} ?           lists what can follow
  F1                            explains the word at the cursor
  help failed                   searches the commands for a word""",
        ("dagrun list {dag} --limit 3", "help failed"),
    ),
    Step(
        """\
Running

--conf completes the parameters of the Dag; --wait waits until the run
ends, and the exit code is its result.

  dags trigger {dag} --conf <Tab>
  dags trigger {dag} --wait
  dagrun list {dag}""",
        ("dags trigger {dag}", "dagrun list {dag} --limit 3"),
        ("dags trigger {dag}",),
    ),
    Step(
        """\
Fixing

`latest` is the newest run. A dangerous command asks first; --dry-run
shows what it would do.

  tasks states-for-dag-run {dag} latest
  tasks clear {dag} --run-id latest --only-failed --dry-run""",
        (
            "tasks states-for-dag-run {dag} latest",
            "tasks clear {dag} --run-id latest --only-failed --dry-run",
        ),
    ),
    Step(
        """\
Scripts

A line of the shell works in a script too, and a file of lines is a
batch.

  airflowctl dags list -o json --query "[?is_paused].dag_id"
  airflowctl -f lines.txt
  auth login -e staging --url URL     another server; -e staging: for one line""",
        ('dags list -o json --query "[?is_paused].dag_id"',),
    ),
)
_NUMBERS = tuple(str(number) for number in range(1, len(STEPS) + 1))


@command(
    "tour",
    "Take a tour of airflowctl, a step at a time.",
    arg("step", "Which step; `next` continues.", default="1", choices=("next", *_NUMBERS)),
    about="In the shell it logs in if no server is known, and runs the lines of each step; it asks"
    " before a line that changes something. Outside the shell it sends no request.",
    examples=("airflowctl tour", "airflowctl tour next"),
)
def tour(session: Session, step: str) -> Text | Ran:
    shared = session.parts
    number = shared.tour_step % len(STEPS) + 1 if step == "next" else int(step)
    shared.tour_step = number
    runs = session.is_lasting and session.can_ask and session.streams.stdout_is_terminal
    if runs and session.environment is None:
        session.console.note("The tour needs a server: log in first.")
        session.console.run_line(("auth", "login"))
    dag = _dag(session)
    text = f"{number} of {len(STEPS)}. {_align(_fill(STEPS[number - 1].text, dag or 'etl'))}"
    # Only a session remembers the step; elsewhere the line has to name it.
    on = "tour next" if session.is_lasting else suggest("tour", number + 1)
    end = f"Next: {on}" if number < len(STEPS) else "This was the last step; help has the rest."
    if runs and session.environment is not None:
        return _run_lines(session, STEPS[number - 1], text, dag, end)
    return Text(f"{text}\n\n{end}", {"step": number, "of": len(STEPS), "text": text})


def _align(text: str) -> str:
    """Return the text with what is said of its lines in one column, however long a name in them is."""
    pairs = [row.rstrip().rpartition("   ") for row in text.splitlines()]
    left = max((len(line.rstrip()) for line, gap, _ in pairs if gap), default=0)
    rows = (f"{line.rstrip():<{left}}   {about}" if gap else about for line, gap, about in pairs)
    return "\n".join(rows)


def _run_lines(session: Session, step: Step, text: str, dag: str, end: str) -> Ran:
    """Show a step, run its lines, and return the exit code of the last that failed."""
    from airflowctl.core.rich_results import Ran

    code, note = 0, session.console.note
    for row in text.splitlines():
        note(row)
    for line in step.lines:
        if "{dag}" in line and not dag:
            note(f"(not run, as this server has no Dags yet: {_fill(line, 'etl')})")
            continue
        note("")
        note(f"> {_fill(line, dag)}")
        if line in step.changes and not _is_meant(session):
            continue
        code = session.console.run_line(_words(_fill(line, dag))) or code
    note("")
    note(end)
    return Ran(code)


def _words(line: str) -> list[str]:
    from completers.tokenizer import words

    return words(line)


def _fill(text: str, dag: str) -> str:
    return text.replace("{dag}", dag)


def _is_meant(session: Session) -> bool:
    return session.console.ask_consent("run it? [y/N] ").lower() in ("y", "yes")


def _dag(session: Session) -> str:
    """Return a Dag by a name that needs no quotes: one that is known already, else one of the server, in the
    shell; empty where there is none."""
    if not session.is_lasting or session.environment is None:
        return ""
    names = session.server.names.names("dag", {}, "").names
    # Names are fetched behind the prompt: a shell that has just begun may have none yet.
    known = [name.text for name in names]
    if not known and session.can_ask and session.streams.stdout_is_terminal:
        rows = session.api.pages("get_dags", "dags", limit=20, query={"order_by": "dag_id"})
        known = [str(row.get("dag_id")) for row in rows]
    return next((name for name in known if name.isidentifier()), "")
