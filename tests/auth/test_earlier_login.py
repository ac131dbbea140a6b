"""A login that an earlier version kept: found, moved to an id of its own once, and ended like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflowctl.storage.secrets.kernel_keyring import KernelKeyring
from airflowctl.storage.secrets.store import earlier_key
from airflowctl.storage.secrets.stores import Stores
from tests.support.environment_files import write
from tests.support.keyrings import Kept, earlier, key_in
from tests.support.program import Program
from tests.support.revocable_logins import PASSPHRASE, STORES, Users, at, log_in, who
from tests.support.stub import Stub

pytestmark = pytest.mark.usefixtures("free")


@pytest.fixture
def of_before(own: Program, revoking: Stub, home: Path, request: pytest.FixtureRequest) -> str:
    """A login as earlier versions kept it; the name of its store."""
    store = str(request.param)
    log_in(own, revoking.url, "ann", "--store", store)
    stores = Stores(
        own.environ,
        passphrase=lambda: PASSPHRASE,
        notify_locked=lambda: False,
        is_lasting=False,
    )
    place, key = stores.open_store(store), key_in(home)
    place.set(earlier_key(revoking.url, "default"), place.get(key) or "", 600)
    place.delete(key)
    write(home, "default", earlier(home))
    return store


@pytest.mark.parametrize("of_before", STORES, indirect=True)
def test_a_login_of_before_is_taken_over_once(
    own: Program, revoking: Stub, users: Users, home: Path, of_before: str, kept: Kept
) -> None:
    old = earlier_key(revoking.url, "default")
    assert who(own) == "ann"
    assert KernelKeyring().get(old) is None
    assert not [name for name in kept.values if name[0] == f"airflowctl:{revoking.url}"]
    assert [path.stem for path in home.rglob("*.enc")] == (
        [key_in(home).name] if of_before == "encrypted-file" else []
    )
    text = (home / "environments" / "default.toml").read_text()
    assert who(own) == "ann"
    assert (home / "environments" / "default.toml").read_text() == text
    own("auth", "logout")
    assert users.good == {}


@pytest.mark.parametrize("of_before", STORES, indirect=True)
@pytest.mark.parametrize("end", ["auth logout", "env remove default", "login"])
def test_a_login_of_before_can_be_ended(
    own: Program, revoking: Stub, users: Users, home: Path, of_before: str, end: str
) -> None:
    [token] = users.good
    done = log_in(own, revoking.url, "ann", "--store", of_before) if end == "login" else own(*end.split())
    assert (done.err, done.code) == ("", 0)
    assert token not in users.good
    assert KernelKeyring().get(earlier_key(revoking.url, "default")) is None
    assert not (home / "secrets" / "default.enc").exists()
    own("env", "remove", "default")


@pytest.mark.parametrize("of_before", ["kernel", "keyring"], indirect=True)
def test_one_of_another_home_is_left_to_it(
    own: Program, revoking: Stub, users: Users, home: Path, tmp_path: Path, of_before: str
) -> None:
    """Homes shared a key: what lies there is taken over by the home whose user it is of."""
    other = tmp_path / "other"
    content = (home / "environments" / "default.toml").read_text()
    write(other, "default", content.replace('"ann"', '"bob"'))
    bob = at(own, other)
    assert "is of ann, and its environment is bob's" in who(bob)
    bob("auth", "logout")
    assert bob("env", "remove", "default").code == 0
    assert who(own) == "ann"
    own("auth", "logout")
