"""Parameters that commands of several nouns share: the same word for the same thing, wherever it is."""

from __future__ import annotations

from airflowctl.core.command import Param, flag, opt
from airflowctl.core.converters import seconds, some_text, timestamp, whole_number


def pattern(names: str) -> Param:
    """`--pattern` for a list of these names, in words for what the server makes of it."""
    text = (
        f"Only {names} that contain this; _ is any letter, % any text and, from Airflow 3.2 on, | means or."
    )
    return opt("--pattern", help=text, convert=some_text, metavar="TEXT")


def date_range(shown: str, field: str, words: str, also: str = "") -> tuple[Param, ...]:
    """`--SHOWN-after` and `--SHOWN-before`, named as the parameters of the API. `words` are what the times
    are of, like `that started`; `also` is how another program calls it."""
    return tuple(
        opt(
            f"--{shown}-{end}",
            name=f"{field}_{name}",
            help=f"Only those {words} at or {end} this.",
            convert=timestamp,
            metavar="DATE",
            aliases=(f"--{also}-{end}",) if also else (),
        )
        for end, name in (("after", "gte"), ("before", "lte"))
    )


def by_reference(param: Param) -> tuple[Param, Param, Param]:
    """Return a parameter, and the options by which its value may stand in a file or a variable."""
    file = opt(
        f"--{param.name}-file",
        help=f"Read the {param.name} from this file, without its last line end; '-' is standard input.",
        complete="path",
        convert=some_text,
        metavar="FILE",
    )
    variable = opt(
        f"--{param.name}-env",
        help=f"Read the {param.name} from this environment variable.",
        convert=some_text,
        metavar="NAME",
    )
    return param, file._replace(refers=param.name), variable._replace(refers=param.name)


DRY_RUN = flag("--dry-run", help="Show what would be done, and change nothing.")
LIMIT = opt("-n", "--limit", help="At most this many.", convert=whole_number, metavar="N")
TOP = opt(
    "--top",
    help="At most this many: those that took longest or, with --sort, the first in that order. The"
    " server sorts.",
    convert=whole_number,
    metavar="N",
)
LIMIT_NEWEST = LIMIT._replace(help="At most this many, the newest.")
TOOK = (
    opt("--longer-than", name="duration_gte", help="Only runs that took at least this long.", convert=seconds,
        metavar="SECONDS"),
    opt("--shorter-than", name="duration_lte", help="Only runs that took at most this long.", convert=seconds,
        metavar="SECONDS"),
)  # fmt: skip
TEAM = opt(
    "--team-name",
    help="The team it belongs to.",
    complete="team",
    convert=some_text,
    metavar="NAME",
    since="3.2",
)
