"""Things of the server as a text that a user edits."""
