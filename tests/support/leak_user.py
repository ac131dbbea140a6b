"""Somebody who logs in with a secret and runs every command, for the search of what they leave behind."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import httpx
from local_airflow import LocalAirflow

from airflowctl.api.operations import table
from airflowctl.core.command import Command
from airflowctl.core.credential import from_text
from airflowctl.session import registry
from airflowctl.storage.secrets.stores import Stores
from tests.support.command_lines import line
from tests.support.formats import FORMATS
from tests.support.keyrings import key_in
from tests.support.leak_search import Scan
from tests.support.private_files import write_private
from tests.support.processes import COMMAND
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.servers.browser import Browser, environ
from tests.support.servers.oidc import SCOPE, OidcServer
from tests.support.shell_driver import Shell

PASSPHRASE = "the-passphrase-canary-4711"
WRONG = "the-wrong-canary-0815"


class Way(NamedTuple):
    """A way to log in. `line` are the options of `auth login`, `wrong` those of one that fails; `stdin` is
    what is typed into both. Where a browser is needed, the login is a process of its own."""

    url: str
    line: tuple[str, ...]
    secrets: tuple[str, ...]
    stdin: str = ""
    environ: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    wrong: tuple[str, ...] = ("--token-stdin",)
    browser: str = ""


class Place(NamedTuple):
    """A person's own machine, as far as that goes: what may be searched, and what may not."""

    program: Program
    home: Path
    temporary: Path
    own: Path  # where somebody keeps a token by themselves


def token_of(airflow: LocalAirflow) -> str:
    """One that nobody else has: it is revoked at the end."""
    body = {"username": "admin", "password": airflow.password("admin")}
    answer = httpx.post(f"{airflow.url}/auth/token/cli", json=body, trust_env=False, timeout=60)
    return str(answer.json()["access_token"])


# The ways.

PRINTS = "import sys; print(open(sys.argv[1]).read())"


def _password(place: Place, airflow: LocalAirflow) -> Way:
    secret = airflow.password("admin")
    line = ("-u", "admin", "--password-stdin")
    return Way(airflow.url, line, (secret,), secret, wrong=("-u", "op", "--password-stdin"))


def _token_stdin(place: Place, airflow: LocalAirflow) -> Way:
    token = token_of(airflow)
    return Way(airflow.url, ("--token-stdin",), (token,), token, wrong=("-u", "admin", "--password-stdin"))


def _token_file(place: Place, airflow: LocalAirflow) -> Way:
    token = token_of(airflow)
    write_private(place.own / "token", token + "\n")
    write_private(place.own / "wrong", WRONG + "\n")
    wrong = ("--token-file", str(place.own / "wrong"))
    return Way(airflow.url, ("--token-file", str(place.own / "token")), (token, WRONG), wrong=wrong)


def _command(place: Place, airflow: LocalAirflow) -> Way:
    token = token_of(airflow)
    (place.own / "token").write_text(token + "\n")
    (place.own / "wrong").write_text(f"{WRONG}\r\nX-Evil: {WRONG}\n")
    line = ("--method", "command", "--", sys.executable, "-c", PRINTS)
    good, wrong = (*line, str(place.own / "token")), (*line, str(place.own / "wrong"))
    return Way(airflow.url, good, (token, WRONG), wrong=wrong)


def _client_options(oidc: OidcServer, client: str) -> tuple[str, ...]:
    return ("--issuer", oidc.issuer, "--client-id", client)


def _secret_stdin(place: Place, airflow: LocalAirflow, oidc: OidcServer) -> Way:
    line = (*_client_options(oidc, oidc.service_client), "--scope", "airflow", "--client-secret-stdin")
    wrong = (*_client_options(oidc, oidc.airflow_client), "--client-secret-stdin")
    return Way(airflow.url, line, (oidc.service_secret,), oidc.service_secret, wrong=wrong)


