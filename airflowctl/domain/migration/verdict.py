"""What becomes of a call."""

from __future__ import annotations

from airflowctl.core.typed import NamedTuple

SAME = "same"
CLASSIC = "same with --classic"
CHANGED = "changed"
SEVERAL = "several calls"
LOCAL = "stays local"
IMPOSSIBLE = "impossible"
UNSURE = "unsure"
VERDICTS = (SAME, CLASSIC, CHANGED, SEVERAL, LOCAL, IMPOSSIBLE, UNSURE)
DONE = (SAME, LOCAL)  # nothing has to be changed


class Verdict(NamedTuple):
    """`words` are those of today's line, behind the program; empty where the call's own stay. `program` is
    `airflowctl` or, for what stays local, `airflow`. `is_certain`: the line can be put in place of the call.
    `lines` are several calls. `better` is another way, `note` what differs and breaks nothing, `needs` the
    permission."""

    word: str
    why: str = ""
    words: tuple[str, ...] = ()
    program: str = "airflowctl"
    is_certain: bool = True
    lines: tuple[str, ...] = ()
    better: str = ""
    note: str = ""
    needs: str = ""
    command: str = ""

    @property
    def must_change(self) -> bool:
        """Whether a person or `migrate rewrite` has to do something about the call."""
        return self.word not in DONE or (self.word == LOCAL and bool(self.words))
