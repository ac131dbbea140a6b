"""What every test may use: the program in this process, and the real Airflow that most tests want."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import httpx
import keyring
import pytest
from keyring.backends import fail

from airflowctl.auth import stored_login
from airflowctl.storage.secrets import encrypted_file
from tests.support.keyrings import NO_COST, Kept, kernel_keyring
from tests.support.program import Program
from tests.support.stub import Stub, lets_in, wants_login
from tests.support.two_environments import two_environments
from tests.support.waiting import until

# pytest rewrites each assertion, which costs ten seconds a process: it keeps what it made only
# where modules may be cached, whatever PYTHONDONTWRITEBYTECODE says of this machine.
sys.dont_write_bytecode = False

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from local_airflow import LocalAirflow  # noqa: E402 - found by the line above
from local_airflow.places import DEFAULT_VERSION  # noqa: E402

from tests.support.airflows import RUN_TASKS, Kind, logged_in, past, serves  # noqa: E402

pytest_plugins = [
    "tests.support.garbage",
    "tests.support.offline",
    "tests.support.batches",
    "tests.support.time_limits",
    "tests.support.temporary_folders",
    "tests.support.skips",
    "tests.support.user_login",
    "tests.support.environment_files",
    "tests.support.https_servers",
    "tests.support.revocable_logins",
    "tests.support.name_server",
    "tests.support.rendering",
    "tests.support.auth_servers",
    "tests.support.demo_airflow",
    "tests.support.edge_airflow",
    "tests.support.large_airflow",
    "tests.support.site",
    "tests.support.transcripts",
    "tests.support.dag_airflow",
    "tests.support.task_airflow",
    "tests.support.failed_runs",
    "tests.support.parity_airflow",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--airflow", metavar="VERSION", help="only the tests on this Airflow")


def pytest_configure() -> None:
    # A shell without job control ignores Ctrl-C for what it runs in the background; so would all children.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # xdist looks for the groups afterwards
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that uses a real Airflow, a fixture called `...airflow`, is marked by that alone. Those of one
    Airflow follow each other; of two processes, one has all Airflows that run tasks. With `--airflow` those
    on others are left out, which for an older one are all but the reduced pass."""
    for item in items:
        if group := airflow_of(item):
            item.add_marker(pytest.mark.airflow)
            item.add_marker(pytest.mark.xdist_group("tasks" if group in RUN_TASKS else "answers"))
    version = config.getoption("--airflow")
    if version:
        items[:] = [item for item in items if _version_of(item) == version]
    items.sort(key=_place)


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.getoption("loadgroup", None):  # in a process of xdist's
        alone = [it for it in session.items if it.get_closest_marker("airflow") and "@" not in it.nodeid]
        assert not alone, f"xdist does not group the tests of one Airflow: {alone[0].nodeid}"


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """An Airflow costs as long as it runs: it ends when the next test wants another one."""
    name = airflow_of(item)
    server = getattr(item, "funcargs", {}).get(name)
    if server and nextitem and airflow_of(nextitem) != name:
        server.stop()


def airflow_of(item: pytest.Item) -> str:
    """The one Airflow that a test uses: its fixture or, of the older ones, its version; else ""."""
    if item.get_closest_marker("versions"):
        return _version_of(item)
    names = [name for name in getattr(item, "fixturenames", ()) if name.endswith("airflow")]
    assert len(names) < 2, f"{item.nodeid} uses more than one Airflow: {names}"
    return names[0] if names else ""


def _place(item: pytest.Item) -> tuple[bool, bool, str]:
    # What needs no Airflow comes last: it fills the time of the process that ends first.
    name = airflow_of(item)
    return not name, name in RUN_TASKS, name


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
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encrypted files made in this process cost a moment less: the least that may be read."""
    monkeypatch.setattr(encrypted_file, "_COST", encrypted_file._COSTS[0])


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encrypted files cost next to nothing, and no other process can read them."""
    monkeypatch.setattr(encrypted_file, "_COST", NO_COST)
    monkeypatch.setattr(encrypted_file, "_COSTS", (NO_COST, *encrypted_file._COSTS))


