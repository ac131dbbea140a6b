"""A file that is small and means much, or that has no end, is refused in a line, and nothing is sent."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.program import Program
from tests.support.stub import Stub

BOMB = "a0: &a0 [x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
FILES = {
    "aliases of aliases": (BOMB, "more than 10000 values of aliases"),
    "merged aliases": (BOMB + "b: {<<: *a9}\n", "more than 10000 values of aliases"),
    "an alias of itself": ("a: &a [*a]\n", "refers to itself"),
    "a mapping of itself": ("a: &a {b: *a}\n", "refers to itself"),
    "lists in lists": ("a: " + "[" * 3000, "deeper than 100 levels"),
    "mappings in mappings": ("a: " + "{b: " * 3000, "deeper than 100 levels"),
    "many values": ("".join(f"k{n}: v\n" for n in range(250_001)), "more than 500000 values"),
}


@pytest.mark.parametrize("name", FILES)
def test_yaml_beyond_its_limits(online: Program, stub: Stub, tmp_path: Path, name: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(FILES[name][0])
    done = online("variables", "import", str(file))
    assert (done.out, done.code) == ("", 2)
    assert FILES[name][1] in done.err
    assert str(file) in done.err
    assert "unexpected" not in done.err
    assert stub.requests == []


@pytest.mark.parametrize("file", ["/dev/zero", "/", "/dev/null"])
def test_what_is_no_file_of_values(online: Program, stub: Stub, file: str) -> None:
    done = online("variables", "import", file)
    assert (done.out, done.code) == ("", 2)
    assert file in done.err
    assert len([text for text in done.err.splitlines() if "error: " in text]) == 1
    assert stub.requests == []


def test_a_named_pipe_is_read(online: Program, tmp_path: Path) -> None:
    pipe = tmp_path / "values.yaml"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text("a: &a [1, 2]\nb: [*a, *a]\nc: {\n"))
    writer.start()
    done = online("variables", "import", str(pipe))
    writer.join()
    assert (done.out, done.code) == ("", 2)
    assert "not YAML" in done.err


@pytest.mark.parametrize("is_stdin", [True, False])
def test_a_batch_without_an_end(online: Program, stub: Stub, is_stdin: bool) -> None:
    with open("/dev/zero", "rb") as zeros:
        done = subprocess.run(
            [sys.executable, "-m", "airflowctl", *(() if is_stdin else ("-f", "/dev/zero"))],
            env=online.process_environ,
            stdin=zeros,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
    assert (done.stdout, done.returncode) == ("", 2)
    assert "longer than 32 million bytes" in done.stderr
    assert stub.requests == []
