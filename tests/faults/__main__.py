"""Run the matrix of faults and print its table: `scripts/faults`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.faults.all_faults import FAULTS, KINDS
from tests.faults.checks import CHECKS
from tests.faults.excuses import EXCUSES
from tests.faults.matrix import Finding, Thinning, all_lines, cases, run_cases, run_good
from tests.faults.runs import Runner

BAD_GOOD = (None, 2, 3, 4)


def main() -> int:
    options = _options()
    thin = Thinning(
        options.every,
        options.slice,
        tuple(options.kind),
        tuple(options.fault or ()),
        tuple(options.place or ()),
    )
    started = time.monotonic()
    with Runner(options.workers) as runner:
        goods = run_good(runner, all_lines(options.line), thin)
        unfit = [run for good in goods.values() for run in good if run and run.code in BAD_GOOD]
        for run in unfit:
            _say(f"good run: {run.case.label}: exit code {run.code}: {run.err[:200]!r}")
        chosen = cases(goods, thin)
        count, findings = Counter[str](), list[Finding]()
        for case, found in run_cases(runner, goods, chosen):
            count[FAULTS[case.fault].kind] += 1
            for finding in found:
                findings.append(finding)
                _say(finding)
    _say(_table(count, findings))
    _say(f"{sum(count.values())} cases of {len(goods)} lines, {len(findings)} findings, "
          f"{time.monotonic() - started:.0f} s; {len(EXCUSES)} excuses")  # fmt: skip
    return 1 if findings or unfit else 0


def _say(words: object) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one case of N, the same each time")
    parser.add_argument("--slice", type=int, default=0, metavar="K", help="with --every: which of the N")
    parser.add_argument("--kind", action="append", choices=KINDS, default=[], help="only faults of this kind")
    parser.add_argument("--fault", action="append", metavar="KIND/NAME", help="only this fault")
    parser.add_argument("--place", action="append", choices=("all", "last", "page2"), help="only there")
    parser.add_argument("--line", default="", metavar="WORDS", help="only lines that begin like this")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="runs at the same time")
    return parser.parse_args()


def _table(count: Counter[str], findings: list[Finding]) -> str:
    """Findings by kind of fault and check."""
    number = Counter((FAULTS[finding.case.fault].kind, finding.check) for finding in findings)
    rows = [["kind", "cases", *CHECKS]]
    rows += [[kind, str(count[kind]), *(str(number[kind, check]) for check in CHECKS)] for kind in KINDS]
    return "\n".join("".join(f"{cell:<9}" for cell in row).rstrip() for row in rows)


if __name__ == "__main__":
    sys.exit(main())
