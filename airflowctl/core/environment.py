"""What an environment is: a server by name, how to reach it and how to log in there. No secret is in it."""

from __future__ import annotations

from airflowctl.core.errors import ReadOnly, UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflowctl.core.url import Address

DEFAULT_ENVIRONMENT = "default"
INSECURE_HTTP = "--insecure-http"
MAX_SESSION = 12.0  # hours
ISSUER, ISSUER_HOSTS = "issuer", "issuer_hosts"  # settings: its URL; other hosts of its own, by commas
# Files that Windows has not, whatever their ending: an environment is for all machines of a person.
_DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
# Whole words only: `product` is no production, `pre-prod` is (decision 0019).
_PRODUCTION = ("production", "prod", "prd", "live")


class Network(NamedTuple):
    """How to reach a server. `insecure` leaves its certificate unchecked; `insecure_http` lets a token go
    over http:// to another machine."""

    ca_bundle: str = ""
    client_cert: str = ""
    client_key: str = ""
    insecure: bool = False
    insecure_http: bool = False

    @classmethod
    def from_options(cls, options: Mapping[str, object], prefix: str = "") -> Network:
        """Return what the options of a line say whose names begin with `prefix`; None and False say
        nothing."""
        ca_bundle, certificate, key = (str(options.get(prefix + name) or "") for name in cls._fields[:3])
        insecure, insecure_http = (options.get(prefix + name) is True for name in cls._fields[3:])
        return cls(ca_bundle, certificate, key, insecure, insecure_http)

    def over(self, other: Network) -> Network:
        """Return what is said here, and the other's where nothing is."""
        fields = {name: value for name, value in self._asdict().items() if value}
        return other._replace(**fields)

    def risks(self, url: str) -> list[tuple[str, str]]:
        """Return what is not safe on the way to a server: the field that allows it, and what to say of it."""
        from airflowctl.core.url import parse_address

        risks = [("insecure", f"the certificate of {url} is not checked")] if self.insecure else []
        if self.insecure_http and is_clear(parse_address(url)):
            risks.append(("insecure_http", f"{url} is not encrypted: others on the way can read the login"))
        return risks


class ReadOnlyRule(NamedTuple):
    """What makes a session read-only, and how a user takes that back."""

    cause: str
    way_out: str

    def refusal(self, action: str) -> ReadOnly:
        """Return the error for what would have changed something: `DELETE /api/v2/pools/p`, or a command."""
        return ReadOnly(f"this session is read-only ({self.cause}): {action} was not sent", self.way_out)


class Environment(NamedTuple):
    """A name, the base URL of its API server (path prefix included) and who logs in there.

    `method` names the provider that logs in, `settings` and `command` are what it needs; `store` is where
    the login is kept: empty when there is none. `network` is for the origin of `url` alone,
    `issuer_network` for the issuer's. `max_session` is in hours. `production` was said of it; None: its name
    says it. `read_only`: nothing is changed on its server. `login` is the random id of the kept login,
    `login_origin` the address that it was made for: it stays when `url` is changed by hand.
    `headers` are added to its requests: names, and where their values are read.
    """

    name: str
    url: str
    username: str = ""
    method: str = ""
    store: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    command: tuple[str, ...] = ()
    network: Network = Network()
    max_session: float = MAX_SESSION
    production: bool | None = None
    read_only: bool = False
    login: str = ""
    login_origin: str = ""
    issuer_network: Network = Network()
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_production(self) -> bool:
        return has_production_word(self.name) if self.production is None else self.production

    def setting(self, name: str) -> str:
        return dict(self.settings).get(name, "")

    def network_for(self, url: str) -> Network:
        """Return how to reach any server: what is allowed for the origin of Airflow or an issuer is for
        that."""
        from airflowctl.core.url import is_same_origin

        if is_same_origin(url, self.url):
            return self.network
        # An --insecure for a test server must not hold for the issuer of a login (decision 0014).
        return self.issuer_network if is_same_origin(url, self.setting(ISSUER)) else Network()


def has_production_word(name: str) -> bool:
    """Return whether a whole word of the name, between `-`, `_` and `.`, is one for production, also
    numbered: `prod`, `eu-prod2`, `Live`; not `nonprod` or `product`. `pre-prod` and `non-prod` hold the
    word: it costs a question to ask too often, and `env set NAME --no-production` ends that.

    Letters that only look like others must not hide the word: a word that agrees with it in its Latin
    letters, with other letters in place of the rest, counts as it.
    """
    if not name.isascii():
        from unicodedata import normalize

        # Full-width and other forms of a letter count as the letter.
        name = normalize("NFKC", name)
    words = name.casefold().replace("_", "-").replace(".", "-").split("-")
    return any(_looks_like(word.rstrip("0123456789"), text) for word in words for text in _PRODUCTION)


def _looks_like(word: str, other: str) -> bool:
    if word == other:
        return True
    if word.isascii() or len(word) != len(other):
        return False
    pairs = [(letter, expected) for letter, expected in zip(word, other, strict=True) if letter.isascii()]
    return bool(pairs) and all(letter == expected for letter, expected in pairs)


def check_name(name: str) -> str:
    """Return names become file names, and may come from a branch name in CI: no way out of the folder."""
    if name.partition(".")[0].lower() in _DEVICES:
        raise UsageError(
            f"'{name}' cannot be the name of an environment", "on Windows it is the name of a device"
        )
    if not is_name(name):
        raise UsageError(
            f"'{name}' cannot be the name of an environment", "use letters, digits, '-', '_' and '.'"
        )
    return name


def is_name(text: str) -> bool:
    """Return whether it can be the name of an environment."""
    plain = text.replace("-", "").replace("_", "").replace(".", "")
    return plain.isalnum() and text[0].isalnum() and len(text) <= 100


def check_transport(url: str, network: Network, option: str = INSECURE_HTTP) -> None:
    """Raise UsageError for an address that is none, or to which a secret would travel unencrypted."""
    from airflowctl.core.url import parse_address

    try:
        require_encryption(parse_address(url), network, option)
    except ValueError as error:
        raise UsageError(f"'{url}' is not a URL that can be used: {error}") from None


def require_encryption(address: Address, network: Network, option: str = INSECURE_HTTP) -> None:
    """Clear text is for this machine only: what is on its way can be read by anybody. `option` allows it for
    this server. Raises UsageError."""
    if is_clear(address) and not network.insecure_http:
        raise UsageError(
            f"{address.base} is not encrypted: others on the way can read the login",
            f"use https://, or give {option} if you know the way is safe",
        )


def is_clear(address: Address) -> bool:
    """Return whether what is sent there leaves this machine unencrypted; by a proxy or not is no matter."""
    return address.scheme == "http" and not address.is_loopback


def settings_of(pairs: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return them as an environment holds them: sorted, and only those that say something."""
    return tuple(sorted((name, value) for name, value in pairs.items() if value))
