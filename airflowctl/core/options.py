"""The options that every command has, and those of the program itself."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.command import flag, opt
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.values import columns, seconds, some_text

if TYPE_CHECKING:
    from typing import Any

FORMATS = ("table", "plain", "tsv", "csv", "json", "jsonl", "yaml", "name")

GLOBAL = (
    opt("-o", "--output", help="Format of the result.", choices=FORMATS, metavar="FORMAT"),
    opt("--columns", help="Columns to show, by field name.", convert=columns, metavar="A,B"),
    flag("--no-header", help="Leave out the header line."),
    opt("-e", "--env", help="Environment to use.", complete="environment", convert=some_text, metavar="NAME"),
    opt("--url", "--api-url", help="Address of the API server.", convert=some_text, metavar="URL"),
    flag("-y", "--yes", help="Do not ask for confirmation."),
    opt(
        "--request-timeout",
        help="Give up after this long without a sign of the server.",
        convert=seconds,
        metavar="SECONDS",
    ),
    flag("--debug", help="Show each request on stderr."),
    flag("-h", "--help", help="Show this help."),
)

PROGRAM = (
    opt(
        "-f",
        "--file",
        help="Run the commands in a file ('-' is standard input).",
        convert=some_text,
        metavar="FILE",
    ),
    flag("--keep-going", help="In a batch, go on after a command that failed."),
    flag("--echo", help="In a batch, show each line on stderr before its result."),
    flag("--version", help="Show the version of this program."),
)


class Options(NamedTuple):
    """What the global options came to. None and False mean: not given."""

    output: str | None = None
    columns: tuple[str, ...] | None = None
    no_header: bool = False
    env: str | None = None
    url: str | None = None
    yes: bool = False
    request_timeout: float | None = None
    debug: bool = False

    def over(self, given: Mapping[str, Any]) -> Options:
        """These options, with the ones a line gave put over them."""
        return self._replace(**{name: value for name, value in given.items() if value not in (None, False)})
