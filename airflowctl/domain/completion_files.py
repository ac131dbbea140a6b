"""Where other shells look for the script of a completion: what is installed there, and what is missing."""

from __future__ import annotations

import os
from collections.abc import Mapping

from airflowctl import __version__
from airflowctl.core.errors import ConfigError, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import NamedTuple

SHELLS = ("bash", "zsh", "fish", "powershell")
_MARK = " completion for airflowctl "  # in the first lines of each script, with its version
# What loads the files of a folder when a command is completed first; a bare bash has none of it.
_LOADERS = (
    "/usr/share/bash-completion/bash_completion",
    "/etc/bash_completion",
    "/opt/homebrew/etc/profile.d/bash_completion.sh",
    "/usr/local/etc/profile.d/bash_completion.sh",
)


class ScriptFile(NamedTuple):
    """The file of a shell's script. `line` is what the user's `startup` file has to say before it is read,
    empty where the shell finds it by itself."""

    shell: str
    path: str
    line: str = ""
    startup: str = ""

    @property
    def hint(self) -> str:
        """Return how the shell gets to read the file."""
        if not self.line:
            return "open a new shell"
        if self.shell == "powershell":
            return f"add this line to the file in $PROFILE, and open a new shell: {self.line}"
        return f'run this, and open a new shell: echo "{self.line}" >> {self.startup}'


def find_shell(environ: Mapping[str, str]) -> str:
    """Return the user's shell. Raises UsageError where it is none of ours."""
    shell = os.path.basename(environ.get("SHELL", "")).removesuffix(".exe")
    shell = {"pwsh": "powershell", "": "powershell" if environ.get("PSModulePath") else ""}.get(shell, shell)
    if shell not in SHELLS:
        named = f"'{shell}' has no completion here" if shell else "SHELL does not say which shell this is"
        raise UsageError(named, f"name it: {suggest('completion', 'install', 'bash')}")
    return shell


def find_file(shell: str, environ: Mapping[str, str]) -> ScriptFile:
    """Return where the script of a shell belongs."""
    home = environ.get("HOME") or os.path.expanduser("~")
    data = _whole_path(environ.get("XDG_DATA_HOME", "")) or os.path.join(home, ".local", "share")
    if shell == "bash":
        folder = environ.get("BASH_COMPLETION_USER_DIR") or os.path.join(data, "bash-completion")
        path = os.path.join(folder, "completions", "airflowctl")
        line = "" if any(map(os.path.exists, _LOADERS)) else f"source {_quote(path)}"
        return ScriptFile(shell, path, line, os.path.join(home, ".bashrc"))
    if shell == "fish":
        config = _whole_path(environ.get("XDG_CONFIG_HOME", "")) or os.path.join(home, ".config")
        return ScriptFile(shell, os.path.join(config, "fish", "completions", "airflowctl.fish"))
    if shell == "zsh":
        path = os.path.join(data, "airflowctl", "completion.zsh")
        startup = os.path.join(environ.get("ZDOTDIR") or home, ".zshrc")
        return ScriptFile(shell, path, f"source {_quote(path)}", startup)
    path = os.path.join(data, "airflowctl", "completion.ps1")
    return ScriptFile(shell, path, f". {_quote(path)}")


def version_of(path: str) -> str | None:
    """Return the version of the script in a file; None where there is none, empty for a file of another
    program. Raises ConfigError."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            head = file.readline(200) + file.readline(200)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    _, mark, rest = head.partition(_MARK)
    return rest.partition(",")[0] if mark else ""


def install(file: ScriptFile, script: str) -> str:
    """Write the script, and return what was done. Raises ConfigError, and UsageError where the file is of
    another program."""
    from airflowctl.storage.private_files import replace_file

    before = version_of(file.path)
    if before == "":
        raise UsageError(f"{file.path} is of another program", "move it away, if it is not needed")
    try:
        os.makedirs(os.path.dirname(file.path), exist_ok=True)
        replace_file(file.path, script)
    except OSError as error:
        raise ConfigError(f"cannot write {file.path}: {error.strerror}") from None
    done = f"installed for {file.shell}: {file.path}"
    return f"updated from {before}: {file.path}" if before not in (None, __version__) else done


def uninstall(file: ScriptFile) -> bool:
    """Remove the script; return whether there was one. Raises ConfigError."""
    if not version_of(file.path):
        return False
    try:
        os.unlink(file.path)
    except OSError as error:
        raise ConfigError(f"cannot remove {file.path}: {error.strerror}") from None
    return True


def _whole_path(text: str) -> str:
    return text if os.path.isabs(text) else ""


def _quote(path: str) -> str:
    plain = path.replace("/", "").replace(".", "").replace("-", "").replace("_", "")
    return path if plain.isalnum() else "'" + path.replace("'", "'\\''") + "'"
