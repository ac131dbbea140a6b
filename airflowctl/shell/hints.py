"""The lines under the prompt that explain what is being typed: usage, and what is known of the word there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from airflowctl.completion.line_cursor import LineCursor, find_cursor
from airflowctl.completion.row_choices import describe_row_word
from airflowctl.core.background import background
from airflowctl.core.command import ALWAYS, Command, Param
from airflowctl.core.converters import json_object, timestamp
from airflowctl.core.durations import age, moment
from airflowctl.core.errors import CliError
from airflowctl.core.param_values import metavar
from airflowctl.core.wording import format_count
from airflowctl.domain.runs.conf_schema import describe_field, find_field, find_problem, members_of
from airflowctl.output.sanitise import line
from airflowctl.output.streams import takes_unicode
from airflowctl.session.dag_facts import DagFacts
from airflowctl.session.server_connection import ServerConnection
from airflowctl.session.session import Session
from airflowctl.shell.state_signs import sign_of
from completers import json_cursor
from completers.globs import compile_glob, is_glob
from completers.protocols import Choice, Source

Fragments = StyleAndTextTuples
_TEXT, _PRESENT, _PROBLEM = "class:hint", "class:hint.present", "class:hint.problem"
_LOW = 20  # rows: a window that is lower has room for one line of hints
_SHOWN = 5  # names that match a glob
_FEW = 2_000  # names that are quickly compared


class Hints:
    """Explains a line from what is known already; what is missing is asked for in the background, and
    `changed` of the session's names draws the prompt again."""

    def __init__(self, session: Session, source: Source) -> None:
        self._session = session
        self._source = source
        self._explained: tuple[object, list[Fragments]] = (None, [])
        self._version: object = None  # another object whenever there are newer facts
        self._matches: dict[tuple[str, str, int], list[str]] = {}

    def forget(self) -> None:
        """There are newer facts: what was shown last is made anew."""
        # The facts may come while `rows` still explains without them, in another thread.
        self._version = object()

    def rows(self, text: str, width: int, height: int) -> list[Fragments]:
        """Return up to two lines of at most `width` cells about the end of the text."""
        key = (text, width, height, self._version)
        # A key draws the prompt more than once, and the cursor blinks no faster than facts change.
        if self._explained[0] != key:
            rows: list[Fragments] = []
            with suppress(Exception):  # a server's odd answer must not end the prompt that is drawn from it
                rows = self._explain(text, width, height)
            self._explained = (key, rows)
        return self._explained[1]

    def _explain(self, text: str, width: int, height: int) -> list[Fragments]:
        cursor = find_cursor(text, self._session.lookup) if text.strip() else None
        if cursor is None:
            return []
        usage = fit_fragments(describe_usage(cursor.command, cursor.param), width)
        about = fit_fragments([part for part in self._describe(cursor) if part[1]], width)
        if not about:
            return [usage]
        return [about] if height < _LOW else [usage, about]

    def _describe(self, cursor: LineCursor) -> Fragments:
        param, word = cursor.param, cursor.word
        if cursor.problem:
            return [(_PROBLEM, line(cursor.problem))]
        if param is not None and param.secret == ALWAYS:
            return [(_TEXT, param.help)]
        if param is not None and param.convert is timestamp and word:
            return describe_date(word)
        dag_id = cursor.values.get("dag", "")
        if param is not None and param.convert is json_object and param.complete == "param":
            facts = self._facts(cursor, dag_id)
            return describe_conf(facts, word) if facts is not None else [(_TEXT, param.help)]
        if param is not None and (rows := describe_row_word(self._session, param.complete, word)):
            return [(_TEXT, line(rows))]
        if param is not None and param.repeatable and param.complete and is_glob(word):
            return self._describe_glob(cursor, param)
        if param is not None and param.complete == "dag" and word:
            dag_id = word if self._is_known(cursor, word) else ""
        # Before the first letter of a word for its params, the Dag says more than the form of such a word.
        is_about_dag = param is None or param.complete in (("dag", "") if word else ("dag", "", "param key"))
        facts = self._facts(cursor, dag_id) if dag_id and is_about_dag else None
        if facts is not None:
            return describe_dag(dag_id, facts, is_unicode=takes_unicode(self._session.streams.stdout))
        return [(_TEXT, param.help)] if param is not None else []

    def _is_known(self, cursor: LineCursor, name: str) -> bool:
        """Return whether it is the name of a Dag: each beginning of one would be asked for."""
        server = self._server(cursor) if "--url" not in cursor.values else None
        return server is not None and server.names.has_name("dag", cursor.values, name)

    def _describe_glob(self, cursor: LineCursor, param: Param) -> Fragments:
        known = self._source.names(param.complete, cursor.values, "").names
        key = (param.complete, cursor.word, id(known))
        if key not in self._matches:
            if len(known) > _FEW:  # to compare 100,000 names takes longer than a frame
                background(
                    "names that match", lambda: self._match(key, known), self._session.parts.names_changed
                )
                return []
            self._match(key, known)
        matching = self._matches[key]
        if not matching:
            return [(_PROBLEM, f"{line(cursor.word)} matches no name that is known here")]
        more = f" and {len(matching) - _SHOWN:,} more" if len(matching) > _SHOWN else ""
        shown = ", ".join(line(name) for name in matching[:_SHOWN])
        return [(_PRESENT, format_count(len(matching), param.complete)), (_TEXT, f": {shown}{more}")]

    def _match(self, key: tuple[str, str, int], known: Iterable[Choice]) -> None:
        matches = compile_glob(key[1])
        if len(self._matches) > _FEW:
            self._matches.clear()
        self._matches[key] = [choice.text for choice in known if matches(choice.text)]

    def _facts(self, cursor: LineCursor, dag_id: str) -> DagFacts | None:
        # No server is asked whose address is still being typed: it would get the token (decision 0027).
        server = self._server(cursor) if dag_id and dag_id != "~" and "--url" not in cursor.values else None
        return server.dag_facts.look_up(dag_id) if server is not None else None

    def _server(self, cursor: LineCursor) -> ServerConnection | None:
        session = self._session
        try:
            return session.with_options(session.options.over({"env": cursor.values.get("--env")})).server
        except CliError:  # a key prints no error; the line itself will
            return None


