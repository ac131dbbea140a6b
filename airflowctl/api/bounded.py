"""How much a server may send: answers are decoded here, step by step, and never beyond a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import httpx

MOST = 64_000_000  # bytes of one answer, decoded
ENCODINGS = "gzip, deflate"  # what is asked for: others need libraries that decode as much as there is
_STEP = 1 << 20  # bytes that are decoded at once
_LAYERS = 3  # encodings of one answer
_GZIP, _RAW = zlib.MAX_WBITS | 16, -zlib.MAX_WBITS


class TooLarge(httpx.DecodingError):
    """An answer that is not read to its end, as it is larger than any that is needed."""


def bound(response: httpx.Response) -> None:
    """An event hook of httpx: from now on the answer is read within the limit, whatever it is encoded in."""
    encodings = response.headers.pop("content-encoding", "").lower().split(",")
    layers = [name.strip() for name in reversed(encodings) if name.strip() in ("gzip", "x-gzip", "deflate")]
    if isinstance(response.stream, httpx.SyncByteStream):
        response.stream = Bounded(response.stream, layers)


def unbind(response: httpx.Response) -> None:
    """Lift the limit of an answer that is read piece by piece and never held whole."""
    if isinstance(response.stream, Bounded):
        response.stream.most = None


class Bounded(httpx.SyncByteStream):
    """The decoded bytes of an answer. Raises TooLarge beyond `most`, DecodingError for a broken encoding."""

    def __init__(self, source: httpx.SyncByteStream, layers: list[str]) -> None:
        self._source = source
        self._layers = layers
        self.most: int | None = MOST

    def __iter__(self) -> Iterator[bytes]:
        if len(self._layers) > _LAYERS:
            raise httpx.DecodingError(f"{len(self._layers)} encodings")
        pieces: Iterable[bytes] = self._counted(self._source)  # what decodes to nothing has no end either
        for name in self._layers:
            pieces = _decoded(pieces, name)
        return iter(self._counted(pieces) if self._layers else pieces)

    def _counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        size = 0
        for piece in pieces:
            size += len(piece)
            if self.most is not None and size > self.most:
                raise TooLarge(f"more than {self.most} bytes")
            yield piece

    def close(self) -> None:
        self._source.close()


def _decoded(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """At most a step at a time: one piece from the wire may hold a thousand times its size."""
    try:
        decoder = None
        for piece in pieces:
            if not piece:
                continue
            if decoder is None:
                decoder = zlib.decompressobj(_window(piece, name))
            while piece and not decoder.eof:
                yield decoder.decompress(piece, _STEP)
                piece = decoder.unconsumed_tail
        if decoder is not None:
            yield decoder.flush()
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from None


def _window(piece: bytes, name: str) -> int:
    """The window size of zlib, which chooses the format: `deflate` is two, one with a head."""
    if name != "deflate":
        return _GZIP
    has_head = piece[0] & 0x0F == 8 and (len(piece) < 2 or int.from_bytes(piece[:2], "big") % 31 == 0)
    return zlib.MAX_WBITS if has_head else _RAW
