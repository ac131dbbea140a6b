"""Lines of Airflow 1.10 and 2 that are no lines any more: what each is called today, with its values.

A row is the old line, `->`, and the line of today. Words in capitals are values. `-s|--set` after the
first word is what the line does. Options follow after `|`: their old flags, with `=` where they take a value,
and the flag of today; `-` drops one that has lost its meaning, `?` is one that nothing replaces. A flag that
stands in no row is that of today's command, if it has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from airflowctl.core.typed import NamedTuple

_SUBDIR = "| -sd,-S,--subdir= -"  # where the file of a Dag was looked for
_OF_FOLDER = "| -sd,-S,--subdir= ?"  # of a list: only the Dags below it
_WITH_DATES = "| -s,--start_date,--start-date= {0} | -e,--end_date,--end-date= {1}"
_BACKFILL = (
    f"{_SUBDIR} {_WITH_DATES.format('--from-date', '--to-date')} | -n,-dr,--dry_run,--dry-run --dry-run"
    " | -c,--conf= --dag-run-conf | --run_backwards,--run-backwards,-B --run-backwards"
    " | --reset_dagruns,--reset-dagruns --reprocess-behavior=completed"
    " | --rerun_failed_tasks,--rerun-failed-tasks --reprocess-behavior=failed"
    " | -l,--local - | -x,--donot_pickle,--donot-pickle - | -v,--verbose - | -y,--yes - | --pool= ?"
    " | --delay_on_limit,--delay-on-limit= - | --continue-on-failures - | --disable-retry ?"
    " | -t,--task_regex,--task-regex= ? | -m,--mark_success,--mark-success ?"
    " | -i,--ignore_dependencies,--ignore-dependencies ? | -I,--ignore_first_depends_on_past,"
    "--ignore-first-depends-on-past ? | --treat-dag-as-regex,--treat-dag-id-as-regex ?"
)
_CLEAR = (
    f"{_SUBDIR} {_WITH_DATES.format('--start-date', '--end-date')} | -t,--task_regex,--task-regex= -t"
    " | -u,--upstream --upstream | -d,--downstream --downstream | -c,--no_confirm,-y,--yes --yes"
    " | -f,--only_failed,--only-failed --only-failed | -r,--only_running,--only-running --only-running"
    " | -x,--exclude_subdags,--exclude-subdags - | -xp,-X,--exclude_parentdag,--exclude-parentdag -"
    " | -dx,--dag_regex,-R,--dag-regex --dag-regex"
)
_CONNECTION = (
    "| --conn_id= CONN_ID | --conn_uri= --conn-uri | --conn_extra= --conn-extra | --conn_type= --conn-type"
    " | --conn_host= --conn-host | --conn_login= --conn-login | --conn_password= --conn-password"
    " | --conn_schema= --conn-schema | --conn_port= --conn-port"
)
_USER = (
    "| -u,--username= --username | -r,--role= --role | -e,--email= --email | -f,--firstname= --firstname"
    " | -l,--lastname= --lastname | -p,--password= --password | --use_random_password --use-random-password"
)
_TRIGGER = (
    f"{_SUBDIR} | -r,--run_id,--run-id= --run-id | -c,--conf= --conf"
    " | -e,--exec_date,--exec-date,--execution-date= --logical-date"
)
_ROWS = (
    # Airflow 1.10: words with an underscore.
    f"list_dags -r|--report -> dags report {_OF_FOLDER}",
    f"list_dags -> dags list {_OF_FOLDER}",
    f"list_tasks DAG_ID -> tasks list DAG_ID {_SUBDIR} | -t,--tree --tree",
    "list_dag_runs DAG_ID -> dagrun list DAG_ID | --state= --state | --no_backfill --no-backfill",
    f"trigger_dag DAG_ID -> dags trigger DAG_ID {_TRIGGER}",
    "delete_dag DAG_ID -> dags delete DAG_ID | -y,--yes --yes",
    f"pause DAG_ID -> dags pause DAG_ID {_SUBDIR}",
    f"unpause DAG_ID -> dags unpause DAG_ID {_SUBDIR}",
    f"show_dag DAG_ID -> dags show DAG_ID {_SUBDIR} | -s,--save= --save | --imgcat ?",
    f"dag_state DAG_ID RUN_ID -> dags state DAG_ID RUN_ID {_SUBDIR}",
    f"next_execution DAG_ID -> dags next-execution DAG_ID {_SUBDIR}",
    f"task_state DAG_ID TASK_ID RUN_ID -> tasks state DAG_ID TASK_ID RUN_ID {_SUBDIR}",
    f"task_failed_deps DAG_ID TASK_ID RUN_ID -> tasks failed-deps DAG_ID TASK_ID RUN_ID {_SUBDIR}",
    f"render DAG_ID TASK_ID RUN_ID -> tasks render DAG_ID TASK_ID RUN_ID {_SUBDIR}",
    f"clear DAG_ID -> tasks clear DAG_ID {_CLEAR}",
    f"backfill DAG_ID -> backfill create DAG_ID {_BACKFILL}",
    f"create_user -> users create {_USER}",
    "delete_user -> users delete | -u,--username= --username | -e,--email= --email",
    "list_users -> users list",
    # Airflow 1.10: what a line does is an option.
    "variables -s|--set KEY VALUE -> variables set KEY VALUE | -j,--json --json",
    "variables -g|--get KEY -> variables get KEY | -j,--json --json | -d,--default= --default",
    "variables -x|--delete KEY -> variables delete KEY",
    "variables -i|--import FILE -> variables import FILE",
    "variables -e|--export FILE -> variables export FILE",
    f"connections -a|--add CONN_ID -> connections add CONN_ID {_CONNECTION}",
    "connections -d|--delete CONN_ID -> connections delete CONN_ID | --conn_id= CONN_ID",
    "connections -l|--list -> connections list",
    "pool -s|--set NAME SLOTS DESCRIPTION -> pools set NAME SLOTS DESCRIPTION",
    "pool -g|--get NAME -> pools get NAME",
    "pool -x|--delete NAME -> pools delete NAME",
    "pool -i|--import FILE -> pools import FILE",
    "pool -e|--export FILE -> pools export FILE",
    f"users -c|--create -> users create {_USER}",
    "users -d|--delete -> users delete | --username= --username | --email= --email",
    "users -l|--list -> users list",
    "users -i|--import FILE -> users import FILE",
    "users -e|--export FILE -> users export FILE",
    "users --add-role -> users add-role | -u,--username= --username | --role= --role | --email= --email",
    "users --remove-role -> users remove-role | -u,--username= --username | --role= --role"
    " | --email= --email",
    "roles -l|--list -> roles list",
    "roles -c|--create ROLE -> roles create ROLE",
    # What is done where Airflow itself is.
    "initdb -> airflow db migrate",
    "upgradedb -> airflow db migrate",
    "resetdb -> airflow db reset | -y,--yes --yes",
    "checkdb -> airflow db check",
    "shell -> airflow db shell",
    "worker -> airflow celery worker | -D,--daemon -D | -q,--queues= -q | -c,--concurrency= -c | --pid= --pid"
    " | -cn,--celery_hostname= --celery-hostname | --stdout= --stdout | --stderr= --stderr | -l,--log-file="
    " -l | -a,--autoscale= -a | -s,--skip_serve_logs -s | -p,--do_pickle -",
    "webserver -> airflow api-server | -p,--port= -p | -w,--workers= -w | -D,--daemon -D | -H,--hostname= -H"
    " | -t,--worker-timeout,--worker_timeout= -t | -d,--debug -d",
    "serve_logs -> airflow scheduler",
    "sync_perm -> airflow sync-perm",
    "rotate_fernet_key -> airflow rotate-fernet-key",
    "test DAG_ID TASK_ID DATE -> airflow tasks test DAG_ID TASK_ID DATE | -sd,--subdir= -"
    " | -tp,--task_params= --task-params | -pm,--post_mortem --post-mortem | -dr,--dry_run ?",
    "run DAG_ID TASK_ID DATE -> airflow tasks test DAG_ID TASK_ID DATE | -sd,--subdir= - | -f,--force -"
    " | -m,--mark_success ? | --pool= - | --cfg_path= - | -l,--local - | -r,--raw - | --ship_dag -"
    " | -A,--ignore_all_dependencies - | -i,--ignore_dependencies - | -I,--ignore_depends_on_past -"
    " | -p,--pickle= - | -j,--job_id= - | -int,--interactive -",
    # Airflow 2.
    f"dags trigger DAG_ID -> dags trigger DAG_ID {_TRIGGER}",
    f"dags backfill DAG_ID -> backfill create DAG_ID {_BACKFILL}",
    f"dags list-import-errors -> dags list-import-errors {_OF_FOLDER}",
    f"dags list -> dags list {_OF_FOLDER}",
    "dags report -> dags report | -S= --subdir",
    f"dags reserialize -> dags reserialize {_OF_FOLDER} | --clear-only ?",
    "config list -> config list | -e ?",
    f"dags next-execution DAG_ID -> dags next-execution DAG_ID {_SUBDIR}",
    f"dags pause DAG_ID -> dags pause DAG_ID {_SUBDIR}",
    f"dags unpause DAG_ID -> dags unpause DAG_ID {_SUBDIR}",
    f"dags show DAG_ID -> dags show DAG_ID {_SUBDIR}",
    f"dags state DAG_ID RUN_ID -> dags state DAG_ID RUN_ID {_SUBDIR}",
    f"tasks list DAG_ID -> tasks list DAG_ID {_SUBDIR}",
    f"tasks state DAG_ID TASK_ID RUN_ID -> tasks state DAG_ID TASK_ID RUN_ID {_SUBDIR}",
    f"tasks render DAG_ID TASK_ID RUN_ID -> tasks render DAG_ID TASK_ID RUN_ID {_SUBDIR}",
    f"tasks failed-deps DAG_ID TASK_ID RUN_ID -> tasks failed-deps DAG_ID TASK_ID RUN_ID {_SUBDIR}",
    f"tasks clear DAG_ID -> tasks clear DAG_ID {_CLEAR}",
    "config -> config list",
    "datasets list -> assets list",
    "datasets details URI -> assets details --uri URI",
    "providers auth -> airflow providers auth-managers | -o,--output= --output | -v,--verbose -v",
    "db init -> airflow db migrate",
    "db upgrade -> airflow db migrate",
)  # fmt: skip


# The old line took the other date from the one that it had.
_BOTH = ("--from-date", "--to-date")

_COMMON = ("run",)  # a word of other programs too: an old line only with all its values


class OlderLine(NamedTuple):
    """A line of an older Airflow: the words of today's, and the options that nothing replaces."""

    words: tuple[str, ...]
    lost: tuple[str, ...]


