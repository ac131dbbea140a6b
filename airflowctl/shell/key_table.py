"""The keys of the shell, as `?` twice shows them; docs/reference/shell.md has the same rows."""

from __future__ import annotations

KEYS = (
    ("Tab", "accepts the only candidate, or selects the next one"),
    ("Enter", "accepts the candidate that is selected in the menu; without one it runs the line"),
    ("Esc", "closes the menu and restores the typed text"),
    ("Down, PageDown", "move into the menu, and through it"),
    ("Up", "an earlier line; with typed text, the earlier lines that match it"),
    ("Right, Ctrl-E", "accepts the grey rest of an earlier line; Alt-F a word of it"),
    ("Ctrl-R", "searches the earlier lines of all environments: type a part of one, in any case"),
    ("Ctrl-P, F2", "commands, names and earlier lines in one list"),
    ("F1", "explains the word at the cursor"),
    ("?", "after a space: what can follow; twice: these keys"),
    ("F4", "runs the line with a form for its values, if its command has one"),
    ("Ctrl-X Ctrl-E", "edits the line in $EDITOR"),
    ("Ctrl-C", "discards the line, or cancels the running line; the session continues"),
    ("Ctrl-Z, Ctrl-D", "suspends the shell; leaves it, as exit does"),
)
