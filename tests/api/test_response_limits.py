"""A server that sends too much: no answer fills the memory or takes for ever, and each ends in one error."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import httpx
import pytest

from airflowctl.api.transport import Bounded, TooLarge, limit_size
from airflowctl.core.wording import head
from tests.support.program import Done, Program
from tests.support.rows import every_row
from tests.support.stub import JSON, Reply, Request, Stub, Wire, reply

MEGABYTE = 1 << 20
SIZE = "the server's answer is larger than 64 MB"
MEMORY = 450 * MEGABYTE  # of a process that holds 64 MB, as bytes and as text


# The program in a child of a small process: the kernel counts the memory of the one that starts it too.
MEASURED = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "airflowctl", *sys.argv[1:]], stdin=subprocess.DEVNULL)
print("\\n%d %d" % (done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss), file=sys.stderr)
"""


class Measured(NamedTuple):
    done: Done
    memory: int  # bytes


def at(program: Program, url: str) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN="to.ke.n")


def measured(program: Program, url: str, *argv: str) -> Measured:
    ran = subprocess.run(
        [sys.executable, "-IS", "-c", MEASURED, *argv],
        capture_output=True,
        timeout=60,
        env=at(program, url).process_environ,
    )
    err, _, last = ran.stderr.decode().rstrip().rpartition("\n")
    code, memory = last.split()
    return Measured(Done(ran.stdout.decode(), err.rstrip("\n"), int(code)), int(memory) * 1024)


def repeated(times: int, wbits: int, fill: bytes = b" ") -> bytes:
    """So many megabytes, compressed: each of them is the same few bytes on the wire."""
    made = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = made.compress(fill * MEGABYTE) + made.flush(zlib.Z_FULL_FLUSH)
    heads = {31: b"\x1f\x8b\x08\0\0\0\0\0\0\xff", 15: b"\x78\x9c", -15: b""}
    return heads[wbits] + piece * times


def encoded(body: bytes, *encodings: str, status: int = 200) -> Reply:
    return Reply(body, status, (("Content-Type", JSON), ("Content-Encoding", ", ".join(encodings))))


BOMBS = {
    "gzip": encoded(repeated(1000, 31), "gzip"),
    "x-gzip": encoded(repeated(200, 31), "X-GZip"),
    "gzip of text": encoded(repeated(1000, 31, b'"'), "gzip"),
    "deflate with a head": encoded(repeated(1000, 15), "deflate"),
    "deflate without": encoded(repeated(1000, -15), "deflate"),
    "twice": encoded(zlib.compress(repeated(4000, -15), 9, -15), "deflate", "deflate"),
    "an error": encoded(repeated(1000, 31), "gzip", status=422),
    "a redirect": encoded(repeated(1000, 31), "gzip", status=302),
    "plain": Reply(b" " * 70_000_000),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_defused(bomb: Reply, program: Program, stub: Stub) -> None:
    stub.answer = lambda request: bomb
    done, memory = measured(program, stub.url, "pools", "list")
    assert (done.out, done.code) == ("", 1)
    first, hint = done.err.splitlines()
    assert first.startswith(f"error: {SIZE}")
    assert "--limit" in hint
    assert memory < MEMORY
    assert len(stub.requests) == 1  # what is too large is not asked for again


def test_too_many_encodings_are_refused(program: Program, stub: Stub) -> None:
    stub.answer = lambda request: encoded(b"{}", *["gzip"] * 50)
    done = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")("pools", "list")
    assert (done.out, done.code) == ("", 1)
    assert "broken encoding" in done.err


def test_only_what_we_decode_is_asked_for(program: Program, stub: Stub) -> None:
    program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")("pools", "list")
    assert [request.headers["accept-encoding"] for request in stub.requests] == ["gzip, deflate"]


def test_a_change_that_was_answered_with_too_much_is_in_doubt(program: Program, stub: Stub) -> None:
    def answer(request: Request) -> Reply:
        return BOMBS["gzip"] if request.method != "GET" else reply({"name": "p", "version": "3.3.2"})

    stub.answer = answer
    done = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")(
        "pools", "set", "p", "1"
    )
    assert (done.out, done.code) == ("", 1)
    assert SIZE in done.err
    assert "it may have been done all the same" in done.err
    changes = [request for request in stub.requests if request.method != "GET"]
    assert len(changes) == 1


