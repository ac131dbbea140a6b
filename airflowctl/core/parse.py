"""The one walk over a line's tokens: it serves a finished line and the prefix at the cursor alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflowctl.core.command import ALWAYS, LINE, Command, Param
from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.options import GLOBAL, PROGRAM
from airflowctl.core.param_values import (
    JOINED,
    choices_hint,
    has_dash,
    is_distance,
    is_joined,
    read_references,
    referred,
    secret_texts,
    value,
)  # fmt: skip
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.command_lookup import Lookup

PROGRAM_NAMES = ("airflowctl", "airflow")


class Role:
    """What a token turned out to be."""

    COMMAND = "command"
    OPTION = "option"
    VALUE = "value"
    ARGUMENT = "argument"
    UNKNOWN = "unknown"


class BoundLine(NamedTuple):
    """A line understood: which command, with which values."""

    command: Command | None
    values: dict[str, Any]


class LineParser:
    """Where a line stands after some of its tokens."""

    def __init__(self, lookup: Lookup, program: bool = False) -> None:
        self.lookup = lookup
        self.words: tuple[str, ...] = ()
        self.replacement_hint = ""  # how a line in an old spelling is written today
        self.typed: tuple[str, ...] = ()  # the words as they were spelled
        self.original_words: tuple[str, ...] = ()  # the same, as they were typed: for what lives elsewhere
        self.command: Command | None = None
        self.arguments: list[str] = []
        self.own_texts: dict[str, list[str]] = {}
        self.global_texts: dict[str, list[str]] = {}
        self.awaiting: Param | None = None
        self.variadic_option: Param | None = None  # the option that takes the next word too, if it is none
        self.only_arguments = False
        self.roles: list[str] = []
        self.problem: UsageError | None = None
        self.inner: LineParser | None = None  # the line that the rest of this one is
        self.aliases: list[str] = []
        self._bundled = False
        self._program = PROGRAM if program else ()

    # What may come next, for completion.

    def options(self) -> Iterator[Param]:
        """The options that may stand here; a command's own hide a global one of the same flag."""
        if self.command is not None:
            yield from self.command.options
            yield from (param for param in self.command.arguments if param.aliases)
        elif not self.typed:
            yield from self._program
        yield from GLOBAL

    def option(self, text: str) -> Param | None:
        return next((param for param in self.options() if text in param.spellings), None)

    def next_words(self) -> list[str]:
        """The command words that may stand here; after `--` none once there is a command."""
        if self.arguments or (self.only_arguments and self.command is not None):
            return []
        if not self.typed:
            return list(self.lookup.nouns())
        depth = len(self.typed)
        known = self.lookup.begun_by(self.typed)
        return list(dict.fromkeys(w[depth] for w in known if len(w) > depth and w[:depth] == self.typed))

    def next_argument(self) -> Param | None:
        arguments = self.open_arguments(coming=1)
        if not arguments:
            return None
        if len(self.arguments) < len(arguments):
            param = arguments[len(self.arguments)]
            stands_apart = self.roles[-1:] != [Role.ARGUMENT]
            return None if param.hidden and stands_apart else param
        return arguments[-1] if arguments[-1].repeatable else None

    def context_values(self, coming: int = 0) -> dict[str, str]:
        """The arguments that the names in use give, if so many more are typed."""
        if self.command is None or not self.lookup.context:
            return {}
        from airflowctl.core.context_arguments import fill_arguments

        return fill_arguments(self.command, len(self.arguments) + coming, self.own_texts, self.lookup.context)

    @property
    def nested(self) -> LineParser:
        """The walk that the end of the line belongs to: of `time dags list` that over `dags list`."""
        return self.inner.nested if self.inner else self

    @property
    def inner_tokens(self) -> list[str]:
        return self.arguments[-len(self.inner.roles) :] if self.inner else []

    def open_arguments(self, coming: int = 0) -> tuple[Param, ...]:
        """Return the arguments that no option of the same meaning, and no name in use, stands for."""
        arguments = self.command.arguments if self.command else ()
        taken = {*self.own_texts, *self.context_values(coming)}
        return tuple(param for param in arguments if param.name not in taken)

    # One token after the other.

    def feed(self, token: str) -> None:
        """Move on by one token."""
        if self.inner is not None:
            self.arguments.append(token)
            self.roles.append(self._feed_inner(self.inner, token))
            return
        # Any token is the value, one with dashes too: a password or an expression may begin so.
        if self.awaiting is not None and not self._has_implicit_value(token):
            self._add_text(self.awaiting, token)
            self.variadic_option = self.awaiting if self.awaiting.variadic and self._has_arguments() else None
            self.awaiting = None
            self.roles.append(Role.VALUE)
        elif self.variadic_option is not None and not has_dash(token):
            self._add_text(self.variadic_option, token)
            self.roles.append(Role.VALUE)
        else:
            self.variadic_option = None
            if self.awaiting is not None:
                self._add_text(self.awaiting, self.awaiting.implicit_value or "")
                self.awaiting = None
            self.roles.append(self._feed_new(token))

    def _has_arguments(self) -> bool:
        """Whether the line may end without one more argument: a word then goes to the option before it."""
        return bool(self.arguments) or self.next_argument() is None

    def _has_implicit_value(self, token: str) -> bool:
        return self.awaiting is not None and self.awaiting.implicit_value is not None and has_dash(token)

    def _feed_new(self, token: str) -> str:
        if self.only_arguments or token in ("", "-") or not has_dash(token) or is_distance(token):
            return self._feed_word(token)
        if token == "--":
            self.only_arguments = True
            return Role.OPTION
        return self._feed_long(token) if token.startswith("--") else self._feed_short(token)

    def _feed_word(self, token: str) -> str:
        if token in PROGRAM_NAMES and not self.roles:
            return Role.COMMAND  # a line copied from a script, or from a hint of ours
        if self._feed_alias(token):
            return Role.COMMAND if self.problem is None else Role.UNKNOWN
        if self._feed_command(token):
            return Role.COMMAND
        if self.command is None:
            from airflowctl.core.parse_errors import unknown_command

            words = self.original_words, token, self.typed, self.next_words()
            return self._unknown(unknown_command(*words, self.lookup))
        param = self.next_argument()
        if param is None:
            from airflowctl.core.parse_errors import unexpected_argument

            return self._unknown(unexpected_argument(self.command, token))
        self.arguments.append(token)
        if param.complete == LINE:
            self.inner = LineParser(self.lookup)
            return self._feed_inner(self.inner, token)
        return Role.ARGUMENT

    def _feed_inner(self, inner: LineParser, token: str) -> str:
        inner.feed(token)
        self.problem = self.problem or inner.problem
        return inner.roles[-1]

    def _feed_alias(self, token: str) -> bool:
        """Whether the token stands for other words; within them it does not once more."""
        words = () if self.typed or self.command or token in self.aliases else self.lookup.alias(token)
        if words:
            self.aliases.append(token)
        taken = len(self.roles)
        for word in words:
            self.feed(word)
        del self.roles[taken:]
        return bool(words)

    def _feed_command(self, token: str) -> bool:
        """Whether the token continues a command, in its current spelling or another."""
        if self.arguments or (self.only_arguments and self.command is not None):
            return False
        words = (*self.typed, token) if self.typed else (self.lookup.noun(token),)
        if words[0] and self.lookup.has_command(words):
            self.typed = words
            self.original_words = (*self.original_words, token)
            self.command = self.lookup.command(words)
            self.words = self.command.words if self.command else words
            return True
        # Last, as it imports all commands: for a line that would be an error without it.
        moved = None if self.command else self.lookup.formerly((*self.typed, token))
        if moved is not None:
            self.command, self.words, self.typed = moved, moved.words, moved.words
            self.replacement_hint = f"now: airflowctl {moved.line}"
        return moved is not None

    def _feed_long(self, token: str) -> str:
        text, equals, value = token.partition("=")
        param = self.option(text)
        if param is None:
            return self._unknown(self._unknown_option(text))
        if param.switch:
            if equals and not (param.joined and text in param.flags):
                return self._unknown(UsageError(f"{text} takes no value"))
            self._add_text(param, JOINED + value if equals else "no" if text in param.no_flags else "yes")
        elif equals:
            self._add_text(param, value)
        else:
            self.awaiting = param
        return Role.OPTION

    def _feed_short(self, token: str) -> str:
        """Take all of the token or, where a letter of it is no option, nothing."""
        bundle = list(self._bundle(token))
        if not self._is_whole(token, bundle):
            return self._unknown(self._unknown_option(token))
        self._bundled = self._bundled or len(token) > 2
        for param, text in bundle:
            if text is not None:
                self._add_text(param, text)
            else:
                self.awaiting = param
        return Role.OPTION

    def _bundle(self, token: str) -> Iterator[tuple[Param, str | None]]:
        """The options in `-abs3` with their values, as far as its letters are options; None: it follows."""
        for position, letter in enumerate(token[1:], start=2):
            param = self.option("-" + letter)
            if param is None:
                return
            if param.joined and token.startswith(JOINED, position):
                yield param, token[position:]
                return
            if not param.switch:
                yield param, token[position:].removeprefix("=") if token[position:] else None
                return
            yield param, "yes"

    def _is_whole(self, token: str, bundle: list[tuple[Param, str | None]]) -> bool:
        """Whether these options are all of the token, and meant: `-yes` is no `-y -e s`, `-hello` no help."""
        last, text = bundle[-1] if bundle else (None, None)
        if last is None or (last.switch and len(bundle) < len(token) - 1 and not is_joined(text)):
            return False
        asks_for_help = any(param.name == "help" for param, _ in bundle)
        if not last.switch and text is not None and (asks_for_help or not self._may_be_shown(last, text)):
            return False
        return len(token) == 2 or self.option("-" + token.partition("=")[0]) is None

    def _may_be_shown(self, param: Param, text: str) -> bool:
        """Whether an error may show this value; for a command with secrets it may be a part of one."""
        if not param.choices or text in param.choices or self.command is None or not self.takes_secret():
            return True
        return bool(did_you_mean(text, param.choices))

    def takes_secret(self) -> bool:
        """Whether the command takes a secret; before there is a command, it may."""
        return self.command is None or self.command.takes_secret

    def _unknown_option(self, text: str) -> UsageError:
        from airflowctl.core.parse_errors import unknown_option

        flags = [flag for param in self.options() for flag in param.flags + param.no_flags]
        return unknown_option(text, flags, self.words, self.command)

    def _add_text(self, param: Param, text: str) -> None:
        own = self.command is not None and param in self.command.params
        name, text = referred(param, text)
        (self.own_texts if own else self.global_texts).setdefault(name, []).append(text)

    def _unknown(self, problem: UsageError) -> str:
        self.problem = self.problem or problem
        return Role.UNKNOWN

    def texts(self, coming: int = 0) -> Iterator[tuple[Param, str]]:
        """What the line gives the command so far, unconverted; of what is given several times the last is
        the last. With `coming` words at the cursor, those before may be meant for other arguments."""
        if self.command is not None:
            known = self.context_values(coming)
            yield from ((param, known[param.name]) for param in self.command.arguments if param.name in known)
            arguments = self.open_arguments(coming)
            for index, text in enumerate(self.arguments):
                if index < len(arguments):
                    yield arguments[index], text
                elif arguments and arguments[-1].repeatable:
                    yield arguments[-1], text
            yield from (
                (param, text) for param in self.command.params for text in self.own_texts.get(param.name, ())
            )

    def secrets(self) -> list[str]:
        """What in the line must not be kept or shown, as far as it is typed."""
        own = secret_texts(list(self.texts()), self.command)
        everywhere = (param.name for param in GLOBAL if param.secret)
        inner = self.inner.secrets() if self.inner else []
        return own + inner + [text for name in everywhere for text in self.global_texts.get(name, ())]

    def secret_options(self) -> Iterator[tuple[Param, str]]:
        """Each option whose value is always a secret, and the text given for it."""
        known = [(param, self.own_texts) for param in (self.command.options if self.command else ())]
        known += [(param, self.global_texts) for param in GLOBAL]
        for param, name in known:
            if param.secret == ALWAYS:
                yield from ((param, text) for text in name.get(param.name, ()))

    # The end of the line.

    def wants_help(self) -> bool:
        return "help" in self.global_texts

    def global_values(self) -> dict[str, Any]:
        """The global options given so far; what cannot be converted is left for `bind` to refuse."""
        values = {}
        for param in (*GLOBAL, *self._program) if self.global_texts else ():
            texts = self.global_texts.get(param.name)
            if texts and param.name != "help":
                try:
                    values[param.name] = value(param, texts)
                except UsageError as problem:
                    self.problem = self.problem or problem
        return values

    def bind(self) -> BoundLine:
        """Check that the line is whole and convert its values; raises UsageError."""
        if self.awaiting is not None and self.awaiting.implicit_value is None:
            shown = self.awaiting.label
            self.problem = self.problem or UsageError(f"{shown} needs a value", choices_hint(self.awaiting))
        elif self.awaiting is not None:
            self._add_text(self.awaiting, self.awaiting.implicit_value or "")
            self.awaiting = None
        self.global_values()
        if self.problem is not None:
            raise self.problem
        if self.command is None:
            if self.words:
                line = " ".join(self.words)
                raise UsageError(
                    f"'{line}' needs one more word", f"{line} has: {', '.join(self.next_words())}"
                )
            return BoundLine(None, {})
        return BoundLine(self.command, dict(self._values(self.command)))

    def _values(self, command: Command) -> Iterator[tuple[str, Any]]:
        rest, known = list(self.arguments), self.context_values()
        for param in (entry for entry in command.params if entry.refers in ("", "@")):
            if param.name in known:
                texts = [known[param.name]]
            elif param.flags or param.name in self.own_texts:
                texts = self.own_texts.get(param.name, [])
            elif param.repeatable:
                texts, rest = rest, []
            else:
                texts, rest = rest[:1], rest[1:]
            if not texts and param.required:
                from airflowctl.core.parse_errors import missing_value

                raise missing_value(command, param, is_bundled=self._bundled)
            if texts:
                yield param.name, value(param, read_references(param, texts, self.lookup))
            else:
                yield param.name, () if param.repeatable else param.default
        if rest:  # an option after it gave its argument
            from airflowctl.core.parse_errors import unexpected_argument

            raise unexpected_argument(command, rest[0])


def parse_tokens(tokens: Sequence[str], lookup: Lookup, program: bool = False) -> LineParser:
    """Walk a whole line. `program` also allows the options of the program itself (argv only)."""
    parser = LineParser(lookup, program)
    for token in tokens:
        parser.feed(token)
    return parser
