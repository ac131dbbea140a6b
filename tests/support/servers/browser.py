"""A person at a browser: follows redirects, keeps cookies and fills the forms of a login.

Also a program, `browser.py ADDRESS`, for the variable BROWSER; it needs httpx and nothing of the tests.
"""

from __future__ import annotations

import os
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urljoin, urlsplit

import httpx

_MOST_PAGES = 25
_USERNAME = "AIRFLOWCTL_TESTS_USERNAME"
_DENY = "AIRFLOWCTL_TESTS_DENY"


def environ(username: str = "admin", *, deny: bool = False) -> dict[str, str]:
    """The variables with which a program opens this browser instead of the person's own."""
    command = f"{sys.executable} {Path(__file__).resolve()} %s"
    return {"BROWSER": command, _USERNAME: username, _DENY: "1" if deny else ""}


class Form(NamedTuple):
    """A form that is sent with POST: where to, and the fields with what is in them."""

    action: str
    fields: dict[str, str]


class Page(HTMLParser):
    """The forms and the links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._in_form = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "a":
            self.links.append(found.get("href", ""))
        elif tag == "form" and found.get("method", "").lower() == "post":
            self.forms.append(Form(found.get("action", ""), {}))
            self._in_form = True
        elif tag in ("input", "button") and "name" in found and (self._in_form or "form" in found):
            self.forms[-1].fields[found["name"]] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False


class Browser:
    """Logs in as `username` wherever it is asked to and agrees to everything; with `deny`, to nothing.

    `visited` are the pages it was on, without their queries; its cookies are in `client.cookies`.
    """

    def __init__(self, username: str = "admin", password: str = "any", *, deny: bool = False) -> None:
        self.username = username
        self.password = password
        self.deny = deny
        self.visited: list[str] = []
        self._user_code = ""
        self.client = httpx.Client(timeout=60, follow_redirects=False, trust_env=False)

    def __call__(self, address: str, user_code: str = "") -> httpx.Response:
        """Go there and do what the pages want, to the last one; `user_code` is what a device shows."""
        self._user_code = user_code
        answer = self.client.get(address)
        for _ in range(_MOST_PAGES):
            self.visited.append(str(answer.url.copy_with(query=None, fragment=None)))
            following = self._following(answer)
            if following is None:
                return answer
            answer = following
        raise AssertionError(f"it goes on and on: {self.visited}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def _following(self, answer: httpx.Response) -> httpx.Response | None:
        here = str(answer.url)
        if answer.is_redirect:
            return self.client.get(urljoin(here, answer.headers["location"]))
        if answer.is_error or "html" not in answer.headers.get("content-type", ""):
            return None
        page = Page(answer.text)
        if not page.forms:
            return None
        action, fields = page.forms[0]
        if fields.get("user_code") == "" and not self._user_code:
            return None  # it was refused, or nobody said one
        refusal = next((link for link in page.links if urlsplit(link).path.endswith("/abort")), "")
        if self.deny and refusal:
            return self.client.get(urljoin(here, refusal))
        return self.client.post(urljoin(here, action), data=self._filled(fields), headers={"Referer": here})

    def _filled(self, fields: dict[str, str]) -> dict[str, str]:
        answers = {
            "login": self.username,
            "username": self.username,
            "password": self.password,
            "user_code": self._user_code,
        }
        if "user_code" in fields:
            self._user_code = ""
        filled = {name: fields[name] or answers.get(name, "") for name in fields}
        if not self.deny:
            filled.pop("abort", None)
        return {name: value for name, value in filled.items() if value}


if __name__ == "__main__":
    with Browser(os.environ.get(_USERNAME, "admin"), deny=bool(os.environ.get(_DENY))) as browser:
        sys.exit(browser(sys.argv[1]).is_error)
