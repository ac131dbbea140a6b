"""The values of `--set`, and what stands for `${NAME}` in the lines of a batch."""

from __future__ import annotations

from airflowctl.core.errors import UsageError


class Values:
    """Texts by name. `problems` are what is wrong in the line that was expanded last, each with its place."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.problems: list[tuple[int, UsageError]] = []

    def expand(self, name: str, place: int) -> str:
        """Return the text for `${name}`, which stands at that place of a line; "" with a problem for none."""
        if name not in self.texts:
            self.problems.append((place, _unset(name)))
        return self.texts.get(name, "")


def _unset(name: str) -> UsageError:
    if not (name.isidentifier() and name.isascii()):
        return UsageError(f"${{{name}}} is no ${{NAME}}", "write it in '...' where it is meant as it is")
    return UsageError(f"${{{name}}} is not set", f"give --set {name}=..., or write it in '...'")