def _secret_variable(place: Place, airflow: LocalAirflow, oidc: OidcServer) -> Way:
    method = ("--method", "client-credentials")
    line = (*method, *_client_options(oidc, oidc.service_client), "--scope", "airflow")
    wrong = (*method, *_client_options(oidc, oidc.airflow_client))
    variable = {"AIRFLOWCTL_CLIENT_SECRET": oidc.service_secret}
    return Way(airflow.url, line, (oidc.service_secret,), "", variable, wrong)


def _browser(place: Place, airflow: LocalAirflow, oidc: OidcServer) -> Way:
    line = (*_client_options(oidc, oidc.public_client), "--scope", SCOPE)
    return Way(airflow.url, line, (), "", environ(), ("--token-stdin",), "here")


def _device(place: Place, airflow: LocalAirflow, oidc: OidcServer) -> Way:
    browser = _browser(place, airflow, oidc)
    return browser._replace(line=("--method", "oidc-device", *browser.line), browser="elsewhere")


WAYS = {
    "password": _password,
    "token on stdin": _token_stdin,
    "token in a file": _token_file,
    "command": _command,
}
ISSUERS_WAYS = {
    "client secret on stdin": _secret_stdin,
    "client secret in a variable": _secret_variable,
    "browser": _browser,
    "device": _device,
}

# The commands.

LAST = ("auth logout", "env remove", "exit", "quit")
# What is worth to be done well; of the others those that only look, or that find nothing to change.
DONE_WELL = {
    "dags get": ("demo_waits",),
    "dags trigger": ("demo_waits", "--run-id", "leak-scan", "--run-after", "2099-01-01"),
    "pools get": ("default_pool",),
    "variables set": ("leak_scan", "a-value"),
    "variables get": ("leak_scan",),
    "variables delete": ("leak_scan",),
    "env use": ("default",),
    "env remove": ("default",),
    "sleep": ("0.01",),
}
HARMLESS = ("GET", "DELETE", "")
FAILS_WITH = {"variables set": ("nosuch", "nosuch", "--json")}
EACH_FORMAT = "FORMAT"  # the formats in turn, one a line
EACH_MANNER = "MANNER"  # of those below in turn, one a line
MANNERS = (("-o", EACH_FORMAT), ("--debug",), ("-o", "json"))


def lines(command: Command, way: Way, manners: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str, ...]]:
    """The command as people use it and as it fails, in each of these manners."""
    needed = [param for param in command.arguments if param.required]
    method = table()[command.op].method if command.op else ""
    words = len(command.words)
    good = DONE_WELL.get(command.line, tuple(line(command)[words:]) if method in HARMLESS else ("nosuch",))
    alone = ("--columns", "nosuch") if command.op else ("--nosuch",)
    bad = FAILS_WITH.get(command.line) or tuple("nosuch" for _ in needed) or alone
    if command.line == "auth login":
        good, bad = ("--url", way.url, *way.line), ("--url", way.url, *way.wrong)
    for rest in (good, bad):
        for manner in manners:
            yield (*command.words, *manner, *rest)


