"""The values of `--set`, and what stands for `${NAME}` in the lines of a batch."""

from __future__ import annotations

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Values:
    """Texts by name. `problems` are what is wrong in the line that was expanded last, each with its place."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.problems: list[tuple[int, UsageError]] = []

    def expand(self, name: str, position: int) -> str:
        """Return the text for `${name}`, which stands at that place of a line; "" with a problem for none."""
        if name not in self.texts:
            self.problems.append((position, _unset(name)))
        return self.texts.get(name, "")

    def digest(self, salt: str = "") -> str:
        """Return what says whether other values are the same, and does not give them away; "" for none."""
        if not self.texts:
            return ""
        import json
        from hashlib import scrypt
        from os import urandom

        # The digest stands in a file: scrypt, since a short value would be guessed from a plain hash.
        salt = salt or urandom(16).hex()
        text = json.dumps(sorted(self.texts.items())).encode()
        return f"scrypt:{salt}:{scrypt(text, salt=bytes.fromhex(salt), n=1 << 14, r=8, p=1, dklen=32).hex()}"

    def is_same(self, digest: str) -> bool:
        """Return whether a digest is that of these values."""
        parts = digest.split(":")
        try:
            return digest == (self.digest(parts[1]) if len(parts) > 1 else self.digest())
        # The salt is no hex: the journal was edited.
        except ValueError:
            return False


def read_values(
    settings: Sequence[str], environ: Mapping[str, str], learn: Callable[[str], object]
) -> Values:
    """Return the values of `NAME=VALUE`, `NAME=@FILE` and `NAME=env:VARIABLE`. What does not stand on the
    command line may be a secret, which `learn` hides. Raises UsageError."""
    values = Values()
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not _is_name(name):
            raise UsageError(f"--set: '{name}' is not followed by =VALUE or is no name", "give NAME=VALUE")
        if name in values.texts:
            raise UsageError(f"--set: {name} is set twice", "give it once")
        values.texts[name] = _resolve(name, text, environ)
        if values.texts[name] != text:
            learn(values.texts[name])
    return values


def _resolve(name: str, text: str, environ: Mapping[str, str]) -> str:
    if text.startswith("env:"):
        variable = text.removeprefix("env:")
        if variable not in environ:
            raise UsageError(f"--set {name}: the environment variable {variable} is not set")
        return environ[variable]
    if not text.startswith("@"):
        return text
    from airflowctl.session.text_files import read_text

    try:
        return read_text(text[1:])
    except UsageError as error:
        raise UsageError(f"--set {name}: {error.message}") from None


def _is_name(name: str) -> bool:
    return name.isidentifier() and name.isascii()


def _unset(name: str) -> UsageError:
    if not _is_name(name):
        return UsageError(f"${{{name}}} is no ${{NAME}}", "write it in '...' where it is meant as it is")
    return UsageError(f"${{{name}}} is not set", f"give --set {name}=..., or write it in '...'")
