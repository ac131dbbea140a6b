"""Programs that run another: `docker exec web airflow ...`, `sudo -u airflow airflow ...`."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration.call import texts
from airflowctl.domain.migration.written_names import is_airflow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflowctl.domain.migration.call import Word

# A row: the words with which a wrapper begins, `:` and its options that take a value (comma-separated), and
# `+N` for how many words of its own follow before the program. `--`: the program follows after that.
_ROWS = (
    "docker exec : -u,--user,-e,--env,--env-file,-w,--workdir,--detach-keys +1",
    "docker container exec : -u,--user,-e,--env,--env-file,-w,--workdir,--detach-keys +1",
    "docker run : -u,--user,-e,--env,--env-file,-w,--workdir,-v,--volume,--name,--network,--net,-p,--publish,"
    "--entrypoint,--mount,-m,--memory,--cpus,--platform,-h,--hostname,--add-host,--label,-l,--gpus,--pull,"
    "--restart,--shm-size,--link,--ulimit +1",
    "podman exec : -u,--user,-e,--env,--env-file,-w,--workdir +1",
    "podman run : -u,--user,-e,--env,--env-file,-w,--workdir,-v,--volume,--name,--network,-p,--publish +1",
    "docker compose exec : -f,--file,-p,--project-name,--env-file,--profile,-u,--user,-e,--env,-w,--workdir,"
    "--index +1",
    "docker compose run : -f,--file,-p,--project-name,--env-file,--profile,-u,--user,-e,--env,-w,--workdir,"
    "--name,--entrypoint,-v,--volume,--publish +1",
    "docker-compose exec : -f,--file,-p,--project-name,--env-file,-u,--user,-e,--env,-w,--workdir,--index +1",
    "docker-compose run : -f,--file,-p,--project-name,--env-file,-u,--user,-e,--env,-w,--workdir,--name,"
    "--entrypoint,-v,--volume +1",
    "podman-compose exec : -f,--file,-u,--user,-e,--env +1",
    "kubectl exec : -n,--namespace,-c,--container,--context,--kubeconfig,-f,--filename,--pod-running-timeout"
    " +1 --",
    "oc exec : -n,--namespace,-c,--container,--context +1 --",
    "kubectl run : -n,--namespace,--image,--context,--restart,--overrides,--env +1 --",
    "sudo : -u,--user,-g,--group,-h,--host,-p,--prompt,-C,-T,-r,-t",
    "su-exec : +1",
    "gosu : +1",
    "runuser : -u,--user,-g,--group --",
    "env : -u,--unset,-C,--chdir,-S",
    "time : -f,--format,-o,--output",
    "timeout : -s,--signal,-k,--kill-after +1",
    "nohup :",
    "nice : -n,--adjustment",
    "ionice : -c,-n",
    "exec : -a",
    "command : ",
    "builtin :",
    "then :",
    "stdbuf : -i,-o,-e",
    "setsid :",
    "chronic :",
    "unbuffer :",
    "flock : -w,-E +1",
    "dumb-init : --",
    "tini : --",
    "/usr/bin/dumb-init : --",
    "xargs : -I,-n,-L,-P,-d,-a,-E,-s,--max-args,--max-procs,--delimiter,--arg-file,--replace",
    "parallel : -j,--jobs,-a,--arg-file",
    "poetry run :",
    "uv run : --with,--python,-p,--extra,--group,--project,--directory",
    "pipenv run :",
    "conda run : -n,--name,-p,--prefix",
    "micromamba run : -n,-p",
    "pdm run :",
    "hatch run :",
    "rye run :",
    "retry : -t,-d",
    "doas : -u",
    "chroot : +1",
    "/entrypoint :",
    "entrypoint.sh :",
    "@ :",
    "meltano invoke :",
    "astro dev run :",
    "astro run :",
    "wsl :",
    "uvx --from apache-airflow :",
)
_MODULE = ("-m", "airflow")
SPOKEN = (("astro", "dev", "run"), ("astro", "run"))  # what follows are the words of airflow itself
BOUND = ("meltano invoke", "astro dev run", "astro run")  # they run this program, and no other
_GLOBAL = {  # options between the words of a wrapper, and those of them that take a value
    "docker": ("-H", "--host", "-c", "--context", "--config", "-l", "--log-level"),
    "compose": ("-f", "--file", "-p", "--project-name", "--env-file", "--profile", "--project-directory"),
    "docker-compose": ("-f", "--file", "-p", "--project-name", "--env-file", "--profile"),
    "kubectl": ("-n", "--namespace", "--context", "--kubeconfig"),
    "oc": ("-n", "--namespace", "--context"),
}


class Unwrapped(NamedTuple):
    """Where the program stands, the wrappers before it, and whether its name is a wrapper's."""

    position: int
    through: tuple[str, ...] = ()
    is_spoken: bool = False


class _Wrapper(NamedTuple):
    words: tuple[str, ...]
    valued: frozenset[str]
    own: int
    dashes: bool


