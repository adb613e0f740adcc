"""`make bench`: run every benchmark, print its table, end with 1 when a target is missed.

python -m benchmarks [--json] [NAME ...]
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
from dataclasses import asdict
from typing import Final

from benchmarks.result import Claim, Report, Row

MODULES: Final = ("books", "codec", "host", "ledger", "paper", "postgres", "start")
"""Each is `benchmarks.<name>` with `run() -> Report`."""


def main() -> int:
    """Run the named benchmarks, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODULES)}")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(MODULES)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    reports = []
    for name in wanted.names or MODULES:
        report: Report = importlib.import_module(f"benchmarks.{name}").run()
        reports.append(report)
        if not wanted.json:
            print(render(report), flush=True)
    if wanted.json:
        print(json.dumps([describe(report) for report in reports], indent=2))
    missed = [claim for report in reports for claim in report.claims if not claim.holds]
    if not wanted.json:
        print(f"{sum(len(report.claims) for report in reports)} targets, {len(missed)} missed")
    return 1 if missed else 0


def render(report: Report) -> str:
    """Return one report as text: its rows, its claims, its notes."""
    lines = [f"\n{report.title}", "-" * len(report.title)]
    lines += [_render_row(row) for row in report.rows]
    lines += [_render_claim(claim) for claim in report.claims]
    lines += [f"  ({note})" for note in report.notes]
    return "\n".join(lines)


def describe(report: Report) -> dict[str, object]:
    """Return one report for a program, with the machine it ran on."""
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    medians = {row.name: row.median for row in report.rows}
    verdicts = {claim.name: claim.holds for claim in report.claims}
    return {**asdict(report), "medians": medians, "holds": verdicts, "measured_on": machine}


def _render_row(row: Row) -> str:
    spread = f"{min(row.rounds):,.2f} .. {max(row.rounds):,.2f}"
    return f"  {row.name:<44} {row.median:>12,.2f} {row.unit:<8} {spread}"


def _render_claim(claim: Claim) -> str:
    side = "at least" if claim.at_least else "at most"
    verdict = "holds" if claim.holds else "MISSED"
    return f"  {claim.name:<44} {claim.ratio:>12.2f} times    {side} {claim.target:g}: {verdict}"


if __name__ == "__main__":
    sys.exit(main())
