"""What the calls of files need over the API: rights, a login where they run, and what is left over."""

from __future__ import annotations

from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import GOOD, WARN, Report, Section
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count
from airflowctl.domain.migration.call import CALL
from airflowctl.domain.migration.permissions import highest
from airflowctl.domain.migration.places import PLACES, Place, place_of
from airflowctl.domain.migration.verdict import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from airflowctl.domain.migration.scan import Finding
    from airflowctl.domain.migration.source_file import SourceFile

# Settings by which a machine reaches the database itself: what goes over the API needs none of them.
_CREDENTIALS = (
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CORE__SQL_ALCHEMY_CONN", "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__CELERY__RESULT_BACKEND", "AIRFLOW__CELERY__BROKER_URL", "sql_alchemy_conn", "fernet_key",
)  # fmt: skip
_NAMED = ("connections", "variables", "pools")


class _Needs(NamedTuple):
    """What the calls of one place need. `names` are things of the server that they name, by their kind."""

    place: Place
    role: str
    permissions: tuple[str, ...]
    names: dict[str, tuple[str, ...]]
    local: tuple[str, ...]  # the lines that stay with airflow
    through: tuple[str, ...]


class Credential(NamedTuple):
    """A setting that leads to the database, where it stands, and whether lines beside it still need it."""

    setting: str
    place: str
    is_needed: bool


def make_plan(files: Sequence[tuple[SourceFile, Sequence[Finding]]]) -> Report:
    """Return the plan for files with their calls."""
    needs = list(_all_needs(files))
    credentials = [credential for file, findings in files for credential in find_credentials(file, findings)]
    sections = [
        *(_rights_of(need) for need in needs),
        *(_login_of(need) for need in needs),
        *_left_over(credentials),
    ]
    if not needs:
        sections = [Section("no calls of airflow that go over the API", (), GOOD), *sections]
    return Report(tuple(sections), _data(needs, credentials))


def _all_needs(files: Sequence[tuple[SourceFile, Sequence[Finding]]]) -> Iterator[_Needs]:
    places: dict[str, list[Finding]] = {}
    for file, findings in files:
        if findings:
            places.setdefault(place_of(file), []).extend(findings)
    for name, findings in places.items():
        calls = [finding for finding in findings if finding.call.kind == CALL]
        over = [finding for finding in calls if finding.verdict.word != LOCAL]
        permissions = tuple(sorted({finding.verdict.needs for finding in over if finding.verdict.needs}))
        local = tuple(
            f"{finding.file.path}:{finding.line}" for finding in calls if finding.verdict.word == LOCAL
        )
        through = tuple(sorted({finding.call.through[0] for finding in over if finding.call.through}))
        role = highest([text.partition(" ")[0] for text in permissions])
        yield _Needs(PLACES[name], role, permissions, dict(_names(over)), local, through)


def _names(findings: Sequence[Finding]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for kind in _NAMED:
        names = {
            finding.call.words[2].text
            for finding in findings
            if finding.verdict.command.startswith(f"{kind} ") and len(finding.call.words) > 2
            if not finding.call.words[2].is_open and finding.call.words[2].text[:1] != "-"
            if finding.verdict.command.split()[1] in ("get", "set", "add", "delete", "test")
        }
        if names:
            yield kind, tuple(sorted(names))


def _rights_of(need: _Needs) -> Section:
    body = [f"role {need.role} is enough, of the usual ones" if need.role else "any user who can log in"]
    body += need.permissions
    body += [f"{kind}: {', '.join(names)}" for kind, names in need.names.items()]
    if need.local:
        body.append(f"stays with airflow: {', '.join(need.local)}")
    return Section(f"rights in {need.place.title}", tuple(body))


def _login_of(need: _Needs) -> Section:
    body = [*need.place.recipe]
    if need.through:
        other = ", ".join(need.through)
        body.append(
            f"behind {other}: install it there too, or run the line outside, where no {other} is needed"
        )
    body.append(f"try it: {suggest('doctor')}")
    return Section(f"log in from {need.place.title}", tuple(body))


def find_credentials(file: SourceFile, findings: Sequence[Finding]) -> Iterator[Credential]:
    """Yield the settings of a file that lead to the database."""
    is_needed = any(finding.verdict.word == LOCAL for finding in findings)
    for number, line in enumerate(file.text.splitlines(), 1):
        for setting in _CREDENTIALS:
            if setting in line and not line.lstrip().startswith("#"):
                yield Credential(setting, f"{file.path}:{number}", is_needed)


def _left_over(credentials: Sequence[Credential]) -> Iterator[Section]:
    free = tuple(
        f"{credential.place}: {credential.setting}" for credential in credentials if not credential.is_needed
    )
    needed = tuple(
        f"{credential.place}: {credential.setting}" for credential in credentials if credential.is_needed
    )
    if free:
        yield Section(f"delete {format_count(len(free), 'setting')} of the database", free, WARN)
    if needed:
        why = "lines of the same file stay with airflow; delete them where those do not run"
        yield Section(f"keep {format_count(len(needed), 'setting')} of the database", (*needed, why))


def _data(needs: Sequence[_Needs], credentials: Sequence[Credential]) -> dict[str, Any]:
    places = [
        {
            "place": need.place.title,
            "role": need.role or None,
            "permissions": list(need.permissions),
            "names": {kind: list(names) for kind, names in need.names.items()},
            "login": list(need.place.recipe),
            "through": list(need.through),
            "stays_local": list(need.local),
        }
        for need in needs
    ]
    return {"places": places, "credentials": [credential._asdict() for credential in credentials]}
