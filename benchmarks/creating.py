"""Transcripts made for a whole school, stored on a new SQLite file, in step with its size.

The school comes in by its workbook and its classes are confirmed; then everything is reviewed once,
as the screen before creation does, and created.  Seconds by the clock, one process.
"""

import asyncio
import gc
import hashlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import Goal, Line
from hocba import database
from hocba.actions import creation, year_end
from hocba.actions.importing import import_workbook
from hocba.actions.outcomes import Outcome
from hocba.app import GC_THRESHOLDS
from hocba.demo.school import DemoSchool, make_school, workbook
from hocba.domain.people import Actor
from hocba.domain.values import PersonId, Role, SchoolId, SchoolYear
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import ClassRow, EnrolmentRow, SchoolRow, UploadRow

MEASURE = "creating: a school's transcripts, reviewed and stored"
YEAR = SchoolYear("2025-2026")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
_FEW, _MANY = 200, 2_000
_CLASS = 45
_REVIEW, _CREATE = 5, 20
_PAGE = 500
"""As many as one call of the API takes."""


def lines() -> Iterator[Line]:
    """The lines of this group."""
    few, many = (asyncio.run(_measure(pupils)) for pupils in (_FEW, _MANY))
    for place, (done, goal) in enumerate((("reviewed", _REVIEW), ("created", _CREATE))):
        yield Line(
            measure=MEASURE,
            who=f"hocba: {_MANY:,} {done}",
            value=many[place],
            unit="s",
            goal=Goal("≤", goal),
        )
        yield Line(
            measure=MEASURE,
            who=f"hocba: one of them {done}",
            value=many[place] / _MANY * 1000,
            ratio=many[place] / _MANY / (few[place] / _FEW),
            of=f"as long as one of {_FEW}",
            goal=Goal("≤", 1.1),
        )


async def _measure(pupils: int) -> tuple[float, float]:
    """Seconds for the review, and for the making."""
    school = make_school(seed=1, classes=max(4, pupils // _CLASS), students=pupils)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite://{Path(folder) / 'school.sqlite3'}")
        await database.migrate(settings)
        await database.open_(settings)
        try:
            actor = await _bring_in(school)
            asked = await EnrolmentRow.all().values_list("student_id", flat=True)
            gc.collect()
            gc.set_threshold(*GC_THRESHOLDS)  # as in the server
            begun = time.perf_counter()
            for page in range(0, len(asked), _PAGE):
                for planned in await creation.plan(actor, asked[page : page + _PAGE], YEAR, now=NOW):
                    assert planned.refusal is None, planned.refusal
            reviewed = time.perf_counter()
            for page in range(0, len(asked), _PAGE):
                results = await creation.create(actor, asked[page : page + _PAGE], YEAR, now=NOW)
                assert all(result.outcome is Outcome.DONE for result in results)
            return reviewed - begun, time.perf_counter() - reviewed
        finally:
            await database.close()


async def _bring_in(school: DemoSchool) -> Actor:
    """The school with its data, every class confirmed, and its ADMIN."""
    actor = Actor(id=PersonId(ids.new()), school=SchoolId(ids.new()), roles=frozenset({Role.ADMIN}))
    facts = {each.name: getattr(school.school, each.name) for each in fields(school.school)}
    await SchoolRow.create(id=actor.school, levels=facts.pop("level").value, **facts)
    content = workbook(school)
    upload = await UploadRow.create(
        id=ids.new(),
        person_id=actor.id,
        name="school.xlsx",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=NOW,
    )
    report = await import_workbook(actor, upload.id, year=YEAR, dry_run=False, now=NOW)
    assert report.committed, report.problems[:3]
    classes = await ClassRow.all().values_list("id", flat=True)
    await year_end.confirm(actor, classes, now=NOW)
    return actor
