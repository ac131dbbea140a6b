"""The nouns: the first words of all commands, each the name of a file or folder of `commands/`.

`--help` shows them all and must not import the files, so what they are about stands here.
"""

from __future__ import annotations

from functools import lru_cache

from airflowctl.core.typed import NamedTuple

# The entry point groups by which plug-ins add login methods, nouns and output formats.
AUTH, COMMANDS, OUTPUT = "airflowctl.auth", "airflowctl.commands", "airflowctl.output"


class Noun(NamedTuple):
    """The summary is a sentence without its full stop; `sessions`: for the shell and files of commands.
    `aliases` are names of the classic program for the same. `rows`: it takes those of the command before it,
    as in `dags list | pick`. `local`: it is about this machine or its terminal, and about no server alone.
    `screen`: its commands take the whole terminal."""

    word: str
    summary: str
    sessions: bool = False
    aliases: tuple[str, ...] = ()
    rows: bool = False
    local: bool = False
    screen: bool = False


# Help reads this and imports no command (decision 0011).
NOUNS = {
    noun.word: noun
    for noun in (
        Noun("alias", "Short names for lines that you type often", sessions=True),
        Noun("api", "Any operation of the API, by its id or its path"),
        Noun("assets", "Assets that tasks update and Dags are scheduled on; their events and stored values"),
        Noun("auth", "Log in, log out, and show the login", local=True),
        Noun("backfill", "Backfills: runs of a Dag for past dates"),
        Noun("cd", "Change the folder that file names are relative to", sessions=True),
        Noun("cheat-sheet", "All commands on one page", local=True),
        Noun("completion", "Tab completion for bash, zsh, fish and PowerShell", local=True),
        Noun("config", "The server's configuration, if the server exposes it"),
        Noun("connections", "Connections to other systems"),
        Noun("dagrun", "Dag runs: list, trigger, watch, clear and mark them"),
        Noun("dags", "Dags: list, pause, trigger and clear them, and look at their files and versions"),
        Noun("dash", "The Dags in full screen: the same as top", local=True, screen=True),
        Noun("diagnose", "Why a run failed, waits or does not start"),
        Noun("doctor", "Check this installation and the connection to the server"),
        Noun("each", "Run a line for each row of a list", sessions=True, rows=True),
        Noun("edit", "Edit connections, variables, pools and Dags as YAML in your editor", screen=True),
        Noun("env", "Environments: the servers that you use, by name", local=True),
        Noun("events", "The audit log: who did what, and when"),
        Noun("exit", "Leave the shell", sessions=True),
        Noun("fg", "Bring a background line to the foreground", sessions=True),
        Noun("health", "The health of the server's components"),
        Noun("help", "Help for commands and topics", local=True),
        Noun("history", "The lines typed so far", sessions=True),
        Noun("hitl", "Human in the loop: tasks that wait for a person's answer; Airflow 3.1 and later"),
        Noun("jobs", "Jobs: the schedulers, triggerers and Dag processors, and whether they are alive"),
        Noun("kill", "Stop a background line", sessions=True),
        Noun("last", "Show the last result again", sessions=True),
        Noun("logs", "The log of a task"),
        Noun(
            "migrate",
            "Find calls of the classic airflow in scripts, and change them for airflowctl",
            local=True,
        ),
        Noun("open", "Open the web page of a Dag, a run, a task or an asset"),
        Noun("partitions", "Partitions of Dag runs"),
        Noun(
            "permissions",
            "Permissions that roles can have; only with the FAB auth manager",
        ),
        Noun("pick", "Choose rows of a list", sessions=True, rows=True),
        Noun("plugins", "Plugins that the server has loaded"),
        Noun("pools", "Pools: limits on how many tasks run at once"),
        Noun("providers", "Providers: the packages that connect Airflow to other systems"),
        Noun("quit", "Leave the shell", sessions=True),
        Noun("record", "Record the lines and results of a session as Markdown", sessions=True),
        Noun("refresh", "Fetch the names for completion again", sessions=True),
        Noun("repeat", "Run a line several times", sessions=True),
        Noun("roles", "Roles and their permissions; only with the FAB auth manager"),
        Noun("save", "Save the lines of a session as a file of commands", sessions=True),
        Noun("set", "The settings of a session: formats, colours, keys", sessions=True),
        Noun("sleep", "Pause for some seconds", sessions=True),
        Noun("source", "Run a file of commands from within a session", sessions=True),
        Noun("status", "The deployment at a glance"),
        Noun("stuck", "Runs and tasks of all Dags that make no progress"),
        Noun("tasks", "Tasks of a Dag, and their instances in runs"),
        Noun("time", "Measure how long a line takes", sessions=True),
        Noun("top", "The Dags in full screen: their runs, tasks and logs", local=True, screen=True),
        Noun("tour", "A tour of airflowctl in a few steps", sessions=True),
        Noun("triage", "Failed runs, grouped by their cause"),
        Noun("try", "Run a line that may fail", sessions=True),
        Noun("unalias", "Remove an alias", sessions=True),
        Noun("undo", "Undo the last change", local=True),
        Noun("use", "Set the Dag, run, task or environment for the following lines", sessions=True),
        Noun("users", "Users; only with the FAB auth manager"),
        Noun("variables", "Variables: values that Dags read"),
        Noun("version", "The version of this program and of the server"),
        Noun("wait", "Wait for background lines to end", sessions=True),
        Noun("watch", "Run a line repeatedly, and redraw its output in place", sessions=True),
        Noun("why", "Why a run failed, waits or does not start: the same as diagnose"),
        Noun("workers", "Workers: list them, and control those of the Edge executor", aliases=("edge",)),
        Noun("xcom", "XComs: data that tasks pass to each other"),
    )
}


@lru_cache(512)  # words are typed, so that their number has no limit
def own_noun(word: str) -> str:
    """Return our noun that a word stands for, be it in the singular or the plural; empty for none."""
    word = next((noun.word for noun in NOUNS.values() if word in noun.aliases), word)
    near = (word, f"{word}s", word.removesuffix("s"))
    return next((text for text in near if text in NOUNS), "")