def test_each_page_counts_for_itself(program: Program, stub: Stub) -> None:
    """Three pages of 30 MB each are more than one answer may be."""

    def answer(request: Request) -> Reply:
        place = int(request.query["offset"][0])
        row = {"name": f"p{place}", "slots": 1, "description": "x" * 30_000_000}
        rows = [row, *({"name": f"p{place}-{number}", "slots": 1} for number in range(99))]
        return reply({"pools": rows, "total_entries": 300})

    stub.answer = answer
    done = at(program, stub.url)("pools", "list", "-o", "name")
    assert (len(done.lines), done.err, done.code) == (300, "", 0)


# Answers without an end


def chunks(connection: socket.socket, head: bytes, chunk: Callable[[], bytes]) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + head)
    connection.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
    with suppress(OSError):  # until the program has had enough
        while True:
            data = chunk()
            connection.sendall(b"%x\r\n%b\r\n" % (len(data), data))


def endless_chunks(connection: socket.socket, count: int) -> None:
    chunks(connection, b"", lambda: b" " * MEGABYTE)


def endless_nothing(connection: socket.socket, count: int) -> None:
    """Blocks of gzip that decode to nothing."""
    begun = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"]
    chunks(
        connection,
        b"Content-Encoding: gzip\r\n",
        lambda: begun.pop() if begun else b"\0\0\0\xff\xff" * 200_000,
    )


