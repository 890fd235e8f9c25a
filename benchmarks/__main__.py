"""``python -m benchmarks [--json FILE] [group …]``: measure, and print one table.

Without a group all are measured, in less than five minutes on two cores.  A goal that is missed is
marked and named at the end; the exit code is 0 all the same, because figures of a busy machine are
no failure.  It is 1 when somebody else's program does not accept what was made.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.documents import files, papers
from benchmarks.judges import WITHOUT_PDFSIG, NotAcceptedError
from benchmarks.report import Line, machine, missed, table

GROUPS = {
    "signing": "benchmarks.signing",
    "verifying": "benchmarks.verifying",
    "sealing": "benchmarks.sealing",
    "pupil": "benchmarks.pupil",
    "growing": "benchmarks.growing",
    "job": "benchmarks.jobs",
    "importing": "benchmarks.importing",
    "memory": "benchmarks.memory",
    "readiness": "benchmarks.readiness",
    "creating": "benchmarks.creating",
    "auditing": "benchmarks.auditing",
}


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _asked(arguments)
    begun = time.perf_counter()
    try:
        lines = list(_lines(asked.group or list(GROUPS)))
    except NotAcceptedError as error:
        print(f"not accepted: {error}", file=sys.stderr)
        return 1
    seconds = time.perf_counter() - begun
    about = machine() | {"document": _document(), "seconds": f"{seconds:.0f}"}
    if asked.json:
        said = {"machine": about, "lines": [line.as_dict() for line in lines]}
        asked.json.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(table(lines))
    _close(lines, about)
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What things cost.")
    parser.add_argument("group", nargs="*", help=f"only these groups, of {', '.join(GROUPS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.group) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    return asked


def _lines(groups: Sequence[str]) -> Iterator[Line]:
    """The lines of ``groups``; what is being measured is said on the way."""
    for name in groups:
        begun = time.perf_counter()
        print(f"measuring: {name} …", end="", file=sys.stderr, flush=True)
        yield from import_module(GROUPS[name]).lines()
        print(f" {time.perf_counter() - begun:.0f} s", file=sys.stderr)


def _document() -> str:
    paper, file = papers()[0], files()[0]
    return f"{len(file):,} bytes, of them {len(paper.data):,} of data; {len(paper.plan)} signatures"


def _close(lines: Sequence[Line], about: dict[str, str]) -> None:
    """What it was measured on, and what is missed."""
    print("\nms: milliseconds of CPU for one operation, medians of interleaved rounds.")
    print("; ".join(f"{name}: {value}" for name, value in about.items()))
    if shutil.which("pdfsig") is None:
        print(WITHOUT_PDFSIG)
    goals = [line for line in lines if line.goal]
    late = missed(lines)
    print(f"{len(goals) - len(late)} of {len(goals)} goals met" + (", missed:" if late else "."))
    for line in late:
        print(f"  {line.measure}: {line.who}")


if __name__ == "__main__":
    sys.exit(main())
