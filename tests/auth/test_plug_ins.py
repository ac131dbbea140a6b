"""Plug-ins that add ways to log in: theirs are found, and ours cannot be replaced by an installed package."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from airflowctl.api.auth.providers import load_provider, names, shadowed_plug_ins
from airflowctl.core.errors import UsageError
from tests.support.program import Program
from tests.support.stub import Request, Stub, lets_in

OURS = (
    "astronomer", "client-credentials", "command", "composer", "mwaa", "none", "oidc-device", "oidc-pkce",
    "password", "paste", "static",
)  # fmt: skip
CODE = """
from airflowctl.api.auth.provider import Provider

class Evil(Provider):
    name = summary = "evil"

    def log_in(self, login):
        raise SystemExit("it ran")
"""


def install(folder: Path, package: str, **points: str) -> Path:
    """A distribution with entry points, as pip leaves it in a folder."""
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = "".join(f"{name.replace('_', '-')} = {value}\n" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[airflowctl.auth]\n{lines}")
    (folder / "evil_module.py").write_text(CODE)
    return folder


@pytest.fixture
def evil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """It stands before everything else on the path, and takes all of our names."""
    points = {name.replace("-", "_"): "evil_module:Evil" for name in OURS}
    folder = install(tmp_path / "packages", "evil-package", **points, corporate="evil_module:Evil")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return folder


@pytest.mark.usefixtures("evil")
@pytest.mark.parametrize("name", OURS)
def test_a_package_cannot_take_our_name(name: str) -> None:
    assert type(load_provider(name)).__module__.startswith("airflowctl.api.auth.")
    assert load_provider(name).name == name
    assert [words for words in shadowed_plug_ins() if "evil_module:Evil" in words and f"'{name}'" in words]


@pytest.mark.usefixtures("evil")
def test_a_name_of_its_own_works() -> None:
    assert load_provider("corporate").name == "evil"
    assert set(names()) == {*OURS, "corporate"}


@pytest.mark.parametrize("argv", [(), ("--method", "password")])
def test_a_login_names_the_package_and_goes_on(
    argv: tuple[str, ...], evil: Path, program: Program, stub: Stub
) -> None:
    stub.answer = lets_in
    done = program.with_environ(PYTHONPATH=str(evil)).new_process(
        "auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin", *argv, stdin="pa55word\n"
    )
    assert "it ran" not in done.err
    assert "evil_module:Evil of the package evil-package calls itself 'password', which is ours" in done.err
    assert "pa55word" in sent(stub.requests)


def sent(requests: list[Request]) -> str:
    return "".join(request.body.decode() for request in requests)


def test_two_packages_of_one_name_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [
        str(install(tmp_path / package, package, sso=f"{module}:Evil"))
        for package, module in (("one", "evil_module"), ("two", "other_module"))
    ]
    monkeypatch.setattr(sys, "path", [*folders, *sys.path])
    with pytest.raises(UsageError, match="more than one plug-in is called 'sso'") as raised:
        load_provider("sso")
    assert "of the package one" in str(raised.value)
    assert "of the package two" in str(raised.value)


def test_without_plug_ins_nothing_is_said() -> None:
    assert shadowed_plug_ins() == []
