"""The shapes of secrets, and where in a text they stand; after the public rules of gitleaks.

Every pattern reads each character a bounded number of times: behind its first letters it either matches or
takes what it has read. So a text of any form costs as much as its length. In each, the group `s` is the
secret; a match without it is none.
"""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from re import Match


class Shape(NamedTuple):
    """`hints`: one of them stands, in lower case, in every text that can match, and that text has `least`
    characters; for others no pattern is loaded. `is_meant` judges a match by what a pattern cannot say."""

    hints: tuple[str, ...]
    pattern: str
    is_meant: Callable[[Match[str]], bool] = bool
    least: int = 8


def _is_random(match: Match[str]) -> bool:
    """Return keys are of random letters; the same beginning followed by words is a name."""
    return any(char.isdigit() or char.isupper() for char in match["s"][3:])


def _shape(hints: str, pattern: str, is_meant: Callable[[Match[str]], bool] = bool) -> Shape:
    # The hints are looked for first: re is loaded only for a text that may match (decision 0011).
    return Shape(tuple(hints.split()), rf"(?<![A-Za-z0-9]){pattern}", is_meant)


# Keys and tokens that say themselves whose they are.
KEYS = (
    _shape("eyj", r"(?:(?P<s>eyJ[\w-]++\.[\w-]++(?:\.[\w-]*+)?)|eyJ[\w-]*+)"),
    _shape("akia asia abia acca", r"(?P<s>AKIA[A-Z0-9]{8,}|A(?:SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Z0-9]))"),
    _shape("ltai", r"(?P<s>LTAI\w{12,})"),
    _shape("sk_ rk_", r"(?P<s>[sr]k_(?:live|test|prod)_[\w-]+)"),
    _shape("whsec_", r"(?P<s>whsec_[\w+/=-]{8,})"),
    _shape("sk-", r"(?P<s>sk-(?!learn)[\w-]{8,})", _is_random),
    _shape("ghp_ gho_ ghu_ ghs_ ghr_", r"(?P<s>gh[pousr]_[\w-]{4,})"),
    _shape("github_pat_", r"(?P<s>github_pat_[\w-]{6,})", _is_random),
    _shape("glpat- glptt- gldt- glrt- glcbt- glft- glimt- glagent- glsoat- gloas- glffct-",
           r"(?P<s>gl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|soat|oas|ffct)-[\w.-]{6,})"),
    _shape("glsa_ glc_", r"(?P<s>gl(?:sa|c)_[\w+/=-]{8,})", _is_random),
    _shape("xox xapp-", r"(?P<s>(?:xox[a-z](?:\.xox[a-z])?-|xapp-\d)[\w-]{4,})"),
    _shape("sg.", r"(?P<s>SG\.[\w-]{6,}(?:\.[\w-]+)?)", _is_random),
    _shape("npm_", r"(?P<s>npm_[\w-]{8,})", _is_random),
    _shape("pypi-ag", r"(?P<s>pypi-Ag[\w-]{8,})"),
    _shape("rubygems_", r"(?P<s>rubygems_[\w-]{8,})", _is_random),
    _shape("_v1_", r"(?P<s>do[opr]_v1_[\w-]{4,})"),
    _shape("hf_", r"(?P<s>hf_\w{20,})", _is_random),
    _shape("aiza", r"(?P<s>AIza[\w-]{8,})"),
    _shape("gocspx-", r"(?P<s>GOCSPX-[\w-]{8,})"),
    _shape("ya29.", r"(?P<s>ya29\.[\w.-]{8,})"),
    _shape("hvs. hvb. hvr.", r"(?P<s>hv[sbr]\.[\w-]{4,})"),
    _shape("s.", r"(?P<s>s\.[A-Za-z0-9]{24})(?![A-Za-z0-9])", _is_random)._replace(least=26),
    _shape("atlasv1.", r"(?P<s>atlasv1\.[\w=-]{8,})"),
    _shape("gaaaa", r"(?P<s>gAAAA[\w-]{20,}={0,2})"),  # encrypted with Fernet
    _shape("=", r"(?<![\w+/-])(?P<s>[\w-]{43}=)(?![\w=])", _is_random)._replace(least=44),  # a key of Fernet
    _shape("dapi", r"(?P<s>dapi[0-9a-f]{16,})"),
    _shape("shpat_ shpca_ shppa_ shpss_", r"(?P<s>shp(?:at|ca|pa|ss)_\w{8,})"),
    _shape("dp.", r"(?P<s>dp\.(?:pt|st|ct|sa)\.[\w.-]{8,})"),
    _shape("pmak- pul- nrak- tskey- lin_api_",
           r"(?P<s>(?:PMAK|pul|NRAK|tskey|lin_api)[-_][\w-]{16,})", _is_random),
    _shape("pscale_", r"(?P<s>pscale_(?:tkn|oauth|pw)_[\w=.-]{8,})"),
    _shape("sntry", r"(?P<s>sntry[su]_[\w+/=]{8,})"),
    _shape("atatt3", r"(?P<s>ATATT3[\w=-]{8,})"),
    _shape("age-secret-key-", r"(?P<s>AGE-SECRET-KEY-\w{8,})"),
    _shape("sq0", r"(?P<s>sq0(?:atp|csp|idp)-[\w-]{8,})"),
    _shape("ops_eyj", r"(?P<s>ops_eyJ[\w+/=]{8,})"),
    _shape("dt0c01.", r"(?P<s>dt0c01\.[\w.]{8,})"),
    _shape("key-", r"(?P<s>key-[0-9a-f]{32})"),
    _shape(":aa", r"(?P<s>\d{8,10}:AA[\w-]{30,})"),
    Shape(("q~",), r"(?P<s>[\w.~]{0,4}\dQ~[\w.~-]{20,})"),  # a client secret of Entra
    Shape(("-----begin ",),
          r"-----BEGIN (?![A-Z0-9 ]{0,20}(?:PUBLIC|CERTIFICATE))(?P<s>[\s\S]*?)(?:-----END|\Z)"),
)  # fmt: skip

