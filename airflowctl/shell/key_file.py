"""The user's own keys: a file that gives a key a line to run, a text to insert or a command of readline."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.bindings.named_commands import get_by_name

from airflowctl.core.errors import ConfigError
from airflowctl.storage.private_files import config_folder

FILE = "keys.toml"
# A terminal sends Alt as Escape and the letter: two keys for the library.
_LONG_NAMES = {"ctrl-": ("c-",), "alt-": ("escape", ""), "shift-": ("s-",)}


def load_keys(environ: Mapping[str, str]) -> KeyBindings:
    """Return the bindings of the user's file, none where there is no file. Raises ConfigError."""
    keys, folder = KeyBindings(), config_folder(environ)
    content = folder.read(FILE)
    for key, action in (_parse(folder.path(FILE), content) if content else {}).items():
        try:
            do = _parse_action(action)
        except (ValueError, KeyError):
            problem = f"{action!r} is no action; write `run LINE`, `insert TEXT` or a command of readline"
            raise _broken(folder.path(FILE), f"{key}: {problem}") from None
        try:
            keys.add(*_parse_key(key), filter=has_focus(DEFAULT_BUFFER))(do)
        except ValueError:
            problem = "that is no key; write like f5, ctrl-t, alt-x or `ctrl-x t`"
            raise _broken(folder.path(FILE), f"{key}: {problem}") from None
    return keys


def _parse(path: str, content: bytes) -> dict[str, str]:
    import tomllib

    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _broken(path, str(error)) from None
    wrong = next((key for key, action in table.items() if not isinstance(action, str)), None)
    if wrong is not None:
        raise _broken(path, f"{wrong}: its action is no text")
    return table


def _broken(path: str, problem: str) -> ConfigError:
    return ConfigError(f"the keys in {path} are not used: {problem}", "fix or remove it")


def _parse_key(text: str) -> list[str]:
    """Return the keys of a sequence as prompt_toolkit calls them: `ctrl-x t` is c-x and t."""
    result: list[str] = []
    for word in text.split():
        prefix = next((name for name in _LONG_NAMES if word.lower().startswith(name)), "")
        *before, last = _LONG_NAMES.get(prefix, ("",))
        result += [*before, last + word[len(prefix) :]]
    if not result:
        raise ValueError
    return result


def _parse_action(text: str) -> Callable[[KeyPressEvent], object]:
    """Return what a key does. Raises ValueError or KeyError for what is no action."""
    verb, _, rest = text.partition(" ")
    if verb == "run" and rest.strip():
        return _run(rest.strip())
    if verb == "insert" and rest:
        return lambda event: event.current_buffer.insert_text(rest)
    command = get_by_name(text)
    return lambda event: command.call(event)


def _run(line: str) -> Callable[[KeyPressEvent], object]:
    def run(event: KeyPressEvent) -> None:
        """Run the line as if it were typed, its questions included. What stands at the prompt is not lost."""
        if event.current_buffer.text.strip():
            event.app.output.bell()
            return
        event.current_buffer.text = line
        event.current_buffer.validate_and_handle()

    return run