def describe_usage(command: Command, present: Param | None) -> Fragments:
    """Return `dags trigger DAG_ID [--conf JSON] ...`, the present parameter in bold."""
    result: Fragments = [(_TEXT, command.line)]
    own = [param for param in command.params if not param.hidden]
    if present is not None and present not in own:  # an option of every command
        own.insert(0, present)
    # The present one must be in view, however many options stand before it.
    options = sorted((param for param in own if param.flags), key=lambda param: param is not present)
    for param in (*(param for param in own if not param.flags), *options):
        result += [(_TEXT, " "), (_PRESENT if param is present else _TEXT, _format_param(param))]
    return result


def _format_param(param: Param) -> str:
    if not param.flags:
        text = param.label + ("..." if param.repeatable else "")
    else:
        text = param.label if param.switch else f"{param.label} {metavar(param)}"
    return text if param.required else f"[{text}]"


def describe_dag(dag_id: str, facts: DagFacts, *, is_unicode: bool) -> Fragments:
    """Return `etl: daily ✓✓✗✓▶ next in 3 h`."""
    result: Fragments = [(_PRESENT, line(dag_id)), (_TEXT, f": {line(facts.schedule) or 'no schedule'} ")]
    result += (sign_of(state, is_unicode=is_unicode) for state in facts.states)
    result.append((_TEXT, "" if facts.states else "no run yet"))
    if facts.is_paused:
        return [*result, (_TEXT, " paused")]
    next_run = moment(facts.next_run)
    if next_run is not None:
        result.append((_TEXT, f" next {age((datetime.now(UTC) - next_run).total_seconds())}"))
    return result


def describe_date(word: str) -> Fragments:
    """Return a moment in UTC and as the clock of this machine has it, or what is wrong with it."""
    try:
        time = moment(timestamp(word))
    except ValueError as error:
        return [(_PROBLEM, f"{line(word)}: {error}")]
    if time is None:
        return []
    local_time = time.astimezone()
    return [(_TEXT, f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC = {local_time:%Y-%m-%d %H:%M:%S %Z} here")]


def describe_conf(facts: DagFacts, text: str) -> Fragments:
    """Return what the params of a Dag say of the member at the cursor, and what is wrong before it."""
    if not facts.params:
        return [(_TEXT, "this Dag has no params; any JSON object may be given")]
    cursor = json_cursor.find_cursor(text)
    if cursor is None:
        problem = "" if text[:1] in ("", "@", "-") else "a conf is an object: {...}"
        return [(_PROBLEM, problem)] if problem else [(_TEXT, f"params: {', '.join(facts.params)}")]
    conf = json_cursor.read_whole_part(text)
    present = () if cursor.is_whole or json_cursor.is_ended(text) else cursor.path
    problem = find_problem(facts.params, {} if conf is None else conf, present)
    shown: Fragments = [(_PROBLEM, line(problem))] if problem else []
    words = "" if cursor.is_whole else _describe_member(facts, cursor)
    if cursor.is_whole and not problem:
        words = "it fits the params"
    return [*shown, (_TEXT, " | " if shown and words else ""), (_TEXT, line(words))]


def _describe_member(facts: DagFacts, cursor: json_cursor.Cursor) -> str:
    if not cursor.is_key:
        field = find_field(facts.params, cursor.path)
        return describe_field(field) if field is not None else ""
    names = members_of(facts.params, cursor.path)
    fitting = [name for name in names if name.startswith(cursor.key)]
    if cursor.key and len(fitting) == 1:
        field = find_field(facts.params, (*cursor.path, fitting[0]))
        return describe_field(field) if field is not None else fitting[0]
    return f"members: {', '.join(fitting or names)}" if names else ""


def fit_fragments(fragments: Fragments, width: int) -> Fragments:
    """Return as many of the words as a line of so many cells has room for, after a blank."""
    result: Fragments = [("", " ")] if fragments else []
    left = width - 1
    for style, text, *_ in fragments:
        for word in _words(text):
            if get_cwidth(word) > left - 2 and get_cwidth(word.rstrip()) > left - 2:
                return [*result, (_TEXT, "…")]
            result.append((style, word))
            left -= get_cwidth(word)
    return result


def _words(text: str) -> Iterator[str]:
    """Yield the text cut after its blanks."""
    start = 0
    for index, letter in enumerate(text, start=1):
        if letter == " ":
            yield text[start:index]
            start = index
    yield text[start:]
