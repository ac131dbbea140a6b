"""The sign of a run's state: it differs in its form too, as colours alone are not for every terminal."""

from __future__ import annotations

_SIGNS = {
    "success": ("✓", "+", "class:hint.success"),
    "failed": ("✗", "x", "class:hint.failed"),
    "running": ("▶", ">", "class:hint.running"),
}
_OTHER = ("○", "o", "class:hint")


def sign_of(state: str, *, is_unicode: bool) -> tuple[str, str]:
    """Return the style and the sign of a state."""
    sign, plain, style = _SIGNS.get(state.removeprefix("upstream_"), _OTHER)
    return style, sign if is_unicode else plain
