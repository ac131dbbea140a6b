"""The pieces of a result on their way to a terminal: only what this program puts in stays alive."""

from __future__ import annotations

from collections.abc import Callable

from airflowctl.core.results import PLAIN, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output import sanitise
from airflowctl.output.style import AS_JSON

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Printable
    from airflowctl.output.style import Format


def make_safe_for(
    result: Printable, format: Format, page_base: str, *, has_colour: bool
) -> Callable[[str], str]:
    """Return what makes a piece of a result safe for a terminal: our own colours stay, in the formats that
    have some, those of a log, and links below `page_base`."""
    is_log, plain = False, sanitise.prose if isinstance(result, Text) else sanitise.block
    if not isinstance(result, PLAIN):
        from airflowctl.core.rich_results import Log, Report

        is_log = isinstance(result, Log)
        plain = sanitise.prose if isinstance(result, Log | Report) else plain
    if not has_colour:
        return plain
    if format.escapes == AS_JSON:
        from airflowctl.output.json_colours import colour_json

        # Coloured once it is safe: what is alive in it then was put in here.
        return lambda piece: colour_json(plain(piece))
    if not format.is_for_eyes:
        return plain
    if page_base:
        return lambda piece: sanitise.keep_our_links(piece, page_base)
    return sanitise.keep_log_colours if is_log else lambda piece: sanitise.keep_our_colours(piece, plain)
