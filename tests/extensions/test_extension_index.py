"""The index of plug-ins: it spares imports, is renewed when something is installed, and is never needed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflowctl.core import programs
from airflowctl.core.extension_scan import package_of
from airflowctl.core.folders import INDEX, has_no_extensions, import_stamp
from airflowctl.core.nouns import COMMANDS as PLUG_INS
from airflowctl.session import registry
from airflowctl.session.extension_index import _parse, _text, search
from tests.support.plug_ins import COMMANDS, GREET, OUTPUT, install, install_greet
from tests.support.program import Program

HOUR = 3600.0


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    return aged(install_greet(tmp_path / "packages"))


@pytest.fixture
def own(program: Program, packages: Path) -> Program:
    return program.with_environ(PYTHONPATH=str(packages), PYTHONDONTWRITEBYTECODE="1")


def aged(folder: Path) -> Path:
    """A folder as it is an hour after something was installed: of one changed just now no index is kept."""
    then = time.time() - HOUR
    os.utime(folder, (then, then))
    return folder


def was_imported(packages: Path) -> bool:
    """Whether the plug-in was imported since the last look."""
    mark = packages / "marks" / "imported"
    was = mark.exists()
    mark.unlink(missing_ok=True)
    return was


def index_files(home: Path) -> list[Path]:
    folder = home / INDEX
    return sorted(folder.iterdir()) if folder.exists() else []


def test_help_imports_a_plug_in_once(own: Program, packages: Path, home: Path) -> None:
    first = own.new_process("--help")
    assert "greet" in first.out
    assert was_imported(packages)
    [index] = index_files(home)
    assert index.stat().st_mode & 0o777 == 0o600
    assert index.parent.stat().st_mode & 0o777 == 0o700
    for line in (["--help"], ["help"], ["env", "list", "-o", "nope"]):
        assert "greet" in (done := own.new_process(*line)).out + done.err or line[0] == "env"
        assert not was_imported(packages)
    assert own.new_process("--help") == first
    own.new_process("greet", "list")
    assert was_imported(packages)


def test_a_process_looks_for_plug_ins_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each key of the shell asks for the nouns, and a look reads the folders of all packages."""
    looks: list[str] = []
    monkeypatch.setattr(programs, "_groups", {})
    monkeypatch.setattr(programs, "_find", looks.append)
    for _ in range(3):
        registry.nouns()
        registry.commands("nosuch")
    assert looks == [PLUG_INS]


def test_a_package_that_is_installed_or_removed_is_noticed(own: Program, packages: Path, home: Path) -> None:
    assert "Other things" not in own.new_process("--help").out
    text = GREET.replace("greet", "other").replace("Greetings, for those who come", "Other things")
    install(packages, "more", {COMMANDS: {"other": "other_module:GREET"}}, {"other_module": text})
    assert "Other things" in own.new_process("--help").out
    for path in packages.glob("more-1.0.dist-info/*"):
        path.unlink()
    (packages / "more-1.0.dist-info").rmdir()
    assert "Other things" not in own.new_process("--help").out
    aged(packages)
    own.new_process("--help")
    assert len(index_files(home)) == 1  # what was known before is removed


def test_what_is_installed_a_moment_later_is_noticed(program: Program, tmp_path: Path) -> None:
    """Two installations within a tick of the file system leave one time."""
    folder = install_greet(tmp_path / "packages")
    own = program.with_environ(PYTHONPATH=str(folder))
    assert "Other things" not in own.new_process("--help").out
    facts = folder.stat()
    text = GREET.replace("greet", "other").replace("Greetings, for those who come", "Other things")
    install(folder, "more", {COMMANDS: {"other": "other_module:GREET"}}, {"other_module": text})
    os.utime(folder, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert "Other things" in own.new_process("--help").out


def test_a_module_that_is_edited_in_place_is_noticed(own: Program, packages: Path) -> None:
    own.new_process("--help")
    module = packages / "greet_module.py"
    module.write_text(module.read_text().replace("for those who come", "for those who go"))
    aged(packages)
    assert "for those who go" in own.new_process("--help").out


def test_each_list_of_folders_has_an_index_of_its_own(own: Program, program: Program, home: Path) -> None:
    own.new_process("--help")
    assert "greet" not in program.new_process("help").out.split()
    assert "greet" in own.new_process("help").out.split()
    assert len(index_files(home)) == 2


@pytest.mark.parametrize(
    "damage",
    [
        b"airflowctl extensions 1\nuse\tx\nend\n", b"\xff\xfe", b"\0" * 50, b"airflowctl extensions 2\nend\n",
        b"airflowctl extensions 1\nuse\ta\tb\tc\td\te\n", b"airflowctl extensions 1\nfile\tx\ty\nend\n",
        b"{}",
    ],
    ids=repr,
)  # fmt: skip
def test_a_damaged_index_is_made_again(own: Program, home: Path, damage: bytes) -> None:
    first = own.new_process("greet", "-h")
    assert first.code == 0
    [index] = index_files(home)
    index.write_bytes(damage)
    assert own.new_process("greet", "-h") == first
    assert index.read_bytes() != damage


def test_without_a_folder_that_can_be_written_it_works(own: Program, packages: Path, home: Path) -> None:
    (home.parent / "airflowctl").write_text("a file, and no folder")
    for _ in range(2):
        done = own.new_process("greet", "--help")
        assert (done.err, done.code) == ("", 0)
        assert was_imported(packages)


@pytest.mark.parametrize("home_of_ours", ["relative/path", "/proc/none"])
def test_without_a_usable_home_it_works(own: Program, home_of_ours: str) -> None:
    done = own.with_environ(AIRFLOWCTL_HOME=home_of_ours).new_process("greet", "--help")
    assert (done.err, done.code) == ("", 0)


def test_an_index_that_others_can_write_is_not_read(own: Program, packages: Path, home: Path) -> None:
    assert own.new_process("greet", "-h").code == 0
    [index] = index_files(home)
    was_imported(packages)
    index.chmod(0o666)
    assert own.new_process("--help").code == 0
    assert was_imported(packages)


def test_a_link_is_not_followed(own: Program, home: Path, tmp_path: Path) -> None:
    assert own.new_process("greet", "-h").code == 0
    [index] = index_files(home)
    target = tmp_path / "target"
    target.write_text("mine")
    index.unlink()
    index.symlink_to(target)
    assert own.new_process("greet", "-h").code == 0
    assert target.read_text() == "mine"


def test_many_runs_at_once_agree(own: Program, home: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "airflowctl", "help", "greet"],
            env=own.process_environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(6)
    ]  # fmt: skip
    texts = {(process.communicate(timeout=60), process.returncode) for process in running}
    assert len(texts) == 1
    assert len(index_files(home)) == 1


