"""The choices of a field in a form: letters narrow them, and the arrow keys go through what is left."""

from __future__ import annotations

from collections.abc import Sequence

from airflowctl.core.fuzzy import has_letters
from airflowctl.output.cells import cells_of
from airflowctl.output.sanitise import line

_MARKED, _PLAIN = "[{}]", " {} "  # without colours too, the current choice is seen among the others
_MORE = "…"


class ChoiceList:
    """The choices of one field. `typed` is what narrows them, `unfit` what was typed last, where it fits
    none."""

    def __init__(self, choices: Sequence[str], *, is_nullable: bool) -> None:
        self._choices, self._is_nullable = tuple(choices), is_nullable
        self.typed = self.unfit = ""

    @property
    def fitting(self) -> list[str]:
        """Return the choices that hold what is typed, those that begin with it first; else those that have
        its letters in this order."""
        return self._find(self.typed)

    def _find(self, typed: str) -> list[str]:
        wanted = typed.casefold()
        whole = [choice for choice in self._choices if wanted in choice.casefold()]
        if whole:
            return sorted(whole, key=lambda choice: not choice.casefold().startswith(wanted))
        return [choice for choice in self._choices if has_letters(choice, wanted)]

    def narrow(self, text: str, current: str) -> str:
        """Type more; return the choice that is current from now on. What fits none is left out, and named."""
        typed = self.typed + "".join(letter for letter in text if letter.isprintable())
        fitting = self._find(typed)
        if not fitting:
            self.unfit = typed
            return current
        self.typed, self.unfit = typed, ""
        is_begun = current.casefold().startswith(typed.casefold())
        return current if is_begun and current in fitting else fitting[0]

    def widen(self) -> None:
        """Take the last letter back."""
        self.typed, self.unfit = self.typed[: -1 if not self.unfit else None], ""

    def clear(self) -> None:
        """Take back all that is typed."""
        self.typed = self.unfit = ""

    def step(self, current: str, by: int) -> str:
        """Return the choice before or after the current one; where only one fits, of all."""
        if len(self.fitting) == 1:
            self.clear()
        choices = self.fitting if self.typed or not self._is_nullable else ["", *self._choices]
        index = choices.index(current) if current in choices else -by
        return choices[(index + by) % len(choices)]

    def describe(self) -> str:
        """Return in words how many there are, and how many are left."""
        count = len(self._choices)
        if self.unfit:
            return f"none of {count} fits '{line(self.unfit)}', Backspace: back to '{line(self.typed)}'"
        if self.typed:
            return f"{len(self.fitting)} of {count} fit '{line(self.typed)}', Backspace: more"
        return f"one of {count}, letters narrow them"

    def rows(self, current: str, width: int, most: int) -> list[str]:
        """Return the fitting choices, side by side, in so many rows as there is room for: those around the
        current one."""
        rows, at = [""], 0
        for choice in self.fitting:
            text = (_MARKED if choice == current else _PLAIN).format(line(choice))
            if rows[-1] and cells_of(rows[-1]) + cells_of(text) > width - len(_MORE):
                rows.append("")
            rows[-1] += text
            at = len(rows) - 1 if choice == current else at
        first = max(0, min(at - most // 2, len(rows) - most))
        shown = rows[first : first + most]
        if first + most < len(rows):
            shown[-1] += _MORE
        return shown
