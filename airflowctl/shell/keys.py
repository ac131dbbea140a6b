"""What keys do here that they do not do in every prompt."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.application import Application, get_app, run_in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
from prompt_toolkit.filters import (
    Condition,
    completion_is_selected,
    emacs_insert_mode,
    has_completions,
    has_focus,
    vi_insert_mode,
    vi_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_processor import KeyProcessor
from prompt_toolkit.keys import Keys

from airflowctl.core.parse import parse_tokens
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution.pipeline import is_for_shell
from airflowctl.session import registry
from airflowctl.shell.explain import may_ask
from completers.line_lists import split_list
from completers.tokenizer import split

if TYPE_CHECKING:
    from airflowctl.core.command_lookup import Lookup

Explain = Callable[[str, int], object]
FORM = "form"  # the option of all commands that opens the form of one
# Seconds: within which the parts of one key come, also over a network; until Esc is a key of its own; and
# until another first key is.
_SPLIT, _AT_ONCE, _PATIENCE = 0.1, 0.02, 1.0
_PAGE = 5  # rows of a menu: one less than there is room for
# Every key that runs a line: Ctrl-J is Enter for the library, Alt-Enter and Ctrl-O accept it too.
_RUN = (("enter",), ("escape", "enter"), ("c-o",), ("f4",))


@Condition
def is_open() -> bool:
    """Return whether the line continues: a quote, a here-document or a brace that is ours waits for its end,
    or the last letter is a backslash."""
    text = get_app().current_buffer.text
    state = split(text).open
    return bool(state) and not (state == "{" and is_for_shell(text))


@Condition
def is_within_word() -> bool:
    """Return whether the cursor stands within a word."""
    return (
        not get_app().current_buffer.document.char_before_cursor.isspace()
        and not (get_app().current_buffer.document.current_char or " ").isspace()
    )


def bindings(
    lookup: Lookup,
    explain: Explain,
    tell_what_follows: Callable[[str], object],
    show_keys: Callable[[], object],
    tell: Callable[[str], object],
) -> KeyBindings:
    """Tab, Enter, Esc, F1, F4 and `?`; the others are prompt_toolkit's.

    F1 calls `explain` with the line and the place of the cursor in it; `?`, where a word begins,
    `tell_what_follows` with the line up to there, and twice `show_keys`. F4 gives `tell` a text where it can
    do nothing. They may print: it comes above the prompt.
    """
    keys = KeyBindings()
    _bind_menu(keys)
    _bind_help(keys, explain, tell_what_follows, show_keys)

    @keys.add("enter", filter=has_focus(DEFAULT_BUFFER) & is_open)
    def continue_line(event: KeyPressEvent) -> None:
        """A value of several lines, JSON say: it is still open."""
        event.current_buffer.newline(copy_margin=False)

    @keys.add("f4", filter=has_focus(DEFAULT_BUFFER))
    def edit(event: KeyPressEvent) -> None:
        _run_with_form(event.current_buffer, lookup, tell)

    bind_selection(keys)
    return keys


def _bind_menu(keys: KeyBindings) -> None:
    """Bind what opens the menu of candidates, moves in it and closes it."""

    @keys.add("tab", filter=has_completions)
    def take(event: KeyPressEvent) -> None:
        """Takes the only candidate of an open menu for good: a second Tab must not take it away again."""
        buffer = event.current_buffer
        state = buffer.complete_state
        if state is not None and len(state.completions) == 1:
            buffer.apply_completion(state.completions[0])
        else:
            buffer.complete_next()

    @keys.add("tab", filter=has_focus(DEFAULT_BUFFER) & is_within_word & ~has_completions)
    def offer(event: KeyPressEvent) -> None:
        """Opens the menu: what all candidates begin with would be put in before the rest of the word."""
        event.current_buffer.start_completion()

    @keys.add("up", filter=has_completions & ~completion_is_selected)
    def go_back(event: KeyPressEvent) -> None:
        """Go to the earlier lines, as without a menu: it opens by itself, and Down leads into it."""
        event.current_buffer.cancel_completion()
        event.current_buffer.auto_up()

    @keys.add("pagedown", filter=has_completions)
    def page_down(event: KeyPressEvent) -> None:
        event.current_buffer.complete_next(_PAGE, disable_wrap_around=True)

    @keys.add("pageup", filter=has_completions)
    def page_up(event: KeyPressEvent) -> None:
        event.current_buffer.complete_previous(_PAGE, disable_wrap_around=True)

    @keys.add("escape", filter=has_completions & ~vi_mode)
    def close(event: KeyPressEvent) -> None:
        """The menu, with the word as it was typed; in vi mode the key means something else."""
        event.current_buffer.cancel_completion()


def _bind_help(
    keys: KeyBindings,
    explain: Explain,
    tell_what_follows: Callable[[str], object],
    show_keys: Callable[[], object],
) -> None:
    @keys.add("f1", filter=has_focus(DEFAULT_BUFFER))
    def help_here(event: KeyPressEvent) -> None:
        document = event.current_buffer.document
        run_in_terminal(lambda: explain(document.text, document.cursor_position))

    asks = Condition(lambda: may_ask(get_app().current_buffer.document.text_before_cursor))

    @keys.add("?", filter=has_focus(DEFAULT_BUFFER) & asks & (emacs_insert_mode | vi_insert_mode))
    def list_here(event: KeyPressEvent) -> None:
        """Twice in a row it lists the keys."""
        text = event.current_buffer.document.text_before_cursor
        is_twice = event.is_repeat
        run_in_terminal(show_keys if is_twice else lambda: tell_what_follows(text))


def _run_with_form(buffer: Buffer, lookup: Lookup, tell: Callable[[str], object]) -> None:
    """Run the line with a form for what it lacks, if its command has one."""
    line = split(buffer.text)
    if len(split_list(buffer.text, line, registry.takes_rows)) > 1:  # of which one would it be?
        return
    state = parse_tokens([word.text for word in line.words], lookup).nested
    if state.command is None or not state.command.form:
        words = state.command.line if state.command is not None else "this line"
        run_in_terminal(lambda: tell(f"{words} has no form; F4 is for commands with one"))
        return
    # Typed into the line, so that history and a repeated line have it too.
    if FORM not in state.global_texts:
        buffer.text = f"{buffer.text.rstrip()} --{FORM}"
    buffer.validate_and_handle()


def shorten_escape(app: Application[str]) -> None:
    """Let the Esc key act at once where it closes a menu or leaves vi's insert mode: it also begins what Alt
    and a letter send, for which the library waits 1.5 seconds."""
    app.ttimeoutlen = _SPLIT

    def choose_patience(processor: KeyProcessor) -> None:
        is_escape = [key.key for key in processor.key_buffer] == [Keys.Escape]
        acts = app.current_buffer.complete_state is not None or app.editing_mode == EditingMode.VI
        app.timeoutlen = _AT_ONCE if is_escape and acts else _PATIENCE

    app.key_processor.after_key_press += choose_patience


def bind_selection(keys: KeyBindings, taken: Callable[[], object] = bool) -> None:
    """While a candidate is selected, a key that runs the line only takes it: a choice is no consent. Then
    `taken` is called.

    Bind it last: of the bindings that apply the last one counts.
    """

    def keep(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None
        taken()

    for sequence in _RUN:
        keys.add(*sequence, filter=completion_is_selected)(keep)
