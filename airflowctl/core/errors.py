"""Every way a line can fail, with its exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

DONE = 0
REFUSED = 1
USAGE = 2
UNREACHABLE = 3
NOT_ALLOWED = 4
FAILED_WAIT = 5
DIFFERS = 6
INTERRUPTED = 130
BROKEN_PIPE = 141


class CliError(Exception):
    """A failure that is printed in one or two lines.

    `message` names the thing, `hint` the way out, `code` is a stable word for scripts and `exit_code`
    the exit status. `status` is the HTTP status and `operation` the API operation, where there was one;
    `request_id` is the X-Request-ID that the request carried, `retry_after` the server's header of that name;
    `is_unsent` is whether the request surely never reached a server, `is_noted` whether a note has said that
    it is tried again. `word` is the word of the line that is wrong, where there is one.
    `is_choice` is set where the user has ended the line: the shell calls that no error.
    """

    code = "error"
    exit_code = REFUSED
    request_id = ""
    retry_after = ""
    is_unsent = False
    is_noted = False
    is_choice = False
    word = ""

    def __init__(self, message: str, hint: str = "", *, status: int = 0, operation: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.status = status
        self.operation = operation

    @property
    def is_passing(self) -> bool:
        """Return whether the same request may be answered a moment later: who waits for something asks
        again."""
        # A refusal of the request itself (4xx) is the same a moment later; 429 is the server's own request to
        # wait.
        return isinstance(self, Unreachable) or self.status == 429 or self.status >= 500


class UsageError(CliError):
    """The line is wrong; nothing was sent."""

    code = "usage"
    exit_code = USAGE


class FormLeft(UsageError):
    """The user has left a form; nothing was sent."""

    is_choice = True


class Declined(UsageError):
    """The user has said no to a question; nothing was sent."""


class UnknownColumn(UsageError):
    """`--columns`, `--sort` or `--query` want something that the answer does not have."""


class PluginMissing(UsageError):
    """The server lacks a provider with an API of its own; nothing was done."""


class ExtensionError(CliError):
    """A plug-in cannot be used, or failed; the message names it and its package."""

    code = "extension"


class ServerRefused(CliError):
    """The server refused the request, or failed."""

    code = "refused"


class NotFound(ServerRefused):
    """The server has no such object."""

    code = "not_found"


class NoRoute(NotFound):
    """The server has no such path, or says nothing of what is missing there."""


class Conflict(ServerRefused):
    """The object exists already, or its state does not allow the change."""

    code = "conflict"


class Invalid(ServerRefused):
    """The server does not accept a value that was sent."""

    code = "invalid"


class NotUndone(CliError):
    """There is no change that can be undone, or the object has been changed since."""

    code = "not_undone"


class NotAirflow(ServerRefused):
    """The answer is not that of an Airflow 3 API."""

    code = "not_airflow"


class Unreachable(CliError):
    """No answer: the server cannot be reached, or the connection broke."""

    code = "unreachable"
    exit_code = UNREACHABLE


class TimedOut(Unreachable):
    """The server took too long; --request-timeout and --max-time are the limits."""

    code = "timed_out"


class UnknownState(CliError):
    """An object that the line waits for is in a state that this client does not know."""

    code = "unknown_state"


class Interrupted(CliError):
    """Ctrl-C. The message is the same at every moment; the hint says what continues on the server."""

    code = "interrupted"
    exit_code = INTERRUPTED
    is_choice = True

    def __init__(self, message: str = "interrupted", hint: str = "") -> None:
        super().__init__(message, hint)


class NotLoggedIn(CliError):
    """There is no login for that server, or it is not accepted."""

    code = "not_logged_in"
    exit_code = NOT_ALLOWED


class AuthenticationRequired(NotLoggedIn):
    """Nothing was sent that says who asks, and the server wants to know before it does anything."""


class SessionEnded(NotLoggedIn):
    """The server no longer accepts this token, and did nothing: a new token may help."""

    code = "session_ended"


class NotAllowed(CliError):
    """The user is not allowed to do that."""

    code = "not_allowed"
    exit_code = NOT_ALLOWED


class ReadOnly(NotAllowed):
    """The session is read-only, and the request would have changed something: it was not sent."""

    code = "read_only"


class PolicyForbids(NotAllowed):
    """The administrator's policy does not allow it; nothing was sent."""

    code = "policy"


class StoreUnavailable(CliError):
    """No store for secrets works on this machine."""

    code = "no_keyring"
    exit_code = NOT_ALLOWED


class StoreLocked(StoreUnavailable):
    """The keyring is locked; a user has to unlock it first."""

    code = "keyring_locked"


class ConfigError(CliError):
    """A file of airflowctl cannot be read or written."""

    code = "config"


class OutputFailed(CliError):
    """Standard output could not be written."""

    code = "output"


class ProgramFailed(CliError):
    """A program of the user's own, after `|` or `!` in a file of commands, ended with another code than 0."""

    code = "program"

    def __init__(self, program: str, code: int) -> None:
        super().__init__(f"'{program}' ended with exit code {code}")


class WrongFile(UsageError):
    """Several things are wrong in a file that a line reads: each error with its place, `FILE:LINE:COLUMN`."""

    def __init__(self, problems: Sequence[tuple[str, CliError]]) -> None:
        super().__init__("; ".join(f"{where}: {error.message}" for where, error in problems))
        self.problems = problems


class ExitSession(Exception):
    """`exit`: leave the shell, or end the batch here, with an exit code; None: that of what failed before."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__()
        self.code = code


def error_codes() -> dict[str, type[CliError]]:
    """Return the words by which scripts know the errors, sorted, with the class that has each first."""
    classes = [CliError]
    # The list grows while it is walked, so that classes of classes are in it too.
    for known in classes:
        classes += known.__subclasses__()
    return {known.code: known for known in sorted(classes, key=_code) if "code" in vars(known)}


def _code(error: type[CliError]) -> str:
    return error.code


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return a hint naming the nearest candidates, or an empty string."""
    # With the `re` that it brings it takes as long to load as a short command runs.
    from difflib import get_close_matches

    bare = {name.lstrip("-"): name for name in candidates}  # two dashes that are the same say nothing
    # A long option that was cut off is meant as the whole one, though it is never taken for it (decision
    # 0001).
    begun = [name for name in bare.values() if word.startswith("--") and name.startswith(word)]
    close = [bare[name] for name in get_close_matches(word.lstrip("-"), list(bare), n=3, cutoff=0.6)]
    near = list(dict.fromkeys((*begun, *close)))[:3]
    return f"did you mean {' or '.join(near)}?" if near else ""
