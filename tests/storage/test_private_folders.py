"""Our own files and folders: owner, mode and kind, for each of them, for reading and for writing."""

from __future__ import annotations

import os
import stat
from multiprocessing import get_context
from pathlib import Path

import pytest

from airflowctl.core.errors import ConfigError
from airflowctl.core.redaction import Redactor
from airflowctl.storage.preferences import ALIASES, Preferences
from airflowctl.storage.private_files import PrivateFolder
from tests.support.environment_files import write
from tests.support.other_user import UID, folder_for, needs_root, run_as
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.stub import Stub, reply

FILES = {
    "environments/x.toml": ("pools", "get", "p", "-e", "x"),
    "environment": ("pools", "get", "p"),
    "preferences.toml": ("alias",),
}
FOLDERS = {"": "the home", "environments": "a folder below"}


@pytest.fixture
def used(program: Program, stub: Stub, home: Path) -> Program:
    """The program with a file of each kind."""
    write(home, "x", f'url = "{stub.url}"\n')
    (home / "environment").write_text("x\n")
    (home / "preferences.toml").write_text('[aliases]\nx = "pools get p"\n')
    return program


def is_refused(program: Program, stub: Stub, line: tuple[str, ...], *said: object) -> bool:
    done = program(*line)
    assert (done.out, done.code, stub.requests) == ("", 1, []), done
    assert [each for each in said if str(each) not in done.err] == []
    return True


def test_all_is_used_as_it_is_made(used: Program, stub: Stub) -> None:
    assert all(used(*line).code == 0 for line in FILES.values())


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o757, 0o1777, 0o720])
@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_others_can_write_to_is_refused(
    used: Program, stub: Stub, home: Path, name: str, mode: int
) -> None:
    folder = home / name
    folder.chmod(mode)
    line = FILES["environments/x.toml"]
    assert is_refused(used, stub, line, f"others can write to {folder}", f"chmod 700 {folder}")
    assert is_refused(used, stub, ("env", "use", "x"), f"others can write to {folder}")
    folder.chmod(0o755)  # that others can read it is no harm: there is no secret in it
    assert used(*line).code == 0


@pytest.mark.parametrize("mode", [0o666, 0o664, 0o602])
@pytest.mark.parametrize(("name", "line"), FILES.items(), ids=FILES)
def test_a_file_that_others_can_write_to_is_refused(
    used: Program, stub: Stub, home: Path, name: str, line: tuple[str, ...], mode: int
) -> None:
    (home / name).chmod(mode)
    assert is_refused(used, stub, line, f"others can write to {home / name}", f"chmod 600 {home / name}")


@pytest.mark.parametrize(("name", "line"), FILES.items(), ids=FILES)
def test_a_link_in_place_of_a_file_is_refused(
    used: Program, stub: Stub, home: Path, tmp_path: Path, name: str, line: tuple[str, ...]
) -> None:
    (home / name).rename(tmp_path / "elsewhere")
    (home / name).symlink_to(tmp_path / "elsewhere")
    assert is_refused(used, stub, line, f"{home / name} is a link")


def test_a_link_in_place_of_a_folder_is_refused(
    used: Program, stub: Stub, home: Path, tmp_path: Path
) -> None:
    (home / "environments").rename(tmp_path / "elsewhere")
    (home / "environments").symlink_to(tmp_path / "elsewhere")
    assert is_refused(used, stub, ("env", "list"), f"{home / 'environments'} is a link")
    assert is_refused(used, stub, ("env", "set", "x", "--production"), f"{home / 'environments'} is a link")
    assert os.listdir(tmp_path / "elsewhere") == ["x.toml"]


def test_the_home_itself_may_be_a_link_of_the_user(used: Program, home: Path, tmp_path: Path) -> None:
    home.rename(tmp_path / "dotfiles")
    home.symlink_to(tmp_path / "dotfiles")
    assert used(*FILES["environments/x.toml"]).code == 0


@pytest.mark.parametrize(("name", "line"), FILES.items(), ids=FILES)
def test_a_pipe_in_place_of_a_file_does_not_hang(
    used: Program, stub: Stub, home: Path, name: str, line: tuple[str, ...]
) -> None:
    (home / name).unlink()
    os.mkfifo(home / name, 0o600)
    assert is_refused(used, stub, line, f"{home / name}: it is not a regular file")


@needs_root
@pytest.mark.parametrize("name", ["", "environments", *FILES])
def test_what_belongs_to_another_user_is_refused(used: Program, stub: Stub, home: Path, name: str) -> None:
    os.chown(home / name, UID, UID)
    line = FILES.get(name, FILES["environments/x.toml"])
    assert is_refused(used, stub, line, f"{home / name} belongs to", f"chown -R 0 {home / name}")


@needs_root
def test_what_belongs_to_root_is_read_by_another_user_and_to_a_third_is_not(stub: Stub) -> None:
    with folder_for(0) as folder:
        write(folder, "x", f'url = "{stub.url}"\n')
        line = ("pools", "get", "p", "-e", "x")
        home = {"AIRFLOWCTL_HOME": str(folder)}
        assert run_as(UID, *line, **home).code == 0
        os.chown(folder / "environments" / "x.toml", UID + 1, UID + 1)
        done = run_as(UID, *line, **home)
        assert (done.out, done.code, len(stub.requests)) == ("", 1, 1)
        assert f"sudo chown -R {UID} {folder / 'environments' / 'x.toml'}" in done.err


