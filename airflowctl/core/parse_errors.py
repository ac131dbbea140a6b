"""The errors for words of a line that are none: each with the way out, none with a secret in it."""

from __future__ import annotations

from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from airflowctl.core.command import Command, Param
    from airflowctl.core.command_lookup import Lookup

_LONGEST_WORD = 30  # letters of an option that was mistyped; what is longer is a value
DASHED = "put -- before a value that begins with '-', or give it as --option=VALUE"


# Words of other programs (kubectl, docker, git, sh) for ours: the verb, and the command where no noun stands.
_SYNONYMS = {
    "describe": ("get", "dags get"),
    "show": ("get", "dags show"),
    "ls": ("list", "dags list"),
    "ps": ("list", "dagrun list"),
    "rm": ("delete", "dags delete"),
    "remove": ("delete", "dags delete"),
    "add": ("create", "connections add"),
    "new": ("create", "dags trigger"),
    "edit": ("update", "dags update"),
    "run": ("trigger", "dags trigger"),
    "start": ("trigger", "dags trigger"),
    "retry": ("clear", "tasks clear"),
    "rerun": ("clear", "tasks clear"),
    "login": ("login", "auth login"),
    "logout": ("logout", "auth logout"),
}

_MOSTLY = ("dags", "dagrun", "tasks", "variables", "connections", "pools")
# Options of Airflow 2 for ours; those that other programs still have are aliases.
_RENAMED = {"--execution-date": "--logical-date"}


def verb_for(word: str) -> str:
    """Return our verb for one of another program; empty where there is none."""
    return _SYNONYMS.get(word, ("",))[0]


def unknown_command(
    original_words: tuple[str, ...], token: str, typed: tuple[str, ...], verbs: Sequence[str], lookup: Lookup
) -> UsageError:
    """Return the error for a word after the command words `original_words`, as the user typed them, and
    `typed`, as they are spelled; `verbs` may stand in its place."""
    line = " ".join((*original_words, token))
    there = lookup.elsewhere((*original_words, token))
    if there:
        return UsageError(f"'{line}' is not for the API", there)
    if not typed:
        elsewhere = [
            " ".join(words)
            for noun in lookup.nouns()
            for words in lookup.commands(noun)
            if words[-1] == token
        ]
        # A verb of many nouns says little: the nouns that most lines are about come first.
        elsewhere.sort(key=lambda line: _MOSTLY.index(noun) if (noun := line.split()[0]) in _MOSTLY else 9)
        near = [_SYNONYMS[token][1]] if token in _SYNONYMS else elsewhere[:3]
        hint = f"did you mean {' or '.join(near)}?" if near else ""
        hint = hint or did_you_mean(token, lookup.nouns()) or f"see: {suggest('help')}"
        return UsageError(f"unknown command '{token}'", hint)
    same = _SYNONYMS.get(token, ("",))[0]
    hint = (
        did_you_mean(same if same in verbs else token, verbs) or f"{' '.join(typed)} has: {', '.join(verbs)}"
    )
    return UsageError(f"unknown command '{line}'", hint)


def missing_value(command: Command, param: Param, *, is_bundled: bool) -> UsageError:
    """Return the error for a parameter that the line needs and lacks. `is_bundled`: letters of it were taken
    for options, as they begin with '-'."""
    from airflowctl.core.param_values import usage

    kind = "option" if param.flags else "argument"
    hint = f"usage: {usage(command)}"
    return UsageError(f"missing {kind} {param.label}", f"{hint}; {DASHED}" if is_bundled else hint)


def unexpected_argument(command: Command, token: str) -> UsageError:
    page = f"see: {suggest('help', *command.words)}"
    # The word may be the rest of a secret with a space in it (decision 0002).
    if command.takes_secret:
        return UsageError("there is one argument too many", f"a value with spaces needs quotes; {page}")
    return UsageError(f"unexpected argument '{token}'", page)


def unknown_option(
    text: str, flags: Iterable[str], words: tuple[str, ...], command: Command | None
) -> UsageError:
    """Return the error for what is none of the `flags`: it may be a value that begins with '-', and a
    secret."""
    if command is not None and _RENAMED.get(text, "") in flags:
        required = [argument.label for argument in command.arguments if argument.required]
        line = suggest(*command.words, *required, _RENAMED[text], "DATE")
        return UsageError(f"{text} is an option of Airflow 2", f"now: {line}")
    takes_secret = command is None or command.takes_secret
    word = text.partition("=")[0] if text.startswith("--") else text
    # What is longer, or has other letters, is more likely a value: a password may begin with a dash (decision
    # 0002).
    is_word = 2 < len(word) <= _LONGEST_WORD and word.isascii() and word.replace("-", "").isalnum()
    long = [flag for flag in flags if len(flag) > 2]
    near = (did_you_mean(word, long) or did_you_mean("-" + word, long)) if is_word else ""
    is_long = is_word and word.startswith("--")
    page = f"see: {suggest('help', *words)}"
    way = f"{DASHED}; {page}" if command and command.arguments else page
    if len(word) == 2 or (is_long and (near or command is None)) or not takes_secret:
        return UsageError(f"unknown option {word}", near or way)
    return UsageError("unknown option (not shown: it may be a secret)", f"{DASHED}; {near or page}")
