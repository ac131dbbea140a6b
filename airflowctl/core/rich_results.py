"""Results that are more than rows, a record or words: logs, reports, pictures, watches, sub-prompts. Few
commands have one: this is imported where one is made, or has come."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from airflowctl.core.results import Item, Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any, TypeAlias


class Line(NamedTuple):
    """One event of a task's log, as the server sent it, and of which instance and try it is. `code` has the
    Dag's own lines for the frames of an exception, by file and line number. `run_id` stands where a log has
    lines of several runs."""

    event: Item
    task_id: str
    map_index: int = -1
    number: int = 0
    code: Mapping[tuple[str, int], str] = {}
    run_id: str = ""


class Form(NamedTuple):
    """How a log is rendered for a user: `raw` are its words alone, `unfold` shows what is in groups, `flat`
    leaves the marks of groups out, `loggers` tells who logged, `named` which task; `match` is a compiled
    regular expression whose finds are marked."""

    raw: bool = False
    unfold: bool = False
    flat: bool = False
    loggers: bool = False
    named: bool = False
    match: Any = None


class Log:
    """Events as they come. What the generator returns is the exit code; until then it is 0. `live`: each is
    shown at once, however long the next one takes; None tells that there is none for now."""

    def __init__(
        self, lines: Generator[Line | None, None, int], form: Form | None = None, *, live: bool = False
    ) -> None:
        self._lines = lines
        self.form = form or Form()
        self.live = live
        self.code = 0

    def __iter__(self) -> Iterator[Line | None]:
        # The exit code is known when the last event has come: a log is printed while it is read.
        self.code = yield from self._lines


class Code(NamedTuple):
    """Lines that stay as they are. `language` is what they are coloured as: python, diff, or nothing.
    `first` numbers the lines from there on, and `mark` is the number of the one that matters."""

    text: str
    language: str = ""
    first: int = 0
    mark: int = 0


BAD, WARN, GOOD = "bad", "warn", "good"


class Section(NamedTuple):
    """A heading in one line and what stands under it: texts are wrapped to the width, tables are fitted,
    code is cut. `tone`, BAD, WARN, GOOD or nothing, says how the heading is meant."""

    title: str
    body: tuple[str | Code | Rows | Record, ...] = ()
    tone: str = ""


class Report(NamedTuple):
    """An answer for a person, put together from several calls. `data` is what the structured formats print,
    `next` are the lines that the user may want to run now, whole and quoted, and `inside` those that stand in
    the sections, each a text of its own; `is_numbered` where a number runs them. `summary` is its line in a
    table of several environments, the verdict first; without one, their sections stand below each other."""

    sections: tuple[Section, ...]
    data: Any
    code: int = 0
    next: tuple[str, ...] = ()
    is_numbered: bool = False
    inside: tuple[str, ...] = ()
    summary: Item | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all lines that may be run now, in the order in which they are read."""
        return (*self.inside, *self.next)


class Picture(NamedTuple):
    """Something to look at. `kind` says how airflowctl.output.pictures draws the `data`, which is also what
    documents print; `rows` are for the formats of lines. `piped`: a pipe gets it drawn as well, unless a
    format is asked for."""

    kind: str
    data: Item
    rows: Rows
    piped: bool = False
    code: int = 0


class View(NamedTuple):
    """The state of something that changes, at one moment.

    `title` stands over the `body`. `done` is how many of how many have ended, drawn as a bar, with the
    seconds that have `passed`. The lines of `foot` are what the user should know meanwhile: under the body,
    and said once to who sees no body. Where the screen is too low for all rows, those around the place
    `focus` are seen. `changes` are what is new since the last view. Once one `is_last`, nothing is drawn
    again. `drawn` are lines that were made for a terminal already, and stand for the body.
    """

    body: Rows | Record | Text
    title: str = ""
    done: tuple[int, int] | None = None
    passed: float | None = None
    foot: tuple[str, ...] = ()
    focus: int = 0
    changes: Sequence[Item] = ()
    is_last: bool = False
    drawn: Sequence[str] = ()


class Watch(NamedTuple):
    """Something that is looked at until it ends.

    A terminal shows the newest view, drawn in place; a pipe gets a line for each change, with `columns`; a
    format that is one document (json, yaml, name ...) tells the last view's body. What `views` returns is the
    exit code. It gives a view about once a second, if only for the clocks in it, and Ctrl-C is raised in it.
    """

    views: Generator[View, None, int]
    columns: tuple[str, ...]
    key: str


class SubPrompt(NamedTuple):
    """Something to look around in: it opens with `opening`, then each line is given to `answer`, until `quit`
    or the end of the lines. `words` complete; `prompt` stands before the line.

    `answer` gets the words of a line and raises CliError, or Leave to end.
    """

    opening: Report
    prompt: Callable[[], str]
    words: tuple[str, ...]
    answer: Callable[[list[str]], Shown]


class Ran(NamedTuple):
    """Other lines ran and showed their own results; the exit code of all."""

    code: int


if TYPE_CHECKING:
    Shown: TypeAlias = Rows | Record | Text | Log | Report | Picture | None  # what is shown once
    Printable: TypeAlias = Shown | Watch | SubPrompt
    Result: TypeAlias = Printable | Ran
