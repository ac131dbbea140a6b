"""What the classic `airflow` command does and no API can: where it lives, and what differs here."""

from __future__ import annotations

_SERVER, _DATABASE = "starts or controls a process of the server", "works on the database itself"
_HERE = "works with the files and packages of the machine it runs on"
_BROKER = "connects to the workers' broker"
_IDENTITY = "connects to the service that stores the users"

# By the first word, or by the first two: every other command of that first word is of the same kind.
# One table, from which docs/reference/classic.md is generated (decision 0004).
_REASONS = {
    _SERVER: (
        *("api-server", "dag-processor", "scheduler", "triggerer", "standalone", "kerberos", "webserver"),
        *("edge worker", "edge stop", "edge status"),
    ),
    _DATABASE: (
        "db",
        "db-manager",
        "fab-db",
        "rotate-fernet-key",
        "sync-perm",
        "permissions-cleanup",
        "state-store clean",
    ),
    _HERE: (
        *("info", "config update", "dags test", "tasks test", "tasks run", "kubernetes"),
        *("providers auth-managers", "providers behaviours", "providers configs", "providers executors"),
        *("providers hooks", "providers lazy-loaded", "providers links", "providers logging"),
        *(
            "dags show",
            "dags show-dependencies",
            "providers notifications",
            "providers queues",
            "providers secrets",
            "providers triggers",
        ),
        "providers widgets",
    ),
    _BROKER: ("celery", "flower"),
    _IDENTITY: ("aws-auth-manager", "keycloak-auth-manager"),
    "has no public API": ("teams",),
}


# Fields that the classic command shows by another name than the API has for them.
RENAMED = {
    "pool": "name",
    "conn_id": "connection_id",
    "run_id": "dag_run_id",
    "val": "value",
    "Provider": "package_name",
    "Version": "version",
}

# Commands whose result differs from that of the classic ones, and why.
# The tests of the oracle compare with the classic command, and skip exactly these (decision 0004).
DIFFERENT = {
    "connections add": "the type is kept unchanged; the classic command stores `generic` if the machine"
                       " it runs on has no provider for the type",
    "connections export": "the server masks secrets: they are `***`, and a warning names them"
                          " ([files](files.md)); the file has mode 0600",
    "connections get": "without id, get_uri, is_encrypted and is_extra_encrypted, which the API lacks;"
                       " `extra`, the stored text, replaces extra_dejson",
    "connections import": "nothing is sent if the file has an error ([files](files.md)); fields that it"
                          " does not name are kept, except with --replace; `***` keeps the stored"
                          " secret; YAML is YAML 1.2; `AIRFLOW_CONN_X` is x",
    "connections list": "as connections get",
    "dags clear": "--only-failed and --only-running together are refused",
    "dags pause": "it prints the new state, the classic command the old one; an unknown Dag is an"
    " error",
    "dags report": "duration and file are those of the server's last parse; nothing is parsed now",
    "pools export": "the file has mode 0600",
    "pools import": "as connections import",
    "roles create": "the API gives a new role can_read on Website",
    "roles export": "as pools export",
    "roles import": "nothing is sent if the file has an error; --overwrite changes roles that exist",
    "tasks clear": "-t is a regular expression, as Airflow 2 documents it; 3.3 searches for it as plain"
                   " text",
    "tasks failed-deps": "the server knows them only for a task that is not queued yet",
    "tasks list": "a table; `-o name` prints only the ids",
    "tasks render": "only once the task has started",
    "users export": "without the ids of the database; the file has mode 0600",
    "users import": "nothing is sent if the file has an error; a user is identified by the user name,"
                    " where the classic command uses the email address; a new user needs a password,"
                    " which the classic command leaves empty",
    "variables delete": "a key that does not exist is an error",
    "variables export": "as connections export",
    "variables import": "as connections import; `***` is refused, and a value that is not text is stored"
                        " as JSON",
    "variables get": "the server formats JSON again: spaces and escapes may differ",
    "version": "the version of this program; with --remote that of the server",
}  # fmt: skip

# Lines whose output is another one in classic mode too, by how they begin, and why. The tests of the oracle
# skip exactly these.
UNLIKE = {
    "backfill create": "in a dry run, run_on_latest_version is None if the line does not set it: the"
                       " server chooses",
    "cheat-sheet": "it lists the commands of this program",
    "config list": "the API leaves out options without a value",
    "connections export": "secrets are `***`; the server formats the JSON of an extra again",
    "connections get": "id, is_encrypted and is_extra_encrypted are None: the API lacks them; secrets are"
    " `***`",
    "connections list --show-values": "as connections get",
    "dags clear": "the question is on stderr",
    "dags delete": "`Removed all record(s)`: the API does not count them",
    "dags report": "duration and file are those of the server's last parse",
    "dags reserialize": "the server parses the files; the log lines of the classic command are not"
                        " available",
    "dags show": "the graph is drawn by this program",
    "partitions clear": "the API returns the number of runs, not their names",
    "roles del-perms": "actions are sorted; an unknown resource or action is no error",
    "roles export": "resources are sorted; the API gives a role that it creates can_read on Website",
    "roles list -p": "the API gives a role that it creates can_read on Website",
    "tasks clear": "the question is on stderr",
    "tasks failed-deps": "in the order of the API, which knows them only for a task that is not queued"
                         " yet",
    "tasks states-for-dag-run": "in the order in which the tasks started; the classic command uses the"
                                " order of its database",
    "users export": "the API has no ids of users: without id",
    "users import": "a new user needs a password in the file; errors in a file are on stderr",
    "users list": "id is None: the API has no ids of users",
}  # fmt: skip


def is_unlike(line: str) -> bool:
    """Return whether a line is one whose output differs in classic mode too."""
    return any(line == begin or line.startswith(f"{begin} ") for begin in UNLIKE)


def kinds() -> dict[str, tuple[str, ...]]:
    """Return every reason, with the commands it is the reason for; one word is all commands of that name."""
    return dict(_REASONS)


def replacement_hint(words: tuple[str, ...]) -> str:
    """Return the way out for such a command; empty for any other."""
    lines = (" ".join(words[:2]), words[0])
    reason = next((why for why, known in _REASONS.items() if any(line in known for line in lines)), "")
    return f"it {reason}: run `airflow {' '.join(words)} ...` there" if reason else ""
