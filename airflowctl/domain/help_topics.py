"""The topics of `help`: pages of the documentation, which the wheel has with it."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


class Topic(NamedTuple):
    """A page, or the part of it under a heading, and what it is about."""

    file: str
    summary: str
    heading: str = ""


TOPICS = {
    "batch": Topic(
        "reference/batches.md", "Files of commands: their syntax, the checks, and how to continue a batch"
    ),
    "classic": Topic("reference/classic.md", "How lines of the classic airflow command work here"),
    "environment": Topic("reference/settings.md", "Environment variables, and the files of airflowctl"),
    "errors": Topic("reference/errors.md", "The codes of errors, for scripts"),
    "exit-codes": Topic("README.md", "What each exit code means", "Exit codes"),
    "files": Topic(
        "reference/files.md", "Import and export: files of variables, connections, pools, users and roles"
    ),
    "login": Topic("how-to/login.md", "Login methods, and where a login is stored"),
    "migration": Topic(
        "how-to/migration.md", "Moving from the classic command or the official client, in half an hour"
    ),
    "output": Topic("README.md", "Output formats, columns and queries", "Output"),
    "security": Topic("explanation/security.md", "Promises about secrets, identities and changes"),
    "shell": Topic("reference/shell.md", "The shell: keys, completion, names in use, settings"),
}


def read_topic(name: str) -> str:
    """Return the Markdown of a topic."""
    topic = TOPICS[name]
    text = (_folder(topic.file) / topic.file).read_text(encoding="utf-8")
    return section(text, topic.heading) if topic.heading else text


def _folder(file: str) -> Traversable:
    from importlib.resources import files

    package = files("airflowctl")
    if (package / "docs").is_dir():
        return package / "docs"
    root = package / ".."  # a clone that was installed with `pip install -e`
    return root if file == "README.md" else root / "docs"


def section(text: str, heading: str) -> str:
    """Return the part of a Markdown text under a heading, with that, up to the next one of its level."""
    lines, level, chosen = text.splitlines(), 0, []
    for line in lines:
        depth = len(line) - len(line.lstrip("#"))
        if level and depth and depth <= level:
            break
        if depth and line[depth:].strip() == heading:
            level = depth
        if level:
            chosen.append(line)
    return "\n".join(chosen) + "\n"