# Without plug-ins.

LOADED = """
import sys
from airflowctl.main import main
code = main(sys.argv[1:])
print("loaded:", *sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def loaded(program: Program, *argv: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *argv],
        env=program.process_environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split()[1:])


def test_without_plug_ins_help_makes_no_folder(program: Program, home: Path) -> None:
    assert program.new_process("--help").code == 0
    assert not home.exists()


def test_without_plug_ins_a_look_is_all(program: Program, home: Path) -> None:
    home.mkdir(mode=0o700)
    loaded(program, "--help")
    [index] = index_files(home)
    assert index.read_bytes() == b""
    ours = {name for name in loaded(program, "--help") if "extension" in name}
    assert ours == set()
    assert "importlib.metadata" not in loaded(program, "nope")


@pytest.mark.parametrize("line", ["version", "help dags", "env list", "pools list --url http://127.0.0.1:9"])
def test_a_line_of_ours_does_not_even_look(program: Program, line: str) -> None:
    modules = loaded(program, *line.split())
    assert {name for name in modules if "extension" in name} == set()


def test_one_look_is_made_at_each_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    looked: list[str] = []
    stat = os.stat
    monkeypatch.setattr(
        os, "stat", lambda path, *more, **by: looked.append(str(path)) or stat(path, *more, **by)
    )
    assert not has_no_extensions({"AIRFLOWCTL_HOME": str(tmp_path)})
    assert looked[:-1] == list(sys.path)


# Its form.


@pytest.fixture
def in_process(packages: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    yield {"AIRFLOWCTL_HOME": str(packages.parent / "state")}
    sys.modules.pop("greet_module", None)


def test_what_is_written_is_read_back(in_process: dict[str, str], packages: Path) -> None:
    extension = search(COMMANDS, in_process).known["greet"]
    assert (extension.package, extension.summary) == ("greet-package", "Greetings, for those who come")
    assert search(OUTPUT, in_process).known == {}
    aged(packages)
    stamp = import_stamp()
    search(COMMANDS, in_process)
    text = (packages.parent / "state" / INDEX / stamp).read_text()
    assert _text(_parse(text)) == text


@pytest.mark.parametrize("text", ["x", "end\n", "airflowctl extensions 1\nuse\ta\nend\n"])
def test_what_is_no_index_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        _parse(text)


def test_the_stamp_changes_with_the_folders_and_their_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = {import_stamp()}
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    stamps.add(import_stamp())
    os.utime(tmp_path, ns=(1, 1))
    stamps.add(import_stamp())
    os.utime(tmp_path, ns=(1, 2))
    stamps.add(import_stamp())
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path[:-1]])
    stamps.add(import_stamp())
    assert len(stamps) == 5


@pytest.mark.parametrize(
    ("folder", "package"),
    [
        ("our_package-1.0.dist-info", "our-package"),
        ("our-package-1.0.dist-info", "our-package"),
        ("Ours-2.1.dev0+g1.dist-info", "ours"),
        ("ours.egg-info", "ours"),
    ],
)
def test_a_package_is_known_by_the_folder_of_its_metadata(folder: str, package: str) -> None:
    assert package_of(folder) == package


def test_packages_with_the_same_first_word_are_two(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    for word in ("one", "two"):
        text = GREET.replace("greet", word)
        names = {COMMANDS: {word: f"{word}_module:GREET"}}
        info = install(folder, f"our-{word}", names, {f"{word}_module": text}) / f"our_{word}-1.0.dist-info"
        info.rename(folder / f"our-{word}-1.0.dist-info")
    done = program.with_environ(PYTHONPATH=str(folder)).new_process("--help")
    assert "\n  one " in done.out
    assert "\n  two " in done.out
