"""What mkdocs asks while it makes the site: the pages, their order, and where links lead."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[3]
DOCS = REPO / "docs"
# Pages that stand beside docs/, and where the site has them.
OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "CHANGELOG.md": "changes.md",
}
SECTIONS = {
    "Tutorial": "tutorial",
    "How to": "how-to",
    "Reference": "reference",
    "Explanation": "explanation",
}
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
_CODE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.) ")


def on_config(config: Any) -> Any:
    """Make the navigation from the folders: where a page stands says what it is."""
    sections: list[Any] = [{"Start": "index.md"}]
    sections += [
        {title: list(_section(folder))} for title, folder in SECTIONS.items() if (DOCS / folder).is_dir()
    ]
    decisions = [name for name in _names("decisions") if not name.endswith("README.md")]
    developers: list[Any] = [name for name in _names(".") if "/" not in name]
    developers = ["contributing.md", *developers, "reporting.md", "changes.md"]
    config.nav = [
        *sections,
        {"Development": [*developers, {"Decisions": ["decisions/README.md", *decisions]}]},
    ]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that stand beside docs/."""
    from mkdocs.structure.files import File  # type: ignore[import-not-found]

    for source, name in OUTSIDE.items():
        files.append(File.generated(config, name, content=(REPO / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn the links of a repository into those of the site, and its lists into those of mkdocs."""
    name = page.file.src_uri
    source = next((outside for outside, inside in OUTSIDE.items() if inside == name), f"docs/{name}")
    parts = _CODE.split(markdown)
    prose = (
        "".join(_space_lists(_LINK.sub(lambda link: _move(link, source, name), part))) for part in parts[::2]
    )
    return "".join(text for pair in zip_longest(prose, parts[1::2], fillvalue="") for text in pair)


def _section(folder: str) -> Iterator[Any]:
    yield from _names(folder)
    for below in sorted(path.name for path in (DOCS / folder).iterdir() if path.is_dir()):
        yield {below.capitalize(): _names(f"{folder}/{below}")}


def _names(folder: str) -> list[str]:
    """The pages of a folder, README first, the others by their titles."""
    pages = sorted((DOCS / folder).glob("*.md"), key=lambda page: (page.name != "README.md", _title(page)))
    return [page.relative_to(DOCS).as_posix() for page in pages]


def _title(page: Path) -> str:
    with page.open(encoding="utf-8") as lines:
        return next(lines).lstrip("# ").casefold()


def _space_lists(text: str) -> Iterator[str]:
    """The lines, with an empty one before each list, which mkdocs wants."""
    before = ""
    for line in text.splitlines(keepends=True):
        follows = before.strip() and not before.startswith(" ") and not _ITEM.match(before)
        if follows and _ITEM.match(line):
            yield "\n"
        yield line
        before = line


def _move(link: re.Match[str], source: str, name: str) -> str:
    """The link from the site's page to the site's page; the text alone where the site has no such page."""
    target, anchor = link[3], link[4] or ""
    if not target or "://" in target or target.startswith("mailto:"):
        return link[0]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    if path in OUTSIDE:
        inside = OUTSIDE[path]
    elif path.startswith("docs/") and not path.startswith("docs/examples"):
        inside = path.removeprefix("docs/")
    else:
        if not (REPO / path).exists():
            return link[0]  # which mkdocs then reports
        return link[2] if link[2].startswith("`") else f"{link[2]} (`{path}`)"
    return f"{link[1]}[{link[2]}]({posixpath.relpath(inside, posixpath.dirname(name) or '.')}{anchor})"
