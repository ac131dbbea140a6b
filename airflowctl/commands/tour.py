"""A walk through airflowctl in a few steps."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session

# {dag} is one of the server's own, where the shell knows one.
STEPS = (
    """\
Looking

A command is a noun and a verb. What it prints is a table here, and
tab-separated in a pipe.

  dags list
  dags list --state failed -o json
  health""",
    """\
Typing

Names come from the server, in the context of the line: here the runs
of {dag}, newest first.

  dagrun get {dag} <Tab>        opens the menu, or fills in
  dagrun list {dag} ?           lists what may follow, a line each
  F1                            explains the word at the cursor
  help failed                   finds the commands for something""",
    """\
Running

--conf completes the parameters of the Dag; --wait ends when the run
does, and the exit code tells how.

  dags trigger {dag} --conf <Tab>
  dags trigger {dag} --wait
  dagrun list {dag}""",
    """\
Mending

`latest` is the newest run. What is dangerous asks first; --dry-run
shows what would be done.

  tasks states-for-dag-run {dag} latest
  tasks clear {dag} --run-id latest --only-failed --dry-run""",
    """\
Scripts

A line of the shell is a line of a script, and a file of lines is a
batch.

  airflowctl dags list -o json --query "[?is_paused].dag_id"
  airflowctl -f lines.txt
  auth login -e staging --url URL     another server; -e staging: for one line""",
)
_NUMBERS = tuple(str(number) for number in range(1, len(STEPS) + 1))


@command(
    "tour",
    "Show around, a step at a time.",
    arg("step", "Which step; `next` continues.", default="1", choices=("next", *_NUMBERS)),
    about="Asks no server.",
    examples=("airflowctl tour", "airflowctl tour next"),
)
def tour(session: Session, step: str) -> Text:
    shared = session.parts
    number = shared.tour_step % len(STEPS) + 1 if step == "next" else int(step)
    shared.tour_step = number
    text = f"{number} of {len(STEPS)}. {_align(STEPS[number - 1].format(dag=_dag(session)))}"
    on = "tour next" if session.is_lasting else suggest("tour", number + 1)
    end = f"Go on: {on}" if number < len(STEPS) else "That is all; help has the rest."
    return Text(f"{text}\n\n{end}", {"step": number, "of": len(STEPS), "text": text})


def _align(text: str) -> str:
    """Return the text with what is said of its lines in one column, however long a name in them is."""
    pairs = [row.rstrip().rpartition("   ") for row in text.splitlines()]
    left = max((len(line.rstrip()) for line, gap, _ in pairs if gap), default=0)
    rows = (f"{line.rstrip():<{left}}   {about}" if gap else about for line, gap, about in pairs)
    return "\n".join(rows)


def _dag(session: Session) -> str:
    """Return a Dag that is known already, by a name that needs no quotes."""
    if not session.is_lasting or session.environment is None:
        return "etl"
    names = session.server.names.names("dag", {}, "").names
    return next((name.text for name in names if name.text.isidentifier()), "etl")
