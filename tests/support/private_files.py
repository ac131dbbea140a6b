"""Files with a secret, as a careful user writes them."""

from __future__ import annotations

from pathlib import Path


def write_private(path: Path, text: str | bytes) -> Path:
    """Of mode 0600."""
    path.touch()
    path.chmod(0o600)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
