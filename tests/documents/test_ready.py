"""What readiness lets through can be written, and the schema takes it, in every profile."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from hocba.documents import content, schema
from hocba.documents.assemble import assemble
from hocba.domain.plan import signing_plan
from hocba.domain.readiness import missing
from hocba.domain.record import UNKNOWN_DATE, Signatory, TranscriptRecord
from hocba.domain.regulations.rules import Rule
from hocba.domain.values import Level, Profile
from tests.documents import levels
from tests.domain import facts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LOOKUP = UUID("8d7e0a4e-3b1c-4f6e-9a53-2c1b0f4d5e6a")
KEPT = {
    "year", "grade", "school.level", "teachers", "profile", "overrides",
    "results[0].subject", "results[0].name", "results[0].kind",
    "history[0].year",
}  # fmt: skip
"""What says which document it is, or is never empty where it comes from."""


@cache
def records() -> dict[str, TranscriptRecord]:
    return {
        levels.MOET_TH: facts.primary(profile=Profile.MOET_TH),
        levels.TH: facts.primary(profile=Profile.HOCBA, teachers=teachers()),
        levels.THCS: facts.record(),
        f"{levels.MOET_TH}, not assessed": facts.primary(summary=facts.primary_summary(unassessed=True)),
        f"{levels.THCS}, not assessed": facts.with_summary(unassessed=True),
    }


def teachers() -> dict[str, Signatory]:
    return {row.subject: facts.signatory(number) for number, row in enumerate(facts.primary().results)}


def empty(name: str, value: object) -> object:
    if name in {"student.birth_date", "printing.written_on"}:
        return UNKNOWN_DATE
    if isinstance(value, str):
        return ""
    return {} if isinstance(value, Mapping) else () if isinstance(value, tuple) else None


def emptied(owner: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """``owner`` once for each of its fields, that field empty; of rows and traits the first one too."""
    for each in fields(owner):
        value, name = getattr(owner, each.name), f"{path}{each.name}"
        if name in KEPT:
            continue
        if is_dataclass(value):
            inner = emptied(value, f"{name}.")
            yield from ((deeper, replace(owner, **{each.name: changed})) for deeper, changed in inner)
            continue
        yield name, replace(owner, **{each.name: empty(name, value)})
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            for deeper, changed in emptied(value[0], f"{name}[0]."):
                yield deeper, replace(owner, **{each.name: (changed, *value[1:])})
        if isinstance(value, Mapping):
            for key in value:
                left = {other: value[other] for other in value if other != key}
                yield f"{name}[{key}]", replace(owner, **{each.name: left})


CASES = {(of, name): record for of, whole in records().items() for name, record in emptied(whole)}


def problem(record: TranscriptRecord) -> str | None:
    plan = signing_plan(record)
    data = content.build(record, plan, lookup_code=LOOKUP, created_at=NOW)
    return schema.problem(etree.fromstring(assemble(data, plan, [])))


def test_there_is_a_case_for_every_field():
    assert len(CASES) > 250
    assert {
        (levels.THCS, "student.register_number"), (levels.THCS, "leader.title"),
        (levels.THCS, "summary.awards"), (levels.MOET_TH, "summary.weight"),
        (levels.MOET_TH, "summary.qualities[YEU_NUOC]"), (levels.MOET_TH, "student.mother.name"),
        (levels.TH, "history[0].since"), (levels.TH, "results[0].year"),
    } <= set(CASES)  # fmt: skip


@pytest.mark.parametrize(("of", "name"), CASES)
def test_what_is_ready_can_be_written_without_any_one_field(of, name):
    record = CASES[of, name]

    assert missing(record) or problem(record) is None


WRONG = {
    Level.TH: {"year": "A", "test": Decimal("9.55")},
    Level.THCS: {"year": "A", "term1": Decimal("NaN"), "reassessed": Decimal("8.12345")},
}
MARKED = [(of, field) for of, whole in records().items() for field in WRONG[whole.school.level]]


@pytest.mark.parametrize("exempt", [True, False])
@pytest.mark.parametrize(("of", "field"), MARKED)
def test_no_wrong_mark_gets_past_because_nothing_is_assessed_or_a_reason_stands(of, field, exempt):
    record = records()[of]
    first, *others = record.results
    changed = replace(first, exempt=exempt, **{field: WRONG[record.school.level][field]})
    reasons = {rule.value: "Quyết định" for rule in Rule}

    assert missing(replace(record, results=(changed, *others), overrides=reasons))


@pytest.mark.parametrize("of", records())
def test_a_whole_record_is_written(of):
    assert missing(records()[of]) == []
    assert problem(records()[of]) is None