def _read(row: str) -> _Wrapper:
    words, _, rest = row.partition(" :")
    parts = rest.split()
    valued = frozenset(part for text in parts if text[0] == "-" and text != "--" for part in text.split(","))
    own = next((int(text[1:]) for text in parts if text[0] == "+"), 0)
    return _Wrapper(tuple(words.split()), valued, own, "--" in parts)


_WRAPPERS = tuple(map(_read, _ROWS))


def unwrap(words: Sequence[Word]) -> Unwrapped | None:
    """Return where the program of a line stands behind its wrappers; None where no word is left."""
    names, index = texts(words), 0
    through: tuple[str, ...] = ()
    while index < len(names):
        spoken = next((text for text in SPOKEN if names[index : index + len(text)] == text), None)
        after = names[index + len(spoken)] if spoken and index + len(spoken) < len(names) else ""
        if spoken and not is_airflow(after):
            return Unwrapped(index, (*through, " ".join(spoken)), is_spoken=True)
        # `NAME=value` before a program sets a variable of it.
        if _is_assignment(names[index]):
            index += 1
            continue
        step = _step_of_variable(words, index) or _step(names, index)
        if step is None and words[index].may_be_many and _leads_to_program(words, names, index + 1):
            index += 1  # a variable before the program, as of `$SUDO airflow`
            continue
        if step is None and names[index] == "find" and (position := _exec_of_find(names, index)):
            index, through = position, (*through, "find -exec")
            continue
        if step is None:
            return Unwrapped(index, through)
        wrapper, index = step
        through = (*through, " ".join(wrapper.words))
    return None


def is_module_call(words: Sequence[Word], index: int) -> bool:
    """Return whether a line is `python -m airflow`."""
    names = texts(words)
    program = names[index].rpartition("/")[2]
    is_python = words[index].is_open or program.startswith(("python", "py"))
    return is_python and names[index + 1 : index + 3] == _MODULE


def _exec_of_find(names: Sequence[str], index: int) -> int:
    positions = range(index, len(names))
    return next(
        (position + 1 for position in positions if names[position] in ("-exec", "-execdir", "-ok")), 0
    )


def _leads_to_program(words: Sequence[Word], names: Sequence[str], index: int) -> bool:
    if index >= len(words):
        return False
    return is_airflow(names[index]) or words[index].is_open or _step(names, index) is not None


def _is_assignment(text: str) -> bool:
    name, equals, _ = text.partition("=")
    return bool(equals) and name.isidentifier()


def _step(names: Sequence[str], index: int) -> tuple[_Wrapper, int] | None:
    """Return the wrapper that begins there, and where what it runs begins."""
    best: tuple[_Wrapper, int] | None = None
    for wrapper in _WRAPPERS:
        end = _match(names, index, wrapper.words)
        # Of several that fit the one of the most words is meant.
        if end is not None and (best is None or len(wrapper.words) > len(best[0].words)):
            best = wrapper, end
    if best is None:
        return None
    wrapper, position = best
    left = wrapper.own
    while position < len(names):
        text = names[position]
        if text == "--":
            position += 1
            if wrapper.dashes or not left:
                break
        elif text[:1] == "-" and len(text) > 1:
            position += 2 if _takes_next(text, wrapper) else 1
        elif left:
            left -= 1
            position += 1
        else:
            break
    return wrapper, position


def _step_of_variable(words: Sequence[Word], index: int) -> tuple[_Wrapper, int] | None:
    """Return the same for `$COMPOSE exec -T web airflow ...`, where a variable holds the first words."""
    word = words[index]
    if not word.is_open or "airflow" in word.text:
        return None
    for wrapper in _WRAPPERS:
        if wrapper.words[0] in ("docker", "kubectl") and wrapper.words[-1] in ("exec", "run"):
            names = [*wrapper.words[:-1], *(other.text for other in words[index + 1 :])]
            step = _step(names, 0)
            if step is not None and step[0].words == wrapper.words and len(names) > len(wrapper.words):
                return wrapper, step[1] - len(wrapper.words) + 1 + index + 1
    return None


def _takes_next(text: str, wrapper: _Wrapper) -> bool:
    if "=" in text or text.startswith("--"):
        return text in wrapper.valued
    # `-it` are switches; of `-iu airflow` the last takes the value, and `-n1` has it.
    return text in wrapper.valued or (
        "-" + text[-1] in wrapper.valued and "-" + text[1] not in wrapper.valued
    )


def _match(names: Sequence[str], index: int, words: tuple[str, ...]) -> int | None:
    """Return where a line continues after the words of a wrapper, with its own options between them."""
    position = index
    for number, word in enumerate(words):
        if number:
            valued = _GLOBAL.get(words[number - 1], ())
            while position < len(names) and names[position][:1] in ("-", "$"):
                position += 2 if names[position] in valued else 1
        if position >= len(names):
            return None
        text = names[position] if number or "/" in word else names[position].rpartition("/")[2]
        if text != word:
            return None
        position += 1
    return position
