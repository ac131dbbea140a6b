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
        Noun("alias", "Words of your own for lines that you type often", sessions=True),
        Noun("api", "Any operation of the API, by its id or by its path"),
        Noun("assets", "Assets: what tasks make and Dags wait for, their events and what is kept with them"),
        Noun("auth", "Logging in and out", local=True),
        Noun("backfill", "Backfills: runs of a Dag for dates that are past"),
        Noun("cd", "The folder that file names begin in", sessions=True),
        Noun("cheat-sheet", "All commands on one page", local=True),
        Noun("completion", "Completion in bash, zsh, fish and PowerShell", local=True),
        Noun("config", "The server's configuration, where it shows it"),
        Noun("connections", "Connections to other systems"),
        Noun("dagrun", "Runs of Dags"),
        Noun("dags", "Dags: list, pause, trigger and clear them, and look at their files and versions"),
        Noun("dash", "The Dags on the full screen: the same as top", local=True, screen=True),
        Noun("diagnose", "Why a run failed, waits or does not start"),
        Noun("doctor", "Whether this installation and the way to the server are in order"),
        Noun("each", "A line for each row of a list", sessions=True, rows=True),
        Noun("edit", "Connections, variables, pools and Dags as YAML in your editor", screen=True),
        Noun("env", "Environments: servers by name", local=True),
        Noun("events", "The audit log: who did what, and when"),
        Noun("exit", "Leave the shell", sessions=True),
        Noun("fg", "A line of the background, in front", sessions=True),
        Noun("health", "The health of the server's components"),
        Noun("help", "Help about commands", local=True),
        Noun("history", "The lines typed so far", sessions=True),
        Noun("hitl", "Questions of tasks that wait for a person (human in the loop); from Airflow 3.1 on"),
        Noun("jobs", "Jobs: the schedulers, triggerers and Dag processors that run, and whether they live"),
        Noun("kill", "The end of a line in the background", sessions=True),
        Noun("last", "The last result, once more", sessions=True),
        Noun("logs", "The log of a task"),
        Noun(
            "migrate",
            "Scripts that call the classic airflow: what becomes of each call, and the line of today",
            local=True,
        ),
        Noun("open", "The web page of a Dag, a run or a task"),
        Noun("partitions", "Partitions of runs"),
        Noun(
            "permissions",
            "Permissions that a role may have, where the server keeps roles itself (FAB auth manager)",
        ),
        Noun("pick", "Rows that are chosen from a list", sessions=True, rows=True),
        Noun("plugins", "Plugins: what was added to the server"),
        Noun("pools", "Pools: how many tasks may run at once"),
        Noun("providers", "Providers: the packages that connect Airflow to other systems"),
        Noun("quit", "Leave the shell", sessions=True),
        Noun("record", "The lines and results of a session as Markdown", sessions=True),
        Noun("refresh", "The names that complete, fetched anew", sessions=True),
        Noun("repeat", "A line again and again", sessions=True),
        Noun("roles", "Roles and their permissions, where the server keeps them itself (FAB auth manager)"),
        Noun("save", "The lines of a session as a file of commands", sessions=True),
        Noun("set", "The settings of a session: formats, colours, keys", sessions=True),
        Noun("sleep", "A pause between two lines", sessions=True),
        Noun("source", "A file of commands, from within a session", sessions=True),
        Noun("status", "The deployment at a glance"),
        Noun("stuck", "What does not move, over all Dags"),
        Noun("tasks", "Tasks of a Dag and what became of them in a run"),
        Noun("time", "How long a line takes", sessions=True),
        Noun("top", "The Dags on the full screen: their runs, tasks and logs", local=True, screen=True),
        Noun("tour", "A walk through airflowctl in a few steps", sessions=True),
        Noun("triage", "All failed runs, grouped by their cause"),
        Noun("try", "A line that may fail", sessions=True),
        Noun("unalias", "Take an alias away", sessions=True),
        Noun("undo", "Taking back the last change", local=True),
        Noun("use", "The names in use: what the lines to come are about", sessions=True),
        Noun("users", "Users, where the server keeps them itself (FAB auth manager)"),
        Noun("variables", "Variables: values that Dags read"),
        Noun("version", "The version of this program and of the server"),
        Noun("wait", "The end of lines in the background, waited for", sessions=True),
        Noun("watch", "A line again and again, redrawn in its place", sessions=True),
        Noun("why", "Why a run failed, waits or does not start: the same as diagnose"),
        Noun("workers", "Workers of the Edge executor: what they do, and steering them", aliases=("edge",)),
        Noun("xcom", "XComs: what tasks hand to each other"),
    )
}


@lru_cache(512)  # words are typed, so that their number has no limit
def own_noun(word: str) -> str:
    """Return our noun that a word stands for, be it in the singular or the plural; empty for none."""
    word = next((noun.word for noun in NOUNS.values() if word in noun.aliases), word)
    near = (word, f"{word}s", word.removesuffix("s"))
    return next((text for text in near if text in NOUNS), "")
