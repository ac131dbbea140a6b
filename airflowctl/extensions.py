"""The public module for plug-ins: login methods, commands and output formats of other packages.

A package registers them as entry points, and everything that they need is imported from here:

- `airflowctl.auth`: a class below `Provider`; the name is what `auth login --method` accepts,
- `airflowctl.commands`: a `Commands`, the commands of one noun; the name is the noun,
- `airflowctl.output`: a class below `Format`, `LineFormat` or `DataFormat`; the name is what `-o` accepts.

Each states `api`, the version of this module that it was written for. docs/how-to/extensions.md says more,
and docs/examples/airflowctl-example is a package with one of each. All other modules of airflowctl may change
at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from airflowctl.core import command as _command
from airflowctl.core import converters
from airflowctl.core import effect as _effect
from airflowctl.core.command import ALWAYS, Command, Param, arg, flag, opt, toggle
from airflowctl.core.effect import (
    CHANGE,
    CLEAR,
    CREATE,
    CREATES,
    DELETE,
    MARK,
    NOTHING,
    OVERWRITE,
    READS,
    SWITCH,
    Effect,
)
from airflowctl.core.errors import CliError, Conflict, NotFound, NotLoggedIn, UsageError
from airflowctl.core.extension_points import API_VERSION
from airflowctl.core.kinds import names
from airflowctl.core.results import Item, Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import DRY_RUN, LIMIT
from airflowctl.output.formats.lines import LineFormat
from airflowctl.output.style import DataFormat, Format, Style
from airflowctl.output.values import full_text, lookup
from airflowctl.session.extension_commands import Commands
from airflowctl.session.extension_session import ExtensionApi as Api
from airflowctl.session.extension_session import ExtensionSession as Session

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.api.auth.provider import Login, Provider
    from airflowctl.core.command import Handler
    from airflowctl.core.credential import Credential

__all__ = [
    "ALWAYS", "API_VERSION", "CHANGE", "CLEAR", "CREATE", "CREATES", "DELETE", "DRY_RUN", "LIMIT", "MARK",
    "NOTHING", "OVERWRITE", "READS", "SWITCH", "Api", "CliError", "Command", "Commands", "Conflict",
    "Credential", "DataFormat", "Effect", "Format", "Item", "LineFormat", "Login", "NotFound",
    "NotLoggedIn", "Param", "Provider", "Record", "Rows", "Session", "Style", "Text", "UsageError", "arg",
    "command", "converters", "effect", "flag", "full_text", "lookup", "names", "opt", "toggle",
]  # fmt: skip

# Providers bring httpx along, which takes longer to load than all the rest: plug-ins without one do without.
_MODULES = {
    "Credential": "airflowctl.core.credential",
    "Login": "airflowctl.api.auth.provider",
    "Provider": "airflowctl.api.auth.provider",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(__import__(_MODULES[name], fromlist=[name]), name)
    if name.startswith("_"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    # As ImportError it reaches the user whole, who may have to update airflowctl.
    raise ImportError(
        f"airflowctl.extensions has no '{name}'; this is version {API_VERSION} of the plug-in API"
    )


def command(
    words: str,
    summary: str,
    *params: Param,
    op: str = "",
    uses: tuple[str, ...] = (),
    danger: str = "",
    effect: Effect | None = None,
    invalidates: tuple[str, ...] = (),
    about: str = "",
    examples: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
) -> Callable[[Handler], Command]:
    """Declare a command around the handler that follows.

    `words` are the noun and what follows it, `summary` is one sentence with its full stop, `params` are made
    by `arg`, `opt`, `flag` and `toggle`. The handler takes the session and each parameter by its name, or
    `values`, a named tuple of them, and returns `Rows`, `Record`, `Text` or None. It prints nothing.

    `op` is the operationId of the API that it is about, `uses` are the others that it calls. One that changes
    something declares its `effect`: without it, nothing but reads is sent. `danger` is a sentence that is
    shown before each run, with a question. `invalidates` are the kinds of names that may be others
    afterwards. `aliases` are other spellings of its words, `about` is more text for its help, `examples` are
    whole lines.

    Raises TypeError where the declaration contradicts itself.
    """
    return _command.command(
        words,
        summary,
        *params,
        op=op,
        uses=uses,
        danger=danger,
        effect=effect,
        invalidates=invalidates,
        about=about,
        examples=examples,
        aliases=aliases,
    )


def effect(
    kind: str,
    noun: str = "",
    *names: str,
    becomes: str = "",
    judge: Callable[[Mapping[str, Any]], str] | None = None,
    look: Callable[[Session, Mapping[str, Any]], Sequence[str]] | None = None,
) -> Effect:
    """Declare what a command does to what the server holds: `effect(DELETE, "variable", "key")`.

    `kind` is one of NOTHING, CREATE, SWITCH, CHANGE, MARK, CLEAR, OVERWRITE, DELETE: on it depends when the
    user is asked. `noun` is the word for what is touched and `names` the parameters that name it, those after
    the first where it is; `becomes` is the participle for the question. `judge` gives the kind of one line by
    its values, `look` asks the server for the names of what would be touched, and runs only where a user is
    asked. With a parameter `dry_run` that is set, the kind is NOTHING.
    """
    return _effect.effect(kind, noun, *names, becomes=becomes, judge=judge, look=look)