class Person:
    """Somebody with a way to log in and a store for the login, and all that they leave behind."""

    def __init__(self, place: Place, way: Way, store: str, **variables: str) -> None:
        self.program = place.program.with_environ(AIRFLOWCTL_STORE=store, **way.environ, **variables)
        self.scan = Scan()
        self.scan.learn(*way.secrets)
        self._place, self._way, self._store = place, way, store

    def log_in(self) -> None:
        """As a process, watched while it runs."""
        line = ("auth", "login", "--url", self._way.url, *self._way.line)
        if self._way.browser == "elsewhere":
            self._log_in_elsewhere(line)
        else:
            done = self.scan.process(self.program, *line, stdin=self._way.stdin + "\n")
            assert done.code == 0, done
        self.learn_what_is_kept()

    def _log_in_elsewhere(self, line: tuple[str, ...]) -> None:
        with Screen(self.program, columns=200, command=[*COMMAND, *line]) as screen, Browser() as browser:
            with self.scan.watched(screen.pid, self.program):
                words = screen.until(r"Open (\S+) on any device and enter (\S+)").split("Open ")[1].split()
                browser(words[0], words[6])
                assert screen.end() == 0
            self.scan.add("screen of the login", screen.raw)

    def run_every_command(self, manners: tuple[tuple[str, ...], ...] = MANNERS) -> None:
        """In this process; a login that needs a browser is not done again."""
        self.run_commands(registry.all_commands(), manners)

    def run_a_command_of_each_noun(self, manners: tuple[tuple[str, ...], ...] = MANNERS) -> None:
        """And all about logins: what is said of a secret does not hang on which command it is."""
        chosen = [next(iter(registry.commands(noun).values())) for noun in registry.nouns()]
        about = [command for noun in ("auth", "env") for command in registry.commands(noun).values()]
        self.run_commands({command.line: command for command in (*chosen, *about)}.values(), manners)

    def run_commands(self, commands: Iterable[Command], manners: tuple[tuple[str, ...], ...]) -> None:
        formats, each_manner = cycle(FORMATS), cycle(MANNERS)
        for command in sorted(commands, key=lambda command: command.line in LAST):
            if command.line in ("auth logout", "env remove"):
                self._search_files()  # while they are there
            if command.line == "auth login" and self._way.browser:
                continue
            for argv in lines(command, self._way, manners):
                words = [w for word in argv for w in (next(each_manner) if word == EACH_MANNER else (word,))]
                self._run(tuple(next(formats) if word == EACH_FORMAT else word for word in words))

    def _run(self, argv: tuple[str, ...]) -> None:
        done = self.program(*argv, stdin=self._way.stdin + "\n")
        assert "a fault in airflowctl" not in done.err, done
        self.scan.add_done(" ".join(argv), done, out=argv[:2] != ("auth", "token"))
        if argv[:2] == ("auth", "login") and done.code == 0:
            self.learn_what_is_kept()

    def run_some_as_processes(self) -> None:
        for text, code in (("auth status --debug", 0), ("pools list -o json", 0), ("dags get no --debug", 1)):
            done = self.scan.process(self.program, *text.split())
            assert done.code == code, done
        token = self.scan.process(self.program, "auth", "token", "--debug", out=False)
        assert token.code == 0, token
        self.scan.learn(token.out.strip())

    def use_the_shell(self) -> None:
        """Also with lines that have a secret in them, which are not for the history."""
        secret = next(iter(self._way.secrets), WRONG)
        self.scan.learn(WRONG)
        typed = (
            "auth status",
            "pools list --debug",
            "dags get nosuch --debug -o json",
            f"variables set my_token {WRONG}",
            f"auth token -u admin -p {secret} --url http://127.0.0.1:1 --debug",
            f"pools list --api-token {WRONG}",
            f"auth login -u admin --password={WRONG} --debug",
            "variables delete my_token",
        )
        with Shell(self.program) as shell:
            for line in typed:
                self.scan.add_done(f"shell: {line.split()[:3]}", shell.run(line))
            self.scan.add("shell", shell.err)

    def learn_what_is_kept(self) -> None:
        folder = next(self._place.home.rglob("environments")).parent
        if "login =" not in (folder / "environments" / "default.toml").read_text():
            return  # a way that keeps nothing
        stores = Stores(
            self.program.environ, passphrase=lambda: PASSPHRASE, notify_locked=lambda: False, is_lasting=False
        )
        kept = stores.open_store(self._store).get(key_in(folder))
        held = from_text(kept or "", self._way.url, self._store)
        if held is not None:
            secret = {
                name: value for name, value in held.renewal.items() if name not in ("issuer", "client_id")
            }
            self.scan.learn(held.token, *secret.values())

    def _search_files(self) -> None:
        for folder in (self._place.home, self._place.temporary):
            self.scan.add_folder(folder)

    def leave(self, *more: Path) -> Scan:
        """The end: what is left is searched too, in these folders as well."""
        self._search_files()
        for folder in more:
            self.scan.add_folder(folder)
        return self.scan
