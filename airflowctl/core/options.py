"""The options that every command has, and those of the program itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflowctl.core.command import ALWAYS, flag, opt
from airflowctl.core.converters import (
    columns,
    environment_patterns,
    expression,
    parse_switch,
    path,
    seconds,
    seconds_or_zero,
    some_text,
    timezone,
)
from airflowctl.core.formats import FORMATS, extension_formats
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.environment import Network

# How the program runs: one line of argv, a file of lines, or the interactive shell.
ONE_SHOT, BATCH, SHELL = "one-shot", "batch", "shell"

COLOURS = ("auto", "always", "never", "on", "off")  # the last two are the classic command's

COMMON = (
    opt("-o", "--output", help="Format of the result.", choices=tuple(FORMATS), metavar="FORMAT")._replace(
        more_choices=extension_formats
    ),
    opt("--columns", help="Columns to show, by field name.", convert=columns, metavar="A,B"),
    flag("--no-header", help="Leave out the header line."),
    opt(
        "--sort",
        help="Sort the result by these fields; -FIELD: in descending order.",
        convert=columns,
        metavar="A,-B",
    ),
    opt("--query", help="Filter the JSON with this JMESPath expression.", convert=expression, metavar="EXPR"),
    opt(
        "--timezone",
        help="Time zone of times in tables: local, utc or a name like Europe/Berlin.",
        convert=timezone,
        metavar="ZONE",
    ),
    opt("--color", help="When to use colours.", choices=COLOURS, metavar="WHEN"),
    flag("--no-pager", help="Do not use a pager for output that is longer than the screen."),
    opt("-e", "--env", help="Environment to use.", complete="environment", convert=some_text, metavar="NAME"),
    opt(
        "--each",
        help="Run the line in several environments at once: names, 'patterns' and @groups.",
        complete="environments",
        convert=environment_patterns,
        metavar="ENV,ENV",
    ),
    opt(
        "--url",
        "--api-url",
        help="Address of the API server.",
        complete="address",
        convert=some_text,
        metavar="URL",
    ),
    flag(
        "-y",
        "--yes",
        help="Do not ask for confirmation; with =NAME only for lines that go to this environment.",
        complete="environment",
        convert=some_text,
        metavar="NAME",
        joined=True,
    ),
    opt(
        "--request-timeout",
        help="Give up when the server sends nothing for this long.",
        convert=seconds,
        metavar="SECONDS",
    ),
    opt(
        "--max-time",
        help="Give up a request whose answer is not complete after this long; 0 is no limit.",
        convert=seconds_or_zero,
        metavar="SECONDS",
    ),
    opt(
        "--retry-for",
        help="Retry temporary failures for this long: 429, 502, 503, 504, a refused connection; 0 is never.",
        convert=seconds_or_zero,
        metavar="SECONDS",
    ),
    flag("--classic", help="Print what the classic command prints, and ask only where it asks."),
    flag("-q", "--quiet", help="Print no notes and no progress; warnings and errors stay."),
    flag("--read-only", help="Refuse every line that would change something on the server."),
    flag("--form", help="Fill in the values in a form; in the shell F4 does the same."),
    opt(
        "--print-as",
        help="Print what the line would send, for another program, and send nothing.",
        choices=("curl", "python"),
        metavar="LANGUAGE",
    ),
    flag("--debug", help="Show each request on stderr.", aliases=("-v", "--verbose")),
    flag("-h", "--help", help="Show this help."),
)

# How to reach the server; `auth login` keeps them with the environment.
CONNECTION = (
    opt("--ca-bundle", help="Trust only these certificates (PEM).", convert=path, metavar="FILE"),
    opt(
        "--client-cert",
        help="Present this client certificate to the server (PEM).",
        convert=path,
        metavar="FILE",
    ),
    opt(
        "--client-key",
        help="The key of the client certificate, if the certificate's file does not hold it.",
        convert=path,
        metavar="FILE",
    ),
    flag(
        "--insecure",
        help="Do not verify the server's certificate: anyone on the network path can read the login.",
    ),
    flag("--insecure-http", help="Send the login over http:// to another machine, unencrypted."),
    opt(
        "--api-token",
        help="For lines of the official airflowctl; other users of this machine can see it.",
        convert=some_text,
        secret=ALWAYS,
        # Other users of the machine see it in the process list, so it is hidden from help and completion.
        safer="AIRFLOW_CLI_TOKEN",
        hidden=True,
        metavar="TOKEN",
    ),
)

GLOBAL = (*COMMON, *CONNECTION)

NO_PLUGINS, NO_PLUGINS_VARIABLE = "--no-plugins", "AIRFLOWCTL_NO_PLUGINS"

PROGRAM = (
    opt(
        "-f",
        "--file",
        help="Run the commands in a file ('-' is standard input); several files one after the other.",
        convert=some_text,
        repeatable=True,
        metavar="FILE",
    ),
    flag("--check", help="Check a batch, and send nothing."),
    flag("--keep-going", help="In a batch, continue after a command that failed."),
    flag("--echo", help="In a batch, show each line on stderr before its result."),
    opt(
        "--from",
        name="start",
        help="Start a batch at this line; of the lines before it, only those like `use` and `set` run.",
        convert=some_text,
        metavar="LINE",
    ),
    opt(
        "--journal",
        help="Record in this file which commands of a batch were started and which are done, for --resume.",
        convert=path,
        metavar="FILE",
    ),
    flag("--resume", help="Continue the batch of --journal where it stopped; no command is run twice."),
    opt(
        "--results",
        help="Write the outcome of each command of a batch to this file, as JSON lines.",
        convert=path,
        metavar="FILE",
    ),
    opt(
        "--set",
        name="settings",
        help="Replace each ${NAME} in a batch with VALUE; @FILE and env:VARIABLE read the value from there.",
        repeatable=True,
        metavar="NAME=VALUE",
    ),
    flag(
        "--stream",
        help="Run each line of a batch as soon as it is read, without checking the whole batch first.",
    ),
    flag(NO_PLUGINS, help="Start without the plug-ins that are installed."),
    flag("--no-programs", help="Refuse a batch that runs programs or writes files: !, | and >."),
    flag("-V", "--version", help="Show the version of this program."),
)


CLASSIC_VARIABLE = "AIRFLOWCTL_CLASSIC"
AIRFLOW_2 = "2"  # the value that wants the columns of Airflow 2
FALLBACK_VARIABLE = "AIRFLOWCTL_FALLBACK"  # lets the real `airflow` run what no API can do


def is_classic(environ: Mapping[str, str]) -> bool:
    """Return whether the environment variable wants classic mode, for 2 with the columns of Airflow 2. Raises
    UsageError."""
    text = environ.get(CLASSIC_VARIABLE, "")
    return text.strip() == AIRFLOW_2 or parse_switch(text, CLASSIC_VARIABLE)


def has_plugins(environ: Mapping[str, str], tokens: Sequence[str] = ()) -> bool:
    """Return whether a run looks for plug-ins: neither its words nor the variable say that it is to be
    without. Raises UsageError."""
    # Before the words are parsed: the first may be a noun of a plug-in.
    is_off = environ.get(NO_PLUGINS_VARIABLE) and parse_switch(
        environ[NO_PLUGINS_VARIABLE], NO_PLUGINS_VARIABLE
    )
    options = tokens[: tokens.index("--")] if "--" in tokens else tokens  # behind it all words are arguments
    return not (is_off or NO_PLUGINS in options)


class Options(NamedTuple):
    """What the global options came to. None and False mean: not given. `api_token_url` is no option: the
    address that `api_token` is for, which is that of the line which gave it."""

    output: str | None = None
    columns: tuple[str, ...] | None = None
    no_header: bool = False
    sort: tuple[str, ...] | None = None
    query: str | None = None
    timezone: str | None = None
    color: str | None = None
    no_pager: bool = False
    env: str | None = None
    each: tuple[str, ...] | None = None
    url: str | None = None
    yes: bool | str = False  # a text: only for the environment of this name
    request_timeout: float | None = None
    max_time: float | None = None
    retry_for: float | None = None
    debug: bool = False
    quiet: bool = False
    read_only: bool = False
    form: bool = False
    print_as: str | None = None
    classic: bool = False
    ca_bundle: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    insecure: bool = False
    insecure_http: bool = False
    api_token: str | None = None
    api_token_url: str = ""

    @property
    def network(self) -> Network:
        """Return what the line says of the way to the server."""
        from airflowctl.core.environment import Network

        return Network(
            self.ca_bundle or "",
            self.client_cert or "",
            self.client_key or "",
            self.insecure,
            self.insecure_http,
        )

    def seconds(self, name: str, environ: Mapping[str, str]) -> float | None:
        """Return what an option of a time, or else its environment variable, says; None where both are not
        set. Raises UsageError."""
        variable = f"AIRFLOWCTL_{name.upper()}"
        option: float | None = getattr(self, name)
        text = environ.get(variable, "").strip()
        if option is not None or not text:
            return option
        from airflowctl.core.errors import UsageError

        try:
            return seconds_or_zero(text)
        except ValueError as error:
            raise UsageError(f"{variable} is '{text}': {error}", "a number of seconds, or 0") from None

    def over(self, values: Mapping[str, Any]) -> Options:
        """These options, with the ones a line gave put over them. A line that names its environment goes to
        that one's own address, unless the same line says otherwise."""
        named = {name: value for name, value in values.items() if value is not None and value is not False}
        # A line that names its environment goes to that one's own address, not to one of an earlier option.
        return self._replace(**({"url": None} | named if "env" in named else named))
