"""The last run of each Dag of a list, which no list of the API has: a request a Dag."""

from __future__ import annotations

from airflowctl.core.errors import DONE
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.parallel import of_each
from airflowctl.domain.runs.lookup import newest_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from airflowctl.session.session import Session

# The fields of a Dag that are made here, and those of the run that they come from.
FIELDS = {
    "last_run_state": "state",
    "last_run_start_date": "start_date",
    "last_run_duration": "duration",
    "last_run_id": "dag_run_id",
}
_AT_ONCE = 20  # Dags whose runs are asked for before the first of them is shown
_UNKNOWN = "not known"


def is_wanted(session: Session) -> bool:
    """Return whether the line asks for one of these fields: by name, or by `-o wide`."""
    options = session.options
    named = (*(options.columns or ()), *(name.lstrip("-") for name in options.sort or ()))
    is_named = any(name in FIELDS for name in named) or any(name in (options.query or "") for name in FIELDS)
    return is_named or (options.output == "wide" and options.columns is None)


class LastRuns:
    """Adds the last run to each Dag of a list. `code` is the exit code of the first run that could not be
    read; 0 where there is none."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.code = DONE

    def add(self, dags: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the Dags with the fields of their last run, None where there is none. A run that cannot be
        read is `not known`, which is said."""
        self._session.output.note("their last runs cost a request for each Dag that is shown")
        part: list[dict[str, Any]] = []
        for dag in dags:
            part.append(dag)
            if len(part) == _AT_ONCE:
                yield from self._add(part)
                part = []
        yield from self._add(part)

    def _add(self, dags: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        parts = of_each(lambda dag: newest_run(self._session, str(dag["dag_id"])), dags)
        for dag, part in zip(dags, parts, strict=True):
            if part.error and self.code == DONE:
                self.code = part.error.exit_code
                self._session.output.note(
                    f"the last run of {dag['dag_id']} is not known: {part.error.message}"
                )
            run = part.value or {}
            fields = {name: _UNKNOWN if part.error and name == "last_run_state" else run.get(field)
                      for name, field in FIELDS.items()}  # fmt: skip
            yield {**dag, **fields}
