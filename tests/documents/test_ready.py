"""What readiness lets through can be written, and the schema takes it."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from hocba.documents import content, schema
from hocba.documents.assemble import assemble
from hocba.domain.plan import signing_plan
from hocba.domain.readiness import missing
from hocba.domain.record import UNKNOWN_DATE, TranscriptRecord
from tests.domain import facts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LOOKUP = UUID("8d7e0a4e-3b1c-4f6e-9a53-2c1b0f4d5e6a")


def emptied(owner: Any, path: str = "") -> list[tuple[str, Any]]:
    """``owner`` once for each of its fields, that field empty."""
    found: list[tuple[str, Any]] = []
    for each in fields(owner):
        value, name = getattr(owner, each.name), f"{path}{each.name}"
        if is_dataclass(value):
            found += [
                (inner, replace(owner, **{each.name: changed}))
                for inner, changed in emptied(value, f"{name}.")
            ]
            continue
        empty = "" if isinstance(value, str) else () if isinstance(value, tuple) else None
        if name in {"student.birth_date", "printing.written_on"}:
            empty = UNKNOWN_DATE
        if name not in {"year", "grade", "school.level", "teachers"}:
            found.append((name, replace(owner, **{each.name: empty})))
    return found


CASES = emptied(facts.record())


def problem(record: TranscriptRecord) -> str | None:
    plan = signing_plan(record)
    data = content.build(record, plan, lookup_code=LOOKUP, created_at=NOW)
    return schema.problem(etree.fromstring(assemble(data, plan, [])))


def test_there_is_a_case_for_every_field():
    assert len(CASES) > 40
    assert {"student.register_number", "leader.title", "summary.awards"} <= {name for name, _ in CASES}


@pytest.mark.parametrize("name", [name for name, _ in CASES])
def test_what_is_ready_can_be_written_without_any_one_field(name):
    record = dict(CASES)[name]

    assert missing(record) or problem(record) is None


def test_a_whole_record_is_written():
    assert missing(facts.record()) == []
    assert problem(facts.record()) is None
