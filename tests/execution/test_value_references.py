"""Values that stand in a file, in a variable or on standard input, in all three modes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.batches import Batch
from tests.support.stub import Stub


@pytest.fixture
def batch(batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text("hunter22\nx\n")
    (tmp_path / "conf.json").write_text('{"a": 1}\n')
    batch.program = batch.program.with_environ(PW="hunter33", EMPTY="")
    return batch


LINES = {
    "variables set k --value-file secret": "hunter22\nx",
    "variables set --value-file=secret k": "hunter22\nx",
    "variables set k --value-env PW": "hunter33",
    "variables set k --value-env EMPTY": "",
    "variables update k --value-env PW": "hunter33",
    "variables set k -": "-",
    "variables set k @secret": "@secret",
}


@pytest.mark.parametrize(("line", "value"), LINES.items())
def test_a_value_that_stands_elsewhere(batch: Batch, stub: Stub, line: str, value: str) -> None:
    assert batch.program(*line.split()).code == 0
    assert batch(line, options=("--echo",)).code == 0
    assert [request.json["value"] for request in stub.requests] == [value, value]


CONFS = ("dags trigger etl --conf @conf.json", "dagrun trigger etl -c @./conf.json", "dags trigger etl -c -")


@pytest.mark.parametrize("line", CONFS)
def test_a_conf_that_stands_elsewhere(batch: Batch, stub: Stub, line: str) -> None:
    batch.program(*line.split(), stdin='{"a": 1}')
    assert stub.requests[-1].json["conf"] == {"a": 1}


def test_standard_input_as_a_value(batch: Batch, stub: Stub) -> None:
    assert batch.program("variables", "set", "k", "--value-file", "-", stdin="a b\n").code == 0
    batch.file.write_text("variables set k --value-file -\n")
    assert batch.program("-f", str(batch.file), "--journal", "journal", stdin="a b\n").code == 0
    assert [request.json["value"] for request in stub.requests] == ["a b", "a b"]
    done = batch.program(stdin="variables set k --value-file -\n")
    assert (done.code, len(stub.requests)) == (2, 2)
    assert "standard input is read by the file of commands itself" in done.err
    assert batch.program(stdin="dags trigger etl --conf -\n").code == 2
    assert batch("variables set k --value-file -", "variables set l --value-file -").code == 2


WRONG = {
    "variables set k": "missing argument VALUE",
    "variables set k v --value-env PW": "there is one argument too many",
    "variables set k v --value w": "there is one argument too many",
    "variables set k --value v --value-env PW": "VALUE is given twice",
    "variables set k --value-file secret --value-env PW": "VALUE is given twice",
    "variables set k --value-file missing": "cannot read missing",
    "variables set k --value-env NO_SUCH": "NO_SUCH is not set",
    "variables set k --value-file .": "Is a directory",
    "dags trigger etl --conf @missing": "cannot read missing",
    "dags trigger etl --conf @secret": "not JSON",
}


@pytest.mark.parametrize(("line", "words"), WRONG.items())
def test_a_value_that_is_not_there(batch: Batch, stub: Stub, line: str, words: str) -> None:
    for done in (batch.program(*line.split()), batch("variables set a b", line)):
        assert (done.code, done.out, stub.requests) == (2, "", [])
        assert words in done.err
        assert "hunter" not in done.err


def test_a_file_that_a_line_before_writes(batch: Batch, stub: Stub) -> None:
    lines = (
        "variables get a > new",
        "variables set k --value-file new",
        "variables set l --value-file secret",
    )
    assert (
        batch(*lines, "!echo '{}' > c.json", "dags trigger etl --conf @c.json", options=("--check",)).code
        == 0
    )
    assert batch(*lines).code == 0
    assert [request.json["value"] for request in stub.requests[1:]] == ["a", "hunter22\nx"]


def test_a_value_is_hidden(batch: Batch, stub: Stub) -> None:
    stub.answer = lambda _: (_ for _ in ()).throw(ConnectionError)  # type: ignore[arg-type, return-value]
    done = batch.program("variables", "set", "k", "--value-env", "PW", "--debug")
    assert "hunter" not in done.err
    assert json.dumps(done.out) == '""'
