"""What the shell remembers of the lines typed: for this user only, and never a secret."""

from __future__ import annotations

import os
import stat
from io import StringIO
from pathlib import Path

import pytest
from prompt_toolkit.history import History

from airflowctl.core.options import SHELL, Options
from airflowctl.main import new_session
from airflowctl.output.streams import Streams
from airflowctl.session.session import Session
from airflowctl.shell.history import history


def session(home: str) -> Session:
    environ = {"AIRFLOWCTL_HOME": home, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    return new_session(Streams(StringIO(), StringIO(), StringIO(), environ, 80), Options(), SHELL)


def remembered(home: Path) -> list[str]:
    """What the next shell knows, oldest first."""
    return list(reversed(list(history(session(str(home))).load_history_strings())))


def typed(home: Path, *lines: str) -> History:
    found = history(session(str(home)))
    for line in lines:
        found.append_string(line)
    return found


def test_lines_are_kept_for_the_next_shell(home: Path) -> None:
    typed(home, "dags list", "dags get 'naïve 日本'", "dags lst")
    typed(home, "version")
    assert remembered(home) == ["dags list", "dags get 'naïve 日本'", "dags lst", "version"]


@pytest.mark.parametrize(
    "text", ["s3cret-canary", "dgas list", "my lucky word", "#s3cret", "version\ns3cret"]
)
def test_what_begins_with_no_command_is_known_until_the_shell_is_left(home: Path, text: str) -> None:
    """It may be a password that was typed where no question was asked."""
    found = typed(home, "version", text)
    assert list(found.get_strings()) == ["version", text]
    assert remembered(home) == ["version"]


PRIVATE = [
    " version",
    "  dags list",
    "variables set api_key hunter2",
    "variables set DB_PASSWORD hunter2",
    "variables set 'my token' hunter2",
    "variables set -- secret_x hunter2",
    'variables set -j api_key \'{"a": "hunter2"}\'',
    "variables set --description x api_key hunter2",
    "variables set api_key hunter2 --nope",
    "variables set api_key 'hunter2",
    "variables set api_key hunter2 # note",
    "-o json variables set api_key hunter2",
    "auth login -p hunter2",
    'dags trigger etl --conf \'{"db_password": "hunter2"}\'',
    "dags list --url http://ann:hunter2@h",
    "auth login -phunter2",
    "auth login --password hunter2",
    "auth login --password=hunter2 --url http://x",
    "auth login --password 'hunter2",
    "auth token -u ann -p hunter2",
    "auth login --nope -p hunter2",
    "dags list\nvariables set api_key hunter2\nversion",
    "variables sett api_key hunter2",
    "varaibles set api_key hunter2",
    "auth lgin --password hunter2",
    "auth login --pasword hunter2",
    "auth login --pasword=hunter2",
    "auth login --method command -- get-token --password hunter2",
    "auth login --method command -- curl -H 'Authorization: Bearer hunter2'",
]

PUBLIC = [
    "variables get api_key",
    "variables set colour red",
    "variables delete api_key",
    "auth login -u ann",
    "auth login --password-stdin",
    "auth status",
    "help auth login",
    "dags trigger token_refresh",
    "tasks list secret_santa",
    "# a note",
    "dags lits",
    "dags get 'open",
]


@pytest.mark.parametrize("line", PRIVATE)
def test_a_private_line_is_never_written(home: Path, line: str) -> None:
    typed(home, line, "version")
    assert remembered(home) == ["version"]
    written = (home / "history").read_text(encoding="utf-8")
    assert "hunter2" not in written


@pytest.mark.parametrize("line", PUBLIC)
def test_other_lines_are(home: Path, line: str) -> None:
    typed(home, line)
    assert remembered(home) == [line]


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_the_file_is_for_this_user_only(home: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        typed(home, "version")
    finally:
        os.umask(before)
    assert stat.S_IMODE((home / "history").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("place", ["/dev/null/below", "/proc/nope"])
def test_where_nothing_can_be_written_the_shell_goes_on(place: str) -> None:
    here = session(place)
    found = history(here)
    found.append_string("version")
    assert list(found.get_strings()) == ["version"]
    assert isinstance(here.streams.stderr, StringIO)
    assert here.streams.stderr.getvalue() == f"the history is not kept: {place}/history cannot be written\n"


def test_a_folder_in_place_of_the_file(home: Path) -> None:
    (home / "history").mkdir(parents=True)
    here = session(str(home))
    history(here).append_string("version")
    assert isinstance(here.streams.stderr, StringIO)
    assert "cannot be written" in here.streams.stderr.getvalue()


def test_a_disk_that_fails_later_does_not_end_the_shell(home: Path) -> None:
    found = typed(home, "version")
    (home / "history").unlink()
    (home / "history").mkdir()
    found.append_string("dags list")
    assert list(found.get_strings()) == ["version", "dags list"]


def test_bytes_that_are_no_text_in_the_file_are_no_matter(home: Path) -> None:
    typed(home, "version")
    with (home / "history").open("ab") as file:
        file.write(b"\n# x\n+dags \xff\n")
    assert remembered(home)[0] == "version"


def test_what_an_earlier_version_kept_is_judged_once_more(home: Path) -> None:
    typed(home, "version")
    file = home / "history"
    old = "\n# 2026-01-01\n+dags list\n\n# 2026-01-02\n+variables set stripe_key sk_live_s3cretcanary1234\n\n"
    old += '# 2026-01-03\n+s3cret-canary\n\n# 2026-01-04\n+dags trigger etl --conf {"a":\n+1}\n'
    file.write_text(old)
    kept = ["dags list", 'dags trigger etl --conf {"a":\n1}']
    assert remembered(home) == kept
    assert "s3cret" not in file.read_text()
    assert "# 2026-01-04\n" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    typed(home, "version")
    assert remembered(home) == [*kept, "version"]
