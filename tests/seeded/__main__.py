"""`python -m tests.seeded [WORD]`: plant every fault (whose name has the word) in turn and print
which test finds it. Exit 1 when one survives.
"""

from __future__ import annotations

import sys

from tests.seeded.faults import FAULTS
from tests.seeded.planting import a_copy, planted


def main(words: list[str]) -> int:
    """Print a table; the number of faults that survived decides the exit."""
    chosen = [fault for fault in FAULTS if all(word in fault.name for word in words)]
    wide = max(len(fault.name) for fault in FAULTS)
    survived = 0
    with a_copy() as copy:
        for fault in chosen:
            found = planted(fault, copy)
            survived += found.by is None
            by = found.by or f"SURVIVES: {fault.why}"
            _say(f"{fault.name:<{wide}}  {found.seconds:5.1f} s  {by}")
    _say(f"{len(chosen) - survived} of {len(chosen)} faults are found")
    return 1 if survived else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
