"""What the status of a component of a server means: the scheduler's, say."""

from __future__ import annotations

HEALTHY, NOT_RUNNING = "healthy", "not running"
_NEEDED = ("metadatabase", "scheduler")  # any other component may never have been started


def is_sick(name: str, status: str | None) -> bool:
    """Return whether a component is not healthy: one that was never started has no status, and is no fault. A
    status that this client does not know is no healthy one."""
    return name in _NEEDED if status is None else status != HEALTHY