# Addresses whose path is the secret, addresses with a password, headers.
_TO_LINE_END = r"(?P<s>[^\n]+)"
CARRIERS = (
    _shape("hooks.slack", r"hooks\.slack(?:-gov)?\.com/(?P<s>[^\s'\"<>]+)"),
    _shape("/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/(?P<s>[^\s'\"<>]+)"),
    _shape("webhook.office", r"webhook\.office\.com/(?P<s>[^\s'\"<>]+)"),
    _shape("telegram.org/bot", r"telegram\.org/bot(?P<s>[^\s'\"<>]+)"),
    Shape(("://",), r"(?<!\w)\w+://(?P<s>[^/\s@]++)@"),
    Shape(("://",), r"(?<!\w)\w+://[^\s/@:]*+:(?!\d*+(?:[/?#\s'\"]|\Z))(?:(?P<s>[^\s@]++)@|[^\s@]*+)"),
    Shape(("code=",), r"[?&#]code=(?P<s>[^\s&]+)"),
    _shape("bearer", r"(?i:bearer)\s+(?P<s>[\w.~+/=-]{6,})"),
    _shape("basic", r"[Bb]asic\s+(?=[a-z_+/-]*+[A-Z0-9=])(?P<s>[\w+/=-]{6,})"),
    _shape("cookie", rf"(?i:cookie)['\"]?\s*[:=]\s*{_TO_LINE_END}"),
    _shape("authorization", rf"(?i:authorization)['\"]?\s*[:=]\s*{_TO_LINE_END}"),
)  # fmt: skip

# What only a line that a user types holds: a program's option whose value is a password.
_WORD = r"(?P<s>(?![|<>&;-])[^\s'\"]+|(?<=[\s=])['\"][^'\"]+)"
TYPED = (
    Shape(("-u", "--user", "--proxy-user"),
          r"(?<![\w-])(?:-[uU]|--(?:proxy-)?user)(?:\s{1,9}|=|)['\"]?[^\s:%'\"]{1,100}(?::(?!//)|%)(?P<s>[^\s'\"]+)"),
    _shape("@", r"(?<![\w.:/@-])[\w.-]{1,100}+:(?P<s>[^\s@:/'\"]{1,200}+)@\w"),
    _shape("mysql mariadb mycli 7z", r"(?<![\w-])-p(?P<s>[^\s]+)"),
    _shape("sshpass mongo", rf"(?<![\w-])-p\s{{0,9}}{_WORD}"),
    _shape("zip sqlcmd bcp isql tsql mosquitto ipmitool", rf"(?<![\w-])-P\s{{0,9}}{_WORD}"),
    _shape("ssh-keygen", rf"(?<![\w-])-[NP]\s{{0,9}}{_WORD}"),
    _shape("openssl", rf"(?<![\w-])-[kK]\s{{1,9}}{_WORD}"),
    _shape("redis-cli", rf"(?<![\w-])-a\s{{1,9}}{_WORD}"),
    _shape("http", r"(?<![\w-])-a\s{0,9}['\"]?[^\s:'\"]{1,100}+:(?P<s>[^\s/'\"]+)"),
    _shape("ldap", rf"(?<![\w-])-w\s{{0,9}}{_WORD}"),
    _shape("lftp", r"(?<![\w-])-u\s{0,9}[^\s,]{1,100}+,(?P<s>[^\s]+)"),
    _shape("htpasswd", r"(?<![\w-])-\w{0,5}b\w{0,5}(?:\s{1,9}\S{1,100}){1,2}\s{1,9}(?P<s>[^\s-]+)"),
    _shape("login", rf"login\b[^|;\n]{{0,100}}?\s-p\s{{0,9}}{_WORD}"),
    _shape("vault",
           r"vault\s{1,9}(?:operator\s{1,9})?(?:login|unseal)\s{1,9}(?:-\S{1,50}\s{1,9}){0,3}"
           r"(?P<s>[^\s=-][^\s=]*)(?![^\s])"),
    _shape("from-literal", r"--from-literal[=\s][^\s=]{1,100}+=(?P<s>\S+)"),
)  # fmt: skip
