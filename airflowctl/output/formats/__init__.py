"""The output formats, a class each. `airflowctl.core.formats.FORMATS` lists them; here they are loaded."""

from __future__ import annotations

from functools import cache

from airflowctl.core.formats import FORMATS
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.output.style import Format


def load_format(name: str) -> Format:
    """Return the format of this name, a key of FORMATS or one of a plug-in. Its module is imported at the
    first call. Raises ExtensionError."""
    if name in FORMATS:
        return _load_own(name)
    from airflowctl.output.extension_formats import load_by_name

    return load_by_name(name)


@cache
def _load_own(name: str) -> Format:
    module, _, class_name = FORMATS[name].partition(":")
    # `importlib` costs a short command a millisecond that `__import__` does not.
    loaded: Format = getattr(__import__(module, fromlist=[class_name]), class_name)()
    return loaded
