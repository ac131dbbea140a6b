"""The commands: one file a noun, declaration and handler side by side."""
