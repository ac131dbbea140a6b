"""The names a line of the shell may want: of the server the line goes to, or of this machine."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from airflowctl.completion.api_names import fields_of, names_of_api
from airflowctl.completion.local_source import LocalNames, dates
from airflowctl.completion.row_choices import row_choices
from airflowctl.core.background import background, pace
from airflowctl.core.errors import CliError
from airflowctl.core.settings import SETTINGS, values_of
from airflowctl.session import registry
from airflowctl.session.environment_choice import place_names
from airflowctl.session.name_cache import NameCache
from airflowctl.session.session import Session
from completers.protocols import FAILED, Choice, Known, make_known
from completers.row_numbers import ROW

_TURN = 0.001  # seconds that a thread behind the prompt may go on while a key waits; Python's own is 0.005


class SessionNames:
    """The source of a whole session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._prepared = False
        self._local_names = LocalNames(lambda: session.parts.names_changed())

    def prepare(self) -> None:
        """Load behind the scenes what the first keys will want; call it when the prompt is there."""
        # The prompt opens anew for each line.
        if self._prepared:
            return
        self._prepared = True
        # A key waits for the interpreter's lock while a thread behind the prompt holds it (decision 0036).
        sys.setswitchinterval(_TURN)

        def load() -> None:
            # In the order of use: the first word, then what completes it, then the client that fetches names.
            for noun in pace(registry.nouns(), step=1):
                registry.summary(noun)
            registry.kinds()
            import airflowctl.api.client  # noqa: F401 - loads it

        background("commands", load, lambda: None)

    def names(self, kind: str, scope: Mapping[str, str], prefix: str) -> Known:
        """As completers.protocols.Source. No server is asked for a line with a `--url` in it: it may be
        half typed, and the user has not confirmed yet that it may have the token."""
        session = self._session
        if kind == "environment":
            return make_known(Choice(name) for name in session.environments.names())
        if kind in ("environments", "group"):
            return make_known(map(Choice, place_names(kind, session.environments)))
        if kind == "address":
            return make_known(Choice(url, name) for url, name in session.environments.addresses().items())
        if kind == "method":
            from airflowctl.api.auth.providers import names

            return make_known(Choice(name) for name in names())
        if kind == "alias":
            return make_known(Choice(name, line) for name, line in session.lookup.aliases().items())
        if kind == "setting":
            settings = session.parts.settings
            notes = ((entry.name, f"{settings[entry.name]}: {entry.help}") for entry in SETTINGS)
            return make_known(Choice(name, note) for name, note in notes)
        if kind == "setting value":
            own = session.parts.theme_names() if scope.get("setting") == "theme" else ()
            return make_known(map(Choice, (*values_of(scope.get("setting", "")), *own)))
        if kind in ("operation", "field"):
            return names_of_api(kind, scope)
        if kind in ("path", "date", "timezone", "program"):
            return self._of_this_machine(kind, prefix)
        if prefix[:1] == ROW:
            return row_choices(session, kind, prefix)
        # No server is asked whose address is still being typed: it would get the token (decision 0027).
        if "--url" in scope:
            return Known()
        try:
            line = session.with_options(session.options.over({"env": scope.get("--env")}))
            held = line.server.names
        # A key prints no error; the line itself will.
        except CliError:
            return Known(state=FAILED)
        return _columns(held, scope) if kind == "column" else held.names(kind, scope, prefix)

    def _of_this_machine(self, kind: str, prefix: str) -> Known:
        if kind == "date":
            return dates()
        if kind == "program":
            return self._local_names.programs(self._session.streams.environ)
        return self._local_names.files(prefix) if kind == "path" else self._local_names.timezones()


def _columns(names: NameCache, scope: Mapping[str, str]) -> Known:
    """Return the fields of the rows about to come: those that this command had before, else those that its
    operation answers with."""
    seen = names.fields.get(scope.get("command line", ""), ())
    return make_known(map(Choice, seen)) if seen else fields_of(scope)
