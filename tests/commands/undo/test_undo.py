"""Taking changes back on a real Airflow: what is kept, what is written back, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from airflowctl.undo import journal
from tests.support.program import Done, Program
from tests.support.shell_driver import Shell

YES = "y\n"


def by_hand(ctl: Program, *argv: str) -> Done:
    """The line, by a person at a terminal, who agrees to everything."""
    done = ctl(*argv, answers=YES)
    assert done.code == 0, done
    return done


def undone(ctl: Program, *more: str) -> Done:
    return by_hand(ctl, "undo", *more, "-o", "json")


def refused(done: Done, *words: str) -> None:
    assert (done.out, done.code) == ("", 1), done
    said = " ".join(done.err.split())  # as it was before it was wrapped
    assert all(word in said for word in words), done.err


@pytest.fixture
def variable(api: httpx.Client, unique: str) -> str:
    api.post("/variables", json={"key": unique, "value": "first", "description": "d"}).raise_for_status()
    return unique


@pytest.fixture
def pool(api: httpx.Client, unique: str) -> str:
    api.post("/pools", json={"name": unique, "slots": 3, "description": "d"}).raise_for_status()
    return unique


@pytest.fixture
def connection(api: httpx.Client, unique: str) -> str:
    body = {"connection_id": unique, "conn_type": "http", "host": "h1", "port": 81, "login": "me"}
    api.post("/connections", json=body).raise_for_status()
    return unique


def there(api: httpx.Client, kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/{kind}/{name}").raise_for_status().json()
    return found


# Every kind: a change, a creation, a deletion.

CHANGES = [
    ("variables", "variable", ["variables", "set", "NAME", "second"]),
    ("variables", "variable", ["variables", "set", "NAME", "second", "--description", "other"]),
    ("variables", "variable", ["variables", "update", "NAME", "--description", "other"]),
    ("variables", "variable", ["variables", "delete", "NAME"]),
    ("pools", "pool", ["pools", "set", "NAME", "9", "other"]),
    ("pools", "pool", ["pools", "update", "NAME", "--slots", "9", "--include-deferred"]),
    ("pools", "pool", ["pools", "delete", "NAME"]),
    (
        "connections",
        "connection",
        ["connections", "update", "NAME", "--conn-host", "h2", "--conn-port", "82"],
    ),
    ("connections", "connection", ["connections", "update", "NAME", "--conn-type", "ftp"]),
    ("connections", "connection", ["connections", "delete", "NAME"]),
]


@pytest.mark.parametrize(
    ("path", "kind", "line"), CHANGES, ids=lambda it: " ".join(it) if isinstance(it, list) else it
)
def test_what_was_there_comes_back(
    path: str, kind: str, line: list[str], ctl: Program, api: httpx.Client, request: pytest.FixtureRequest
) -> None:
    name = request.getfixturevalue(kind)
    before = there(api, path, name)
    by_hand(ctl, *(name if word == "NAME" else word for word in line))
    changed = api.get(f"/{path}/{name}")
    assert changed.status_code == 404 or changed.json() != before
    done = undone(ctl)
    assert [(row["kind"], row["name"], row["reason"]) for row in done.json] == [(kind, name, None)]
    assert there(api, path, name) == before
    refused(ctl("undo", answers=YES), "nothing to undo")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("variables", ["variables", "set", "NAME", "1"]),
        ("variables", ["variables", "create", "NAME", "1"]),
        ("pools", ["pools", "set", "NAME", "1"]),
        ("pools", ["pools", "create", "NAME", "1"]),
        (
            "connections",
            ["connections", "add", "NAME", "--conn-type", "http", "--conn-password", "n0-secret"],
        ),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, list) else it,
)
def test_what_was_created_is_deleted(
    path: str, line: list[str], ctl: Program, api: httpx.Client, unique: str
) -> None:
    by_hand(ctl, *(unique if word == "NAME" else word for word in line))
    assert api.get(f"/{path}/{unique}").status_code == 200
    done = undone(ctl)
    assert "delete it; it was not there before" in done.err
    assert api.get(f"/{path}/{unique}").status_code == 404


def test_changes_come_back_the_last_one_first(ctl: Program, api: httpx.Client, variable: str) -> None:
    by_hand(ctl, "variables", "set", variable, "second")
    by_hand(ctl, "variables", "set", variable, "third")
    undone(ctl)
    assert there(api, "variables", variable)["value"] == "second"
    undone(ctl)
    assert there(api, "variables", variable)["value"] == "first"


def test_it_shows_what_it_will_write_and_asks(ctl: Program, api: httpx.Client, pool: str) -> None:
    by_hand(ctl, "pools", "update", pool, "--slots", "9", "--description", "other")
    no = ctl("undo", answers="n\n")
    assert f"pool {pool}: slots: 9 -> 3" in no.err
    assert f'pool {pool}: description: "other" -> "d"' in no.err
    assert (no.out, no.code) == ("", 2)
    assert there(api, "pools", pool)["slots"] == 9
    yes = ctl("undo", "--yes")
    assert f"pool {pool}: slots: 9 -> 3" in yes.err
    assert yes.code == 0
    assert there(api, "pools", pool)["slots"] == 3


def test_without_a_person_it_wants_yes(ctl: Program, api: httpx.Client, pool: str) -> None:
    by_hand(ctl, "pools", "update", pool, "--slots", "9")
    done = ctl("undo")
    assert (done.out, done.code) == ("", 2)
    assert "--yes" in done.err
    assert there(api, "pools", pool)["slots"] == 9


def test_a_dry_run_writes_nothing(ctl: Program, api: httpx.Client, pool: str) -> None:
    by_hand(ctl, "pools", "update", pool, "--slots", "9")
    shown = ctl("undo", "--dry-run", "-o", "json")
    assert [(row["name"], row["field"], row["now"], row["then"]) for row in shown.json] == [
        (pool, "slots", "9", "3")
    ]
    assert there(api, "pools", pool)["slots"] == 9


# Who has changed it since


@pytest.mark.parametrize(
    ("line", "since", "word"),
    [
        (["pools", "update", "NAME", "--slots", "9"], {"slots": 12}, "slots changed since"),
        (["pools", "update", "NAME", "--slots", "9"], {"description": "new"}, "description changed since"),
        (["pools", "update", "NAME", "--slots", "9"], None, "gone since"),
        (["pools", "delete", "NAME"], {"slots": 4}, "there again since"),
    ],
)
def test_it_refuses_what_has_changed_since(
    line: list[str], since: dict[str, Any] | None, word: str, ctl: Program, api: httpx.Client, pool: str
) -> None:
    by_hand(ctl, *(pool if text == "NAME" else text for text in line))
    if since is None:
        api.delete(f"/pools/{pool}").raise_for_status()
    elif "delete" in line:
        api.post("/pools", json={"name": pool, **since}).raise_for_status()
    else:
        body = {"pool": pool, "slots": 9, "include_deferred": False, **since}
        api.patch(f"/pools/{pool}", json=body, params={"update_mask": list(since)}).raise_for_status()
    now = api.get(f"/pools/{pool}").text
    refused(ctl("undo", answers=YES), word)
    assert api.get(f"/pools/{pool}").text == now


def test_it_deletes_no_creation_that_has_changed_since(ctl: Program, api: httpx.Client, unique: str) -> None:
    by_hand(ctl, "variables", "set", unique, "1")
    api.patch(f"/variables/{unique}", json={"key": unique, "value": "2"}).raise_for_status()
    refused(ctl("undo", "--yes"), "value changed since")
    assert there(api, "variables", unique)["value"] == "2"


# What the server masks


def test_a_masked_value_cannot_come_back(ctl: Program, api: httpx.Client, unique: str) -> None:
    key = f"{unique}_password"
    api.post("/variables", json={"key": key, "value": "old-one"}).raise_for_status()
    by_hand(ctl, "variables", "set", key, "new-one")
    refused(ctl("undo", answers=YES), "masks its value")
    by_hand(ctl, "variables", "delete", key)
    refused(ctl("undo", answers=YES), "masks its value")
    assert api.get(f"/variables/{key}").status_code == 404


def test_the_question_before_says_what_cannot_come_back(
    ctl: Program, api: httpx.Client, variable: str
) -> None:
    secret, harmless = f"{variable}_password", variable
    api.post("/variables", json={"key": secret, "value": "old-one"}).raise_for_status()
    with Shell(ctl, stdin="n\nn\n") as shell:
        asked = shell.run(f"variables delete {secret}")
        assert "undo cannot bring back its value: the server masks what is there" in asked.err
        assert "undo cannot bring back" not in shell.run(f"variables delete {harmless}").err
    assert api.get(f"/variables/{secret}").status_code == 200


def test_what_is_not_masked_beside_it_comes_back(ctl: Program, api: httpx.Client, unique: str) -> None:
    key = f"{unique}_password"
    api.post("/variables", json={"key": key, "value": "old-one", "description": "d"}).raise_for_status()
    by_hand(ctl, "variables", "update", key, "--description", "other")
    undone(ctl)
    assert there(api, "variables", key)["description"] == "d"


def test_a_deleted_connection_comes_back_without_its_password(
    ctl: Program, api: httpx.Client, unique: str
) -> None:
    extra = '{"timeout": 5, "client_secret": "s3cret-canary"}'
    body = {"connection_id": unique, "conn_type": "http", "host": "h", "password": "s3cret-canary"}
    api.post("/connections", json={**body, "extra": extra}).raise_for_status()
    with Shell(ctl) as shell:
        assert shell.run(f"connections delete {unique} --yes").code == 0
        done = shell.run("undo --yes")
    assert "the password and extra cannot come back: the server masks what was there" in " ".join(
        done.err.split()
    )
    found = there(api, "connections", unique)
    assert (found["host"], found["password"], found["extra"]) == ("h", None, '{"timeout": 5}')


# Which changes are kept


def test_a_script_keeps_nothing_and_asks_nothing_more(ctl: Program, api: httpx.Client, pool: str) -> None:
    done = ctl("pools", "update", pool, "--slots", "9", "--debug")
    typed = ctl("pools", "update", pool, "--slots", "10", "--debug", answers="")
    assert done.err.count(" -> 200") < typed.err.count(" -> 200")
    assert [row["change"] for row in ctl("undo", "list", "-o", "json").json] == [f"pools update {pool}"]
    batch = ctl("-f", "-", stdin=f"pools update {pool} --slots 11\n")
    assert batch.code == 0
    assert len(ctl("undo", "list", "-o", "json").json) == 1


def test_what_changes_nothing_is_not_kept(ctl: Program, api: httpx.Client, pool: str) -> None:
    by_hand(ctl, "pools", "update", pool, "--slots", "3")
    by_hand(ctl, "pools", "get", pool)
    by_hand(ctl, "pools", "delete", pool, "--dry-run")
    refused_line = ctl("pools", "create", pool, "5", answers="")
    assert refused_line.code == 1
    refused(ctl("undo", answers=YES), "nothing to undo")


def test_other_changes_are_named_and_not_taken_back(ctl: Program, api: httpx.Client, pool: str) -> None:
    by_hand(ctl, "pools", "update", pool, "--slots", "9")
    by_hand(
        ctl, "api", "patch_pool", f"pool_name={pool}", f"pool={pool}", "slots:=10", "include_deferred:=false"
    )
    listed = ctl("undo", "list", "-o", "json").json
    assert [(row["change"], row["undo"]) for row in listed] == [
        ("api", False),
        (f"pools update {pool}", True),
    ]
    refused(ctl("undo", answers=YES), "what a raw request changes is not known", "undo --change")
    number = str(listed[1]["number"])
    refused(ctl("undo", "--change", number, answers=YES), "slots changed since")


def test_an_import_is_taken_back_as_one(ctl: Program, api: httpx.Client, pool: str, tmp_path: Path) -> None:
    names = [f"{pool}_{number}" for number in range(8)]
    file = tmp_path / "pools.json"
    file.write_text("{" + ", ".join(f'"{name}": {{"slots": 7}}' for name in (pool, *names)) + "}")
    by_hand(ctl, "pools", "import", str(file))
    assert there(api, "pools", pool)["slots"] == 7
    done = undone(ctl)
    assert {row["result"] for row in done.json} == {"as before", "deleted"}
    assert there(api, "pools", pool) | {"description": "d"} == there(api, "pools", pool)
    assert there(api, "pools", pool)["slots"] == 3
    assert [api.get(f"/pools/{name}").status_code for name in names] == [404] * 8


# An hour, and other homes


def test_after_an_hour_it_is_gone(
    ctl: Program, variable: str, api: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand(ctl, "variables", "set", variable, "second")
    begun = journal.clock()
    monkeypatch.setattr(journal, "clock", lambda: begun + 3590)
    assert len(ctl("undo", "list", "-o", "json").json) == 1
    monkeypatch.setattr(journal, "clock", lambda: begun + 3610)
    assert ctl("undo", "list", "-o", "json").json == []
    refused(ctl("undo", answers=YES), "nothing to undo")
    assert there(api, "variables", variable)["value"] == "second"


def test_another_home_has_changes_of_its_own(ctl: Program, variable: str, tmp_path: Path) -> None:
    by_hand(ctl, "variables", "set", variable, "second")
    other = ctl.with_environ(AIRFLOWCTL_HOME=str(tmp_path / "other"))
    refused(other("undo", answers=YES), "nothing to undo")


def test_the_last_change_may_be_elsewhere(ctl: Program, variable: str, api: httpx.Client, stub: Any) -> None:
    by_hand(ctl, "variables", "set", variable, "second")
    elsewhere = ctl.with_environ(AIRFLOWCTL_URL=stub.url)
    done = elsewhere("undo", answers=YES)
    url = ctl.environ["AIRFLOWCTL_URL"]
    refused(done, "the last change was made on", f"--url {url} undo")
    assert there(api, "variables", variable)["value"] == "second"
