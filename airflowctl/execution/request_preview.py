"""`--print-as`: the requests of a line, printed for another program and not sent."""

from __future__ import annotations

from copy import copy

from airflowctl.core.command import Command
from airflowctl.core.errors import REFUSED, CliError, Conflict, NotAllowed, NotFound, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows, Text
from airflowctl.core.rich_results import Log, Ran, SubPrompt, Watch
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, NoReturn, TextIO

    from airflowctl.api.request_recorder import RecordedRequest, RequestRecorder
    from airflowctl.core.environment import Environment
    from airflowctl.output.request_text import PrintedRequest, Secret
    from airflowctl.session.session import Session

_ENDLESS = (Log, Watch, SubPrompt, Ran)
_FAILURES = (NotFound, Conflict, NotAllowed)


def preview_requests(
    command: Command, values: dict[str, Any], typed_secrets: Sequence[str], session: Session
) -> Text:
    """Return what sends the requests of a line. Raises UsageError, with nothing sent, where no request is
    known before the server has answered."""
    from airflowctl.output.request_text import render_requests

    if session.options.classic:
        raise UsageError("--print-as prints what today's lines send", "leave out --classic")
    if not command.op and command.effect is None:
        raise UsageError(f"{command.line} is no request to the server: there is nothing to print")
    preview = _Preview(command, values, session)
    requests = preview.collect()
    environment = session.server.environment
    comments = [*_comments(command, preview.recorder), *_explain_headers(environment)]
    printed = _hide_secrets(requests, typed_secrets, comments)
    return Text(render_requests(session.options.print_as or "", printed, environment.network))


class _Preview:
    """A line that runs with a client which records. Whether a later request depends on an answer is seen by
    the answers, which cannot be read, and by running it again with failures in their place."""

    def __init__(self, command: Command, values: dict[str, Any], session: Session) -> None:
        from airflowctl.api.request import Guard
        from airflowctl.api.request_recorder import RequestRecorder

        environment = session.server.environment
        client = RequestRecorder(environment.url, network=environment.network)
        client.close()  # it sends nothing
        self._command, self._values = command, values
        self.recorder = client
        view = session.with_options(session.options._replace(yes=True, quiet=True))
        # with_options gives the same session for the same options, and this one is changed.
        self._session = copy(view)
        self._stdin = _ReplayedInput(session.streams.stdin)
        self._session.streams = copy(session.streams)
        self._session.streams.stdin = self._stdin
        client._guard = Guard(session.read_only)
        vars(self._session).update(api=client, console=_NoConsole(command))

    def collect(self) -> list[RecordedRequest]:
        """Return the requests. Raises UsageError where they depend on an answer."""
        recorder = self.recorder
        try:
            result = self._command.run(self._session, self._values)
        except CliError as error:
            result = None
            if not recorder.is_read:
                # Nothing was sent, whatever the code of the error says.
                raise error if error.exit_code != REFUSED else UsageError(error.message, error.hint) from None
        is_read = recorder.is_read  # what is read later is read to be shown
        if isinstance(result, _ENDLESS):
            raise self._refusal("it asks the server again and again")
        self._pull(result)
        requests = list(recorder.requests)
        if not requests:
            raise self._refusal("what it asks for first is not known without the server")
        if is_read and (not self._command.op or self._command.uses or self._has_several()):
            raise self._depends_on(requests[-1])
        if self._command.uses:
            self._compare_failures(requests)
        return requests

    def _pull(self, result: Any) -> None:
        """Let a list ask for its first page."""
        from contextlib import suppress

        from airflowctl.api.request_recorder import AnswerRead

        with suppress(AnswerRead):
            if isinstance(result, Rows):
                next(iter(result.items), None)

    def _has_several(self) -> bool:
        """Return whether the line names several things of one kind, each of which may be a request."""
        many = (self._values[param.name] for param in self._command.arguments if param.repeatable)
        return any(len(texts) > 1 for texts in many)

    def _compare_failures(self, requests: Sequence[RecordedRequest]) -> None:
        """Raise UsageError where a refusal of the server leads to another request."""
        from contextlib import suppress

        for kind in _FAILURES:
            self._stdin.rewind()
            self.recorder.requests.clear()
            self.recorder.failure = kind("not sent")
            with suppress(CliError):  # the end of the line, as after a refusal
                self._pull(self._command.run(self._session, self._values))
            later = [request for request in self.recorder.requests if request not in requests]
            # After a refused change a read only looks for the words of its error.
            if any(request.is_change for request in later) or (later and not requests[-1].is_change):
                raise self._depends_on(requests[0])

    def _depends_on(self, request: RecordedRequest) -> UsageError:
        return self._refusal(f"what it sends next may depend on the answer to {_name(request)}")

    def _refusal(self, reason: str) -> UsageError:
        return UsageError(
            f"{self._command.line} cannot be printed as requests: {reason}",
            f"nothing was sent; a request alone is printed by: {suggest('api', 'OPERATION')} --print-as curl",
        )


