"""The keys of the shell, as `?` twice shows them; docs/reference/shell.md has the same rows."""

from __future__ import annotations

KEYS = (
    ("Tab", "takes the only candidate, or the next one"),
    ("Enter", "takes the candidate that is selected in the menu; without one it runs the line"),
    ("Esc", "closes the menu and brings back what was typed"),
    ("Down, PageDown", "lead into the menu, and through it"),
    ("Up", "an earlier line; of a line that is begun, those that are like it"),
    ("Right, Ctrl-E", "takes the grey rest of an earlier line; Alt-F a word of it"),
    ("Ctrl-R", "earlier lines of all environments: type a part of one, in any case"),
    ("Ctrl-P, F2", "commands, names and earlier lines in one list"),
    ("F1", "explains the word at the cursor"),
    ("?", "after a space: what may follow; twice: these keys"),
    ("F4", "runs the line with a form for its values, where its command has one"),
    ("Ctrl-X Ctrl-E", "the line in $EDITOR"),
    ("Ctrl-C", "drops the line, or cancels what runs and keeps the session"),
    ("Ctrl-Z, Ctrl-D", "suspends the shell; leaves it, as exit does"),
)