class _Row(NamedTuple):
    words: tuple[str, ...]  # of the old line, with which it begins
    actions: tuple[str, ...]  # the flags that say what it does
    values: tuple[str, ...]  # the names of its values, in capitals
    today: tuple[str, ...]
    command: tuple[str, ...]  # the words of today without values
    flags: dict[str, tuple[str, bool]]  # the old flag: that of today, and whether it takes a value


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(_read_row(text) for text in _ROWS)


def _read_row(text: str) -> _Row:
    left, _, right = text.partition(" -> ")
    today, *options = (part.strip() for part in right.split(" | "))
    words = left.split()
    actions = next((tuple(word.split("|")) for word in words if word[:1] == "-"), ())
    flags = {}
    for option in options:
        old, new = option.rsplit(maxsplit=1)
        for flag in old.removesuffix("=").split(","):
            flags[flag.strip()] = (new, old.endswith("="))
    names = tuple(word for word in words if word.isupper())
    plain = tuple(word for word in words if word[:1] != "-" and not word.isupper())
    line = tuple(today.split())
    command = tuple(word for word in line if word[:1] != "-" and not word.isupper())
    return _Row(plain, actions, names, line, command, flags)


def find_line_of_today(
    tokens: Sequence[str],
    takes_value: Callable[[tuple[str, ...], str], bool | None] = lambda *_: None,
    *,
    keeps_secrets: bool = False,
) -> OlderLine | None:
    """Return the line of today for a line of Airflow 1.10 or 2, its values in it; None for any other, and
    where what it means is not sure. `takes_value` is called with words of today and a flag: whether that flag
    of the command takes a value, None where the command has no such flag. With `keeps_secrets` the line is
    one that goes back into its own file."""
    tokens = list(tokens[1:] if tokens[:1] and tokens[0] in ("airflow", "airflowctl") else tokens)
    for row in _rows():
        if tuple(tokens[: len(row.words)]) != row.words:
            continue
        rest = tokens[len(row.words) :]
        if row.actions and not any(token.partition("=")[0] in row.actions for token in rest):
            continue
        hide = _keep if keeps_secrets else _hide
        return _translate(row, rest, partial(takes_value, row.command), hide)
    return None


