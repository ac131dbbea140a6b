"""`variables import` and `export`, on a real Airflow; the classic command takes the same files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow, places

from tests.support.command_results import check_refused, import_file, import_results, read_column, write_file
from tests.support.program import Program


def test_a_variable_as_the_official_program_makes_it(ctl: Program, api: httpx.Client, keys: str) -> None:
    line = ("variables", "create", "--key", keys, "--value", "one", "--description", "why")
    assert ctl(*line).code == 0
    check_refused(ctl(*line), keys)
    assert ctl("variables", "update", "--key", keys, "--value", "two").code == 0
    found = api.get(f"/variables/{keys}").json()
    assert (found["value"], found["description"]) == ("two", "why")
    assert ctl("variables", "update", keys, "--description", "because").code == 0
    found = api.get(f"/variables/{keys}").json()
    assert (found["value"], found["description"]) == ("two", "because")
    check_refused(ctl("variables", "update", keys), "nothing to change", code=2)
    check_refused(ctl("variables", "update", f"{keys}x", "v"), f"{keys}x")
    for verb in ("set", "create", "update"):
        check_refused(ctl("variables", verb, keys, "***"), "mask", code=2)
    assert ctl("variables", "delete", keys, "--dry-run").out == f"would delete {keys}\n"
    assert read_column(ctl("variables", "list", "--pattern", keys, "--show-values"), "value") == ["two"]
    assert read_column(ctl("variables", "list", "--pattern", keys, "--hide-sensitive"), "value") == ["***"]


@pytest.mark.parametrize("ending", ["json", "yaml", "env"])
def test_variables_travel_in_files(
    ending: str, ctl: Program, api: httpx.Client, keys: str, tmp_path: Path
) -> None:
    a, b = f"{keys}a", f"{keys}b"
    if ending == "env":
        data: Any = f"# a comment\n\n{a}=one\n{b}=x=y\n"
    elif ending == "yaml":
        data = f"{a}: one\n{b}:\n  value: x=y\n  description: said\n"
    else:
        data = {a: "one", b: {"value": "x=y", "description": "said"}}
    file = write_file(tmp_path, f"v.{ending}", data)
    wanted = {a: "created", b: "created"}
    assert import_results(import_file(ctl, "variables", "import", file, "-o", "json"), "key") == wanted
    assert api.get(f"/variables/{b}").json()["value"] == "x=y"
    again = ctl("variables", "import", file, "-a", "skip", "-o", "json")
    assert import_results(again, "key") == {a: "skipped", b: "skipped"}
    known = json.loads(ctl("variables", "export", "-").out)
    assert known[a] == "one"
    assert known[b] == ("x=y" if ending == "env" else {"value": "x=y", "description": "said"})


def test_an_import_tells_of_each_variable(ctl: Program, api: httpx.Client, keys: str, tmp_path: Path) -> None:
    number, masked, long = f"{keys}n", f"{keys}_secret", "x" * 251
    file = write_file(tmp_path, "v.json", {number: {"deep": [1]}, masked: "***", long: "x"})
    plan = ctl("variables", "import", file, "--partial", "--dry-run", "-o", "json")
    assert import_results(plan, "key")[number] == "would be created"
    whole = ctl("variables", "import", file)
    assert (whole.out, whole.code) == ("", 2)  # all or nothing
    assert f"error: {masked}: value: it holds ***" in whole.err
    assert f"error: {long}: a key has 1 to 250 letters" in whole.err  # all that is wrong, at once
    assert api.get(f"/variables/{number}").status_code == 404
    done = ctl("variables", "import", file, "--partial", "-o", "json")
    assert import_results(done, "key") == {number: "created", masked: "failed", long: "failed"}
    assert done.code == 1
    assert json.loads(api.get(f"/variables/{number}").json()["value"]) == {"deep": [1]}
    assert api.get(f"/variables/{masked}").status_code == 404
    failed = ctl(
        "variables", "import", write_file(tmp_path, "w.json", {number: 1}), "-a", "fail", "-o", "json"
    )
    assert (import_results(failed, "key"), failed.code) == ({number: "failed"}, 1)


def test_an_export_says_what_is_masked(ctl: Program, api: httpx.Client, keys: str, tmp_path: Path) -> None:
    secret = f"{keys}_password"
    api.post("/variables", json={"key": secret, "value": "hunter2hunter2"}).raise_for_status()
    out = tmp_path / "v.json"
    done = ctl("variables", "export", str(out))
    assert done.code == 0  # the file is written; a script continues, and reads the warning
    assert "masks secrets" in done.err
    assert json.loads(out.read_text())[secret] == "***"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "is empty"), ("{", "not JSON"), ("[1]", "not an object"), ("{}", "nothing to import")],
)
@pytest.mark.parametrize("noun", ["variables", "connections"])
def test_a_file_that_cannot_be_imported(
    noun: str, text: str, words: str, ctl: Program, tmp_path: Path
) -> None:
    done = ctl(noun, "import", write_file(tmp_path, "x.json", text))
    assert (done.out, done.code) == ("", 2)
    assert words in done.err
    check_refused(ctl(noun, "import", str(tmp_path / "nosuch.json")), "nosuch.json", code=2)


def classic(airflow: LocalAirflow, *argv: str) -> None:
    """Run Airflow's own command in the server's home."""
    venv = places.installation(places.DEFAULT_VERSION) / "venv"
    done = subprocess.run(
        [venv / "bin" / "airflow", *argv],
        env=airflow.environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def mine(text: str, prefix: str) -> dict[str, Any]:
    """What an export has under names that begin so."""
    if text.startswith("{"):
        return {name: value for name, value in json.loads(text).items() if name.startswith(prefix)}
    return {line: None for line in text.splitlines() if line.startswith(prefix)}


def test_exports_are_those_of_the_classic_program(
    ctl: Program, airflow: LocalAirflow, pools: str, conn: str, keys: str, tmp_path: Path
) -> None:
    assert ctl("pools", "set", pools, "3", "a pool").code == 0
    assert ctl("variables", "set", f"{keys}a", '{"value": 1}', "--json").code == 0
    assert ctl("variables", "set", f"{keys}b", "text", "--description", "why").code == 0
    for name, uri in (("a", "http://https://h:80/?x=y"), ("b", "google-cloud-platform://me@/s?a=b")):
        assert ctl("connections", "add", f"{conn}{name}", "--conn-uri", uri).code == 0
    ours = {noun: tmp_path / f"ours.{noun}.json" for noun in ("pools", "variables")}
    ours["connections"] = tmp_path / "ours.env"
    for noun, file in ours.items():
        assert "exported" in ctl(noun, "export", str(file)).out
        theirs = file.with_name(file.name.replace("ours", "theirs"))
        classic(airflow, noun, "export", str(theirs))
        found, known = (mine(it.read_text(), keys) for it in (file, theirs))
        assert found == known
        assert found
