"""The only place that writes: results to stdout, everything else to stderr."""

from __future__ import annotations

from collections.abc import Callable

from airflowctl.core.errors import CliError, Interrupted, OutputFailed
from airflowctl.core.options import Options
from airflowctl.core.result import Result, Rows
from airflowctl.output import sanitise
from airflowctl.output.progress import Progress
from airflowctl.output.render import Style, render
from airflowctl.output.streams import Streams, takes_unicode


class Printer:
    """Shows the results, errors and notes of one line."""

    def __init__(
        self, streams: Streams, options: Options, progress: Progress, redact: Callable[[str], str]
    ) -> None:
        self._redact = redact
        self._streams = streams
        self._options = options
        self._progress = progress

    @property
    def style(self) -> Style:
        terminal = self._streams.stdout_is_terminal
        return Style(
            format=self._options.output or ("table" if terminal else "tsv"),
            columns=self._options.columns,
            header=not self._options.no_header,
            width=self._streams.columns if terminal else None,
            explicit=self._options.output is not None,
            unicode=takes_unicode(self._streams.stdout),
        )

    def show(self, result: Result) -> int:
        """Print a result; its exit code. Raises BrokenPipeError, or OutputFailed when the disk is full."""
        empty = True
        for piece in render(result, self.style):
            self._progress.end()
            self._write(piece)
            empty = False
        self._progress.end()
        if empty and isinstance(result, Rows) and self._streams.stdout_is_terminal:
            self.note(result.empty)
        _to_stdout(self._streams.stdout.flush)
        return result.code if result is not None else 0

    def error(self, error: CliError, where: str = "") -> None:
        """One or two lines that name the thing and the way out; JSON where the output is JSON."""
        self._progress.end()
        # Before anything is escaped or cut: a secret is found only as it is.
        message, hint = self._redact(error.message), self._redact(error.hint)
        if self._options.output in ("json", "jsonl"):
            found = {
                "code": error.code,
                "message": message,
                "status": error.status or None,
                "hint": hint or None,
                "operation": error.operation or None,
            }
            if where:
                found["where"] = where
            import json

            only_ascii = not takes_unicode(self._streams.stderr)
            text = sanitise.json_text(json.dumps({"error": found}, ensure_ascii=only_ascii))
        else:
            prefix = f"{where}: " if where else ""
            text = sanitise.line(f"{prefix}error: {_clipped(message)}")
            if hint:
                text += "\n  " + sanitise.line(_clipped(hint))
        if isinstance(error, Interrupted) and self._streams.stderr_is_terminal:
            text = "\r" + text  # over the ^C that the terminal itself shows
        self._say(text)

    def note(self, text: str) -> None:
        """Something worth knowing that is not data."""
        self._progress.end()
        self._say(sanitise.line(self._redact(text)))

    def progress(self, done: int, total: int | None) -> None:
        """How far a long list is."""
        self._progress.show(done, total)

    def traceback(self, error: Exception) -> None:
        """With --debug: where an exception came from."""
        if self._options.debug:
            from traceback import format_exception

            for line in self._redact("".join(format_exception(error))).splitlines():
                self.debug(line)

    def debug(self, text: str) -> None:
        self._say(sanitise.line(f"debug: {self._redact(text)}"))

    def _write(self, text: str) -> None:
        if self._streams.stdout_is_terminal:
            text = sanitise.block(text)
        _to_stdout(self._streams.stdout.write, text)

    def _say(self, text: str) -> None:
        try:
            self._streams.stderr.write(text + "\n")
            self._streams.stderr.flush()
        except OSError:
            pass  # nobody listens on stderr; the exit code still tells


def _to_stdout(do: Callable[..., object], *text: str) -> None:
    """A reader that has gone ends the program (BrokenPipeError); any other fault is told."""
    try:
        do(*text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(f"cannot write the result: {error.strerror}") from None


def _clipped(text: str, most: int = 600) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
