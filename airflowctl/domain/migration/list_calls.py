"""Calls that are lists of texts: `["airflow", "dags", "list"]` of JSON, YAML and Python."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.call import Call, Use, Word
from airflowctl.domain.migration.shell_calls import SHELLS, find_calls, is_image_call
from airflowctl.domain.migration.wrappers import is_module_call, unwrap
from airflowctl.domain.migration.written_names import is_airflow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflowctl.domain.migration.fragment import Fragment


def calls_of_list(
    words: tuple[Word, ...],
    whole: Fragment,
    text_of: Callable[[Word], Fragment | None],
    uses: tuple[Use, ...] = (Use(),),
) -> Iterator[Call]:
    """Yield the call that a list of words is, and those in a text that it gives to a shell. `text_of` gives
    what a word holds."""
    unwrapped = unwrap(words) if words else None
    if unwrapped is None:
        return
    index, through = unwrapped.position, unwrapped.through
    program = words[index]
    if unwrapped.is_spoken:
        count = len(through[-1].split())
        spoken = Word(through[-1], "", program.start, words[index + count - 1].end)
        yield Call(whole, spoken, words[index + count :], uses, through, words[0].start, True, is_list=True)
    elif is_airflow(program.text):
        yield Call(whole, program, words[index + 1 :], uses, through, words[0].start, is_list=True)
    elif is_module_call(words, index):
        module = words[index + 2]
        named = (*through, "python -m")
        yield Call(whole, module, words[index + 3 :], uses, named, words[0].start, is_list=True)
    elif is_image_call(words, index, through):
        spoken = Word("airflow", "", program.start, program.start)
        yield Call(whole, spoken, words[index:], uses, through, words[0].start, True, is_list=True)
    elif program.text.rpartition("/")[2] in SHELLS:
        for option, word in zip(words[index + 1 :], words[index + 2 :], strict=False):
            # Also among other letters, as in -lc.
            if option.text[:1] == "-" and option.text.endswith("c") and (inner := text_of(word)) is not None:
                yield from with_uses(find_calls(inner), uses)
                return


def with_uses(calls: Iterator[Call], uses: tuple[Use, ...]) -> Iterator[Call]:
    """Yield calls whose output, where the shell does nothing with it, goes where the shell's goes."""
    for call in calls:
        merged = tuple(
            outer._replace(stages=(*own.stages, *outer.stages), is_fed=own.is_fed) if not own.end else own
            for own in call.uses
            for outer in uses
        )
        yield call._replace(uses=tuple(dict.fromkeys(merged)) if call.uses else ())
