"""The entry points of plug-ins: which are installed, what is wrong with them, and how one is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from airflowctl.core import kinds
from airflowctl.core.declarations import DeclarationError, with_location
from airflowctl.core.errors import ExtensionError
from airflowctl.core.extension_scan import candidates, package_of
from airflowctl.core.nouns import AUTH, COMMANDS, OUTPUT, own_noun
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importlib.metadata import PathDistribution
    from typing import Any, TypeVar

    T = TypeVar("T")

# The version of `airflowctl.extensions`. It grows when something is added there that a plug-in may need, and
# when something is taken away.
API_VERSION = 1
LONGEST_NAME = 40  # letters
GROUPS = (AUTH, COMMANDS, OUTPUT)
MEND = "update or uninstall it"
_built: dict[Extension, tuple[object, Any]] = {}  # by `load_once`: the module, and what was made of it


class Extension(NamedTuple):
    """One entry point. `name` is what users type, `value` is `module:object`, `package` the distribution that
    has it. `summary` is that of a noun, a sentence without its full stop; empty where it is not known."""

    group: str
    name: str
    value: str
    package: str = ""
    summary: str = ""

    @property
    def title(self) -> str:
        """Return how errors call it."""
        return f"the plug-in {self.value}" + (f" of the package {self.package}" if self.package else "")


class Extensions(NamedTuple):
    """The plug-ins of a group by name, and of those that are not used each name with the reason."""

    known: Mapping[str, Extension] = {}
    refused: tuple[tuple[str, str], ...] = ()

    def problem_of(self, name: str) -> str:
        """Return why a name is not used; empty where that is not known."""
        return next((text for refused, text in self.refused if refused == name), "")


def search(group: str) -> Extensions:
    """Read the plug-ins of a group from the metadata of the installed packages; imports none of them."""
    return select(group, installed()[0])


def select(group: str, points: list[Extension]) -> Extensions:
    """Return those of a group whose names can be used: well-formed, not ours, and only one of each."""
    by_name: dict[str, dict[str, Extension]] = {}
    for point in points:
        if point.group == group:
            by_name.setdefault(point.name, {}).setdefault(point.value, point)
    known, refused = {}, []
    for name, values in by_name.items():
        problems = [problem for point in values.values() if (problem := _problem(point))]
        if not problems and len(values) > 1:
            titles = " and ".join(point.title.removeprefix("the plug-in ") for point in values.values())
            problems = [f"more than one plug-in is called '{name}': {titles}: none of them is used"]
        refused += [(name, problem) for problem in problems]
        if not problems:
            (known[name],) = values.values()
    return Extensions({name: point for name, point in known.items() if not _is_own(point)}, tuple(refused))


def _problem(point: Extension) -> str:
    """Return what is wrong with the name of an entry point; empty for nothing."""
    called = f"{point.title} calls itself '{point.name}'"
    plain = point.name.replace("-", "").replace("_", "")
    is_word = plain.isascii() and plain.isalnum() and plain.islower() and point.name[0].isalpha()
    if not is_word or len(point.name) > LONGEST_NAME:
        words = "a name is of lower-case letters, digits, '-' and '_', and begins with a letter"
        return f"{called}, but {words}: it is not used"
    if _is_ours(point.group, point.name) and not _is_own(point):
        return f"{called}, which is ours: it is not used"
    module, _, attribute = point.value.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), *attribute.split("."))):
        return f"{called}, but '{point.value}' is no module:object: it is not used"
    return ""


def _is_own(point: Extension) -> bool:
    """Return whether an entry point is one of our own login methods under its own name."""
    from airflowctl.core.login_methods import METHODS

    return point.group == AUTH and METHODS.get(point.name) == point.value


def _is_ours(group: str, name: str) -> bool:
    """Return whether a name is one that no plug-in can take."""
    if group == AUTH:
        from airflowctl.core.login_methods import METHODS

        return name in METHODS
    if group == OUTPUT:
        from airflowctl.core.formats import FORMATS

        return name in FORMATS or name == "auto"  # the setting's word for none
    from airflowctl.core.classic_commands import replacement_hint
    from airflowctl.core.parse import PROGRAM_NAMES

    return bool(own_noun(name)) or name in PROGRAM_NAMES or bool(replacement_hint((name,)))


# Reading the metadata.


def installed() -> tuple[list[Extension], list[str]]:
    """Return the entry points of our groups in the order of sys.path, and what cannot be read."""
    points: list[Extension] = []
    problems: list[str] = []
    for folder, name in candidates():
        for distribution in _distributions(folder, name):
            try:
                package = _package(distribution) or package_of(name)
                points += [
                    Extension(point.group, point.name, point.value.replace(" ", ""), package)
                    for point in distribution.entry_points
                    if point.group in GROUPS
                ]
            except Exception as error:  # metadata may hold anything
                cause = f"{type(error).__name__}: {error}"
                problems.append(f"the entry points of {os.path.join(folder, name)} cannot be read: {cause}")
    return points, problems


def _package(distribution: PathDistribution) -> str:
    """The name of a package as it calls itself; empty where that cannot be read."""
    try:
        return str(distribution.metadata["Name"] or "")
    except Exception:  # metadata may hold anything
        return ""


def _distributions(folder: str, name: str) -> Iterator[PathDistribution]:
    from importlib.metadata import MetadataPathFinder, PathDistribution
    from pathlib import Path

    if name:
        yield PathDistribution(Path(folder, name))
    else:  # an archive
        for distribution in MetadataPathFinder.find_distributions(_in(folder)):
            if isinstance(distribution, PathDistribution):
                yield distribution


def _in(folder: str) -> Any:
    from importlib.metadata import DistributionFinder

    return DistributionFinder.Context(path=[folder])


# Importing one.


def load_once(extension: Extension, build: Callable[[Any], T]) -> T:
    """Like `load`, once for as long as the module stays loaded."""
    key = extension._replace(summary="")
    module = extension.value.partition(":")[0]
    if key not in _built or _built[key][0] is not sys.modules.get(module):
        instance = load(extension, build)
        _built[key] = sys.modules.get(module), instance
    built: T = _built[key][1]
    return built


def load(extension: Extension, build: Callable[[Any], T]) -> T:
    """Import what an entry point names, and return what `build` makes of it. What it prints meanwhile goes to
    stderr, since stdout is data; what it declared is forgotten where it fails. Raises ExtensionError."""
    module, _, attributes = extension.value.partition(":")
    loaded, declared, stdout = set(sys.modules), list(kinds.KINDS), sys.stdout
    sys.stdout = sys.stderr
    try:
        target = __import__(module, fromlist=["*"])
        for attribute in filter(None, attributes.split(".")):
            target = getattr(target, attribute)
        return build(target)
    except (Exception, SystemExit) as error:
        _forget(module, loaded, declared)
        if isinstance(error, ExtensionError):
            raise
        raise ExtensionError(f"{extension.title} cannot be loaded: {_cause(error)}", MEND) from None
    finally:
        sys.stdout = stdout


def _forget(module: str, loaded: set[str], declared: list[str]) -> None:
    """Undo an import that failed: another try begins anew, when the plug-in has been fixed."""
    package = module.partition(".")[0]
    for name in set(sys.modules) - loaded:
        if name.partition(".")[0] == package:
            del sys.modules[name]
    kinds.forget_kinds(declared)


def _cause(error: BaseException) -> str:
    if isinstance(error, TypeError) and not isinstance(error, DeclarationError):
        with suppress(OSError, ValueError, SyntaxError):  # the source need not be there
            error = with_location(error)
    if isinstance(error, DeclarationError):
        return str(error)
    return f"{type(error).__name__}: {error}".rstrip(": ")


def check_version(extension: Extension, stated: object) -> None:
    """Raise ExtensionError where a plug-in states no version of the API, or one that is newer than ours."""
    if type(stated) is not int or stated < 1:
        raise ExtensionError(
            f"{extension.title} states no version of the plug-in API",
            f"its author has to set api = {API_VERSION}",
        )
    if stated > API_VERSION:
        raise ExtensionError(
            f"{extension.title} needs version {stated} of the plug-in API; this airflowctl has {API_VERSION}",
            "update airflowctl",
        )
