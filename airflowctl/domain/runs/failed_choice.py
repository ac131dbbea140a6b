"""Which failed runs a command is about: what triage and `why --failed` share."""

from __future__ import annotations

from airflowctl.core.command import flag, opt
from airflowctl.core.converters import some_text, timestamp

CHOICE = (
    opt(
        "--since",
        help="Runs that ended after this; a day ago if not given.",
        convert=timestamp,
        metavar="DATE",
    ),
    opt("--tag", help="Only Dags with this tag.", complete="tag", convert=some_text, metavar="TAG"),
    flag("--all", name="read_all", help="Read the log of every run, not only the newest of each task."),
)  # fmt: skip