def endless_headers(connection: socket.socket, count: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    with suppress(OSError):
        while True:
            connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


def one_endless_header(connection: socket.socket, count: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-More: ")
    with suppress(OSError):
        while True:
            connection.sendall(b"x" * 65536)


def endless_trailers(connection: socket.socket, count: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    with suppress(OSError):
        while True:
            connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


@pytest.mark.parametrize(
    ("talk", "code", "words"),
    [
        (endless_chunks, 1, SIZE),
        (endless_nothing, 1, SIZE),
        (endless_headers, 3, "does not answer as a web server does"),
        (one_endless_header, 3, "does not answer as a web server does"),
        (endless_trailers, 3, "does not answer as a web server does"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_answer_without_end_ends(
    talk: Callable[[socket.socket, int], None], code: int, words: str, program: Program
) -> None:
    with Wire(talk) as wire:
        done, memory = measured(program, wire.url, "pools", "list")
    assert (done.out, done.code) == ("", code)
    assert words in done.err
    assert len(done.err.splitlines()) == 2
    assert memory < MEMORY


# Details


@pytest.mark.parametrize(
    "detail",
    [
        "x" * 4_000_000,
        "word " * 800_000,
        "token=" * 650_000,
        {"reason": "x" * 4_000_000},
        [{"loc": ["body", "x" * 8], "msg": "y" * 8}] * 125_000,
        ["z" * 4_000_000],
    ],
    ids=["one word", "words", "names of secrets", "reason", "many fields", "a list"],
)
def test_a_long_detail_is_cut_before_it_is_searched(detail: object, program: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply({"detail": detail}, 422)
    online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")
    done = online("pools", "list")
    assert (done.out, done.code) == ("", 1)
    assert len(done.err) < 1500
    found = json.loads(online("pools", "list", "-o", "json").err)["error"]
    assert 0 < len(found["message"]) <= 65_537


def test_no_half_of_a_secret_is_shown(program: Program, stub: Stub) -> None:
    secret = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
    online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")
    for before in range(65_536 - len(secret) - 2, 65_536 + 2, 9):
        detail = f"{'x' * (before // 2)} {'y' * (before - before // 2 - 2)} {secret} and more"
        stub.answer = lambda request, detail=detail: reply({"detail": detail}, 422)  # type: ignore[misc]
        assert "eyJ" not in online("pools", "list", "-o", "json").err


@pytest.mark.parametrize("text", ["", "a b", "a" * 10, "a" * 11, "aaa bbbbbbbb", "aaaa " * 5])
def test_the_head_of_a_text(text: str) -> None:
    shown = head(text, 10)
    assert len(shown) <= 11
    assert text.startswith(shown.rstrip("…"))
    assert (shown == text) == (len(text) <= 10)


# Logs


def log(lines: Callable[[], Iterator[bytes]], kind: bytes) -> Callable[[socket.socket, int], None]:
    def talk(connection: socket.socket, count: int) -> None:
        request = wire_of[0].requests[-1]
        if b"/logs/" not in request:
            body = json.dumps(
                {"version": "3.3.2", "state": "success", "try_number": 1, "task_id": "t", "map_index": -1}
            ).encode()
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + kind + b"\r\n\r\n")
        with suppress(OSError):
            for line in lines():
                connection.sendall(line)

    return talk


wire_of: list[Wire] = []


LOG = ("logs", "d", "t", "r", "--raw")


def read_log(program: Program, lines: Callable[[], Iterator[bytes]], kind: bytes) -> Measured:
    with Wire(log(lines, kind)) as wire:
        wire_of[:] = [wire]
        return measured(program, wire.url, *LOG)


def one_line() -> Iterator[bytes]:
    yield b'{"event": "'
    for _ in range(100):
        yield b"x" * 1_000_000
    yield b'"}\n'


def one_element() -> Iterator[bytes]:
    yield b'{"content": ['
    yield from one_line()
    yield b"]}"


def many_lines() -> Iterator[bytes]:
    for _ in range(80):
        yield b'{"event": "' + b"x" * 1_000_000 + b'"}\n'


@pytest.mark.parametrize(
    ("lines", "kind"), [(one_line, b"application/x-ndjson"), (one_element, b"application/json")]
)
def test_a_line_of_a_log_has_an_end(
    lines: Callable[[], Iterator[bytes]], kind: bytes, program: Program
) -> None:
    done, memory = read_log(program, lines, kind)
    assert done.code == 1
    assert "has a line that is larger than 16 MB" in done.err
    assert memory < MEMORY


def test_a_log_may_be_longer_than_an_answer(program: Program) -> None:
    done, memory = read_log(program, many_lines, b"application/x-ndjson")
    assert (done.code, done.err, len(done.lines)) == (0, "", 80)
    assert memory < 250 * MEGABYTE


@pytest.mark.parametrize("charset", ["zlib", "bz2", "rot13", "utf-7", "no-such", "unicode_escape"])
def test_a_charset_of_the_server_decodes_nothing(charset: str, program: Program) -> None:
    kind = f"application/x-ndjson; charset={charset}".encode()
    with Wire(log(lambda: iter([b'{"event": "w\xc3\xb6rds"}\n']), kind)) as wire:
        wire_of[:] = [wire]
        assert at(program, wire.url)(*LOG) == Done("wörds\n", "", 0)


# The decoder by itself


@every_row("size", [0, 1, 5, 70_000, 3 * MEGABYTE])
@every_row("cut", [1, 7, 65536])
@every_row("name", ["gzip", "deflate", "raw", "gzip, deflate", "br", ""])
def test_what_was_encoded_is_decoded(size: int, cut: int, name: str) -> None:
    if cut < 100 and size > 100_000:
        cut *= 1000
    text = bytes(number * 7919 % 251 for number in range(1000)) * (size // 1000) + b"x" * (size % 1000)
    wire = text
    for layer in name.replace("raw", "deflate-raw").split(", "):
        wbits = {"gzip": 31, "deflate": 15, "deflate-raw": -15}.get(layer)
        wire = zlib.compress(wire, 6, wbits) if wbits else wire
    pieces = [wire[place : place + cut] for place in range(0, len(wire), cut)]
    response = httpx.Response(
        200, headers={"Content-Encoding": name.replace("raw", "deflate")}, stream=Pieces(pieces)
    )
    limit_size(response)
    assert response.read() == text
    assert "content-encoding" not in response.headers


class Pieces(httpx.SyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces


def test_a_step_is_small_whatever_comes() -> None:
    total = 0
    with pytest.raises(TooLarge):
        for piece in Bounded(Pieces([repeated(1000, 31)]), ["gzip"]):
            assert len(piece) <= MEGABYTE
            total += len(piece)
    assert total <= 64_000_000


@pytest.mark.parametrize("body", [b"no gzip at all", b"\x1f\x8b\x08\0", b"\x1f\x8b\xff" * 50])
def test_what_cannot_be_decoded_is_an_error(body: bytes, program: Program, stub: Stub) -> None:
    stub.answer = lambda request: encoded(body, "gzip")
    done = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")("pools", "list")
    assert (done.out, done.code) == ("", 1)
    assert "error: " in done.err


@every_row("size", [3, 700, 70_000])
@every_row("wbits, name", [(31, "gzip"), (15, "deflate"), (-15, "deflate")])
def test_what_is_cut_off_is_not_whole(size: int, wbits: int, name: str) -> None:
    wire = zlib.compress(bytes(number * 7919 % 251 for number in range(size)), 6, wbits)
    for length in range(1, len(wire) - 1, 1 + len(wire) // 50):
        with pytest.raises(httpx.DecodingError, match="it is not whole"):
            list(Bounded(Pieces([wire[:length]]), [name]))
