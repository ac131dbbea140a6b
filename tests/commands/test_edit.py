"""`edit`: YAML in the user's editor, the difference, a question, and only then a request."""

from __future__ import annotations

import json
import signal
import stat
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.commands.connections.test_kept_secrets import FULL, stored
from tests.support.program import Done, Program
from tests.support.screen import Screen
from tests.support.stub import Stub
from tests.support.waiting import until

NAME = "edited"


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """Where the edited file lies."""
    return tmp_path / "airflowctl"


@pytest.fixture
def edited(api: httpx.Client, conn: str) -> str:
    """A connection with secrets."""
    api.post("/connections", json={"connection_id": conn, **FULL}).raise_for_status()
    return conn


def sed(ctl: Program, *expressions: str) -> Program:
    """The program with an editor that does this to the file."""
    return ctl.with_environ(VISUAL=" ".join(["sed -i", *(f"-e '{each}'" for each in expressions)]))


def left(runtime: Path) -> list[str]:
    return [path.name for path in runtime.glob("edit-*")]


def test_a_connection_keeps_the_secrets_that_stars_stand_for(
    ctl: Program, edited: str, airflow: LocalAirflow, runtime: Path
) -> None:
    done = sed(ctl, "s/^host: old/host: new/", "s/x: 4/x: 5/")("edit", "connections", edited, answers="y\n")
    assert (done.out, done.code) == (f"changed {edited}: host, extra\n", 0), done
    assert "-host: old\n" in done.err and "+host: new\n" in done.err
    assert "-  x: 4\n+  x: 5" in done.err and "api_key: '***'" in done.err
    assert "canary" not in done.err + done.out
    now = stored(airflow, edited)
    assert (now["host"], now["password"], now["login"]) == ("new", FULL["password"], FULL["login"])
    assert now["extra"] == {"api_key": "k3y-canary", "x": 5}
    assert left(runtime) == []


def test_a_new_password_is_stored_and_not_shown(ctl: Program, edited: str, airflow: LocalAirflow) -> None:
    done = sed(ctl, "s/^password: .*/password: n3w-canary/")("edit", "connections", edited, answers="y\n")
    assert done.code == 0 and "canary" not in done.err + done.out and "(set)" in done.err
    assert stored(airflow, edited)["password"] == "n3w-canary"


@pytest.mark.parametrize("answer", ["n\n", "\n", "maybe\n"])
def test_no_yes_sends_nothing(
    answer: str, ctl: Program, edited: str, api: httpx.Client, runtime: Path
) -> None:
    done = sed(ctl, "s/^host: .*/host: new/")("edit", "connections", edited, answers=answer)
    assert (done.code, done.out) == (2, "") and "not done" in done.err
    assert api.get(f"/connections/{edited}").json()["host"] == "old"
    assert left(runtime) == []


def test_after_a_no_what_was_typed_can_be_edited_again(
    ctl: Program, edited: str, api: httpx.Client, runtime: Path
) -> None:
    done = sed(ctl, "s/^host: [a-z]*/&r/")("edit", "connections", edited, answers="n\ny\ny\n")
    assert (done.out, done.code) == (f"changed {edited}: host\n", 0), done
    assert api.get(f"/connections/{edited}").json()["host"] == "oldrr"
    assert left(runtime) == []


@pytest.mark.parametrize("editor", ["true", "touch", "sed -i -e 's/^host: old/host: \"old\"/'"])
def test_nothing_changed_sends_nothing(editor: str, ctl: Program, edited: str) -> None:
    done = ctl.with_environ(VISUAL=editor)("edit", "connections", edited, answers="")
    assert (done.out.partition(";")[0].strip(), done.code) == ("nothing was changed", 0), done


def test_undo_takes_an_edit_back(ctl: Program, edited: str, api: httpx.Client) -> None:
    assert sed(ctl, "s/^host: .*/host: new/")("edit", "connections", edited, answers="y\n").code == 0
    assert ctl("undo", answers="y\n").code == 0
    assert api.get(f"/connections/{edited}").json()["host"] == "old"


def test_a_masked_value_is_left_out_and_stays(
    ctl: Program, api: httpx.Client, forget: list[str], tmp_path: Path
) -> None:
    forget.append(key := f"db_password_{uuid4().hex[:8]}")
    api.post("/variables", json={"key": key, "value": "s3cret-canary", "description": "d"}).raise_for_status()
    seen = tmp_path / "seen"
    editor = f'sh -c \'cat "$1" > {seen}; sed -i "s/^description: d/description: e/" "$1"\' sh'
    done = ctl.with_environ(VISUAL=editor)("edit", "variables", key, answers="y\n")
    assert (done.out, done.code) == (f"changed {key}: description\n", 0), done
    assert "\nvalue:" not in seen.read_text() and "***" not in seen.read_text().partition("description")[2]
    # What Dags read is seen by writing the value of another variable from it, on no server: the API masks it.
    masked = api.get(f"/variables/{key}").json()
    assert (masked["value"], masked["description"]) == ("***", "e")
    done = sed(ctl, "$a value: n3w-canary")("edit", "variables", key, answers="y\n")
    assert done.code == 0 and "canary" not in done.out + done.err


def test_a_text_of_a_variable_stays_a_text(ctl: Program, api: httpx.Client, forget: list[str]) -> None:
    forget.append(key := f"text_{uuid4().hex[:8]}")
    value = "1.10\n  two: 'x'\n# no comment\n\ttab ü \\n"
    api.post("/variables", json={"key": key, "value": value}).raise_for_status()
    assert sed(ctl, "s/^description: .*/description: e/")("edit", "variables", key, answers="y\n").code == 0
    assert api.get(f"/variables/{key}").json()["value"] == value
    assert sed(ctl, "s/two/three/")("edit", "variables", key, answers="y\n").code == 0
    assert api.get(f"/variables/{key}").json()["value"] == value.replace("two", "three")


