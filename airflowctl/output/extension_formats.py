"""The output formats of plug-ins: imported, checked, and made to name the plug-in where they fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from airflowctl.core.errors import CliError, ExtensionError
from airflowctl.core.extension_points import Extension, Extensions, check_version, load_once
from airflowctl.core.nouns import OUTPUT
from airflowctl.core.programs import find_extensions
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.style import DataFormat, Format

if TYPE_CHECKING:
    from typing import Any

_METHODS = ("format_rows", "format_record", "format_values", "format_events")
_OWN = (CliError, BrokenPipeError)  # what a method may raise
_FAULT = "this is a fault in the plug-in: report it to its author"


def load_by_name(name: str) -> Format:
    """Return the format of a plug-in. Raises ExtensionError where there is none of this name."""
    extensions: Extensions = find_extensions(OUTPUT) or Extensions()
    if name not in extensions.known:
        problem = extensions.problem_of(name) or f"there is no output format '{name}'"
        raise ExtensionError(problem, "choose another one with -o")
    return load_extension(extensions.known[name])


def load_extension(extension: Extension) -> Format:
    """Import the format of a plug-in. Raises ExtensionError."""
    return load_once(extension, lambda format_class: _build(extension, format_class))


def _build(extension: Extension, format_class: Any) -> Format:
    if not (isinstance(format_class, type) and issubclass(format_class, Format)):
        raise ExtensionError(
            f"{extension.title} is no class below airflowctl.extensions.Format",
            "its author has to derive from it",
        )
    check_version(extension, getattr(format_class, "api", None))
    needed = "format_data" if issubclass(format_class, DataFormat) else "format_rows"
    base = DataFormat if issubclass(format_class, DataFormat) else Format
    if getattr(format_class, needed) is getattr(base, needed):
        raise ExtensionError(f"{extension.title} has no {needed}", "its author has to define it")
    taken = [
        name
        for name in ("_make_safe", "__getattribute__")
        if getattr(format_class, name) is not getattr(Format, name)
    ]
    if taken:  # what keeps a terminal safe is the base class's
        raise ExtensionError(
            f"{extension.title} defines {', '.join(taken)}", "its author has to leave it out"
        )
    output_format: Format = format_class()
    for name in _METHODS:
        setattr(output_format, name, _name_faults(getattr(output_format, name), extension))
    if isinstance(output_format, DataFormat):
        output_format.format_data = _name_faults_of_data(output_format.format_data, extension)  # type: ignore[method-assign]
    return output_format


def _name_faults(method: Callable[..., Iterable[str]], extension: Extension) -> Callable[..., Iterator[str]]:
    """Yield a method that yields pieces of text, with errors that name the plug-in."""

    def pieces(*values: Any) -> Iterator[str]:
        try:
            for piece in method(*values):
                if not isinstance(piece, str):
                    raise TypeError(f"a piece is a {type(piece).__name__}, and no text")
                yield piece
        except _OWN:
            raise
        except Exception as error:
            raise _fault(error, extension) from None

    return pieces


def _name_faults_of_data(method: Callable[..., str], extension: Extension) -> Callable[..., str]:
    def text(*values: Any) -> str:
        try:
            result = method(*values)
            if not isinstance(result, str):
                raise TypeError(f"it is a {type(result).__name__}, and no text")
            return result
        except _OWN:
            raise
        except Exception as error:
            raise _fault(error, extension) from None

    return text


def _fault(error: Exception, extension: Extension) -> ExtensionError:
    return ExtensionError(f"unexpected {type(error).__name__} in {extension.title}: {error}", _FAULT)
