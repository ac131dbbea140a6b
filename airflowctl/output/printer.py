"""The only place that writes: results to stdout, everything else to stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from airflowctl.core.converters import zone
from airflowctl.core.errors import CliError, Interrupted, OutputFailed, UsageError, WrongFile
from airflowctl.core.formats import FORMATS
from airflowctl.core.options import Options
from airflowctl.core.results import NEXT_LINE, NO_DATA, PLAIN, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.progress_line import Progress
from airflowctl.output.streams import Streams, takes_unicode

if TYPE_CHECKING:
    from airflowctl.core.next_line import Write
    from airflowctl.core.rich_results import Printable, Shown, Watch
    from airflowctl.output.pager import Pager
    from airflowctl.output.style import Format, Style
    from airflowctl.output.times import Clock
    from airflowctl.output.watch import Watching

_SHORT = 20  # letters of a message that fits any terminal
_PATIENCE = 1.0  # seconds for which a window shows nothing of a table that comes slowly


class Printer:
    """Prints the results, errors and notes of one line."""

    def __init__(
        self,
        streams: Streams,
        options: Options,
        progress: Progress,
        redact: Callable[[str], str],
        write_line: Write,
        in_shell: bool = False,
        is_own_format: bool = True,
        find_url: Callable[[], str] = str,
    ) -> None:
        """`in_shell`: errors are for the user at the prompt; `is_own_format`: no setting names it."""
        self._in_shell, self._is_own_format = in_shell, is_own_format
        self._find_url = find_url  # of the server whose answers are printed
        self._hide = redact
        self._write_line = write_line
        self._streams = streams
        self._options = options
        self._progress = progress
        self._lines: list[str] = []  # to run next, in the message that is being written
        self._empty = True
        self._watching: Watching | None = None

    def _style(self, result: Printable) -> Style:
        from airflowctl.output.style import Style
        from airflowctl.output.times import UTC

        is_window, options = self._streams.stdout_is_window, self._options
        return Style(
            format=self.format,
            columns=None if options.classic else options.columns,
            header=not options.no_header,
            width=self._streams.columns if is_window else None,
            explicit=self._is_explicit,
            unicode=takes_unicode(self._streams.stdout),
            sort=options.sort or (),
            query=options.query or "",
            clock=UTC if isinstance(result, Text) else self._clock,
            colour=self._has_colour,
            page_base=self._page_base(result),
            patience=_PATIENCE if self._streams.rows else 0.0,
        )

    def _page_base(self, result: Printable) -> str:
        """Return where the web pages are that the ids of a list link to; "" where the terminal may print the
        code of a link, or no user looks."""
        term = self._streams.environ.get("TERM", "")
        # Only a window itself: a watch catches what it draws, and counts the cells of it.
        is_for_eyes = bool(self._streams.rows) and self._has_colour and self.format.fits_width
        if (
            not self._in_shell
            or not isinstance(result, Rows)
            or not is_for_eyes
            or term in ("", "dumb", "unknown", "linux")
        ):
            return ""
        return self._find_url()

    @property
    def _is_explicit(self) -> bool:
        """Return whether the line names a format or a query: nothing is chosen for the user then."""
        return self._options.output is not None or self._options.query is not None

    @property
    def format(self) -> Format:
        """Return the format of results: what the line asks for, or what fits stdout."""
        from airflowctl.output.formats import load_classic_format, load_format

        if self._options.classic:
            return load_classic_format(self._options.output)
        is_read = self._streams.stdout_is_window or self._streams.is_read_by_user
        return load_format(self._options.output or ("table" if is_read else "tsv"))

    @property
    def _has_json_errors(self) -> bool:
        # `set output json` is for results: no program reads the error of a mistyped word at the prompt.
        if self._in_shell and not self._is_own_format and self._streams.stderr_is_window:
            return False
        try:
            return self.format.has_json_errors
        except CliError:  # which is what is to be printed, or hides it
            return False

    @property
    def _clock(self) -> Clock:
        """Return how times are printed for a user; programs get them as the server sent them."""
        from airflowctl.output.times import UTC, Clock

        if not self.format.is_for_eyes:
            return UTC
        name, now = self._zone_name, None
        if self.format.has_ages and self._streams.stdout_is_window:
            from datetime import UTC as ZULU
            from datetime import datetime

            now = datetime.now(ZULU)
        if name.lower() in ("", "utc", "z"):
            return Clock(now=now, durations=self.format.fits_width)
        return Clock(True, zone(name), now, self.format.fits_width)

    @property
    def _zone_name(self) -> str:
        return self._options.timezone or self._streams.environ.get("AIRFLOWCTL_TZ", "").strip()

    @property
    def _has_colour(self) -> bool:
        wanted = self._options.color or "auto"
        # What NO_COLOR and TERM=dumb say is in `is_plain`; programs read pipes.
        if wanted == "auto":
            is_seen = self._streams.stdout_is_terminal or self._streams.wants_colour
            return is_seen and not self._streams.is_plain
        return wanted in ("always", "on")

    def check(self) -> None:
        """Raise UsageError where results could not be shown as they are wanted, ExtensionError where the
        format of a plug-in is broken."""
        name = self._options.output
        # Before the request: a plug-in's format that is broken must not cost a change its result.
        if name is not None and (name not in FORMATS or self._options.classic):
            _ = self.format
        if not self._zone_name:
            return
        try:
            _ = self._clock
        except ValueError as error:
            raise UsageError(f"AIRFLOWCTL_TZ '{self._zone_name}': {error}") from None

    def show(self, result: Printable) -> int:
        """Print a result; its exit code. Raises BrokenPipeError, or OutputFailed when the disk is full."""
        is_live = False
        result = self.write_next_lines(result)
        if take := getattr(self._streams.stdout, "take_result", None):  # another command of ours
            return int(take(result, self._options))
        if not isinstance(result, PLAIN):
            from airflowctl.core.rich_results import Log, SubPrompt, Watch

            if isinstance(result, Watch):
                return self._watch(result)
            if isinstance(result, SubPrompt):
                result = result.opening
            if isinstance(result, Log):
                is_live = result.live
        # A pager shows nothing until its screen is full; an event of a followed log must be seen at once.
        pager = None if is_live else self._pager()
        self._empty = True
        try:
            pieces = self._pieces(result, pager)
            if pager is not None:
                pager.show(pieces)
            else:
                for piece in pieces:
                    self._write(piece)
                    if is_live:
                        _to_stdout(self._streams.stdout.flush)
        finally:
            self._progress.hushed = False
        self._progress.end()
        # On stderr, and only for a user: a program that reads no rows has its answer.
        if self._empty and isinstance(result, Rows) and self._streams.stdout_is_window:
            self.note(result.empty)
        _to_stdout(self._streams.stdout.flush)
        return result.code if result is not None else 0

    def _watch(self, watch: Watch) -> int:
        from airflowctl.output.watch import Watching

        self._progress.end()
        self._progress.hushed = True
        self._watching = Watching(
            watch,
            self._streams,
            lambda: self._style(watch),
            self._safe_for(watch),
            self._write_at_once,
            self.note,
            self._write_shown,
        )
        try:
            return self._watching.show()
        finally:
            self._watching = None
            self._progress.hushed = False

    def _pieces(self, result: Shown, pager: Pager | None) -> Iterator[str]:
        """Yield the text of a result, safe for where it goes."""
        safe = self._safe_for(result)
        for piece in self._render(result):
            self._progress.end()
            self._empty = False
            yield safe(piece)
            self._progress.hushed = pager is not None and pager.runs

    def _render(self, result: Shown) -> Iterator[str]:
        if isinstance(result, Text) and not self._is_explicit:
            return result.pieces()  # without the classes of formats: a third of what `version` loads
        from airflowctl.output.render import render

        return render(result, self._style(result))

    def _safe_for(self, result: Printable) -> Callable[[str], str]:
        """Return what makes a piece of a result safe for where it goes."""
        if not self._streams.stdout_is_terminal:
            return str
        from airflowctl.output.terminal_text import make_safe_for

        # JSON of a single command may be read by a program, whatever it is printed on.
        is_read = self.format.is_for_eyes or (self._in_shell and self._streams.rows > 0)
        base, has_colour = self._page_base(result), is_read and self._has_colour
        return make_safe_for(result, self.format, base, has_colour=has_colour)

    def _pager(self) -> Pager | None:
        """Return the user's pager; None where stdout is no screen to fill."""
        if self._options.no_pager or self._streams.is_dumb or not self._streams.rows:
            return None
        from airflowctl.output.pager import Pager, program

        command = program(self._streams.environ)
        return Pager(self._streams, command, self._write) if command else None

    def error(self, error: CliError, where: str = "") -> None:
        """Print an error and its hint on stderr; as JSON where the format of results is JSON."""
        if isinstance(error, WrongFile):
            for inner, problem in error.problems:
                self.error(problem, f"{where}: {inner}" if where else inner)
            return
        self._progress.end()
        from airflowctl.output import sanitise

        # Before anything is escaped or cut: a secret is found only as it is.
        message, hint = self._redact(error.message), self._redact(error.hint)
        if self._has_json_errors:
            result = {
                "code": error.code,
                "message": message,
                "status": error.status or None,
                "hint": hint or None,
                "operation": error.operation or None,
            }
            if where:
                result["where"] = where
            if error.request_id:
                result["request_id"] = error.request_id
            import json

            only_ascii = not takes_unicode(self._streams.stderr)
            text = sanitise.json_text(json.dumps({"error": result}, ensure_ascii=only_ascii))
        else:
            prefix = f"{where}: " if where else ""
            kind = "" if self._in_shell and error.is_choice else "error: "
            text = self._wrap(sanitise.line(f"{prefix}{kind}{_clip(message)}"))
            if hint:
                text += "\n" + self._wrap("  " + sanitise.line(_clip(hint)))
        if isinstance(error, Interrupted) and self._streams.stderr_is_terminal:
            text = "\r" + text  # over the ^C that the terminal itself shows
        self._say(text)

    def note(self, text: str) -> None:
        """Print a note on stderr, one line; with --quiet only a warning."""
        if not self._options.quiet or text.startswith("warning"):
            self._say(self._wrap(self.safe(text)))

    def _wrap(self, text: str) -> str:
        """Return a message broken between words, where it is for a terminal, which breaks words."""
        if len(text) < _SHORT or not self._streams.stderr_is_window:
            return text
        from airflowctl.output.message_wrap import message_width, wrap_message

        return wrap_message(text, message_width(self._streams), self._lines)

    def write_next_lines(self, result: Printable) -> Printable:
        """Return the result with the lines to run next in it written out, as lines of this session."""
        write = self._write_shown
        if isinstance(result, Text):
            if result.data is NO_DATA and NEXT_LINE not in result.text:
                return result
            from airflowctl.core.next_line import write_lines, write_lines_in

            data = result.data if result.data is NO_DATA else write_lines_in(result.data, write)
            return result._replace(text=write_lines(result.text, write), data=data)
        if isinstance(result, PLAIN):
            return result
        from airflowctl.output.next_lines import write_lines_of

        return write_lines_of(result, write)

    def _redact(self, text: str) -> str:
        """Return a text for stderr, its lines written out; of megabytes, which take their time, the
        beginning. Secrets are looked for before that, for in quotes they no longer look like themselves,
        and after it, when the words stand side by side."""
        from airflowctl.core.next_line import write_lines
        from airflowctl.core.wording import head

        hidden = self._hide(head(text))
        whole = write_lines(hidden, self._write_whole)
        return whole if whole == hidden else self._hide(whole)

    def _write_whole(self, words: tuple[str, ...]) -> str:
        """Return a line to run next, which is not to be broken: it may be copied."""
        self._lines.append(self._write_for(words, self._streams.stderr_is_window))
        return self._lines[-1]

    def _write_shown(self, words: tuple[str, ...]) -> str:
        return self._write_for(words, self._streams.stdout_is_window)

    def _write_for(self, words: tuple[str, ...], is_window: bool) -> str:
        """Return a line to run next: at the shell's prompt as it is typed there."""
        line = self._write_line(words)
        return line.removeprefix("airflowctl ") if self._in_shell and is_window else line

    def safe(self, text: str) -> str:
        """Return a text for the terminal, in one line: without secrets, and with nothing alive in it."""
        from airflowctl.output import sanitise

        self._progress.end()
        return sanitise.line(self._redact(text))

    def end_line(self) -> None:
        """End a line of the terminal that another program left without its end."""
        if self._streams.stderr_is_terminal:
            self._say("")

    def progress(self, done: int, total: int | None) -> None:
        """Print on a terminal how many items of a list have come; nothing with --quiet."""
        # What a program of a pipe writes would stand behind it: it cannot be taken away in time.
        if not (self._options.quiet or self._streams.has_program):
            self._progress.show(done, total)

    def traceback(self, error: Exception) -> None:
        """Return where an exception came from, for --debug."""
        if self._options.debug:
            from traceback import format_exception

            for line in self._redact("".join(format_exception(error))).splitlines():
                self.debug(line)

    def debug(self, text: str) -> None:
        from airflowctl.output import sanitise

        self._say(sanitise.line(f"debug: {self._redact(text)}"))

    def _write(self, text: str) -> None:
        _to_stdout(self._streams.stdout.write, text)

    def _write_at_once(self, text: str) -> None:
        self._write(text)
        _to_stdout(self._streams.stdout.flush)

    def _say(self, text: str) -> None:
        self._lines = []
        if self._watching is not None:
            self._watching.lift()
        try:
            self._streams.stderr.write(text + "\n")
            self._streams.stderr.flush()
        except OSError:
            pass  # stderr is closed; the exit code still reports the error


def _to_stdout(do: Callable[..., object], *text: str) -> None:
    """Write to stdout. Raises BrokenPipeError where the reader has gone, else OutputFailed."""
    try:
        do(*text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(f"cannot write the result: {error.strerror}") from None


def _clip(text: str, most: int = 600) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
