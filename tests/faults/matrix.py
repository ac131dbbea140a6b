"""The matrix: every line under every fault at each place, thinned the same way each time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.faults.all_faults import FAULTS
from tests.faults.checks import find_faults
from tests.faults.fake_server import answer_well
from tests.faults.lines import lines
from tests.faults.replies import send_good
from tests.faults.runs import Case, Outcome, Runner

PLACES = ("all", "last", "page2")
MANY = 120  # rows of a list, of which the last come on a second page


class Finding(NamedTuple):
    """A check that does not hold of a case."""

    case: Case
    check: str
    words: str

    def __str__(self) -> str:
        return f"{self.check}: {self.case.label}: {self.words}"


class Good(NamedTuple):
    """The good runs of a line: over two rows, and over many where a case of it is about a second page."""

    short: Outcome
    long: Outcome | None


class Thinning(NamedTuple):
    """Which cases are run: one of `every`, the same each time; `part` says which of them. Empty `kinds`,
    `faults` and `places` are all."""

    every: int = 1
    part: int = 0
    kinds: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def takes(self, words: tuple[str, ...], fault: str, place: str) -> bool:
        return (
            _number(words, fault, place) % self.every == self.part
            and (not self.kinds or FAULTS[fault].kind in self.kinds)
            and (not self.faults or fault in self.faults)
            and (not self.places or place in self.places)
        )


def run_good(
    runner: Runner, wanted: Iterable[tuple[str, ...]], thinning: Thinning
) -> dict[tuple[str, ...], Good]:
    """The good runs of each line that asks a server and of which a case is chosen."""
    kept = [words for words in wanted if _has_cases(words, thinning, PLACES)]
    paged = [words for words in kept if _has_cases(words, thinning, ("page2",))]
    runs: dict[tuple[tuple[str, ...], int], Outcome] = {}
    chosen = [*(Case(words) for words in kept), *(Case(words, rows=MANY) for words in paged)]
    for outcome in runner.run(chosen):
        runs[outcome.case.words, outcome.case.rows] = outcome
    made = {words: Good(runs[words, 0], runs.get((words, MANY))) for words in kept}
    return {words: good for words, good in made.items() if good.short.requests}


def _has_cases(words: tuple[str, ...], thinning: Thinning, places: Iterable[str]) -> bool:
    return any(thinning.takes(words, name, place) for name in FAULTS for place in places)


def _number(words: tuple[str, ...], fault: str, place: str) -> int:
    return zlib.crc32(f"{' '.join(words)} {fault} {place}".encode())


def cases(goods: dict[tuple[str, ...], Good], thinning: Thinning) -> Iterator[Case]:
    """The chosen cases of these lines. `-o json` in three cases of four."""
    for words, good in goods.items():
        for name, fault in FAULTS.items():
            for place in PLACES:
                if not thinning.takes(words, name, place):
                    continue
                case = _place(Case(words, name, place, options=fault.options), good)
                if case is None or not _is_spoilt(case, good):
                    continue
                as_json = _number(words, name, place) // thinning.every % 4 and not {"-o", "--query"} & set(
                    words
                )
                yield case._replace(options=(*case.options, "-o", "json")) if as_json else case


def _place(case: Case, good: Good) -> Case | None:
    """The case at its place; None where that is no other than an earlier one."""
    if case.place == "all":
        return case
    if case.place == "last":
        count = len(good.short.requests)
        return case._replace(start=count - 1) if count > 1 else None
    has_pages = len(_run_of(good, MANY).requests) > len(good.short.requests)
    return case._replace(start=1, rows=MANY) if has_pages else None


def _run_of(good: Good, rows: int) -> Outcome:
    """The good run over so many rows."""
    if not rows:
        return good.short
    assert good.long, good.short.case.label
    return good.long


def _is_spoilt(case: Case, good: Good) -> bool:
    """Whether the fault changes an answer of the line: a field that none of them has is never missing."""
    fault = FAULTS[case.fault]
    if fault.kind not in ("field", "paging"):
        return True
    outcome = _run_of(good, case.rows)
    answers = (
        answer_well(row["method"], row["target"], row["body"].encode(), case.rows)
        for row in outcome.requests[case.start :]
    )
    return any(fault.make(answer) != send_good(answer) for answer in answers)


def run_cases(
    runner: Runner, goods: dict[tuple[str, ...], Good], chosen: Iterable[Case]
) -> Iterator[tuple[Case, list[Finding]]]:
    """Run the cases; each with its findings, as it ends."""
    for outcome in runner.run(chosen):
        case = outcome.case
        good = _run_of(goods[case.words], case.rows)
        yield case, [Finding(case, check, words) for check, words in find_faults(outcome, good)]


def all_lines(begins: str = "") -> list[tuple[str, ...]]:
    return [words for words in lines() if " ".join(words).startswith(begins)]
