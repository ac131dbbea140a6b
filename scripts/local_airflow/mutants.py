"""scripts/mutants: put small faults into a copy of the program, one by one, and see what the tests notice."""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import cache_from_source
from pathlib import Path
from typing import NamedTuple

from . import covering_tests, places
from .install import project_venv
from .mutations import Mutation, find_mutations
from .processes import SetupError, run
from .progress import on_stderr

PACKAGES = ("airflowctl", "completers")
KILLED, SURVIVED, UNCLEAR = "killed", "survived", "unclear"
_HELP = """Put small faults into a copy of the program, one at a time, run the offline tests that call the
function, then those that are near by name, and print which faults no test noticed. The working tree is not
touched."""
_EVERY_COMMAND = "tests/commands/test_transcripts.py"  # is near all code, and names none
_NO_TESTS = 5  # pytest's exit code


class Verdict(NamedTuple):
    """What the tests said about a fault: `test` is the one that failed first."""

    mutation: Mutation
    outcome: str
    test: str
    seconds: float


def main(argv: Sequence[str]) -> int:
    """Try the sample; 0 also when some have survived, for each is to be judged by a person."""
    options = _parser().parse_args(argv)
    try:
        venv = project_venv(dev=True, say=on_stderr)
        verdicts = _try_sample(options, venv)
    except SetupError as failure:
        on_stderr(f"mutants: {failure}")
        return 1
    print("\n".join(table(verdicts)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/mutants", description=_HELP)
    parser.add_argument("--number", type=int, default=20, help="how many faults to try (20)")
    parser.add_argument("--minutes", type=float, default=30, help="begin no other one after so many (30)")
    parser.add_argument("--seed", type=int, default=0, help="another number is another sample (0)")
    parser.add_argument("--files", type=int, default=4, help="how many test files are near a source file (4)")
    parser.add_argument(
        "--seconds", type=float, default=20, help="how long the tests that call the function may take (20)"
    )
    parser.add_argument(
        "--learn", action="store_true", help="renew what is known of the functions tests call"
    )
    parser.add_argument(
        "--near-only", action="store_true", help="without that run, which takes as long as all offline tests"
    )
    parser.add_argument(
        "--all", action="store_true", help="after those that are near run the other offline tests"
    )
    parser.add_argument(
        "--only", default="", metavar="PART", help="only source files with this in their path"
    )
    return parser


def _try_sample(options: argparse.Namespace, venv: Path) -> list[Verdict]:
    end = time.monotonic() + options.minutes * 60
    verdicts = []
    called = {} if options.near_only else covering_tests.load(is_renewed=options.learn)
    with copy_of_project(venv) as copy:
        for mutation in sample(copy, options.number, options.seed, options.only):
            if time.monotonic() > end:
                on_stderr(f"mutants: {options.minutes:g} minutes are over")
                break
            name = str(mutation.path.relative_to(copy))
            function = covering_tests.function_at(mutation.path, mutation.line)
            covering = covering_tests.select(called, name, function, options.seconds)
            verdict = try_mutation(copy, mutation, options.files, options.all, covering)
            verdicts.append(verdict)
            on_stderr(describe(verdict, copy))
    return verdicts


def sample(root: Path, number: int, seed: int, only: str = "") -> list[Mutation]:
    """So many faults, the same for a seed, spread evenly over the packages and in them over the files."""
    chance = random.Random(seed)
    rooms: dict[str, list[Path]] = {}
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        if only in str(path.relative_to(root)):
            rooms.setdefault(package_of(path, root), []).append(path)
    for paths in rooms.values():
        chance.shuffle(paths)
    found: dict[Mutation, None] = {}
    while rooms and len(found) < number:
        for name, paths in list(rooms.items())[: number - len(found)]:
            chosen = _choose(chance, paths, found)
            if chosen is None:
                del rooms[name]
            else:
                found[chosen] = None
    return list(found)


def _choose(chance: random.Random, paths: list[Path], already: Container[Mutation]) -> Mutation | None:
    """A fault in the next file that has one; the kind first, or most would be of the most frequent one."""
    for _ in range(len(paths)):
        paths.append(path := paths.pop(0))
        choices = [mutation for mutation in find_mutations(path) if mutation not in already]
        if choices:
            kind = chance.choice(sorted({mutation.kind for mutation in choices}))
            return chance.choice([mutation for mutation in choices if mutation.kind == kind])
    return None


def package_of(path: Path, root: Path) -> str:
    """The folder below the package that a file is in, as `airflowctl/api`."""
    return "/".join(path.relative_to(root).parts[:-1][:2])


def try_mutation(
    root: Path, mutation: Mutation, files: int, also_others: bool, covering: Sequence[str] = ()
) -> Verdict:
    """Run the tests on the copy with this fault in it, those that are known to call the function first; the
    copy is as before afterwards."""
    began, source = time.monotonic(), mutation.path.read_bytes()
    near = near_tests(root, mutation.path, files)
    steps = [[str(root / test) for test in covering], near] if covering else [near]
    if also_others:
        steps.append(
            [str(path) for path in sorted((root / "tests").rglob("test_*.py")) if str(path) not in near]
        )
    _write(mutation.path, mutation.apply(source))
    outcome, failed = SURVIVED, ""
    try:
        for tests in steps:
            failed = _first_failure(root, tests)
            if failed:
                break
    finally:
        _write(mutation.path, source)
    if failed:
        outcome = KILLED if not _first_failure(root, [failed]) else UNCLEAR
    return Verdict(mutation, outcome, failed.removeprefix(f"{root}/"), time.monotonic() - began)


def _write(path: Path, source: bytes) -> None:
    path.write_bytes(source)
    # Python compares a cached module by size and second: both may be those of the fault before.
    Path(cache_from_source(str(path))).unlink(missing_ok=True)


def near_tests(root: Path, path: Path, most: int) -> list[str]:
    """The test files that most likely run a source file: those that import it, then those that name it or the
    functions in it most often for their size."""
    module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    words = (
        {word for word in re.split(r"[._]", module) if len(word) > 2} - set(PACKAGES) - {"commands", "core"}
    )
    functions = set(re.findall(r"^(?:    )?def (\w{5,})", path.read_text(encoding="utf-8"), re.MULTILINE))
    if not words:  # the package itself: all tests import it
        words = {word for name in functions for word in name.split("_") if len(word) > 4}
    scores: dict[Path, float] = {}
    for test in (root / "tests").rglob("test_*.py"):
        text = test.read_text(encoding="utf-8")
        named = Counter(re.findall(r"[a-z]{3,}", text.lower()))
        score = sum(min(named[word] + named[f"{word}s"], 20) for word in words)
        score += sum(5 for name in functions if re.search(rf"\b{name}\b", text))
        score += 15 * sum(word in test.stem for word in words)
        scores[test] = score + 100 * bool(re.search(rf"\b{re.escape(module)}\b", text))
    ranked = sorted(scores, key=lambda test: (-scores[test], test))
    near = [str(test) for test in ranked[:most] if scores[test] > 0]
    whole = root / _EVERY_COMMAND
    return near if str(whole) in near or not whole.exists() else [*near, str(whole)]


def _first_failure(root: Path, tests: Sequence[str]) -> str:
    """The name of the test that fails first; "" where all pass."""
    python = str(root / ".venv" / "bin" / "python")
    command = [python, "-m", "pytest", "--offline", "-x", "-rfE", "--tb=no", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command,
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
        )
    except subprocess.TimeoutExpired:
        return tests[0]
    if done.returncode in (0, _NO_TESTS) or "ERROR: not found: " in done.stderr:
        return ""
    named = re.findall(r"^(?:FAILED|ERROR) (\S+(?:\[.*?\])?)(?: - .*)?$", done.stdout, re.MULTILINE)
    return str(root / named[0]) if named else tests[0]


@contextmanager
def copy_of_project(venv: Path) -> Iterator[Path]:
    """A copy of the files that git knows, with a venv of its own, for a child process that a test starts must
    import the copy too."""
    with tempfile.TemporaryDirectory(prefix="airflowctl-mutants-") as name:
        root = Path(name).resolve()
        listed = run(["git", "-C", places.REPO, "ls-files", "-co", "--exclude-standard"], "Listing the files")
        for file in listed.splitlines():
            source, target = places.REPO / file, root / file
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target, follow_symlinks=False)
        (root / ".local").symlink_to(places.LOCAL)
        create_venv(root, venv)
        yield root


def create_venv(root: Path, venv: Path) -> None:
    """A venv in the copy with the packages of another one, and the copy in place of the project."""
    run([sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")], "Creating a venv")
    own, others = (next((path / "lib").glob("python3*")) for path in (root / ".venv", venv))
    (own / "site-packages" / "copy.pth").write_text(f"{root}\n{others / 'site-packages'}\n")


def describe(verdict: Verdict, root: Path | None = None) -> str:
    """A line about one: the place, the kind, what was there and what is there now."""
    mutation = verdict.mutation
    place = f"{_relative(mutation.path, root)}:{mutation.line}"
    before, after = (" ".join(text.split())[:60] for text in (mutation.before, mutation.after))
    by = f"  by {verdict.test}" if verdict.test else ""
    return (
        f"{verdict.outcome:<8} {place}  {mutation.kind}: {before}  ->  {after}{by}  ({verdict.seconds:.0f} s)"
    )


def _relative(path: Path, root: Path | None) -> str:
    parts = path.parts
    return os.path.join(*parts[max(parts.index(name) for name in PACKAGES if name in parts) :])


def table(verdicts: Sequence[Verdict]) -> list[str]:
    """The counts by package and by kind of fault, and each one that was not killed."""
    lines = []
    for title, key in (("package", _room), ("kind", _kind)):
        counts: dict[str, Counter[str]] = {}
        for verdict in verdicts:
            counts.setdefault(key(verdict), Counter())[verdict.outcome] += 1
        lines += ["", f"{title:<24} {KILLED:>8} {SURVIVED:>8} {UNCLEAR:>8}"]
        lines += [
            f"{name:<24} {count[KILLED]:>8} {count[SURVIVED]:>8} {count[UNCLEAR]:>8}"
            for name, count in sorted(counts.items())
        ]
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    judged = outcomes[KILLED] + outcomes[SURVIVED]
    share = f" ({outcomes[KILLED] / judged:.0%} killed)" if judged else ""
    lines += ["", f"{len(verdicts)} tried: {outcomes[KILLED]} killed, {outcomes[SURVIVED]} survived{share}, "
              f"{outcomes[UNCLEAR]} unclear, as the test fails without the fault too", ""]  # fmt: skip
    return lines + [describe(verdict) for verdict in verdicts if verdict.outcome != KILLED]


def _room(verdict: Verdict) -> str:
    return os.path.dirname(_relative(verdict.mutation.path, None))


def _kind(verdict: Verdict) -> str:
    return verdict.mutation.kind
