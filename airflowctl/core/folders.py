"""Which folders are used: ours for settings and state, and those that Python imports modules from."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

from airflowctl.core.errors import UsageError

INDEX = "extensions"  # the folder in the state folder that holds what is known of plug-ins
NAMES = "names"  # the same for the names that other shells complete
# A remainder tells any two texts apart, and needs no module of hashes.
_PRIME, _LARGE_PRIME = 2**31 - 1, 2**127 - 1


def config_path(environ: Mapping[str, str]) -> str:
    """Return where the environments are: `AIRFLOWCTL_HOME`, or the system's folder for settings."""
    return _home(environ, "XDG_CONFIG_HOME", ".config", "APPDATA")


def state_path(environ: Mapping[str, str]) -> str:
    """Return where histories are: `AIRFLOWCTL_HOME`, or the system's folder for state. Raises UsageError."""
    return _home(environ, "XDG_STATE_HOME", os.path.join(".local", "state"), "LOCALAPPDATA")


def runtime_path(environ: Mapping[str, str]) -> str:
    """Return where files are that are gone after a moment: `AIRFLOWCTL_HOME`, the system's runtime folder of
    the user, else where histories are. Raises UsageError."""
    above = environ.get("XDG_RUNTIME_DIR", "")
    if environ.get("AIRFLOWCTL_HOME") or not (os.path.isabs(above) and os.path.isdir(above)):
        return state_path(environ)
    return os.path.join(above, "airflowctl")


def has_no_extensions(environ: Mapping[str, str]) -> bool:
    """Return whether the index of plug-ins is of now, and empty."""
    try:
        return os.stat(os.path.join(state_path(environ), INDEX, import_stamp())).st_size == 0
    except (OSError, ValueError, UsageError):
        return False


def has_names(environ: Mapping[str, str]) -> bool:
    """Return whether names are kept for other shells, but for what the user has said against it."""
    try:
        return os.path.isdir(os.path.join(state_path(environ), NAMES))
    except UsageError:
        return False


def has_state(environ: Mapping[str, str]) -> bool:
    """Return whether there is a state folder."""
    try:
        return os.path.isdir(state_path(environ))
    except UsageError:
        return False


def import_stamp() -> str:
    """Return a name for what can be imported now: the folders of sys.path, and after a dash their times,
    which change with each package that is installed or removed there."""
    times = "\0".join((sys.version, *_times(sys.path)))
    return f"{_number(os.pathsep.join(sys.path), _PRIME):08x}-{_number(times, _LARGE_PRIME):032x}"


def hash_text(text: str) -> int:
    """Return a number below 2**127 for a text; another text has another one, but for a rare accident."""
    return _number(text, _LARGE_PRIME)


def _number(text: str, prime: int) -> int:
    return int.from_bytes(text.encode("utf-8", "surrogateescape"), "big") % prime


def _times(folders: list[str]) -> Iterator[str]:
    for folder in folders:
        try:
            yield f"{folder}\0{os.stat(folder).st_mtime_ns}"
        except OSError:
            yield folder


def _home(environ: Mapping[str, str], variable: str, below_home: str, windows: str) -> str:
    explicit_path = environ.get("AIRFLOWCTL_HOME")
    # Nothing of the current folder is read unless the line names it (docs/explanation/security.md, files).
    if explicit_path and not os.path.isabs(explicit_path):
        raise UsageError(
            f"AIRFLOWCTL_HOME is '{explicit_path}', another folder wherever a line is run from",
            "give its whole path",
        )
    return explicit_path or _usual_home(environ, variable, below_home, windows)


def _usual_home(environ: Mapping[str, str], variable: str, below_home: str, windows: str) -> str:
    if sys.platform == "win32":
        return os.path.join(environ.get(windows) or os.path.expanduser("~"), "airflowctl")
    above = environ.get(variable, "")
    if not os.path.isabs(above):  # a relative path is to be ignored, says the XDG specification
        above = os.path.join(_home_of_user(environ), below_home)
    return os.path.join(above, "airflowctl")


def _home_of_user(environ: Mapping[str, str]) -> str:
    """Return `HOME`, else the home in the system's user database: never a folder below the current one."""
    home = environ.get("HOME", "")
    if os.path.isabs(home):
        return home
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        raise UsageError("there is no home folder for this user", "set AIRFLOWCTL_HOME") from None