class _NoConsole:
    """The airflowctl.core.console.Console of a line that does not run: nothing has to be agreed to, and a
    line that needs its user is refused."""

    can_ask = False

    def __init__(self, command: Command) -> None:
        self._command = command

    def note(self, text: str) -> None: ...
    def confirm(self, warning: str, line: str) -> None: ...
    def confirm_change(self, kind: str, warning: str, line: str) -> None: ...
    def require_user(self, line: str) -> None: ...

    def has_to_ask(self, kind: str) -> bool:
        return False

    def __getattr__(self, name: str) -> NoReturn:
        raise UsageError(
            f"{self._command.line} cannot be printed as requests: it asks its user, or runs other lines",
            "nothing was sent; give all values on the line, or leave out --print-as",
        )


class _ReplayedInput:
    """Standard input that can be read a second time: each piece as the first time."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._pieces, self._position = stream, list[str](), 0

    def rewind(self) -> None:
        self._position = 0

    def read(self, size: int = -1) -> str:
        return self._take(lambda: self._stream.read(size))

    def readline(self, size: int = -1) -> str:
        return self._take(lambda: self._stream.readline(size))

    def _take(self, read: Any) -> str:
        if self._position == len(self._pieces):
            self._pieces.append(read())
        self._position += 1
        return self._pieces[self._position - 1]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _name(request: RecordedRequest) -> str:
    from airflowctl.core.url import parse_address, show_path

    return f"{request.method} {show_path(parse_address(request.url).path)}"


def _comments(command: Command, recorder: RequestRecorder) -> list[str]:
    version = f" (from Airflow {recorder.needs} on)" if recorder.needs else ""
    return [f"{command.line}{version}"]


def _explain_headers(environment: Environment) -> list[str]:
    """Return a comment for each header of the environment's own: its value is read when a request is
    sent."""
    return [f"add the header {name}, which is read from {value}" for name, value in environment.headers]


# Secrets.


def _hide_secrets(
    requests: Sequence[RecordedRequest], typed_secrets: Sequence[str], comments: Sequence[str]
) -> list[PrintedRequest]:
    """Return the requests to print. Raises UsageError where an address holds a secret."""
    from airflowctl.output.request_text import PrintedRequest, find_secrets

    texts = [text for text in typed_secrets if text]
    hider, printed = _Hider(texts), []
    for request in requests:
        if any(text in request.url for text in texts):
            raise UsageError("the address of the request holds a secret: it is not printed")
        body = hider.hide(request.body, _is_value_secret(request.operation))
        notes = (
            [*comments, *_explain_secrets(find_secrets(body))]
            if request is requests[0]
            else [*_explain_secrets(find_secrets(body))]
        )
        if request.is_page:
            notes.append(
                "the first page of a list: the line reads all, with the offset that follows the rows so far"
            )
        printed.append(
            PrintedRequest(request.method, request.url, body, request.headers, not request.is_open, notes)
        )
    return printed


def _is_value_secret(operation: str) -> bool:
    """Return whether the field `value` of what is sent may be a secret, whatever its name: of a variable."""
    return "_variable" in operation


def _explain_secrets(secrets: Iterable[Secret]) -> list[str]:
    """Return a line for each variable, once."""
    kinds = {secret.variable: " as JSON" if secret.is_json else "" for secret in secrets}
    return [f"export {name} before: a secret of the line{kind}" for name, kind in kinds.items()]


class _Hider:
    """Puts a name of a variable in the place of each secret; the same secret has one name."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts, self._names = texts, dict[str, str]()

    def hide(self, body: Any, is_value_secret: bool, name: str = "") -> Any:
        """Return a body without its secrets: those that the line has as such, and what their names or forms
        tell."""
        from airflowctl.core.sensitive import is_sensitive_name
        from airflowctl.output.request_text import Secret

        is_named = is_sensitive_name(name) or (is_value_secret and name == "value")
        if body in (None, "", "***", True, False) and isinstance(body, (str, bool, type(None))):
            return body
        if isinstance(body, str):
            return (
                Secret(self._variable(name, body), is_json=False)
                if is_named or self._is_secret(body)
                else body
            )
        if is_named:
            return Secret(self._variable(name, repr(body)), is_json=True)
        if isinstance(body, dict):
            return {inner: self.hide(part, is_value_secret, str(inner)) for inner, part in body.items()}
        if isinstance(body, (list, tuple)):
            return [self.hide(part, is_value_secret, name) for part in body]
        return body

    def _is_secret(self, text: str) -> bool:
        from airflowctl.core.sensitive import holds_secret

        return any(secret in text for secret in self._texts) or holds_secret(text)

    def _variable(self, name: str, text: str) -> str:
        """Return the variable of a secret, by the name of its field: SECRET_PASSWORD."""
        if text not in self._names:
            word = "".join(
                letter if letter.isascii() and letter.isalnum() else "_" for letter in name
            ).upper()
            stem = f"SECRET_{word}" if word else "SECRET"
            taken = set(self._names.values())
            numbers = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
            self._names[text] = (
                stem if stem not in taken else next(each for each in numbers if each not in taken)
            )
        return self._names[text]
