"""What a program behind the pipe makes of JSON and YAML: names of fields, types, a list of one."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.call import CAPTURED, FILE, NOT_READ, PARSED, TEST
from airflowctl.domain.migration.printed import SAME, Output, Reading

if TYPE_CHECKING:
    from airflowctl.domain.migration.call import Stage, Use

# Fields that have the same name and the same text in both programs.
_ALIKE = frozenset(
    ("dag_id", "task_id", "state", "key", "fileloc", "conn_type", "host", "login", "schema", "description",
     "dag_run_id", "dag_display_name", "asset_id", "uri", "group")
)  # fmt: skip
_GONE = {"execution_date": "logical_date", "paused": "is_paused"}  # of Airflow 2
_PASS = ("cat", "tee", "less", "sort", "uniq", "head", "python -m json.tool")
_JQ_WORDS = frozenset(
    ("select", "map", "length", "test", "contains", "startswith", "endswith", "not", "and", "or", "if",
     "then", "else", "end", "first", "last", "sort_by", "group_by", "any", "all", "empty", "join", "keys",
     "unique", "env", "as", "tostring", "index", "sort", "reverse", "limit", "null", "true", "false",
     "argjson", "arg")
)  # fmt: skip

_CODE = r"\[\\?[\"'](\w+)\\?[\"']\]|\.get\(\\?[\"'](\w+)"
_FILTER = rf"\.([A-Za-z_]\w*)|{_CODE}|\{{([a-z_, ]+)\}}|\\?\"(\w+)\\?\"\s*:"


def judge_document(output: Output, use: Use) -> Reading:
    """Return whether a use of JSON or YAML works as with the classic command."""
    if not use.stages:
        return _judge_end(output, use)
    for stage in use.stages:
        if stage.program in _PASS or (stage.program.startswith("python") and "json.tool" in stage.text):
            continue
        if stage.program in ("grep", "egrep", "fgrep"):
            return _judge_grep(output, stage)
        if stage.program == "jq" and not _filter(stage).strip(". "):
            continue
        if stage.program in ("jq", "yq", "gojq", "jaq") or stage.program.startswith("python"):
            is_code = stage.program.startswith("python")
            reading = judge_fields(output, stage.text if is_code else _filter(stage), is_code=is_code)
            # What a filter of JSON has made is its own: later programs read the same in both.
            return reading if reading.why else SAME
        if stage.program == "ConvertFrom-Json":
            return judge_fields(output, use.text or stage.text)
        if stage.program == "wc":
            return Reading("lines are counted: JSON has more lines here", "jq length counts the items")
        return Reading(f"{stage.program or 'a program'} reads fields of the API, with its types")
    return _judge_end(output, use)


def _judge_end(output: Output, use: Use) -> Reading:
    if use.end == NOT_READ:
        return SAME
    if use.end == FILE:
        return Reading("a file gets fields of the API, with its types")
    if use.end == TEST and ("[]" in use.text and "null" not in use.text):
        return SAME
    if use.end in (CAPTURED, TEST) and not use.text:
        return Reading("a variable gets fields of the API, with its types; who reads them is not seen here")
    return judge_fields(output, use.text, is_code=use.end == PARSED)


def _filter(stage: Stage) -> str:
    """Return the program of a jq line: the first word that is no option and no value of one."""
    words, index = stage.arguments, 0
    while index < len(words):
        if words[index] in ("--arg", "--argjson", "--slurpfile", "--rawfile"):
            index += 3
        elif words[index][:1] == "-" and len(words[index]) > 1:
            index += 1
        else:
            return words[index]
    return ""


def judge_fields(output: Output, text: str, *, is_code: bool = False) -> Reading:
    """Return what would be read wrong by a program of jq, Python or another language."""
    from airflowctl.core.classic_commands import RENAMED

    fields = _fields(text, _CODE if is_code else _FILTER)
    if gone := [field for field in fields if field in _GONE]:
        return Reading(f"Airflow 3 has no field {gone[0]}", f"read {_GONE[gone[0]]}", is_lost=True)
    if renamed := [field for field in fields if field in RENAMED and field not in ("pool", "Version")]:
        old = renamed[0]
        return Reading(f"the field {old} is {RENAMED[old]} here", f"read {RENAMED[old]}")
    if "pool" in fields and output.line.startswith("pools"):
        return Reading("the field pool is name here", "read name")
    if '"True"' in text or '"False"' in text or "'True'" in text or "'False'" in text:
        return Reading("true and false are no texts here", "compare with true and false")
    if not output.is_list:
        return Reading("one object is no list of one here", "leave out .[0]")
    unknown = [field for field in fields if field not in _ALIKE]
    if unknown:
        return Reading(f"the field {unknown[0]} may have another name or type here")
    if (
        not fields
        and "length" not in text
        and "len(" not in text
        and text.strip() not in (".", ".[]", ".[0]")
    ):
        return Reading("which fields are read is not seen here")
    return SAME


def _fields(text: str, pattern: str) -> list[str]:
    import re

    names = []
    for groups in re.findall(pattern, text):
        for group in groups:
            names += [name.strip() for name in group.split(",") if name.strip()]
    python = ("load", "loads", "stdin", "argv", "get", "exit", "stdout", "strip", "split", "items", "decode")
    return [name for name in names if name not in _JQ_WORDS and name not in python]


def _judge_grep(output: Output, stage: Stage) -> Reading:
    flags = "".join(text[1:] for text in stage.arguments if text[:1] == "-" and text[:2] != "--")
    if "c" in flags:
        return Reading("lines are counted: JSON has more lines here", "jq length counts the items")
    reading = judge_fields(Output("dags list", output.format), stage.text)
    if reading.why.startswith("which fields"):
        return SAME  # a name alone is looked for
    return reading
