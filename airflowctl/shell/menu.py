"""The menu of candidates, drawn with few bytes: cells that look blank are not written, and notes are
short."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import CompletionState
from prompt_toolkit.completion import Completion
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import Layout
from prompt_toolkit.layout.containers import WindowRenderInfo
from prompt_toolkit.layout.controls import UIContent
from prompt_toolkit.layout.margins import ScrollbarMargin
from prompt_toolkit.layout.menus import CompletionsMenuControl
from prompt_toolkit.styles import BaseStyle

from airflowctl.output.cells import cut_middle
from completers.row_numbers import ROW

_MENU = "class:completion-menu"
_SHARE = 0.375  # of the width, for notes: of all that a menu writes they are the most


def draw_lean_menu(layout: Layout) -> None:
    """Let the menu of a prompt be drawn so: the library fills each row with blanks in a style."""
    for window in layout.find_all_windows():
        if isinstance(window.content, CompletionsMenuControl):
            window.content = LeanMenu()
            window.style = lambda: _MENU if _has_background() else ""
            window.right_margins = [LeanScrollbar()]


@Condition
def _has_background() -> bool:
    """Return whether a theme gives the menu a background, which has to be drawn where it is blank, too."""
    style = get_app().renderer.style
    return _draws_background(style, style.invalidation_hash())


@lru_cache(maxsize=1)  # asked several times a key, and a merged style looks through all its rules
def _draws_background(style: BaseStyle, _version: Hashable) -> bool:
    attrs = style.get_attrs_for_style_str(f"{_MENU} {_MENU}.completion")
    return attrs.bgcolor not in ("", "default", None)


class LeanMenu(CompletionsMenuControl):
    """The library's menu without blanks that can be seen by no user."""

    def create_content(self, width: int, height: int) -> UIContent:
        content, state = super().create_content(width, height), get_app().current_buffer.complete_state
        if state is None or _has_background():
            return content
        return UIContent(
            get_line=lambda row: _without_blanks(content.get_line(row), is_kept=row == state.complete_index),
            cursor_position=content.cursor_position,
            line_count=content.line_count,
        )

    def _get_menu_meta_width(self, max_width: int, complete_state: CompletionState) -> int:
        most = int(get_app().output.get_size().columns * _SHARE)
        return super()._get_menu_meta_width(min(max_width, most), complete_state)

    def _get_menu_item_meta_fragments(
        self, completion: Completion, is_current_completion: bool, width: int
    ) -> StyleAndTextTuples:
        # The ids of two runs differ at their ends, and the library cuts those.
        if completion.display_text.startswith(ROW):
            note = cut_middle(completion.display_meta_text, width - 2, (width - 2) // 2)
            completion = Completion(completion.text, completion.start_position, display_meta=note)
        return super()._get_menu_item_meta_fragments(completion, is_current_completion, width)


class LeanScrollbar(ScrollbarMargin):
    """A scrollbar of which only the button is drawn, and only once a candidate is chosen."""

    def create_margin(
        self, window_render_info: WindowRenderInfo, width: int, height: int
    ) -> StyleAndTextTuples:
        state = get_app().current_buffer.complete_state
        result = super().create_margin(window_render_info, width, height)
        if _has_background():
            return result
        if state is None or state.complete_index is None:  # it says where the choice is
            return []
        return [(_MENU if ".background" in style else style, text) for style, text, *_ in result]


def _without_blanks(line: StyleAndTextTuples, *, is_kept: bool) -> StyleAndTextTuples:
    """Return a row whose blank ends have the style of the menu, which cannot be seen, and that ends with its
    last letter. The chosen row is whole."""
    if is_kept:
        return line
    result: StyleAndTextTuples = []
    for style, parts in groupby(line, key=itemgetter(0)):
        text = "".join(part[1] for part in parts)
        body = text.strip()
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        result += [(_MENU, before if body else text), (style, body), (_MENU, after if body else "")]
    while result and not result[-1][1].strip():
        result.pop()
    return result
