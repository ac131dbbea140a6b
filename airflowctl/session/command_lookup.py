"""What the words of a session's lines mean: the commands, the person's aliases, the names in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from airflowctl.core.command import Command
from airflowctl.core.errors import ConfigError, UsageError
from airflowctl.core.parse import PROGRAM_NAMES
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session import registry

if TYPE_CHECKING:
    from airflowctl.output.streams import Streams
    from airflowctl.storage.preferences import Preferences

_OURS = {"..": ("use", "..")}


class CommandLookup:
    """A core.parse.Lookup. `context` holds what `use` chose: names by kind."""

    def __init__(
        self,
        environ: Mapping[str, str],
        streams: Streams | None = None,
        learn: Callable[[str], object] = str,
    ) -> None:
        self.context: dict[str, str] = {}
        self._environ, self._streams, self._learn = environ, streams, learn
        self._stdin: str | None = None  # read once: a line may be bound several times
        self.read_value: Callable[[str, str], str] = self.read_value_now
        self._preferences: Preferences | None = None
        self._aliases: dict[str, tuple[str, ...]] = {}
        self._imagined: dict[str, tuple[str, ...]] = {}  # aliases of lines that are checked before they run

    @property
    def preferences(self) -> Preferences:
        from airflowctl.storage.preferences import Preferences

        if self._preferences is None:
            self._preferences = Preferences(self._environ)
        return self._preferences

    def use(self, kind: str, name: str) -> None:
        """Let a name be in use. With another Dag, a run or a task of the one before is no longer meant."""
        from airflowctl.core.context_arguments import USED_KINDS

        # A run or task of one Dag is mostly none of the other, and if there is one of that name, it is not
        # meant.
        names = {} if kind == "dag" and self.context.get("dag") != name else dict(self.context)
        names[kind] = name
        # In the order of the kinds, from the Dag inwards: `pop_context` leaves the innermost first.
        self.context = {kind: names[kind] for kind in USED_KINDS if kind in names}

    def pop_context(self) -> tuple[str, str]:
        """Leave the innermost of the names in use; its kind and what it was. Raises UsageError."""
        if not self.context:
            raise UsageError("no name is in use", "use dag NAME")
        return self.context.popitem()

    def nouns(self) -> Sequence[str]:
        """Return the first words that a line may have, the person's own among them."""
        return (*registry.nouns(), *self._known_aliases())

    def noun(self, word: str) -> str:
        return registry.noun(word)

    def commands(self, noun: str) -> Mapping[tuple[str, ...], Command]:
        return registry.commands(noun) if registry.noun(noun) else {}

    def begun_by(self, words: tuple[str, ...]) -> Mapping[tuple[str, ...], Command]:
        return registry.begun_by(words) if registry.noun(words[0]) else {}

    def command(self, words: tuple[str, ...]) -> Command | None:
        return registry.command(words)

    def has_command(self, words: tuple[str, ...]) -> bool:
        return registry.has_command(words)

    def formerly(self, words: tuple[str, ...]) -> Command | None:
        return registry.formerly(words)

    def elsewhere(self, words: tuple[str, ...]) -> str:
        return registry.elsewhere(words)

    def alias(self, word: str) -> tuple[str, ...]:
        """Return the words that this one stands for. An alias hides no command."""
        if word in _OURS:
            return _OURS[word]
        # A noun that a later version adds must not change what a user's line means without a word: it is
        # refused when the alias is made, and wins here.
        if word in PROGRAM_NAMES or registry.noun(word):
            return ()
        return self._words(word)

    def aliases(self) -> dict[str, str]:
        """Return what each of the person's aliases stands for, as a line. Raises ConfigError."""
        from airflowctl.storage.preferences import ALIASES

        return self.preferences.table(ALIASES)

    def _known_aliases(self) -> Sequence[str]:
        try:
            return tuple(self.aliases())
        # This is called at each key of the prompt; the error is printed by the first line that needs an
        # alias.
        except ConfigError:
            return ()

    def imagine_alias(self, word: str, line: tuple[str, ...]) -> None:
        """Let a word stand for a line while lines after it are checked; for nothing, where the line is
        empty."""
        self._imagined[word] = line

    def forget_imagined(self) -> None:
        self._imagined.clear()

    def read_value_now(self, kind: str, name: str) -> str:
        """Return the value in a "file" ("-" is standard input), or in a "variable"; it is hidden from then
        on. Raises UsageError."""
        text = self._environ.get(name) if kind == "variable" else self._read_file(name)
        if text is None:
            raise UsageError(f"the environment variable {name} is not set")
        self._learn(text)
        return text

    def _read_file(self, name: str) -> str:
        from airflowctl.session.text_files import STDIN, read_text

        if name != STDIN:
            return read_text(name)
        if self._stdin is None:
            self._stdin = read_text(name, self._streams)
        return self._stdin

    def _words(self, word: str) -> tuple[str, ...]:
        if word in self._imagined:
            return self._imagined[word]
        if word not in self._aliases:
            line = self.aliases().get(word, "") if word in self._known_aliases() else ""
            # Kept, for completion asks at each key.
            self._aliases[word] = _split(line) if line else ()
        return self._aliases[word]

    def add_alias(self, alias: str, line: str) -> None:
        """Let a word stand for a line from now on. Raises UsageError."""
        from airflowctl.storage.preferences import ALIASES

        # What the tokenizer, an operator or a flag could begin with would never be reached.
        plain = alias.replace("-", "").replace("_", "")
        if not plain.isalnum() or alias.startswith("-"):
            raise UsageError(f"'{alias}' cannot be an alias", "use letters, digits, '-' and '_'")
        if alias in PROGRAM_NAMES or registry.noun(alias) or registry.elsewhere((alias,)):
            raise UsageError(f"'{alias}' is a command, which no alias may hide", "choose another word")
        self.preferences.store(ALIASES, alias, line)
        self._aliases.clear()

    def remove_alias(self, alias: str) -> None:
        """Raises UsageError where there is no such alias."""
        from airflowctl.core.errors import did_you_mean
        from airflowctl.storage.preferences import ALIASES

        known = self.aliases()
        if alias not in known:
            there = f"there are: {', '.join(known)}" if known else "there are none"
            hint = did_you_mean(alias, known) or there
            raise UsageError(f"there is no alias '{alias}'", hint)
        self.preferences.store(ALIASES, alias, None)
        self._aliases.clear()


def _split(line: str) -> tuple[str, ...]:
    from completers.tokenizer import OpenQuoteError, words

    try:
        return tuple(words(line))
    except OpenQuoteError:  # the file was written by hand
        return ()