def _translate(
    row: _Row, rest: list[str], has_value: Callable[[str], bool | None], hide: Callable[[str, str], str]
) -> OlderLine | None:
    values: list[str] = []
    options: list[str] = []
    lost: list[str] = []
    named: dict[str, str] = {}
    tokens = iter(rest)
    for token in tokens:
        flag, equals, joined = token.partition("=")
        if flag in row.actions:
            values += [joined] if equals else []
        elif flag in row.flags:
            new, takes_value = row.flags[flag]
            text = (joined if equals else next(tokens, None)) if takes_value else ""
            if text is None:
                return None
            if new == "?":
                lost.append(flag)
            elif new.isupper():
                named[new] = text
            elif new != "-":
                options += [*new.split("="), *([hide(new, text)] if takes_value else [])]
        elif flag[:1] == "-" and len(flag) > 1 and not flag[1:].isdigit():
            takes = has_value(flag)
            text = joined if equals else next(tokens, None) if takes else ""
            if takes is None or text is None:
                return None  # an option that neither line has
            options += [flag, *([hide(flag, text)] if takes else [])]
        else:
            values.append(token)
    unnamed = [name for name in row.values if name not in named]
    if len(values) > len(unnamed) or (len(values) < len(unnamed) and row.words == _COMMON):
        return None
    named |= dict(zip(unnamed, values, strict=False))
    if hide is _hide and "VALUE" in named and _is_secret(named.get("KEY", ""), named["VALUE"]):
        del named["VALUE"]
    for flag, other in (_BOTH, _BOTH[::-1]):
        if row.command == ("backfill", "create") and flag in options and other not in options:
            options += [other, options[options.index(flag) + 1]]
    words = [named.get(word, word) for word in row.today]
    return OlderLine((*words, *options), tuple(lost))


def _hide(flag: str, text: str) -> str:
    """Return the value of an option of today; its name in capitals for a secret, which no error may show."""
    name = flag.strip("-").replace("-", "_")
    return name.removeprefix("conn_").upper() if name == "conn_uri" or _is_secret(name, text) else text


def _keep(flag: str, text: str) -> str:
    return text


def _is_secret(name: str, text: str) -> bool:
    from airflowctl.core.sensitive import holds_secret, is_sensitive_name

    return is_sensitive_name(name) or holds_secret(text)


def old_lines() -> Iterator[tuple[str, str]]:
    """Yield each old line and its line of today, for the documentation."""
    for row in _rows():
        action = (row.actions[-1],) if row.actions else ()
        yield " ".join((*row.words, *action, *row.values)), " ".join(row.today)
