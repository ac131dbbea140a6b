"""What the classic `airflow` command does and no API can: where it lives."""

from __future__ import annotations

_SERVER, _DATABASE = "starts or steers a process of the server", "works on the database itself"
_HERE, _BROKER = "works with the files and packages of the machine it runs on", "talks to the workers' broker"
_IDENTITY = "talks to the service that keeps the users"

# By the first word, or by the first two: every other command of that first word is of the same kind.
_REASONS = {
    _SERVER: (
        *("api-server", "dag-processor", "scheduler", "triggerer", "standalone", "kerberos", "webserver"),
        *("edge worker", "edge stop", "edge status"),
    ),
    _DATABASE: ("db", "db-manager", "fab-db", "rotate-fernet-key", "sync-perm", "permissions-cleanup"),
    _HERE: (
        *("info", "config update", "dags test", "tasks test", "tasks run", "kubernetes"),
        *("providers auth-managers", "providers behaviours", "providers configs", "providers executors"),
        *("providers hooks", "providers lazy-loaded", "providers links", "providers logging"),
        *("providers notifications", "providers queues", "providers secrets", "providers triggers"),
        "providers widgets",
    ),
    _BROKER: ("celery", "flower"),
    _IDENTITY: ("aws-auth-manager", "keycloak-auth-manager"),
    "has no public API": ("teams",),
}


def place(words: tuple[str, ...]) -> str:
    """The way out for such a command; empty for any other."""
    lines = (" ".join(words[:2]), words[0])
    reason = next((why for why, known in _REASONS.items() if any(line in known for line in lines)), "")
    return f"it {reason}: run `airflow {' '.join(words)} ...` there" if reason else ""