@pytest.fixture
def kept(no_keyring: None, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A keyring that works, for the program in this process."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.support.keyrings.Kept")
    keyring.set_keyring(made := Kept())
    return made


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty home, no keyring and no server."""
    return Program({"AIRFLOWCTL_HOME": str(tmp_path / "airflowctl"), "HOME": str(tmp_path)})


airflow = serves(Kind(("api-server", "scheduler")))  # the one that most tests use


@pytest.fixture(scope="session")
def admin(airflow: LocalAirflow) -> Program:
    """The program, logged in to the real Airflow as its administrator, for what many tests share."""
    return logged_in(airflow)


@pytest.fixture(scope="session")
def token(admin: Program) -> str:
    """A token of the administrator."""
    return admin.environ["AIRFLOW_CLI_TOKEN"]


@pytest.fixture
def ctl(program: Program, airflow: LocalAirflow, token: str) -> Program:
    """As `admin`, with a home of its own."""
    return program.with_environ(AIRFLOWCTL_URL=airflow.url, AIRFLOW_CLI_TOKEN=token)


@pytest.fixture(scope="session")
def viewer(airflow: LocalAirflow) -> Program:
    """The program, logged in as somebody who may only look."""
    return logged_in(airflow, "viewer")


@pytest.fixture(scope="session")
def api(admin: Program) -> Iterator[httpx.Client]:
    """The server itself, past the program: to prepare, and to see what really happened."""
    with past(admin) as client:
        yield client


@pytest.fixture
def unique() -> str:
    """A name that nothing on the server has."""
    return f"t{uuid4().hex[:10]}"


@pytest.fixture(scope="session")
def many_variables(api: httpx.Client) -> list[str]:
    """The keys of 250 variables of about 500 letters each, in order."""
    prefix = f"many{uuid4().hex[:10]}"
    keys = [f"{prefix}_{number:03}" for number in range(250)]
    entities = [{"key": key, "value": f"{number} " + "x" * 500} for number, key in enumerate(keys)]
    done = api.patch("/variables", json={"actions": [{"action": "create", "entities": entities}]})
    assert len(done.json()["create"]["success"]) == 250, done.text
    return keys


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A server that lets in everybody, until a test tells it what to answer."""
    with Stub(lets_in) as server:
        yield server


@pytest.fixture
def locked() -> Iterator[Stub]:
    """A server that wants a login, and takes any password."""
    with Stub(wants_login) as server:
        yield server


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    """The program, logged in to it."""
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


@pytest.fixture
def places(program: Program, stub: Stub) -> Program:
    """The program with two environments at that server, `dev` in use and `prod`."""
    return two_environments(program, stub)


@pytest.fixture
def nowhere(program: Program) -> Program:
    """The program, at an address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return program.with_environ(AIRFLOWCTL_URL=f"http://127.0.0.1:{port}", AIRFLOW_CLI_TOKEN="abc")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where `program` keeps what it remembers."""
    return tmp_path / "airflowctl"


@pytest.fixture
def person(program: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """Somebody without a desktop's keyring: the login is kept in the kernel's, and removed at the end."""
    kernel_keyring()
    own = program.with_environ(AIRFLOWCTL_STORE="kernel")
    yield own
    monkeypatch.setattr(stored_login, "_revoke", lambda *_: False)  # tests share a token
    for row in own("env", "list", "-o", "json").json:
        own("env", "remove", row["name"])


@pytest.fixture
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where lines that write a file of some name may run."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that accepts connections and never answers: its listening socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener


@pytest.fixture
def paused_dag(api: httpx.Client) -> Iterator[str]:
    """A Dag whose runs stay queued; they are gone afterwards."""
    api.patch("/dags/demo_waits", json={"is_paused": True}).raise_for_status()
    yield "demo_waits"

    def gone() -> bool:
        runs = api.get("/dags/demo_waits/dagRuns").json()["dag_runs"]
        for run in runs:  # a busy SQLite may refuse: then it is asked again
            api.delete(f"/dags/demo_waits/dagRuns/{quote(run['dag_run_id'], safe='')}")
        return not runs

    until(gone, "an end of its runs")
    api.patch("/dags/demo_waits", json={"is_paused": False}).raise_for_status()
