"""What a wheel has beside the source: the manual pages, made from the declarations when it is built."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPages(BuildHookInterface):  # type: ignore[misc, type-arg]
    """Adds share/man/man1, where `man` looks beside the folder of the command."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from airflowctl.domain.manual import manual_pages

        self._folder = tempfile.TemporaryDirectory()
        for name, text in manual_pages():
            file = Path(self._folder.name) / name
            file.write_text(text, encoding="utf-8")
            build_data["shared_data"][str(file)] = f"share/man/man1/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._folder.cleanup()
