"""The leak scan: log in with a secret by each way, run every command, then look for the secret everywhere."""

from __future__ import annotations

import base64
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import keyring as system_keyring
import pytest
from keyring.backends import SecretService
from local_airflow import LocalAirflow

from airflowctl.storage.secrets.stores import ENCRYPTED, KERNEL, KEYRING
from tests.support.airflows import logged_in
from tests.support.keyrings import keyring
from tests.support.leak_search import Scan
from tests.support.leak_user import (
    EACH_MANNER,
    ISSUERS_WAYS,
    PASSPHRASE,
    WAYS,
    WRONG,
    Person,
    Place,
    Way,
    _browser,
    _password,
)
from tests.support.private_files import write_private
from tests.support.processes import COMMAND
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.servers.oidc import OidcServer


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
    # A test below has every command in every manner: here each line has one of them.
    person.run_a_command_of_each_noun(manners=((EACH_MANNER,),))
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
    write_private(file, PASSPHRASE + "\n")
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
    with Screen(program, command=COMMAND) as screen, scan.watched(screen.pid, program):
        screen.prompt()
        screen.type(f"auth login --url {airflow.url} -u admin\n")
        screen.until("Password of admin:")
        screen.type(secret + "\n")
        screen.until("Passphrase")
        screen.type(PASSPHRASE + "\n")
        screen.until("The same passphrase again:")
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
