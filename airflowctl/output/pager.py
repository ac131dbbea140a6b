"""The user's pager, for results that are longer than the screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.redirects import ignore_ctrl_c
from airflowctl.output.streams import Streams

if TYPE_CHECKING:
    from subprocess import Popen

_OURS = "less -FRX"


def program(environ: Mapping[str, str]) -> str:
    """Return the pager's command line; nothing where there is none, or none is wanted."""
    for name in ("AIRFLOWCTL_PAGER", "PAGER"):
        if name in environ:
            wanted = environ[name].strip()
            return wanted if wanted != "cat" and _is_installed(wanted, environ) else ""
    return _OURS if _is_installed(_OURS, environ) else ""


def _is_installed(command: str, environ: Mapping[str, str]) -> bool:
    """Return whether the shell will find it: else what was to be shown would be lost."""
    from airflowctl.core.programs import find_program

    words = (word.strip("'\"") for word in command.split())
    return bool(find_program(next((word for word in words if "=" not in word), ""), environ))


class Pager:
    """Takes the pieces of a result: it holds them back while they fit the screen, then a pager starts."""

    def __init__(self, streams: Streams, command: str, write: Callable[[str], object]) -> None:
        self._streams = streams
        self._command = command
        self._write = write  # to the terminal itself
        self._held: list[str] = []
        self._lines = 0
        self._process: Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        return self._process is not None

    def show(self, pieces: Iterable[str]) -> None:
        """Show the pieces. Once the user has left the pager, no more of them are made."""
        try:
            for piece in pieces:
                if not self._take(piece):
                    break
        except (Exception, KeyboardInterrupt):
            self._end_at_last()
            raise
        except BaseException:  # a signal ends this process: the pager must not outlive it
            self._kill()
            raise
        self._end()

    def _take(self, piece: str) -> bool:
        if self._process is not None:
            return self._send(piece)
        self._held.append(piece)
        self._lines += _lines(_drop_links(piece), self._streams.columns)
        if self._lines < self._streams.rows:  # the prompt takes one
            return True
        self._process = self._start()
        return self._release()

    def _start(self) -> Popen[bytes]:
        from subprocess import PIPE, Popen

        self._streams.stdout.flush()
        from airflowctl.core.programs import search_path

        environ = {**self._streams.environ, "PATH": search_path(self._streams.environ)}
        # As git does: quit where all fits, keep colours, leave the screen as it is.
        environ.setdefault("LESS", "FRX")
        environ.setdefault("LV", "-c")
        with ignore_ctrl_c(but_children=True):  # or Ctrl-C at this moment leaves an orphan pager
            return Popen(self._command, shell=True, stdin=PIPE, env=environ, bufsize=0)

    def _release(self) -> bool:
        text, self._held = "".join(self._held), []
        return self._send(text)

    def _send(self, text: str) -> bool:
        """Return whether the pager still takes something."""
        process = self._process
        if process is None or process.stdin is None:
            self._write(text)
            return True
        text = _drop_links(text)
        encoding = getattr(self._streams.stdout, "encoding", None) or "utf-8"
        left = memoryview(text.encode(encoding, "backslashreplace"))
        try:
            with ignore_ctrl_c():
                while left:
                    left = left[os.write(process.stdin.fileno(), left) :]
        # The user left the pager before its end: no more pieces are made.
        except BrokenPipeError:
            return False
        return True

    def _end_at_last(self) -> None:
        """End the pager after Ctrl-C, which may come again before it is ignored."""
        while True:
            try:
                return self._end()
            except KeyboardInterrupt:
                continue

    def _end(self) -> None:
        """Wait until the user leaves the pager, which alone gets Ctrl-C."""
        if self._process is None:
            self._release()
            return
        with ignore_ctrl_c():
            if self._process.stdin is not None:
                self._process.stdin.close()
            try:
                self._process.wait()
            except BaseException:
                self._kill()
                raise

    def _kill(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def _lines(text: str, columns: int) -> int:
    return sum(1 + max(0, len(line) - 1) // columns for line in text.splitlines())


def _drop_links(text: str) -> str:
    """Return the text without links, which few pages have: their module is not loaded for the others."""
    if "\x1b]8;" not in text:
        return text
    from airflowctl.output.links import drop_links

    return drop_links(text)