# What the shell and the stores write.


def link(home: Path, name: str, victim: Path) -> Path:
    victim.write_text("mine\n")
    (home / name).parent.mkdir(parents=True, exist_ok=True)
    (home / name).symlink_to(victim)
    return victim


@pytest.mark.parametrize("late", [False, True], ids=["before", "while it is open"])
def test_the_history_is_never_written_through_a_link(
    used: Program, home: Path, tmp_path: Path, late: bool
) -> None:
    victim = tmp_path / "victim"
    if not late:
        link(home, "history-x", victim)
    with Screen(used) as screen:
        if not late:
            screen.until("the history is not kept", "history-x$", "is a link")
        screen.prompt()
        if late:
            (home / "history-x").unlink()
            link(home, "history-x", victim)
        screen.type("version\n")
        screen.until("^airflowctl")
        screen.prompt()
    assert victim.read_text() == "mine\n"


def test_a_lock_is_never_made_through_a_link(home: Path, tmp_path: Path) -> None:
    (home / "locks").mkdir(parents=True)
    (home / "locks" / "a.lock").symlink_to(tmp_path / "victim")
    with pytest.raises(ConfigError, match="is a link"):
        PrivateFolder(str(home)).open(os.O_RDWR | os.O_CREAT, "locks", "a.lock")
    assert not (tmp_path / "victim").exists()


def test_a_link_is_replaced_by_a_write_and_its_target_stays(home: Path, tmp_path: Path) -> None:
    victim = link(home, "environment", tmp_path / "victim")
    PrivateFolder(str(home)).write("x\n", "environment")
    assert (victim.read_text(), (home / "environment").read_text()) == ("mine\n", "x\n")


def test_folders_above_the_home_are_the_system_s(program: Program, tmp_path: Path) -> None:
    above = tmp_path / "shared"
    above.mkdir()
    above.chmod(0o777)
    own = program.with_environ(AIRFLOWCTL_HOME=str(above / "mine"))
    assert own("alias", "y", "=", "pools").code == 0


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_all_that_is_made_is_for_this_user_only(program: Program, tmp_path: Path, umask: int) -> None:
    own = program.with_environ(HOME=str(tmp_path / "a" / "b"), AIRFLOWCTL_HOME="")
    before = os.umask(umask)
    try:
        assert own("env", "list").code == 0
        assert own("alias", "y", "=", "pools", "list").code == 0
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").rglob("*") if path.is_dir()}
    files = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").rglob("*") if path.is_file()}
    assert (modes, files) == ({0o700}, {0o600})


def _keep(home: str, number: int) -> None:
    for turn in range(5):
        Preferences({"AIRFLOWCTL_HOME": home}).store(ALIASES, f"a{number}x{turn}", "pools list")


def test_two_processes_that_change_one_file_lose_nothing(home: Path) -> None:
    context = get_context("spawn")
    workers = [context.Process(target=_keep, args=(str(home), number)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(Preferences({"AIRFLOWCTL_HOME": str(home)}).table(ALIASES)) == 15


# Where they are.


@pytest.mark.parametrize("name", ["XDG_CONFIG_HOME", "XDG_STATE_HOME"])
@pytest.mark.parametrize("value", ["rel", "./rel", "../rel", "~/rel"])
def test_a_relative_xdg_folder_is_ignored(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / value / "airflowctl", "x", 'url = "http://evil.example.org"\n')
    own = program.with_environ(AIRFLOWCTL_HOME="", HOME=str(tmp_path / "user"), **{name: value})
    assert own("env", "list", "-o", "name").out == ""
    assert own("alias", "y", "=", "pools").code == 0
    assert (tmp_path / "user" / ".config" / "airflowctl" / "preferences.toml").is_file()


@pytest.mark.parametrize("value", [".", "rel", "~/x"])
def test_a_relative_home_of_ours_is_an_error(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = program.with_environ(AIRFLOWCTL_HOME=value)("env", "list")
    assert (done.out, done.code) == ("", 2)
    assert f"AIRFLOWCTL_HOME is '{value}'" in done.err
    assert os.listdir(tmp_path) == []


# What the user names.


@pytest.mark.parametrize("before", [None, 0o640], ids=["new", "there"])
@pytest.mark.parametrize("line", [("pools", "get", "p", "-e", "x", ">", "{}"), ("version", ">>", "{}")])
def test_a_new_file_of_results_is_for_this_user_only(
    used: Program, tmp_path: Path, line: tuple[str, ...], before: int | None
) -> None:
    file = tmp_path / "out.json"
    if before:
        file.touch()
        file.chmod(before)
    assert used(stdin=" ".join(line).format(file)).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == (before or 0o600)


def test_a_new_export_is_for_this_user_only(program: Program, tmp_path: Path) -> None:
    with Stub(lambda _: reply({"variables": [], "total_entries": 0})) as stub:
        line = ("variables", "export", str(tmp_path / "v.json"), "--url", stub.url)
        assert program(*line).code == 0
    assert stat.S_IMODE((tmp_path / "v.json").stat().st_mode) == 0o600


def test_nothing_here_is_hidden_by_redaction() -> None:
    """The line that fixes a folder is shown as it is."""
    line = "chmod 700 /home/ann/.config/airflowctl, after a look at what is in it"
    assert Redactor()(line) == line
