"""Names with letters that cannot be typed, a line end say: shown, read, deleted, and no other instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from completers.engine import suggest
from completers.prompt import PromptCompleter
from completers.tokenizer import (
    ESCAPED,
    OpenQuoteError,
    lines,
    quote_open,
    quote_visibly,
    quote_word,
    split,
    words,
)
from tests.completion.test_engine import Grammar, Names
from tests.completion.test_tokenizer import NASTY, made_up
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.stub import Reply, Request, Stub, reply

KINDS = {"middle": "{}_a\nb", "end": "{}_a\n", "begin": "\n{}_a", "ends": "{}_a\n\n", "return": "{}_a\r\nb"}


@pytest.fixture
def keys(api: httpx.Client, unique: str) -> Iterator[dict[str, str]]:
    """Variables made by another program: each kind of key, and the ones for which they may be taken."""
    made = {kind: key.format(unique) for kind, key in KINDS.items()}
    all_keys = [*made.values(), f"{unique}_a", f"{unique}_a b", f"{unique}_ab"]
    entities = [{"key": key, "value": repr(key)} for key in all_keys]
    done = api.patch("/variables", json={"actions": [{"action": "create", "entities": entities}]})
    assert len(done.json()["create"]["success"]) == len(all_keys), done.text
    yield made
    action = {"action": "delete", "entities": all_keys, "action_on_non_existence": "skip"}
    api.patch("/variables", json={"actions": [action]}).raise_for_status()


def there(api: httpx.Client, unique: str) -> set[str]:
    found = api.get("/variables", params={"limit": 100, "variable_key_pattern": unique}).json()
    return {item["key"] for item in found["variables"]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["argv", "batch"])
def test_a_variable_with_a_line_end_is_deleted(
    kind: str, way: str, ctl: Program, api: httpx.Client, keys: dict[str, str], unique: str, tmp_path: Path
) -> None:
    key, before = keys[kind], there(api, unique)
    assert key in before
    if way == "argv":
        done = ctl("variables", "delete", "--yes", key)
    else:
        file = tmp_path / "lines.txt"
        file.write_text(f"variables delete --yes {quote_visibly(key)}\n")
        done = ctl("-f", str(file))
    assert (done.err, done.code) == ("", 0)
    assert there(api, unique) == before - {key}  # and no other


@pytest.mark.parametrize("kind", KINDS)
def test_a_variable_with_a_line_end_is_read(kind: str, ctl: Program, keys: dict[str, str]) -> None:
    done = ctl("variables", "get", keys[kind])
    assert (done.out, done.err, done.code) == (repr(keys[kind]) + "\n", "", 0)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_shown_as_it_is_spelled(kind: str, ctl: Program, keys: dict[str, str], unique: str) -> None:
    done = ctl("variables", "list", "--pattern", unique, terminal=True, columns=200)
    assert quote_visibly(keys[kind]).removeprefix("$'").removesuffix("'") in done.out


def test_one_that_is_not_there_is_not_found(ctl: Program, unique: str) -> None:
    for verb in ("get", "delete"):
        for key in (f"{unique}\nx", f"{unique}\n"):
            done = ctl("variables", verb, "--yes", key)
            assert (done.out, done.code) == ("", 1)
            assert "there is no" in done.err or "was not found" in done.err


def test_no_other_is_changed_instead(
    ctl: Program, api: httpx.Client, keys: dict[str, str], unique: str
) -> None:
    """The route for a name takes one with a line end after it for the name alone."""
    done = ctl("variables", "update", f"{unique}_a\n", "changed")
    assert (done.out, done.code) == ("", 2)
    assert "the server would take it for" in done.err
    assert api.get(f"/variables/{unique}_a").json()["value"] == repr(f"{unique}_a")


def test_a_pool_with_a_line_end_goes(ctl: Program, api: httpx.Client, unique: str) -> None:
    name = f"{unique}\n"
    for pool in (name, unique):
        action = {"action": "create", "entities": [{"name": pool, "slots": 1}]}
        api.patch("/pools", json={"actions": [action]}).raise_for_status()
    try:
        done = ctl("pools", "delete", "--yes", name)
        assert (done.err, done.code) == ("", 0)
        assert api.get(f"/pools/{unique}").status_code == 200
        assert ctl("pools", "get", name).code == 1
    finally:
        api.delete(f"/pools/{unique}")


def test_a_deletion_that_the_server_refuses_is_told(program: Program, stub: Stub) -> None:
    def answer(request: Request) -> Reply:
        return reply({"delete": {"success": [], "errors": [{"error": "not today", "status_code": 409}]}})

    stub.answer = answer
    done = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")(
        "variables", "delete", "--yes", "a\nb"
    )
    assert (done.out, done.code) == ("", 1)
    assert "not today" in done.err


# How such a name is spelled


@every_row("text", [*NASTY, *made_up()[:300], "\u200b", "\U000e0041", "\ufe0f", "\x00", "é\x85"])
def test_what_is_spelled_comes_back(text: str) -> None:
    line = f"get {quote_visibly(text)} x"
    assert words(line) == ["get", text, "x"]
    assert words(f"get {quote_word(text, ESCAPED)} x") == ["get", text, "x"]
    assert words(f"get {quote_open(text, ESCAPED)}' x") == ["get", text, "x"]
    assert line.isprintable()
    assert list(lines(line)) == [line]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (r"$'a\nb'", "a\nb"),
        (r"$'a\x41\u00e9\U0001f388\101'", "aAé🎈A"),
        (r"$'it\'s'", "it's"),
        (r"$'\\n'", "\\n"),
        (r"$'\q\UFFFFFFFF\x'", "\\q\\UFFFFFFFF\\x"),
        (r"a$'\t'b", "a\tb"),
        ("$''", ""),
        ("\"$'a'\"", "$'a'"),
        ("'$'a", "$a"),
        ("\\$'a'", "$a"),
        ("$", "$"),
        ("--name=$'a b'", "--name=a b"),
    ],
)
def test_the_quote_of_escapes_is_that_of_bash(line: str, found: str) -> None:
    assert words(line) == [found]


@pytest.mark.parametrize("line", ["$'a", "$'a\\'", "$'a\\", "x $'"])
def test_a_quote_that_is_open_is_told(line: str) -> None:
    assert split(line).open == ESCAPED
    with pytest.raises(OpenQuoteError, match=r"the quote .*' is not closed"):
        words(line)


def test_only_a_quote_of_escapes_completes_such_names() -> None:
    hostile = ["g'\ndags pause h\n'", "a\u200bb", "a\x1b[2Jb", "\ufe0f"]
    names = Names(*hostile, "good")
    assert [it.text for it in suggest("dags get ", Grammar(), names).items] == ["good"]
    for typed in ("dags get $'", "dags get $'g"):
        offered = suggest(typed, Grammar(), names).items
        assert offered
        for item in offered:
            line = typed[: item.start] + item.text
            assert line.isprintable()
            assert words(line)[:2] == ["dags", "get"]
            assert len(words(line)) == 3
            assert words(line)[2] in (*hostile, "good")


def test_the_menu_and_the_table_escape_alike() -> None:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from airflowctl.output.sanitise import line

    names = ["a\u200bb", "a\u3164b", "a\U000e0041b", "a\x9bb", "a\nb"]
    completer = PromptCompleter(Grammar(), Names(*names))
    found = completer.get_completions(Document("dags get $'"), CompleteEvent())
    assert sorted(it.display_text for it in found) == sorted(map(line, names))


@pytest.mark.parametrize(
    ("noun", "items", "key", "value"),
    [("variables", "variables", "key", "value"), ("pools", "pools", "name", "slots")],
)
def test_what_its_own_path_does_not_reach_is_looked_for_in_the_list(
    program: Program, stub: Stub, noun: str, items: str, key: str, value: str
) -> None:
    rows = [{key: "a\nb", value: 7 if noun == "pools" else "seven"}, {key: "b", value: 1}]

    def answer(request: Request) -> Reply:
        if request.path == f"/api/v2/{noun}":
            return reply({items: rows, "total_entries": len(rows)})
        return reply({"detail": "Not Found"}, 404)

    stub.answer = answer
    ask = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    done = ask(noun, "get", "a\nb", "-o", "json")
    assert done.code == 0, done
    assert "7" in done.out or "seven" in done.out
    missing = ask(noun, "get", "c\nb")
    assert (missing.out, missing.code) == ("", 1)
    stub.requests.clear()
    assert ask(noun, "get", "c").code == 1
    assert [request.path for request in stub.requests] == [f"/api/v2/{noun}/c"]  # and no list
