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
    """The good runs of a line: over two rows, and over many."""

    short: Outcome
    long: Outcome


def run_good(runner: Runner, wanted: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], Good]:
    """The good runs of each line that asks a server."""
    kept = list(wanted)
    runs: dict[tuple[tuple[str, ...], int], Outcome] = {}
    for outcome in runner.run(Case(words, rows=rows) for words in kept for rows in (0, MANY)):
        runs[outcome.case.words, outcome.case.rows] = outcome
    made = {words: Good(runs[words, 0], runs[words, MANY]) for words in kept}
    return {words: good for words, good in made.items() if good.short.requests}


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


def has_cases(words: tuple[str, ...], thinning: Thinning) -> bool:
    """Whether one of its cases is chosen: the good runs of other lines are for nothing."""
    return any(thinning.takes(words, name, place) for name in FAULTS for place in PLACES)


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
    has_pages = len(good.long.requests) > len(good.short.requests)
    return case._replace(start=1, rows=MANY) if has_pages else None


def _is_spoilt(case: Case, good: Good) -> bool:
    """Whether the fault changes an answer of the line: a field that none of them has is never missing."""
    fault = FAULTS[case.fault]
    if fault.kind not in ("field", "paging"):
        return True
    outcome = good.long if case.rows else good.short
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
        good = goods[case.words].long if case.rows else goods[case.words].short
        yield case, [Finding(case, check, words) for check, words in find_faults(outcome, good)]


def all_lines(begins: str = "") -> list[tuple[str, ...]]:
    return [words for words in lines() if " ".join(words).startswith(begins)]
