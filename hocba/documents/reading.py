"""From ``<DU_LIEU_HOC_BA>`` back to facts.  Strict: what is not in the profile is refused."""

from collections.abc import Iterable
from typing import Any

from lxml import etree

from hocba.documents import profile
from hocba.documents.facts import Content, PlanRow
from hocba.documents.profile import PROFILE, Field
from hocba.domain.record import (
    HistoryRow,
    Kind,
    Levels,
    Printing,
    Relative,
    SchoolFacts,
    StudentFacts,
    SubjectResult,
    Summary,
)
from hocba.domain.values import SlotKey


class UnreadableDataError(ValueError):
    """The element is not the data of a transcript of this profile."""


def read_content(data: etree._Element) -> Content:
    """The facts in ``data``, an element ``DU_LIEU_HOC_BA``.

    :raises UnreadableDataError: when a mandatory field is missing, or something unknown is there.
    """
    try:
        return _content(data)
    except UnreadableDataError:
        raise
    except (ValueError, TypeError, KeyError, StopIteration, ArithmeticError) as error:
        raise UnreadableDataError(str(error)) from error


def read_plan(data: etree._Element) -> tuple[PlanRow, ...]:
    """The signing plan in ``data``.

    :raises UnreadableDataError: when a row is not one.
    """
    return tuple(_plan_row(row) for row in data.iterfind("KE_HOACH_KY/KY"))


def _content(data: etree._Element) -> Content:
    general = _nested(_values(_part(data, "THONG_TIN_CHUNG"), profile.GENERAL))
    if general["profile"] != PROFILE:
        raise UnreadableDataError(f"another profile: {general['profile']}")
    plan = read_plan(data)
    school, student, printing = general.pop("school"), general.pop("student"), general.pop("printing")
    identity = next((row.identity for row in plan if row.role == profile.ISSUE_ROLE), "")
    rows = [_result(row) for row in data.iterfind("TONG_KET/BANG_DIEM/DIEM_TONG_KET")]
    return Content(
        school=SchoolFacts(identity=identity, **school),
        student=_student(student),
        printing=Printing(**printing),
        history=tuple(
            HistoryRow(**_values(row, profile.HISTORY)) for row in data.iterfind("QUA_TRINH_HOC_TAP")
        ),
        results=tuple(result for result, _ in rows),
        row_slots={result.subject: slot for result, slot in rows if slot},
        summary=_summary(_part(data, "TONG_KET")),
        plan=plan,
        **general,
    )


def _student(values: dict[str, Any]) -> StudentFacts:
    relatives: dict[str, Any] = {
        who: Relative(**values.pop(who, {})) for who in ("father", "mother", "guardian")
    }
    return StudentFacts(**values, **relatives)


def _result(row: etree._Element) -> tuple[SubjectResult, SlotKey]:
    values = _values(row, profile.RESULT, also={"GVBM"})
    values["kind"] = Kind(values["kind"])
    return SubjectResult(**values), SlotKey(row.findtext("GVBM") or "")


def _summary(element: etree._Element) -> Summary:
    nested = {"KET_QUA_HOC_TAP", "KET_QUA_REN_LUYEN", "BANG_DIEM", *(tag for tag, _ in profile.REPEATED)}
    return Summary(
        learning=Levels(**_values(_part(element, "KET_QUA_HOC_TAP"), profile.LEVELS)),
        conduct=Levels(**_values(_part(element, "KET_QUA_REN_LUYEN"), profile.LEVELS)),
        **{path: _texts(element, tag) for tag, path in profile.REPEATED},
        **_values(element, (*profile.SUMMARY, *profile.REMARKS), also=nested),
    )


def _plan_row(row: etree._Element) -> PlanRow:
    values = _values(row, profile.PLAN, also={"MA_MON_HOC"})
    return PlanRow(subjects=_texts(row, "MA_MON_HOC"), **values)


def _texts(element: etree._Element, tag: str) -> Any:
    return tuple(child.text or "" for child in element.iterchildren(tag))


def _part(element: etree._Element, tag: str) -> etree._Element:
    found = element.findall(tag)
    if len(found) != 1:
        raise UnreadableDataError(f"not exactly one {tag}")
    return found[0]


def _values(element: etree._Element, fields: Iterable[Field], *, also: Iterable[str] = ()) -> dict[str, Any]:
    """Path -> value of the fields that are there; ``also`` are children somebody else reads."""
    by_tag = {field.tag: field for field in fields}
    others = set(also)
    values: dict[str, Any] = {}
    for child in element:
        if child.tag in others:
            continue
        field = by_tag.pop(str(child.tag), None)
        if field is None:
            raise UnreadableDataError(f"unknown or repeated: {child.tag}")
        if not field.derived:
            values[field.path] = field.format.read(child.text or "")
    if missing := [field.tag for field in by_tag.values() if field.required]:
        raise UnreadableDataError(f"missing: {missing[0]}")
    return values


def _nested(values: dict[str, Any]) -> dict[str, Any]:
    """Dotted paths as dictionaries in dictionaries."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *parents, last = path.split(".")
        place = tree
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = value
    return tree
