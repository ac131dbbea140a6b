"""How a batch is run: the options of `airflowctl -f`, and of `source`."""

from __future__ import annotations

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.execution.batch_values import Values, read_values

if TYPE_CHECKING:
    from typing import Self

    from airflowctl.session.session import Session


class BatchOptions(NamedTuple):
    """`start` is the line to begin at, `LINE` or `FILE:LINE`; "" is the first. `settings` are what `--set`
    gives, `NAME=VALUE`, and `values` the texts by name once they are read."""

    keep_going: bool = False
    echo: bool = False
    check: bool = False
    start: str = ""
    no_programs: bool = False
    stream: bool = False
    journal: str = ""
    resume: bool = False
    results: str = ""
    settings: tuple[str, ...] = ()
    values: Values = Values()

    def with_values(self, session: Session) -> Self:
        """Return these options with the values of `--set`. Raises UsageError for options that contradict
        each other."""
        if self.resume and not self.journal:
            raise UsageError("--resume needs a journal", "give --journal FILE too")
        if self.stream and (self.journal or self.start or self.check):
            option = "--journal" if self.journal else "--from" if self.start else "--check"
            raise UsageError(f"{option} cannot go with --stream", "it needs the whole file")
        if session.options.print_as and self.journal:
            raise UsageError("--print-as does nothing that a journal could record", "leave --journal out")
        if not self.settings:
            return self
        values = read_values(self.settings, session.streams.environ, session.parts.redact.learn)
        return self._replace(settings=(), values=values)
