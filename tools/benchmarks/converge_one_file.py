"""One file changes on 16 nodes: ``millwright apply`` against ``ansible-playbook``, from change to end.

A limit for parallel programs gets another value before each run, so that both write the same file again on
every node.

Example: .venv/bin/python tools/benchmarks/converge_one_file.py --pairs 1
"""

import argparse
import sys
from pathlib import Path

from paired import FACILITY, conclude, ours, plain, require

BOUND = 1 / 3
VARIABLES = """# Written by tools/benchmarks/converge_one_file.py, which takes it away again.
base_limits:
  - {{domain: "*", type: "-", item: memlock, value: unlimited}}
  - {{domain: "*", type: "-", item: nofile, value: {value}}}
"""


def main() -> int:
    """Measure, and leave the nodes as they were."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=1, help="how often each of the two runs")
    parser.add_argument("--facility", type=Path, default=FACILITY)
    given = parser.parse_args()
    variables = given.facility.parent / "group_vars" / "scheduled.yml"
    require(not variables.exists(), f"{variables} is there already")
    ours(given.facility)  # whatever the last session left is put right first
    pairs = []
    try:
        for number in range(given.pairs):
            timed = []
            for offset, run in enumerate((plain, ours)):
                variables.write_text(VARIABLES.format(value=70_000 + 2 * number + offset), encoding="utf-8")
                timed.append(run(given.facility))
                require(set(timed[-1].changed.values()) == {1}, f"not one change a node: {timed[-1].changed}")
            pairs.append((timed[0], timed[1]))
    finally:
        variables.unlink(missing_ok=True)
        ours(given.facility)
    return conclude("one file changes", pairs, BOUND)


if __name__ == "__main__":
    sys.exit(main())
