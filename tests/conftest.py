"""What every test may use: the program in this process, and the one real Airflow of the suite."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import keyring
import pytest
from keyring.backends import fail

from tests.keyrings import Kept
from tests.program import Program

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from local_airflow import LocalAirflow  # noqa: E402 - found by the line above
from local_airflow.places import DEFAULT_VERSION  # noqa: E402

pytest_plugins = [
    "tests.auth_servers",
    "tests.edge_servers",
    "tests.large",
    "tests.working",
    "tests.troubled",
    "tests.parity_airflow",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--airflow", metavar="VERSION", help="only the tests on this Airflow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that uses a real Airflow, a fixture called `...airflow`, is marked by that alone; with
    `--airflow` those on others are left out, which for an older one are all but the reduced pass."""
    for item in items:
        if any(name.endswith("airflow") for name in getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.airflow)
    version = config.getoption("--airflow")
    if version:
        items[:] = [item for item in items if _version_of(item) == version]


def _version_of(item: pytest.Item) -> str:
    return str(item.callspec.params["older"] if item.get_closest_marker("versions") else DEFAULT_VERSION)


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """Whatever keyring this machine has is not for tests; those that want one bring it."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def kept(no_keyring: None, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A keyring that works, for the program in this process."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings.Kept")
    keyring.set_keyring(made := Kept())
    return made


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty home, no keyring and no server."""
    return Program({"AIRFLOWCTL_HOME": str(tmp_path / "airflowctl"), "HOME": str(tmp_path)})


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAirflow]:
    """A real Airflow 3.3 on a free loopback port, started once, in a home of its own."""
    server = LocalAirflow(tmp_path_factory.mktemp("airflow"))
    server.start(lambda text: print(text, file=sys.__stderr__))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def token(airflow: LocalAirflow, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A token of the administrator."""
    home = str(tmp_path_factory.mktemp("login"))
    done = Program({"AIRFLOWCTL_HOME": home})(
        "auth", "token", "--url", airflow.url, "--username", "admin", "--password-stdin",
        stdin=airflow.password("admin") + "\n",
    )  # fmt: skip
    assert done.code == 0, done.err
    return done.out.strip()


@pytest.fixture
def ctl(program: Program, airflow: LocalAirflow, token: str) -> Program:
    """The program, logged in to the real Airflow as its administrator."""
    return program.with_environ(AIRFLOWCTL_URL=airflow.url, AIRFLOW_CLI_TOKEN=token)


@pytest.fixture(scope="session")
def admin(airflow: LocalAirflow, token: str, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """As `ctl`, for what is done once and used by many tests."""
    home = str(tmp_path_factory.mktemp("admin"))
    return Program(
        {"AIRFLOWCTL_HOME": home, "HOME": home, "AIRFLOWCTL_URL": airflow.url, "AIRFLOW_CLI_TOKEN": token}
    )


@pytest.fixture(scope="session")
def viewer(airflow: LocalAirflow, admin: Program) -> Program:
    """The program, logged in as somebody who may only look."""
    done = admin("auth", "token", "-u", "viewer", "--password-stdin", stdin=airflow.password("viewer") + "\n")
    assert done.code == 0, done.err
    return admin.with_environ(AIRFLOW_CLI_TOKEN=done.out.strip())


@pytest.fixture(scope="session")
def api(airflow: LocalAirflow, token: str) -> Iterator[httpx.Client]:
    """The server itself, past the program: to prepare, and to see what really happened."""
    with httpx.Client(
        base_url=f"{airflow.url}/api/v2",
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
        trust_env=False,
    ) as client:
        yield client


@pytest.fixture
def unique() -> str:
    """A name that nothing on the server has."""
    return f"t{uuid4().hex[:10]}"


@pytest.fixture(scope="session")
def many_variables(api: httpx.Client) -> Iterator[list[str]]:
    """The keys of 250 variables of about 500 letters each, in order."""
    prefix = f"many{uuid4().hex[:10]}"
    keys = [f"{prefix}_{number:03}" for number in range(250)]
    entities = [{"key": key, "value": f"{number} " + "x" * 500} for number, key in enumerate(keys)]
    done = api.patch("/variables", json={"actions": [{"action": "create", "entities": entities}]})
    assert len(done.json()["create"]["success"]) == 250, done.text
    yield keys
    api.patch("/variables", json={"actions": [{"action": "delete", "entities": keys}]}).raise_for_status()


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that accepts connections and never answers: its listening socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener
