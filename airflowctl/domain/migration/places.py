"""Where the calls of a file run, and how a program logs in from there."""

from __future__ import annotations

from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration.source_file import DOCKER, GROOVY, PYTHON, YAML

if TYPE_CHECKING:
    from airflowctl.domain.migration.source_file import SourceFile


class Place(NamedTuple):
    """Where calls run: its name for a heading, and the steps to log in."""

    title: str
    recipe: tuple[str, ...]


_TOKEN = (
    f"export AIRFLOW_CLI_TOKEN=$({suggest('auth', 'token', '--username', 'NAME', '--password-stdin')} < FILE)"
)
_URL = "set AIRFLOWCTL_URL to the address of the API server"
_CI = (
    "make a user with that role for CI, and keep its password as a secret of the project",
    _URL,
    f"before the first call, with the password in FILE: {_TOKEN}",
    "an empty secret is an error here (exit 2), so that no line goes to another server",
)
_POD = (
    "make a user with that role, and mount its token from a secret",
    _URL,
    "set AIRFLOW_CLI_TOKEN_FILE to the mounted file, which each line reads anew: a renewed Secret is used",
    "it needs a way to the API server, and none to the database",
)
_MACHINE = (
    "make a user with that role for the job",
    _URL,
    f"at the beginning of the script, with the password in a FILE of mode 0600: {_TOKEN}",
    f"or once by hand, into the keyring of the user that cron runs as: {suggest('auth', 'login')}",
)
_DAG = (
    "a Dag that calls the command needs a login on its worker: a token in a Secret or a connection",
    _URL,
    "set AIRFLOW_CLI_TOKEN_FILE to the mounted file; TriggerDagRunOperator and its like need no login",
)
PLACES = {
    "github": Place("GitHub Actions", _CI),
    "gitlab": Place("GitLab CI", _CI),
    "circleci": Place("CircleCI", _CI),
    "jenkins": Place("Jenkins", _CI),
    "kubernetes": Place("pods of Kubernetes", _POD),
    "compose": Place("containers of compose", _POD),
    "image": Place("an image", _POD),
    "dag": Place("Dags", _DAG),
    "machine": Place("scripts on a machine (cron, by hand)", _MACHINE),
}


def place_of(file: SourceFile) -> str:
    """Return the key of where a file's calls run, by its name and what is in it."""
    path, text = file.path.replace("\\", "/"), file.text
    # By name first: files of two systems may use the same words.
    if ".gitlab-ci" in path:
        return "gitlab"
    if ".circleci/" in path:
        return "circleci"
    if file.kind == YAML:
        return _place_of_yaml(path, text)
    if file.kind == GROOVY:
        return "jenkins"
    if file.kind == DOCKER:
        return "image"
    if file.kind == PYTHON and ("from airflow" in text or "import airflow" in text):
        return "dag"
    return "machine"


def _place_of_yaml(path: str, text: str) -> str:
    if ".github/" in path or "runs-on:" in text:
        return "github"
    if "apiVersion:" in text:
        return "kubernetes"
    return "compose" if "services:" in text else "gitlab" if "script:" in text else "machine"
