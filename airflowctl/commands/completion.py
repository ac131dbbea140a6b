"""Tab completion for bash, zsh, fish and PowerShell."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.results import Record, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.completion_files import SHELLS

if TYPE_CHECKING:
    from airflowctl.session.session import Session

_ABOUT = (
    "`completion install` writes it to where the shell looks for it; `help shell` has the line to try it out."
    " Commands, options and choices are in the script, so that no program starts for them. Names of the"
    " server come from a cache on this machine, which the first Tab begins to fill; see `completion names`."
)
SHELL = arg(
    "shell", "The shell; without it that of the variable SHELL.", choices=SHELLS, default=None, required=False
)


def _script(shell: str) -> Text:
    from airflowctl.completion.scripts.script_text import render_script

    script = render_script(shell)
    return Text(script, {"shell": shell, "script": script})


@command(
    "completion bash",
    "Print the script by which bash completes.",
    about=_ABOUT,
    examples=("airflowctl completion bash > airflowctl.bash",),
)
def bash(session: Session) -> Text:
    return _script("bash")


@command(
    "completion zsh",
    "Print the script by which zsh completes.",
    about=_ABOUT,
    examples=("airflowctl completion zsh > airflowctl.zsh",),
)
def zsh(session: Session) -> Text:
    return _script("zsh")


@command(
    "completion fish",
    "Print the script by which fish completes.",
    about=_ABOUT,
    examples=("airflowctl completion fish | source",),
)
def fish(session: Session) -> Text:
    return _script("fish")


@command(
    "completion powershell",
    "Print the script by which PowerShell completes.",
    about=f"It was read by a grammar of PowerShell, and never run in one. {_ABOUT}",
    examples=("airflowctl completion powershell | Out-String | Invoke-Expression",),
)
def powershell(session: Session) -> Text:
    return _script("powershell")


@command(
    "completion install",
    "Write the script to where the shell looks for it.",
    SHELL,
    about="Prints the file, and the line that the shell's own file needs where it does not look there by"
    " itself; no file of yours is changed. Once more after an upgrade it renews the script; `doctor` says"
    " when that is due. `completion uninstall` removes it.",
    examples=("airflowctl completion install", "airflowctl completion install zsh"),
)
def install(session: Session, shell: str | None) -> Text:
    from airflowctl.completion.scripts.script_text import render_script
    from airflowctl.core.next_line import suggest
    from airflowctl.domain import completion_files as scripts

    environ = session.streams.environ
    file = scripts.find_file(shell or scripts.find_shell(environ), environ)
    done = scripts.install(file, render_script(file.shell))
    undo = suggest("completion", "uninstall", file.shell)
    data = {"shell": file.shell, "file": file.path, "line": file.line or None}
    return Text(f"{done}\n{file.hint}\nto undo it: {undo}", data)


@command(
    "completion uninstall",
    "Remove the script that `completion install` has written.",
    SHELL,
    examples=("airflowctl completion uninstall", "airflowctl completion uninstall zsh"),
)
def uninstall(session: Session, shell: str | None) -> Text:
    from airflowctl.domain import completion_files as scripts

    environ = session.streams.environ
    file = scripts.find_file(shell or scripts.find_shell(environ), environ)
    removed = scripts.uninstall(file)
    text = f"removed: {file.path}" if removed else f"there was none for {file.shell}: {file.path}"
    if removed and file.line:
        text += f"\nthis line may be removed too, where you put it: {file.line}"
    return Text(text, {"shell": file.shell, "file": file.path, "removed": removed})


@command(
    "completion names",
    "Show, stop or empty the cache of names that other shells complete.",
    arg(
        "mode",
        "on: keep names; off: drop them and keep none; clear: drop them.",
        choices=("on", "off", "clear"),
        default=None,
        required=False,
    ),
    about="It holds names and nothing else, by server and user, in files that only this user can read."
    " AIRFLOWCTL_NAME_CACHE=0 does the same as off, for the lines that see it.",
    examples=("airflowctl completion names", "airflowctl completion names off"),
)
def names(session: Session, mode: str | None) -> Record:
    from airflowctl.storage import name_files

    environ = session.streams.environ
    if mode in ("on", "off"):
        name_files.switch(environ, is_on=mode == "on")
    elif mode == "clear":
        name_files.clear(environ)
    return Record(name_files.describe(environ), "folder")
