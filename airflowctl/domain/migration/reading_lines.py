"""What a program behind the pipe makes of our output: the same as of the classic command's, or not.

The classic command prints a header, a line of `=`, and columns with ` | ` between them; `-o plain` has no
second line. Here a pipe gets a header and tab-separated columns of the API's names and order.
"""

from __future__ import annotations

from itertools import pairwise

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration.call import CAPTURED, FILE, NOT_READ, PARSED, TEST
from airflowctl.domain.migration.printed import SAME, STRUCTURED, Output, Reading

if TYPE_CHECKING:
    from airflowctl.domain.migration.call import Stage, Use

# Commands whose first column is the same name in both programs.
_SAME_FIRST = ("dags list", "pools list", "variables list")
_GREPS = ("grep", "egrep", "fgrep", "rg", "findstr", "find", "Select-String", "sls")
_PASS = ("cat", "tee", "sort", "uniq", "less", "more", "column", "logger", "nl", "ts", "indent", "pv", "head")
_TYPES = ("True", "False")


class _Cut(NamedTuple):
    """What a pipe has made of a table so far: the lines left out at its beginning, the column that is
    left, whether only lines with a certain text are left, and whether the header is gone."""

    skipped: int = 0
    column: int = 0
    is_filtered: bool = False
    has_header: bool = True


def judge_use(output: Output, use: Use) -> Reading:
    """Return whether a use of the output works as with the classic command."""
    if use.compares_code:
        return Reading("its exit codes are compared: --classic has 0 and 1")
    stages = use.stages
    if not stages and use.end == NOT_READ:
        return SAME
    if output.format in STRUCTURED:
        from airflowctl.domain.migration.reading_json import judge_document

        return judge_document(output, use)
    return _judge_lines(output, use)


def _judge_lines(output: Output, use: Use) -> Reading:
    cut = _Cut()
    reader = next((stage.program for stage in use.stages if stage.program not in _PASS), "")
    if reader and not output.is_list:
        return Reading(f"{reader} reads words of {output.line}, which are others here")
    for stage in use.stages:
        step = _read_stage(output, stage, cut)
        if isinstance(step, Reading):
            return step
        if step is None:
            return SAME
        cut = step
    return _judge_end(output, use, cut)


def _judge_end(output: Output, use: Use, cut: _Cut) -> Reading:
    # Scripts drop the header and its line of `=`; here the second line is a row.
    if cut.skipped >= 2 and output.header == 2:
        return Reading("the header has one line here, so that the first row is lost", _better(output, cut))
    if use.end == NOT_READ:
        return SAME if not cut.column or _is_same_column(output, cut) else _columns(output)
    if use.end == FILE and not _is_same_column(output, cut):
        return Reading("a file gets columns and words of airflowctl")
    if cut.is_filtered and use.end == TEST and _is_emptiness(use.text):
        return SAME
    if cut.column and _is_same_column(output, cut):
        return SAME
    if use.end in (CAPTURED, TEST, PARSED):
        reader = "a test compares" if use.end == TEST else "a variable or program gets"
        return Reading(
            f"{reader} what is printed, which has columns and words of airflowctl", _better(output, cut)
        )
    return SAME


def _is_emptiness(text: str) -> bool:
    return " -z " in f" {text}" or " -n " in f" {text}"


def _is_same_column(output: Output, cut: _Cut) -> bool:
    return cut.column == 1 and output.line in _SAME_FIRST


def _columns(output: Output) -> Reading:
    return Reading(f"the columns of {output.line} have another order here")


def _better(output: Output, cut: _Cut) -> str:
    return "-o name prints the names alone" if _is_same_column(output, cut) else ""


def _read_stage(output: Output, stage: Stage, cut: _Cut) -> _Cut | Reading | None:
    """Return what is left behind a program; a Reading where it is decided, None where it is the same."""
    program, arguments = stage.program, stage.arguments
    if program in _GREPS:
        return _read_grep(output, stage, cut)
    if program in ("awk", "gawk", "mawk"):
        return _read_awk(output, stage, cut)
    if program == "tail":
        return _read_tail(arguments, cut)
    if program == "head" and any(text.startswith(("-n-", "-n -", "--lines=-")) for text in _pairs(arguments)):
        return Reading("the last line is left out, which is a row here", _better(output, cut))
    if program == "sed":
        return _read_sed(stage, cut)
    if program == "wc":
        plain = cut.is_filtered or (cut.skipped and output.header == 1)
        # The text of an error has many lines in the classic output, and one here.
        is_whole = plain and output.line != "dags list-import-errors"
        return None if is_whole else Reading("lines are counted: the header has one line less here")
    if program == "while":
        return _read_loop(output, stage, cut)
    if program in ("xargs", "parallel", "for", ""):
        return (
            cut if cut.column and _is_same_column(output, cut) else Reading("each word is taken for a name")
        )
    if program in ("cut", "tr") and not cut.column:
        if program == "tr" and "-d" not in arguments:
            return cut
        return Reading("columns are cut at other signs: here a tab stands between them")
    if program in _PASS or program in ("cut", "tr"):
        return cut
    if cut.column and _is_same_column(output, cut):
        return cut
    return Reading(f"{program or 'a program'} reads columns and words of airflowctl")


