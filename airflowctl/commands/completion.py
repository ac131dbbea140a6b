"""Tab completion for bash, zsh, fish and PowerShell."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.results import Record, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.completion_files import SHELLS

if TYPE_CHECKING:
    from airflowctl.session.session import Session

_ABOUT = (
    "`completion install` writes the script to where the shell looks for it; `help shell` has the line"
    " to try it out. Commands, options and choices are in the script, so no program is started for them."
    " Names from the server come from a cache on this machine, which the first Tab starts to fill; see"
    " `completion names`."
)
SHELL = arg(
    "shell",
    "The shell; that of the variable SHELL if not given.",
    choices=SHELLS,
    default=None,
    required=False,
)


def _script(shell: str) -> Text:
    from airflowctl.completion.scripts.script_text import render_script

    script = render_script(shell)
    return Text(script, {"shell": shell, "script": script})


@command(
    "completion bash",
    "Print the completion script for bash.",
    about=_ABOUT,
    examples=("airflowctl completion bash > airflowctl.bash",),
)
def bash(session: Session) -> Text:
    return _script("bash")


@command(
    "completion zsh",
    "Print the completion script for zsh.",
    about=_ABOUT,
    examples=("airflowctl completion zsh > airflowctl.zsh",),
)
def zsh(session: Session) -> Text:
    return _script("zsh")


@command(
    "completion fish",
    "Print the completion script for fish.",
    about=_ABOUT,
    examples=("airflowctl completion fish | source",),
)
def fish(session: Session) -> Text:
    return _script("fish")


@command(
    "completion powershell",
    "Print the completion script for PowerShell.",
    about=f"It was checked with a grammar of PowerShell, but never run in PowerShell. {_ABOUT}",
    examples=("airflowctl completion powershell | Out-String | Invoke-Expression",),
)
def powershell(session: Session) -> Text:
    return _script("powershell")


@command(
    "completion install",
    "Write the script to where the shell looks for it.",
    SHELL,
    about="Prints the path of the script and, if the shell does not look there by itself, the line to"
    " add to the shell's startup file; your own files are not changed. Run it again after an"
    " upgrade to renew the script; `doctor` reports when that is due. `completion uninstall`"
    " removes it.",
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
    "Remove the script that `completion install` wrote.",
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
    "Show, turn off or empty the cache of names for completion in other shells.",
    arg(
        "mode",
        "on: keep names; off: delete them and keep none; clear: delete them.",
        choices=("on", "off", "clear"),
        default=None,
        required=False,
    ),
    about="The cache holds only names, by server and user, in files that only this user can read."
    " AIRFLOWCTL_NAME_CACHE=0 has the effect of off for the lines that run with it.",
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
