"""Requests as text that another program runs: curl in a shell, or Python's own library."""

from __future__ import annotations

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from airflowctl.core.environment import Network

LANGUAGES = ("curl", "python")
_TOKEN = "AIRFLOW_CLI_TOKEN"
_LARGEST_EXACT = 2**53  # whole numbers that a double holds


class Secret(NamedTuple):
    """The place of a secret in a body: the environment variable that holds it, as a text or as JSON."""

    variable: str
    is_json: bool


class PrintedRequest(NamedTuple):
    """A request to print. `body` holds a `Secret` where a secret stands; `comments` are lines for the
    reader."""

    method: str
    url: str
    body: Any
    headers: Mapping[str, str]
    has_token: bool
    comments: Sequence[str]


def render_requests(language: str, requests: Sequence[PrintedRequest], network: Network) -> str:
    """Return the text that sends the requests one after the other, in letters of ASCII that can be seen."""
    if language == "curl":
        return "\n".join(_render_curl(request, network) for request in requests)
    return _render_python(requests, network)


def find_secrets(body: Any) -> Iterator[Secret]:
    """Yield the secrets of a body, in their order."""
    if isinstance(body, Secret):
        yield body
    elif isinstance(body, (dict, list)):
        for part in body.values() if isinstance(body, dict) else body:
            yield from find_secrets(part)


def _render_body(body: Any, render_secret: Callable[[Secret], str]) -> str:
    """Return a body as JSON, each secret as the language has it. All else is ASCII without DEL."""
    from json import dumps

    if isinstance(body, Secret):
        return render_secret(body)
    if isinstance(body, dict):
        inner = (
            f"{_render_body(str(name), str)}: {_render_body(part, render_secret)}"
            for name, part in body.items()
        )
        return "{" + ", ".join(inner) + "}"
    if isinstance(body, (list, tuple)):
        return "[" + ", ".join(_render_body(part, render_secret) for part in body) + "]"
    return dumps(body).replace("\x7f", "\\u007f")


# curl.


def _render_curl(request: PrintedRequest, network: Network) -> str:
    words = ["curl -sS --fail-with-body"]
    # curl reads brackets and braces of an address as a list of addresses.
    if any(letter in request.url for letter in "[]{}"):
        words[0] += " --globoff"
    if request.method != "GET":
        # curl calls -X GET unnecessary.
        words[0] += f" -X {request.method}"
    words += _list_curl_options(network)
    if request.has_token:
        words.append(f'-H "Authorization: Bearer ${_TOKEN}"')
    words += [f"-H {_quote(f'{name}: {value}')}" for name, value in request.headers.items()]
    before = ""
    if request.body is not None:
        words.append("-H 'Content-Type: application/json'")
        has_secrets = any(True for _ in find_secrets(request.body))
        # jq puts the secrets in, so that neither the command line nor a file holds them.
        if has_secrets:
            _check_numbers(request.body)
            before = f"jq -n {_quote(_render_body(request.body, _render_jq))} |\n"
        words.append(
            f"--data-binary {'@-' if has_secrets else _quote(_render_body(request.body, _render_jq))}"
        )
    words.append(_quote(request.url))
    comments = "".join(f"# {comment}\n" for comment in request.comments)
    return comments + before + " \\\n  ".join(words) + "\n"


def _list_curl_options(network: Network) -> list[str]:
    files = {"cacert": network.ca_bundle, "cert": network.client_cert, "key": network.client_key}
    options = [f"--{name} {_quote(path)}" for name, path in files.items() if path]
    return [*options, *(["--insecure"] if network.insecure else [])]


def _quote(text: str) -> str:
    """Return a text as one word of a POSIX shell, always in quotes: zsh reads more letters than sh does."""
    return "'" + text.replace("'", "'\\''") + "'"


def _render_jq(secret: Secret) -> str:
    # env, and not an argument: arguments are in the process list.
    text = f'(env.{secret.variable} // error("{secret.variable} is not set"))'
    return f"({text} | fromjson)" if secret.is_json else text


def _check_numbers(body: Any) -> None:
    """Raise UsageError for a number that jq would round."""
    if isinstance(body, (dict, list)):
        for part in body.values() if isinstance(body, dict) else body:
            _check_numbers(part)
    elif type(body) is int and abs(body) > _LARGEST_EXACT:
        raise UsageError(f"jq would round {body}", "use --print-as python")


# Python.


def _render_python(requests: Sequence[PrintedRequest], network: Network) -> str:
    has_secrets = any(True for request in requests for _ in find_secrets(request.body))
    has_token = any(request.has_token for request in requests)
    modules = [
        *(["json"] if any(request.body is not None for request in requests) else []),
        *(["os"] if has_token or has_secrets else []),
        *(["ssl"] if any(network[:4]) else []),
        "urllib.request",
    ]
    lines = [*(f"import {module}" for module in modules), ""]
    lines += _list_context_lines(network)
    for request in requests:
        lines += [
            *(f"# {comment}" for comment in request.comments),
            *_list_python_lines(request, any(network[:4])),
            "",
        ]
    return "\n".join(lines)


def _list_context_lines(network: Network) -> list[str]:
    if not any(network[:4]):
        return []
    lines = [f"context = ssl.create_default_context(cafile={network.ca_bundle or None!a})"]
    if network.client_cert:
        lines.append(f"context.load_cert_chain({network.client_cert!a}, {network.client_key or None!a})")
    if network.insecure:
        lines += ["context.check_hostname = False", "context.verify_mode = ssl.CERT_NONE"]
    return [*lines, ""]


def _list_python_lines(request: PrintedRequest, has_context: bool) -> list[str]:
    # !a: letters that look alike or turn the direction of a line are spelled out.
    headers = [f"{name!a}: {value!a}" for name, value in request.headers.items()]
    if request.has_token:
        headers.insert(0, f'"Authorization": "Bearer " + os.environ["{_TOKEN}"]')
    if request.body is not None:
        headers.append('"Content-Type": "application/json"')
    lines = [
        "request = urllib.request.Request(",
        f"    {request.url!a},",
        f'    method="{request.method}",',
    ]
    lines += ["    headers={", *(f"        {header}," for header in headers), "    },"] if headers else []
    if request.body is not None:
        lines.append(f"    data=json.dumps({_render_value(request.body)}).encode(),")
    opening = (
        "urllib.request.urlopen(request, context=context)"
        if has_context
        else "urllib.request.urlopen(request)"
    )
    return [*lines, ")", f"with {opening} as response:", "    print(response.read().decode())"]


def _render_value(body: Any) -> str:
    """Return a body as Python writes it."""
    if isinstance(body, Secret):
        text = f'os.environ["{body.variable}"]'
        return f"json.loads({text})" if body.is_json else text
    if isinstance(body, dict):
        return "{" + ", ".join(f"{name!a}: {_render_value(part)}" for name, part in body.items()) + "}"
    if isinstance(body, (list, tuple)):
        return "[" + ", ".join(map(_render_value, body)) + "]"
    return ascii(body)
