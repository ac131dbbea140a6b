"""The interactive shell: a prompt_toolkit application around dispatch."""
