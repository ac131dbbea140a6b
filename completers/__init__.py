"""Completion of a line: what may stand at the cursor, and which names are known.

Knows nothing of HTTP, of handlers or of airflowctl. Only `completers.prompt` imports prompt_toolkit.
"""
