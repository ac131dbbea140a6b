"""The leak scan: log in with a secret by each way, run every command, then look for the secret everywhere."""

from __future__ import annotations

import base64
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import httpx
import keyring as system_keyring
import pytest
from keyring.backends import SecretService
from local_airflow import LocalAirflow

from airflowctl import registry
from airflowctl.api.operations import table
from airflowctl.core.command import Command
from airflowctl.core.credential import from_text
from airflowctl.secrets.store import Key
from airflowctl.secrets.stores import ENCRYPTED, KERNEL, KEYRING, Stores
from tests.airflows import logged_in
from tests.at_shell import Shell
from tests.keyrings import keyring
from tests.leaks import Scan
from tests.program import Program
from tests.screen import Screen
from tests.servers.browser import Browser, environ
from tests.servers.oidc import SCOPE, OidcServer
from tests.test_every_command import line

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


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name in ("home", "temporary", "own"):
        (tmp_path / name).mkdir()
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)  # where exports go
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    variables = {"HOME": str(home), "TMPDIR": str(temporary), "TERM": "xterm"}
    return Place(Program(variables), home, temporary, tmp_path / "own")


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
    (place.own / "token").write_text(token + "\n")
    (place.own / "wrong").write_text(WRONG + "\n")
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
}
HARMLESS = ("GET", "DELETE", "")
FAILS_WITH = {"variables set": ("nosuch", "nosuch", "--json")}
MANNERS = ((), ("--debug",), ("-o", "json"))


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
        with Screen(self.program, *line, columns=200) as screen, Browser() as browser:
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
        self.run_commands(dict.fromkeys((*chosen, *about)), manners)

    def run_commands(self, commands: Iterable[Command], manners: tuple[tuple[str, ...], ...]) -> None:
        for command in sorted(commands, key=lambda command: command.line in LAST):
            if command.line in ("auth logout", "env remove"):
                self._search_files()  # while they are there
            if command.line == "auth login" and self._way.browser:
                continue
            for argv in lines(command, self._way, manners):
                self._run(argv)

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
        stores = Stores(
            self.program.environ, passphrase=lambda: PASSPHRASE, waiting=lambda: False, is_lasting=False
        )
        kept = stores.named(self._store).get(Key(self._way.url, "default"))
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


# The scan.


Record = Callable[[str, object], None]


