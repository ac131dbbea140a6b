"""Connections to a server: certificates, proxies, limits of time and size. Redirects are never followed."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Iterable, Iterator

import httpx

from airflowctl import __version__
from airflowctl.api.deadline import DeadlineTransport, TimeLimits
from airflowctl.api.gate import Gate
from airflowctl.api.proxy_discovery import proxy_url
from airflowctl.core.environment import Network
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.api.request_headers import RequestHeaders

# No answer fills the memory (docs/explanation/security.md, what a server can do): httpx would hold as much
# as comes.
MOST = 64_000_000  # bytes of one answer, decoded
ENCODINGS = "gzip, deflate"  # what is asked for: others need libraries that decode as much as there is
_STEP = 1 << 20  # bytes that are decoded at once
_LAYERS = 3  # encodings of one answer
_NOTHING = httpx.ByteStream(b"")
_GZIP, _RAW = zlib.MAX_WBITS | 16, -zlib.MAX_WBITS


def connect(
    gate: Gate,
    network: Network,
    transport: httpx.BaseTransport | None = None,
    headers: RequestHeaders | None = None,
) -> httpx.Client:
    """Return a pool of connections to the base of a gate, which checks every request that leaves, with the
    headers of its environment. Raises UsageError for settings that cannot be used."""
    # Loading the trusted certificates costs as much as the rest of a short command; http needs none.
    verify = _trusted_certificates(network) if gate.base.scheme == "https" else False
    try:
        proxy = None if transport else proxy_url(gate.base.base)
        return httpx.Client(
            headers={
                "User-Agent": f"airflowctl/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": ENCODINGS,
            },
            timeout=TimeLimits().arguments["timeout"],
            # A redirect could lead the token to another server (docs/explanation/security.md).
            follow_redirects=False,
            transport=transport or DeadlineTransport(verify),
            # httpx would choose a proxy by rules of its own (decision 0014).
            mounts={"all://": DeadlineTransport(verify, proxy)} if proxy else None,
            trust_env=False,
            # Looked at before a value is read for it, and again with the secrets in it.
            event_hooks={
                "request": [gate.look, headers.add, gate.look_secret] if headers else [gate.look],
                "response": [limit_size],
            },
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise UsageError(
            f"the proxy settings cannot be used: {error}",
            "look at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY",
        ) from None


def _trusted_certificates(network: Network) -> ssl.SSLContext:
    """Return the certificates to trust: the bundle that is named and no other; without one httpx's own choice
    (SSL_CERT_FILE, SSL_CERT_DIR) and those that this system trusts, a company's own authority say."""
    try:
        context = (
            ssl.create_default_context(cafile=network.ca_bundle)
            if network.ca_bundle
            else _default_certificates()
        )
    except OSError as error:  # ssl.SSLError is one
        where = f" in {network.ca_bundle}" if network.ca_bundle else ""
        raise UsageError(
            f"the certificates{where} cannot be read: {error}",
            "look at --ca-bundle, SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE",
        ) from None
    if network.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if network.client_cert:
        _load_own(context, network)
    return context


def _default_certificates() -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


def _load_own(context: ssl.SSLContext, network: Network) -> None:
    # OpenSSL itself would prompt for one on the terminal, past the Printer and the time limit.
    def no_passphrase() -> str:
        raise ValueError("the key has a passphrase")

    try:
        context.load_cert_chain(network.client_cert, network.client_key or None, no_passphrase)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the client certificate {network.client_cert} cannot be used: {error}",
            "give --client-cert and --client-key, in PEM form and without a passphrase",
        ) from None


class TooLarge(httpx.DecodingError):
    """An answer that is not read to its end, as it is larger than any that is needed."""


def limit_size(response: httpx.Response) -> None:
    """Let an answer be read within the limit, whatever it is encoded in; an event hook of httpx."""
    # Without the header httpx does not decode a second time.
    encodings = response.headers.pop("content-encoding", "").lower().split(",")
    layers = [name.strip() for name in reversed(encodings) if name.strip() in ("gzip", "x-gzip", "deflate")]
    if isinstance(response.stream, httpx.SyncByteStream):
        response.stream = Bounded(response.stream, layers)


def read_whole(response: httpx.Response) -> bytes:
    """Return the body of an answer, decoded. Raises httpx.HTTPError, and CliError beyond the limit."""
    body = response.read()
    # httpx lets answer and stream keep each other: many large ones would wait for the garbage collector.
    response.stream = _NOTHING
    return body


def lift_limit(response: httpx.Response) -> None:
    """Lift the limit of an answer that is read piece by piece and never held whole."""
    if isinstance(response.stream, Bounded):
        response.stream.most = None


class Bounded(httpx.SyncByteStream):
    """Iterates over the decoded bytes of an answer. Raises TooLarge beyond `most`, DecodingError for a
    broken encoding."""

    def __init__(self, source: httpx.SyncByteStream, layers: list[str]) -> None:
        self._source = source
        self._layers = layers
        self.most: int | None = MOST

    def __iter__(self) -> Iterator[bytes]:
        if len(self._layers) > _LAYERS:
            raise httpx.DecodingError(f"{len(self._layers)} encodings")
        # Encoded bytes are counted too: a stream that decodes to nothing has no end either.
        pieces: Iterable[bytes] = self._count_bytes(self._source)
        for name in self._layers:
            pieces = _decode(pieces, name)
        return iter(self._count_bytes(pieces) if self._layers else pieces)

    def _count_bytes(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        size = 0
        for piece in pieces:
            size += len(piece)
            if self.most is not None and size > self.most:
                raise TooLarge(f"more than {self.most} bytes")
            yield piece

    def close(self) -> None:
        self._source.close()


def _decode(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Decode at most a step at a time."""
    try:
        decoder = None
        for piece in pieces:
            if not piece:
                continue
            if decoder is None:
                decoder = zlib.decompressobj(_window(piece, name))
            while piece and not decoder.eof:
                # One piece from the wire may hold a thousand times its size: it is never decoded in one go.
                yield decoder.decompress(piece, _STEP)
                piece = decoder.unconsumed_tail
        if decoder is not None:
            yield decoder.flush()
            if not decoder.eof:  # zlib takes what is cut off for an end
                raise httpx.DecodingError("it is not whole")
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from None


def _window(piece: bytes, name: str) -> int:
    """Return the window size of zlib, which chooses the format: `deflate` is two, one with a head."""
    if name != "deflate":
        return _GZIP
    # Servers send raw deflate under this name as well as zlib's: the two bytes of its head decide.
    has_head = piece[0] & 0x0F == 8 and (len(piece) < 2 or int.from_bytes(piece[:2], "big") % 31 == 0)
    return zlib.MAX_WBITS if has_head else _RAW
