"""The output formats, a class each. `airflowctl.core.formats.FORMATS` lists them; here they are loaded."""

from __future__ import annotations

from functools import cache

from airflowctl.core.errors import UsageError
from airflowctl.core.formats import CLASSIC_FORMATS, FORMATS
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.output.style import Format


def load_format(name: str) -> Format:
    """Return the format of this name, a key of FORMATS or one of a plug-in. Its module is imported at the
    first call. Raises ExtensionError."""
    if name in FORMATS:
        return _load_class(FORMATS[name])
    from airflowctl.output.extension_formats import load_by_name

    return load_by_name(name)


def load_classic_format(name: str | None) -> Format:
    """Return the format of this name in classic mode, `table` where none is named. Raises UsageError."""
    if name is not None and name not in CLASSIC_FORMATS:
        raise UsageError(
            f"-o {name} is none of the classic command's formats", f"there are: {', '.join(CLASSIC_FORMATS)}"
        )
    return _load_class(CLASSIC_FORMATS[name or "table"])


@cache
def _load_class(location: str) -> Format:
    module, _, class_name = location.partition(":")
    # `importlib` costs a short command a millisecond that `__import__` does not.
    loaded: Format = getattr(__import__(module, fromlist=[class_name]), class_name)()
    return loaded
