"""`make bench`: measure everything, or what is named, and write benchmarks/RESULTS.md."""

import argparse
import warnings
from collections.abc import Callable, Mapping

from benchmarks import (
    comparing,
    console,
    exchange,
    first_sync,
    forms,
    growth,
    million,
    missed,
    office,
    phone,
    rush,
    sustained,
)
from benchmarks.databases import Databases, databases
from benchmarks.results import Section, put

Benchmark = Callable[[Databases, bool], list[Section]]
BENCHMARKS: Mapping[str, Benchmark] = {
    "exchange": exchange.sections,
    "phone": phone.sections,
    "forms": forms.sections,
    "console": console.sections,
    "office": office.sections,
    "million": million.sections,
    "sustained": sustained.sections,
    "first-sync": first_sync.sections,
    "peers": comparing.sections,
    "missed": missed.sections,
    "rush": rush.sections,
    "growth": growth.sections,
}


def main() -> None:
    """Runs the benchmarks that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(BENCHMARKS)}; none: all")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, printed only")
    asked = parser.parse_args()
    unknown = set(asked.names) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    # A machine without a login session has no such folder; the PostgreSQL lives without.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    with databases() as made:
        for name in asked.names or BENCHMARKS:
            for section in BENCHMARKS[name](made, asked.quick):
                put(section, [f"PostgreSQL {made.version()}"], keep=not asked.quick)


if __name__ == "__main__":
    main()