def _pairs(arguments: tuple[str, ...]) -> list[str]:
    return [*arguments, *map(" ".join, pairwise(arguments))]


def _read_grep(output: Output, stage: Stage, cut: _Cut) -> _Cut | Reading | None:
    words = [word for word in stage.words[1:] if word.text[:1] not in ("-", "/") or len(word.text) < 2]
    flags = "".join(text[1:] for text in stage.arguments if text[:1] == "-" and text[:2] != "--")
    named = [after for text, after in zip(stage.arguments, stage.arguments[1:], strict=False) if text == "-e"]
    pattern = named[0] if named else words[0].text if words else ""
    if "No data found" in pattern or "no data" in pattern.lower():
        return Reading('"No data found" is not printed here', "an empty list prints its header alone")
    # Lines are taken away, most often the header's; what is left are rows as before.
    if "v" in flags:
        return cut._replace(has_header=False)
    if any(text in pattern for text in _TYPES):
        return Reading("True and False are true and false here")
    body = pattern.removeprefix("^").rstrip()
    if cut.column:
        return cut._replace(is_filtered=True)
    if any(sign in pattern for sign in (" | ", "\\|", "===")) or " " in body or pattern.endswith(" "):
        return Reading("blanks or lines between columns are looked for: here a tab stands there")
    if (
        pattern.endswith("$")
        and not pattern.endswith("\\$")
        and len(pattern) > 1
        and "$" in pattern[:-1] + "x"
    ):
        return Reading("the end of a line is looked for, where another column stands here")
    if "A" in flags or "B" in flags or "C" in flags:
        return Reading("lines beside the found ones are read")
    if "q" in flags or "c" in flags:
        return None
    return cut._replace(is_filtered=True, has_header=False)


def _read_awk(output: Output, stage: Stage, cut: _Cut) -> _Cut | Reading:
    import re

    program = next((text for text in stage.arguments if "{" in text or "$" in text or "NR" in text), "")
    whole = " ".join(stage.arguments)
    if re.search(r"-F\s*\S*\|", whole):
        return Reading(
            "columns are split at |, which does not stand between them here", _better_first(output)
        )
    if any(text in program for text in _TYPES) or "No data" in program:
        return Reading("True and False are true and false here")
    columns = {int(number) for number in re.findall(r"\$(\d+)", program) if number != "0"}
    skipped = max(
        (_count_lines_left_out(match) for match in re.finditer(r"NR\s*(>=?|!=)\s*(\d+)", program)), default=0
    )
    cut = cut._replace(skipped=cut.skipped + skipped)
    if cut.column:
        return cut
    if (
        columns - {1}
        or "NF" in program.replace("NF>0", "").replace("NF {", "{")
        or "NR==" in program.replace(" ", "")
    ):
        return Reading("it takes columns by their number, which have another order here")
    if columns == {1}:
        cut = cut._replace(column=1)
        return cut if output.line in _SAME_FIRST else _columns(output)
    return cut


def _better_first(output: Output) -> str:
    return "-o name prints the names alone" if output.line in _SAME_FIRST else ""


def _count_lines_left_out(match: object) -> int:
    sign, number = match.group(1), int(match.group(2))  # type: ignore[attr-defined]
    return 1 if sign == "!=" and number == 1 else number - 1 if sign == ">=" else number


def _read_tail(arguments: tuple[str, ...], cut: _Cut) -> _Cut | Reading:
    import re

    match = re.search(r"(?:^|[ n=])\+(\d+)", " ".join(arguments))
    if match:
        return cut._replace(skipped=cut.skipped + int(match[1]) - 1, has_header=False)
    return cut


def _read_sed(stage: Stage, cut: _Cut) -> _Cut | Reading:
    import re

    script = next((text for text in stage.arguments if text[:1] != "-"), "")
    if match := re.fullmatch(r"\s*(?:1,)?(\d+)d;?\s*", script):
        return cut._replace(skipped=cut.skipped + int(match[1]), has_header=False)
    if match := re.fullmatch(r"\s*(\d+),\$\s*p\s*", script):
        return cut._replace(skipped=cut.skipped + int(match[1]) - 1, has_header=False)
    if cut.column or re.fullmatch(r"1,\d+p|\d+q", script):
        return cut
    return Reading("sed changes lines that look otherwise here")


def _read_loop(output: Output, stage: Stage, cut: _Cut) -> _Cut | Reading | None:
    import re

    match = re.search(r"\bread\b((?:\s+-\w+)*)((?:\s+\w+)+)", stage.text)
    names = match[2].split() if match else []
    if "IFS" in stage.text.partition("do")[0] and "IFS= " not in stage.text:
        return Reading("columns are split at signs that do not stand between them here")
    if cut.column or len(names) > 1:
        first = cut._replace(column=cut.column or 1)
        if _is_same_column(output, first):
            return first
    return Reading("a loop reads whole lines, which have columns of airflowctl")