@pytest.fixture
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the commands made on the server of the test is removed."""
    name = "airflow" if "airflow" in request.fixturenames else "oidc_airflow"
    admin = logged_in(request.getfixturevalue(name))
    yield
    admin("dagrun", "delete", "demo_waits", "leak-scan", "-y")


def found_nothing(scan: Scan, record: Record) -> bool:
    """Whether no place has a secret in it; how many there were is recorded with the test."""
    record("places searched", scan.places)
    record("hits", len(scan.hits))
    assert scan.hits == [], f"of {scan.places} places"
    return scan.places > 100


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_secret_of_a_login_is_anywhere(
    way: Callable[[Place, LocalAirflow], Way], place: Place, airflow: LocalAirflow,
    record_property: Record, nothing_left: None,
) -> None:  # fmt: skip
    assert is_nowhere(Person(place, way(place, airflow), KERNEL), record_property)


@pytest.mark.parametrize("way", ISSUERS_WAYS.values(), ids=ISSUERS_WAYS)
def test_no_secret_of_a_login_at_an_issuer_is_anywhere(
    way: Callable[[Place, LocalAirflow, OidcServer], Way], place: Place, oidc_airflow: LocalAirflow,
    oidc: OidcServer, record_property: Record, nothing_left: None,
) -> None:  # fmt: skip
    assert is_nowhere(Person(place, way(place, oidc_airflow, oidc), KERNEL), record_property)


def is_nowhere(person: Person, record: Record) -> bool:
    """Whether nothing is found of the secrets of somebody who did all that can be done."""
    person.log_in()
    person.run_some_as_processes()
    person.use_the_shell()
    person.run_a_command_of_each_noun()
    return found_nothing(person.leave(), record)


def test_no_secret_is_anywhere_with_the_system_keyring(
    place: Place, airflow: LocalAirflow, monkeypatch: pytest.MonkeyPatch, record_property: Record,
    nothing_left: None,
) -> None:  # fmt: skip
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="kr") as folder, keyring(Path(folder)) as real:
        for name, value in real.environ.items():
            monkeypatch.setenv(name, value)
        person = Person(place, _password(place, airflow), KEYRING, **real.environ)
        del person.program.environ["PYTHON_KEYRING_BACKEND"]
        system_keyring.set_keyring(SecretService.Keyring())  # type: ignore[no-untyped-call]
        person.log_in()
        person.run_some_as_processes()
        person.use_the_shell()
        person.scan.add_folder(Path(folder))
        person.run_every_command()
        assert found_nothing(person.leave(Path(folder)), record_property)


def test_no_secret_is_anywhere_with_an_encrypted_file(
    place: Place, oidc_airflow: LocalAirflow, oidc: OidcServer, record_property: Record
) -> None:
    """Of an issuer: there is a refresh token to keep as well."""
    file = place.own / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    way = _browser(place, oidc_airflow, oidc)
    person = Person(place, way, ENCRYPTED, AIRFLOWCTL_PASSPHRASE_FILE=str(file))
    person.scan.learn(PASSPHRASE)
    person.log_in()
    person.run_some_as_processes()
    person.run_a_command_of_each_noun(manners=(("--debug",),))  # each costs a moment of its own
    assert found_nothing(person.leave(), record_property)


def test_a_person_at_a_terminal_types_every_secret(
    place: Place, airflow: LocalAirflow, record_property: Record
) -> None:
    """The password and the passphrase are asked for; what is on the screen is searched too."""
    secret = airflow.password("admin")
    scan = Scan()
    scan.learn(secret, PASSPHRASE)
    program = place.program.with_environ(AIRFLOWCTL_STORE=ENCRYPTED)
    with Screen(program) as screen, scan.watched(screen.pid, program):
        screen.prompt()
        screen.type(f"auth login --url {airflow.url} -u admin\n")
        screen.until("Password of admin:")
        screen.type(secret + "\n")
        screen.until("Passphrase")
        screen.type(PASSPHRASE + "\n")
        screen.until("logged in to")
        for line in ("auth status", "pools list --debug", "dags get nosuch --debug", "auth logout"):
            screen.prompt()
            screen.type(line + "\n")
            screen.until_true(lambda line=line: f"> {line}" in screen.text, line)  # type: ignore[misc]
        screen.prompt()
        screen.type("exit\n")
        assert screen.end() == 0
        scan.add("screen", screen.raw)
    for folder in (place.home, place.temporary):
        scan.add_folder(folder)
    record_property("places searched", scan.places)
    assert scan.hits == [], f"of {scan.places} places"


# The scan itself.

FORMS = {
    "as it is": "x{}y",
    "in base64": "Basic {base64}",
    "in a URL": "?a={quoted}",
    "in hex": "{hex}",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("before", ["", "a:", "id:"])
def test_a_secret_would_be_found(form: str, before: str) -> None:
    secret = "c4n4ry/+secret"
    raw = (before + secret).encode()
    forms = {"base64": base64.b64encode(raw).decode(), "quoted": quote(secret, safe=""), "hex": raw.hex()}
    scan = Scan()
    scan.learn(secret)
    scan.add("here", "nothing")
    scan.add("there", form.format(secret, **forms))
    assert scan.hits == ["1: there"]


def test_a_secret_on_a_command_line_would_be_found(place: Place) -> None:
    scan = Scan()
    scan.learn(WRONG)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        line = ("pools", "list", "--api-token", WRONG, "--url", url, "--request-timeout", "1")
        scan.process(place.program, *line)
    assert any("cmdline" in hit for hit in scan.hits)
    assert any("ps" in hit for hit in scan.hits)
    assert not any("stderr" in hit for hit in scan.hits)


def test_a_secret_in_a_file_would_be_found(place: Place) -> None:
    scan = Scan()
    scan.learn(WRONG)
    (place.home / "deep" / "er").mkdir(parents=True)
    (place.home / "deep" / "er" / "notes").write_bytes(b"\xff" + WRONG.encode())
    (place.temporary / WRONG).touch()
    scan.add_folder(place.home)
    scan.add_folder(place.temporary)
    assert len(scan.hits) == 2
