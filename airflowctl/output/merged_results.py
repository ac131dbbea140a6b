"""The results of one line in several environments as one: rows with the environment's name before them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from airflowctl.core.errors import CliError
from airflowctl.core.results import NO_DATA, Item, Record, Rows, Text
from airflowctl.core.rich_results import BAD, GOOD, WARN, Code, Log, Picture, Report, Section
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count
from airflowctl.output.report import report_rows
from airflowctl.output.rows import event_rows

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Printable, Shown

ENVIRONMENT = "environment"
# More of them would push the table off the screen, and the first is about the worst.
_MOST_NEXT = 1  # lines to run next of each environment, below a table of them


class Answer(NamedTuple):
    """What came from an environment. Without a `result`, `failure` says in a word why there is none."""

    environment: str
    result: Printable = None
    failure: str = ""


def collect(result: Printable) -> Printable:
    """Return the same result with all that it fetches while it is read."""
    if isinstance(result, Log):
        from airflowctl.output.log import events

        columns = ("dag_run_id", "task_id") if result.form.named else ("task_id",)
        rows = event_rows(list(events(result)), columns)
        return rows._replace(items=list(rows.items), code=result.code)
    # Here its errors are those of its environment; merged, they would end the others' rows.
    return result._replace(items=list(result.items)) if isinstance(result, Rows) else result


def merge(answers: Sequence[Answer], *, as_rows: bool) -> Shown:
    """Return one result for all, in their order. `as_rows`: the format prints a line for each row, and has no
    place for a heading. Raises CliError where a row has a field of that name which says something else."""
    results = [answer for answer in answers if answer.result is not None]
    if not results:
        return None
    as_text = [isinstance(answer.result, Report | Text) for answer in results]
    if all(as_text) and not as_rows:
        return _merge_reports(answers, results)
    return _merge_rows([answer._replace(result=_rows_of(answer.result)) for answer in results])


def _rows_of(result: Printable) -> Rows:
    if isinstance(result, Picture):
        return result.rows
    if isinstance(result, Report):
        return _row(result.summary) if result.summary else report_rows(result)
    if isinstance(result, Text):
        return _row(_data_of(result))
    if isinstance(result, Record):
        return _row(result.item, result.table or result.columns, result.key)
    assert isinstance(result, Rows), "a line that watches or prompts is refused before it runs"
    return result


def _row(item: Item, columns: tuple[str, ...] = (), key: str = "") -> Rows:
    names = columns or tuple(item)
    return Rows([item], names, key or names[0])


def _merge_rows(answers: Sequence[Answer]) -> Rows:
    rows = [answer.result for answer in answers if isinstance(answer.result, Rows)]
    items = [
        _with_environment(item, answer.environment)
        for answer in answers
        if isinstance(answer.result, Rows)
        for item in answer.result.items
    ]
    columns = dict.fromkeys(column for part in rows for column in part.columns)
    # It stands first, wherever a list has a column of that name.
    columns.pop(ENVIRONMENT, None)
    # The code of a part is that of its environment, which joins them.
    return rows[0]._replace(items=items, columns=(ENVIRONMENT, *columns), code=0, within=ENVIRONMENT)


def _with_environment(item: Item, name: str) -> Item:
    if item.get(ENVIRONMENT, name) != name:
        raise CliError(
            f"{name}: the answer has a field '{ENVIRONMENT}' of its own: {item[ENVIRONMENT]}",
            "run the line in one environment at a time: -e NAME",
        )
    return {ENVIRONMENT: name, **item}


def _merge_reports(answers: Sequence[Answer], results: Sequence[Answer]) -> Report:
    data = [{ENVIRONMENT: answer.environment, **_data_of(answer.result)} for answer in results]
    reports = [answer.result for answer in results if isinstance(answer.result, Report)]
    # One report without a summary would leave a line of the table empty.
    if reports and all(report.summary for report in reports):
        lines = (line for report in reports for line in islice(report.lines, _MOST_NEXT))
        return Report((_table(answers),), data, next=tuple(dict.fromkeys(lines)))
    sections = tuple(section for answer in results for section in _sections(answer))
    next_lines = dict.fromkeys(line for report in reports for line in report.next)
    inside = tuple(line for report in reports for line in report.inside)
    return Report(sections, data, next=tuple(next_lines), inside=inside)


def _data_of(result: Printable) -> Mapping[str, Any]:
    data = getattr(result, "data", NO_DATA)
    if data is NO_DATA:
        return {"text": result.text.rstrip("\n") if isinstance(result, Text) else ""}
    return data if isinstance(data, Mapping) else {"data": data}


def _sections(answer: Answer) -> Iterator[Section]:
    """Yield the sections of a report, or the words of a text, each below the name of its environment."""
    result, name = answer.result, answer.environment
    if isinstance(result, Report):
        yield from (section._replace(title=f"{name}: {section.title}") for section in result.sections)
    elif isinstance(result, Text):
        words = result.text.rstrip("\n")
        is_line = "\n" not in words
        yield Section(f"{name}: {words}") if is_line else Section(name, (Code(words),))


def _table(answers: Iterable[Answer]) -> Section:
    """Return the summaries as a table with a line for each environment, those without an answer too."""
    from collections import Counter

    rows: list[Item] = []
    columns: dict[str, None] = {}
    for answer in answers:
        if isinstance(answer.result, Report) and answer.result.summary:
            columns.update(dict.fromkeys(answer.result.summary))
            rows.append({ENVIRONMENT: answer.environment, **answer.result.summary})
        # The word stands where the verdict does: a place that cannot be seen must not look well.
        elif answer.failure:
            rows.append({ENVIRONMENT: answer.environment, "": answer.failure})
    verdict, *others = columns
    filled = [{**dict.fromkeys(columns), verdict: row.get(""), **row} for row in rows]
    counts = Counter(str(row[verdict]) for row in filled)
    title = ", ".join(f"{count} {word}" for word, count in counts.most_common())
    codes = [answer.result.code if isinstance(answer.result, Report) else 1 for answer in answers]
    tone = BAD if all(codes) else WARN if any(codes) else GOOD
    table = Rows(filled, (ENVIRONMENT, verdict, *others), ENVIRONMENT)
    return Section(f"{format_count(len(rows), 'environment')}: {title}", (table,), tone)
