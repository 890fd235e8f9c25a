"""How long a school's workbook takes to import, and how much memory, on a new SQLite file.

Run: ``python benchmarks/import_school.py [pupils …]`` (500, 2,000 and 5,000 when nothing is said).
Each size runs in a process of its own, so that its peak memory is its own; the process that reads
the spreadsheet is counted apart.  Prints a line per size, then whether the times grow in step with
the pupils and whether the largest keeps the goals: under 30 s and under 300 MB.
"""

import asyncio
import gc
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hocba import database
from hocba.actions.importing import import_workbook
from hocba.demo.school import make_school, workbook
from hocba.domain.people import Actor
from hocba.domain.values import PersonId, Role, SchoolId, SchoolYear
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import SchoolRow, UploadRow

SIZES = (500, 2000, 5000)
LARGEST = 5000
PUPILS_IN_A_CLASS = 44
SECONDS, MEGABYTES = 30.0, 300.0
YEAR = SchoolYear("2025-2026")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def make(pupils: int, target: Path) -> None:
    """Write the workbook of a school and its facts; in a process of its own too."""
    classes = max(4, pupils // PUPILS_IN_A_CLASS)
    school = make_school(seed=1, classes=classes, students=pupils)
    target.write_bytes(workbook(school))
    facts = {field.name: getattr(school.school, field.name) for field in fields(school.school)}
    facts["levels"] = facts.pop("level").value
    target.with_suffix(".json").write_text(json.dumps(facts))


async def measure(source: Path, content: bytes, facts: dict[str, Any]) -> dict[str, float]:
    """Import twice: all new, then all unchanged."""
    settings = Settings(database_url=f"sqlite://{source.with_suffix('.sqlite3')}")
    await database.migrate(settings)
    await database.open_(settings)
    try:
        school, admin = SchoolId(ids.new()), PersonId(ids.new())
        await SchoolRow.create(id=school, **facts)
        upload = await UploadRow.create(
            id=ids.new(),
            person_id=admin,
            name=source.name,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            created_at=NOW,
        )
        actor = Actor(id=admin, school=school, roles=frozenset({Role.ADMIN}))
        figures: dict[str, float] = {}
        for name in ("new", "unchanged"):
            gc.collect()
            begun = time.perf_counter()
            report = await import_workbook(actor, upload.id, year=YEAR, dry_run=False, now=NOW)
            figures[name] = time.perf_counter() - begun
            assert report.committed, report.problems[:3]
            assert all(
                getattr(sheet, "created" if name == "new" else name) == sheet.read for sheet in report.sheets
            )
        return figures
    finally:
        await database.close()


def peak(who: int) -> float:
    """Peak resident memory in MB."""
    return resource.getrusage(who).ru_maxrss / 1024


def run(pupils: int) -> dict[str, float]:
    """Make and measure one size."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "school.xlsx"
        subprocess.run([sys.executable, __file__, "--make", str(pupils), str(source)], check=True)
        done = subprocess.run(
            [sys.executable, __file__, "--measure", str(source)], check=True, capture_output=True
        )
        figures: dict[str, float] = json.loads(done.stdout)
        return figures


def main(arguments: list[str]) -> int:
    match arguments:
        case ["--make", pupils, target]:
            make(int(pupils), Path(target))
            return 0
        case ["--measure", source]:
            file = Path(source)
            facts = json.loads(file.with_suffix(".json").read_text())
            figures = asyncio.run(measure(file, file.read_bytes(), facts))
            figures |= {"own": peak(resource.RUSAGE_SELF), "reader": peak(resource.RUSAGE_CHILDREN)}
            print(json.dumps(figures))
            return 0
    sizes = tuple(min(int(each), LARGEST) for each in arguments) or SIZES
    found = {}
    for size in sizes:
        found[size] = figures = run(size)
        print(
            f"{size:5d} pupils x 13: new {figures['new']:6.2f} s, unchanged {figures['unchanged']:6.2f} s, "
            f"peak {figures['own']:4.0f} MB, reader {figures['reader']:4.0f} MB"
        )
    first, last = min(sizes), max(sizes)
    growth = (found[last]["new"] / found[first]["new"]) / (last / first)
    kept = found[last]["new"] < SECONDS and found[last]["own"] < MEGABYTES
    print(f"time per pupil, {last} against {first}: {growth:.2f}; goals {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
