"""A terminal that is not told twice how letters look."""

from __future__ import annotations

from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import DEFAULT_ATTRS, Attrs

_PLAIN = {"", "default", None}  # colours that are the terminal's own


def drop_repeated_styles(output: Output) -> None:
    """Let the output write a style only where it changes. The library writes one at each move of the cursor,
    which is a fifth of what a key costs on a slow link."""
    set_attributes, reset_attributes, hide_cursor = (
        output.set_attributes, output.reset_attributes, output.hide_cursor,
    )  # fmt: skip
    last: list[Attrs | None] = []  # none, or what was written last; None is the terminal's own style

    def set_changed(attrs: Attrs, color_depth: ColorDepth) -> None:
        if attrs._replace(color="", bgcolor="") == DEFAULT_ATTRS and {attrs.color, attrs.bgcolor} <= _PLAIN:
            reset_changed()
        elif last != [attrs]:
            last[:] = [attrs]
            set_attributes(attrs, color_depth)

    def reset_changed() -> None:
        if last != [None]:
            last[:] = [None]
            reset_attributes()

    def begin() -> None:
        """Each drawing begins so; what others have written since is not known."""
        last.clear()
        hide_cursor()

    output.set_attributes, output.reset_attributes = set_changed, reset_changed  # type: ignore[method-assign]
    output.hide_cursor = begin  # type: ignore[method-assign]
