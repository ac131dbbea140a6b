"""A call of the classic `airflow` in a file: its words, where they stand, and who reads what it prints."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration.fragment import MASK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflowctl.domain.migration.fragment import Fragment


class Word(NamedTuple):
    """A word of a line. `text` is what it is without its quotes; `raw` stands in the fragment from `start` to
    `end`. `is_open`: it holds a variable or a command, so that `text` is known only in part."""

    text: str
    raw: str
    start: int
    end: int
    is_open: bool = False
    is_quoted: bool = False

    @property
    def may_be_many(self) -> bool:
        """Whether it may turn out to be no word, or several."""
        return self.is_open and not self.is_quoted


class Stage(NamedTuple):
    """A program that reads what the call prints: the words of its line."""

    words: tuple[Word, ...]
    text: str

    @property
    def program(self) -> str:
        return self.words[0].text.rpartition("/")[2] if self.words else ""

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.words[1:])


NOT_READ, FILE, CAPTURED, TEST, PARSED = "", "file", "captured", "test", "parsed"


class Use(NamedTuple):
    """What becomes of a call's output: through which programs it goes, and where it ends: NOT_READ on a
    screen or in a log, in a FILE, CAPTURED by a variable or another line, in a TEST (`text` has it), PARSED
    by a program around it. `is_fed`: the call reads what another program prints."""

    stages: tuple[Stage, ...] = ()
    end: str = NOT_READ
    text: str = ""
    is_fed: bool = False
    compares_code: bool = False


CALL, LOOKUP, HOLDER = "call", "lookup", "holder"


class Call(NamedTuple):
    """`words` are those after the program; `program` is the word itself, `start` where the line to replace
    begins. `through` are the programs before it (`docker exec`), `is_spoken` where the program's name is
    part of another (`astro dev run`). A LOOKUP asks where `airflow` is, and a HOLDER
    is a variable that is set to it: neither calls it. `variable` is the one that a call is made by."""

    fragment: Fragment
    program: Word
    words: tuple[Word, ...]
    uses: tuple[Use, ...] = ()
    through: tuple[str, ...] = ()
    start: int = 0
    is_spoken: bool = False
    kind: str = CALL
    is_list: bool = False  # of texts in a file of another language, each with quotes of its own
    variable: str = ""  # that holds the program's name

    @property
    def offset(self) -> int:
        """The offset in the file."""
        return self.fragment.offsets[self.program.start]

    @property
    def end(self) -> int:
        return max((word.end for word in self.words), default=self.program.end)


def is_masked(text: str) -> bool:
    """Return whether another program fills in a part of a text."""
    return MASK in text


def texts(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in words)