def test_what_is_wrong_is_edited_again(ctl: Program, edited: str, api: httpx.Client, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\nif grep -q "^port: many" "$1"; then sed -i -e "s/^port: many/port: 81/" "$1"\n'
        'else sed -i -e "s/^port: .*/port: many/" -e "s/^host: .*/host: typed/" "$1"; fi\n'
    )
    editor.chmod(0o755)
    person = ctl.with_environ(VISUAL=str(editor))
    done = person("edit", "connections", edited, answers="\ny\n")
    assert done.code == 0 and "port: must be an integer" in done.err, done
    now = api.get(f"/connections/{edited}").json()
    assert (now["port"], now["host"]) == (81, "typed")  # what was typed the first time is there


@pytest.mark.parametrize(
    ("editor", "reason"),
    [
        ("sed -i -e 's/^host: .*/host: [/'", "line "),
        ("sed -i -e '$a nonsense: 1'", "no such field: nonsense"),
        ("sed -i -e 's/^password: .*/password: a***b/'", "***"),
        ("cp /dev/null", "not fields"),
        ('sh -c \'printf "host: \\377" > "$1"\' sh', "not UTF-8"),
    ],
)
def test_what_is_wrong_is_never_sent(
    editor: str, reason: str, ctl: Program, edited: str, api: httpx.Client, runtime: Path
) -> None:
    done = ctl.with_environ(VISUAL=editor)("edit", "connections", edited, answers="n\n")
    assert (done.code, done.out) == (2, "") and reason in done.err, done
    assert api.get(f"/connections/{edited}").json()["host"] == "old"
    assert left(runtime) == []


@pytest.mark.parametrize("editor", ["false", "sh -c 'kill -9 $$'", "no-such-editor", "rm"])
def test_an_editor_that_fails_sends_nothing(editor: str, ctl: Program, edited: str, runtime: Path) -> None:
    done = ctl.with_environ(VISUAL=editor)("edit", "connections", edited, answers="y\n")
    assert (done.code, done.out) == (2, "") and "nothing was sent" in done.err, done
    assert left(runtime) == []


def test_what_changed_on_the_server_meanwhile_is_named(
    ctl: Program, edited: str, api: httpx.Client, tmp_path: Path, token: str
) -> None:
    editor = tmp_path / "editor"
    change = json.dumps({"connection_id": edited, "conn_type": "http", "login": "other"})
    address = f"{ctl.environ['AIRFLOWCTL_URL']}/api/v2/connections/{edited}?update_mask=login"
    editor.write_text(
        f"#!/bin/sh\nsed -i -e 's/^host: .*/host: new/' \"$1\"\n"
        f"[ -e {tmp_path}/once ] && exit\ntouch {tmp_path}/once\n"
        f"curl -sS -X PATCH -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json'"
        f" -d '{change}' '{address}' > /dev/null\n"
    )
    editor.chmod(0o755)
    done = ctl.with_environ(VISUAL=str(editor))("edit", "connections", edited, answers="y\nn\n")
    assert done.code == 1 and "changed on the server meanwhile: login" in done.err, done
    now = api.get(f"/connections/{edited}").json()
    assert (now["host"], now["login"]) == ("old", "other")


def test_pools_and_dags(ctl: Program, api: httpx.Client) -> None:
    name = f"{NAME} {uuid4().hex[:8]}"
    api.post("/pools", json={"name": name, "slots": 3, "description": "d"}).raise_for_status()
    done = sed(ctl, "s/^slots: 3/slots: 4/")("edit", "pools", name, answers="y\n")
    assert (done.out, done.code) == (f"changed {name}: slots\n", 0), done
    pool = api.get(f"/pools/{name}").json()
    assert (pool["slots"], pool["description"]) == (4, "d")
    api.delete(f"/pools/{name}")
    assert sed(ctl, "s/false/maybe/")("edit", "dags", "demo_etl", answers="n\n").code == 2
    done = sed(ctl, "s/false/true/")("edit", "dags", "demo_etl", answers="y\n")
    assert done.code == 0 and api.get("/dags/demo_etl").json()["is_paused"] is True, done
    assert sed(ctl, "s/true/false/")("edit", "dags", "demo_etl", answers="y\n").code == 0


@pytest.mark.parametrize("noun", ["connections", "variables", "pools", "dags"])
def test_without_a_terminal_nothing_is_opened(noun: str, online: Program, stub: Stub, tmp_path: Path) -> None:
    person = online.with_environ(VISUAL="touch /no/such/folder")
    for done in (
        person("edit", noun, "x"),
        person("edit", noun, "x", "--yes"),
        _batch(person, f"edit {noun} x -y"),
    ):
        assert (done.code, done.out) == (2, ""), done
    assert stub.requests == []


def _batch(program: Program, line: str) -> Done:
    return program("-f", "-", stdin=f"{line}\n", answers=None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_removes_the_file(
    number: signal.Signals, online: Program, tmp_path: Path, runtime: Path
) -> None:
    """On a terminal, while the editor is open."""
    open_file = tmp_path / "open"
    editor = f"sh -c 'stat -c %a \"$1\" > {open_file}; sleep 60' sh"
    with Screen(online.with_environ(EDITOR=editor, SHELL="/bin/sh"), "edit", "pools", "p") as screen:
        until(lambda: open_file.exists() and open_file.read_text().strip(), "the editor")
        assert open_file.read_text().strip() == "600"
        folder = next(runtime.glob("edit-*"))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        screen.signal(number)
        assert screen.end() == 128 + number
    assert left(runtime) == []
