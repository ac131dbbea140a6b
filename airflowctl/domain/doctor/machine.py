"""What `doctor` checks on this machine alone: no server is asked."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from airflowctl import __version__
from airflowctl.core.errors import CliError
from airflowctl.core.next_line import suggest
from airflowctl.core.nouns import AUTH, COMMANDS, OUTPUT
from airflowctl.core.package_files import DISTRIBUTION
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.completion_files import SHELLS, find_file, version_of
from airflowctl.domain.doctor.finding import OK, PROBLEM, WARNING, Finding, from_error

if TYPE_CHECKING:
    from airflowctl.output.streams import Streams
    from airflowctl.session.session import Session

_PACKAGE = "airflowctl"
_GIVES = {AUTH: "login method", COMMANDS: "noun", OUTPUT: "format"}


def check_machine(session: Session) -> Iterator[Finding]:
    """Yield what is found of the installation, the settings, the stores of logins and the terminal."""
    where = f"version {__version__} in {package_folder()}, Python {platform.python_version()}"
    yield Finding("install", OK, where)
    yield check_package_files()
    yield check_path(session.streams.environ.get("PATH", ""))
    yield from check_plug_ins()
    yield check_settings(session)
    yield check_stores(session)
    yield check_terminal(session.streams)
    yield check_completion(session.streams.environ)


def package_folder() -> Path:
    """Return the folder of this package."""
    return Path(__file__).resolve().parents[2]


def check_package_files() -> Finding:
    """Look for files of other distributions in our package: two programs share its name."""
    others = _other_owners()
    if not others:
        return Finding("package-files", OK, "no other package has files in ours")
    names = " and ".join(others)
    return Finding(
        "package-files",
        PROBLEM,
        f"{names} installs into the same package '{_PACKAGE}' and the same command: one overwrites the other",
        f"give each an environment of its own: pip uninstall {' '.join(others)} {DISTRIBUTION}, then"
        f" pipx install {DISTRIBUTION}",
    )


def _other_owners() -> list[str]:
    from importlib.metadata import distributions

    parent, names = package_folder().parent, set()
    for distribution in distributions(path=[str(parent)]):
        name = str(distribution.metadata["Name"] or "")
        # As pip compares the names of distributions.
        if name.replace("_", "-").lower() == DISTRIBUTION:
            continue
        if any(path.parts[:1] == (_PACKAGE,) for path in distribution.files or ()):
            names.add(name)
    return sorted(names)


def check_path(search_path: str) -> Finding:
    """Look which `airflowctl` a line of this user runs, and whether others are hidden by it."""
    commands = list(dict.fromkeys(_find_commands(search_path)))
    own = os.path.dirname(sys.executable)
    if not commands:
        return Finding("path", WARNING, f"no folder of PATH has an airflowctl; this one is in {own}",
                       f'export PATH="{own}:$PATH"')  # fmt: skip
    if not _is_own(commands[0], own) and any(_is_own(command, own) for command in commands[1:]):
        return Finding("path", WARNING, f"{commands[0]} comes before the airflowctl of {own}",
                       f'export PATH="{own}:$PATH"')  # fmt: skip
    if len(commands) > 1:
        hidden = ", ".join(commands[1:])
        return Finding("path", OK, f"{commands[0]} (hides {hidden})")
    return Finding("path", OK, commands[0])


def _find_commands(search_path: str) -> Iterator[str]:
    for folder in search_path.split(os.pathsep):
        path = os.path.join(folder, _PACKAGE)
        # An empty entry of PATH is the current folder, of which nothing is run.
        if folder and os.path.isfile(path) and os.access(path, os.X_OK):
            yield path


def _is_own(command: str, folder: str) -> bool:
    """Return whether a command lies in the folder of this Python, by itself or by a link (as pipx makes)."""
    return os.path.dirname(command) == folder or os.path.dirname(os.path.realpath(command)) == folder


def check_plug_ins() -> Iterator[Finding]:
    """Yield a finding for each package with plug-ins, with what it gives, and for each plug-in that is not
    used."""
    from airflowctl.core.extension_points import GROUPS
    from airflowctl.core.programs import are_extensions_off, find_extensions

    if are_extensions_off():
        yield Finding("plug-ins", OK, "left out of this run (--no-plugins or AIRFLOWCTL_NO_PLUGINS)")
        return
    extensions = [find_extensions(group) for group in GROUPS]
    known = [point for group in extensions if group is not None for point in group.known.values()]
    refused = [problem for group in extensions if group is not None for _name, problem in group.refused]
    if not known and not refused:
        yield Finding("plug-ins", OK, "none is installed")
    for package in sorted({point.package for point in known}):
        gives = [f"{_GIVES[point.group]} {point.name}" for point in known if point.package == package]
        yield Finding("plug-ins", OK, f"{package} {_version_of(package)}: {', '.join(gives)}")
    for problem in dict.fromkeys(refused):
        yield Finding("plug-ins", WARNING, problem, "update or uninstall it, or start with --no-plugins")


def _version_of(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "(version not known)"


def check_settings(session: Session) -> Finding:
    """Read every file of ours that lines read: environments, preferences, the policy."""
    from airflowctl.core.folders import config_path
    from airflowctl.storage.preferences import ALIASES, SETTINGS

    try:
        sources, names = session.parts.policy.sources, session.environments.names()
        for name in names:
            session.environments.read(name)
        session.environments.read_default()
        for title in (ALIASES, SETTINGS):
            session.lookup.preferences.table(title)
    except CliError as error:
        return from_error("settings", error)
    policy = f"; policy: {', '.join(sources)}" if sources else ""
    count = f"{len(names)} environment{'' if len(names) == 1 else 's'}"
    return Finding("settings", OK, f"{config_path(session.streams.environ)}, {count}{policy}")


def check_stores(session: Session) -> Finding:
    """Look which stores of logins work here, without a question to the user."""
    from airflowctl.storage.secrets.store import Key
    from airflowctl.storage.secrets.stores import KERNEL, KEYRING, Stores

    locked: list[bool] = []

    def note_locked() -> bool:
        locked.append(True)
        return False  # the user is not asked to unlock it: a check changes nothing

    environ = session.streams.environ
    stores = Stores(
        environ, passphrase=str, notify_locked=note_locked, is_lasting=False,
        require=session.parts.policy.require_store,
    )  # fmt: skip
    working, problems = [], []
    for name in (KEYRING, KERNEL):
        try:
            stores.open_store(name).get(Key("doctor", "probe"))
            working.append(name)
        except CliError as error:
            problems.append(f"{name}: {error.message}")
    if working:
        words = {KEYRING: "the system keyring", KERNEL: "the kernel's keyring"}
        reason = f" ({'; '.join(problems)})" if problems else ""
        return Finding("keyring", OK, f"logins are kept in {words[working[0]]}{reason}")
    return Finding(
        "keyring",
        PROBLEM,
        f"no store of logins works here: {'; '.join(problems)}",
        "unlock the keyring" if locked else "set AIRFLOWCTL_STORE=encrypted-file, or log in inside the shell",
    )


def check_terminal(streams: Streams) -> Finding:
    """Say what the terminal can show."""
    if not streams.stdout_is_terminal:
        return Finding("terminal", OK, "standard output is no terminal: no colours, no pager, whole cells")
    encoding = (getattr(streams.stdout, "encoding", None) or "unknown").lower()
    name = streams.environ.get("TERM", "")
    colours = "no colours" if streams.is_plain else "colours"
    detail = f"TERM={name or '(not set)'}, {streams.columns} columns, {encoding}, {colours}"
    if streams.is_dumb:
        return Finding("terminal", WARNING, f"{detail}: no menus, and nothing is drawn in place",
                       "export TERM=xterm-256color, if this terminal is one")  # fmt: skip
    if encoding not in ("utf-8", "utf8"):
        return Finding("terminal", WARNING, f"{detail}: letters that it lacks are escaped",
                       "export LC_ALL=C.UTF-8")  # fmt: skip
    return Finding("terminal", OK, detail)


def check_completion(environ: Mapping[str, str]) -> Finding:
    """Look for the scripts by which other shells complete, and whether they are of this version."""
    versions: dict[str, str] = {}
    for shell in SHELLS:
        try:
            version = version_of(find_file(shell, environ).path)
        except CliError as error:
            return from_error("completion", error)
        if version:
            versions[shell] = version
    old = [shell for shell, version in versions.items() if version != __version__]
    if old:
        detail = f"the script of {old[0]} is of version {versions[old[0]]}"
        return Finding("completion", WARNING, detail, suggest("completion", "install", old[0]))
    if versions:
        return Finding("completion", OK, f"installed for {' and '.join(versions)}")
    # No warning: a shell whose startup file loads the script from the program needs no file either.
    way = suggest("completion", "install")
    return Finding("completion", OK, f"no file of it is installed; to have it: {way}")
