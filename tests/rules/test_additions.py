"""What is easily forgotten when a format, a login method or an error is added."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflowctl.api.auth.provider import Provider
from airflowctl.api.auth.providers import load_provider
from airflowctl.core import errors
from airflowctl.core.errors import CliError
from airflowctl.core.formats import FORMATS
from airflowctl.core.login_methods import METHODS
from airflowctl.core.results import Rows
from airflowctl.output.formats import load_format
from airflowctl.output.render import render
from airflowctl.output.style import Style
from tests.support.formats import FOR_PROGRAMS, WITH_FIELDS
from tests.support.paths import ROOT

# Formats.

MARKS = ["|", ",", ";", ":", "\t", " ", "\n", "\r\n", '"', "'", "\\", "\\t", "\\n", "=", "&", "<br>", "---"]


@pytest.mark.parametrize("name", [name for name in FOR_PROGRAMS if name in WITH_FIELDS])
def test_a_program_reads_the_same_values_from_a_format(name: str) -> None:
    """What stands between two values in a format is escaped within them: no two tables print alike."""

    def text(*cells: str) -> str:
        items = [dict(zip("ab", cells, strict=True))]
        return "".join(render(Rows(items, ("a", "b"), "a"), Style(load_format(name), None, True, None)))

    for mark in MARKS:
        tables = [
            ("x", f"y{mark}z"),
            (f"x{mark}y", "z"),
            ("x", f"y{mark * 2}z"),
            (f"x{mark}", "z"),
            ("x", "z"),
        ]
        assert len({text(*cells) for cells in tables}) == len(tables), repr(mark)


def test_the_readme_has_all_formats() -> None:
    assert f"-o {'|'.join(FORMATS)}" in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


# Login methods.


@pytest.mark.parametrize("name", METHODS)
def test_a_login_method_is_whole(name: str) -> None:
    provider = load_provider(name)
    assert provider.name == name
    assert provider.summary
    assert type(provider).log_in is not Provider.log_in
    assert f"| `{name}` |" in (ROOT / "docs" / "how-to" / "login.md").read_text(encoding="utf-8")


# Errors.

CODES = (errors.REFUSED, errors.USAGE, errors.UNREACHABLE, errors.NOT_ALLOWED, errors.INTERRUPTED)


def subclasses(kind: type[CliError]) -> Iterator[type[CliError]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


ERRORS = [kind for kind in subclasses(CliError) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_has_a_code_an_exit_code_and_a_place(kind: type[CliError]) -> None:
    assert kind.exit_code in CODES
    if "code" in vars(kind):
        assert [other.__name__ for other in ERRORS if vars(other).get("code") == kind.code] == [kind.__name__]
    else:
        assert kind.__base__ is not CliError, "a family of errors has a word of its own for scripts"
    files = [path for path in (ROOT / "airflowctl").rglob("*.py") if path.name != "errors.py"]
    assert any(kind.__name__ in path.read_text(encoding="utf-8") for path in files), "nothing raises it"
