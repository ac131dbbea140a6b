"""The parameters of imports and exports, and what a line says by them; the work is loaded when one runs."""

from __future__ import annotations

from airflowctl.core.command import arg, flag, opt
from airflowctl.core.converters import path, some_text
from airflowctl.core.effect import CREATE, OVERWRITE
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import DRY_RUN, pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from airflowctl.core.command import Param

STREAM = "-"
FORMATS = ("json", "yaml", "env")
_ENDINGS = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".env": "env"}
FAIL, SKIP, OMIT, KEEP = "fail", "skip", "omit", "keep"


def location(text: str) -> str:
    """Return a file's whole path, or '-' for standard input or output."""
    return STREAM if text == STREAM else path(text)


FROM = arg(
    "file", "The file, .json, .yaml or .env; '-' is standard input.", complete="path", convert=location
)
FILE_FORMAT = opt(
    "--file-format", help="Format of the file; if not given, that of the file's extension, else json.",
    choices=FORMATS, aliases=("--format",), metavar="FORMAT",
)  # fmt: skip
LIST_FORMAT = FILE_FORMAT._replace(choices=("json", "yaml"))
TO = arg("file", "The file; '-' is standard output.", complete="path", convert=location)._replace(writes=True)
MASKED = opt(
    "--masked",
    help="What to do with values that the server masks: keep the *** in the file, omit them, or fail and"
    " write nothing; keep if not given.",
    choices=(FAIL, OMIT, KEEP),
    metavar="HOW",
)
TEMPLATE = opt(
    "--secrets-template",
    help="Also write only the masked values to this file: fill them in, and import it after the other.",
    complete="path",
    convert=location,
    metavar="FILE",
)._replace(writes=True)
PARTIAL = flag("--partial", help="Import the valid entries of a file that has errors.")
REPLACE = flag("--replace", help="Clear the fields that the file does not name, as the classic command does.")
OVERWRITING = flag("--overwrite", help="The same as -a overwrite.")
OPTIONS = (
    PARTIAL,
    REPLACE,
    opt(
        "--literal-stars", help="Take *** in the entry of this name as a value, not as the server's"
        " mask.",
        repeatable=True, convert=some_text, metavar="NAME",
    ),
    DRY_RUN,
)  # fmt: skip


class ImportValues(NamedTuple):
    """What a line says of an import: `action` of what exists already."""

    file: str
    action: str | None
    file_format: str | None
    partial: bool
    dry_run: bool
    # Not all imports have these.
    replace: bool = False
    literal_stars: tuple[str, ...] = ()
    overwrite: bool = False  # another word for an action


def settle_action(values: ImportValues, default: str) -> ImportValues:
    """Return the values with an action. Raises UsageError for two that contradict each other."""
    if values.overwrite and values.action not in (None, "overwrite"):
        raise UsageError(f"--overwrite and -a {values.action} do not go together")
    return values._replace(action="overwrite" if values.overwrite else values.action or default)


def existing(default: str) -> Param:
    """`-a`: what to do with those that are there already."""
    help = f"What to do with entries that exist; {default} if not given."
    return opt(
        "-a", "--action-on-existing-key", help=help, choices=("overwrite", SKIP, FAIL),
        aliases=("--action-on-existence",), name="action",
    )  # fmt: skip


def overwrites(default: str) -> Callable[[Mapping[str, Any]], str]:
    """Return the judge of an import's effect: with `skip` and `fail` what is there stays as it is."""

    def judge(values: Mapping[str, Any]) -> str:
        action = "overwrite" if values.get("overwrite") else values["action"] or default
        return OVERWRITE if action == "overwrite" else CREATE

    return judge


def chosen_names(kind: str, plural: str) -> tuple[Param, ...]:
    """Return the parameters that choose some of what there is."""
    names = arg(
        "names", f"Only these {plural}; all if none is named.", complete=kind, repeatable=True, required=False
    )
    return names, pattern(plural)


def contained_text(plural: str) -> Param:
    """`--pattern` where this program looks, and not the server."""
    return opt(
        "--pattern", help=f"Only {plural} whose names contain this.", convert=some_text, metavar="TEXT"
    )


def format_of(file: str, named: str | None = None) -> str:
    """Return what a file holds: as it was named, as its ending says, else JSON."""
    from os.path import splitext

    return named or _ENDINGS.get(splitext(file)[1].lower(), "json")
