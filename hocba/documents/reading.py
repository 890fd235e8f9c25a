"""From ``<DU_LIEU_HOC_BA>`` back to facts.  Strict: what is not in the profile is refused.

Where a profile has no place for a fact, what is left out tells it: in ``moet-th-1.0`` a pupil without an
overall result is not assessed, a row without a level is exempt, and a row has a test or is assessed by
comment.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from lxml import etree

from hocba.documents import profile
from hocba.documents.facts import Content, PlanRow
from hocba.documents.shape import ISSUE_ROLE, Field, Group, Part, Shape, Texts
from hocba.domain.record import (
    HistoryRow,
    Kind,
    Levels,
    PrimarySummary,
    Printing,
    Relative,
    SchoolFacts,
    StudentFacts,
    SubjectResult,
    Summary,
)
from hocba.domain.values import SlotKey, Step

_RELATIVES = ("father", "mother", "guardian")


class UnreadableDataError(ValueError):
    """The element is not the data of a transcript of a known profile."""


def read_content(data: etree._Element) -> Content:
    """The facts in ``data``, an element ``DU_LIEU_HOC_BA``.

    :raises UnreadableDataError: when a mandatory field is missing, or something unknown is there.
    """
    shape = profile.of_element(data)
    if shape is None:
        raise UnreadableDataError("of no known profile, or not of its levels")
    try:
        return _content(data, shape)
    except UnreadableDataError:
        raise
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise UnreadableDataError(str(error)) from error


def read_plan(data: etree._Element, shape: Shape) -> tuple[PlanRow, ...]:
    """Who signs: the signing plan in ``data``, or the three people that its general part names.

    :raises UnreadableDataError: when a row is not one.
    """
    if not shape.holds_plan:
        return _fixed_plan(_part(data, "THONG_TIN_CHUNG"))
    return tuple(_plan_row(row, shape) for row in data.iterfind("KE_HOACH_KY/KY"))


def _fixed_plan(general: etree._Element) -> tuple[PlanRow, ...]:
    """Nobody but the school's register knows the identity of its certificate: it stays empty."""

    def row(key: str, step: Step, who: str, identity: str = "", title: str = "") -> PlanRow:
        name = general.findtext(who, "")
        return PlanRow(key=SlotKey(key), role=step.slot_role, name=name, identity=identity, title=title)

    homeroom = general.findtext("SO_CCCD_GIAO_VIEN_CHU_NHIEM", "")
    leader = general.findtext("SO_CCCD_GIAM_HIEU_KY_HOC_BA", "")
    title = general.findtext("CHUC_VU_GIAM_HIEU_KY_HOC_BA", "")
    return (
        row("gvcn", Step.HOMEROOM_TEACHER, "TEN_GIAO_VIEN_CHU_NHIEM", f"CCCD:{homeroom}"),
        row("cbql", Step.LEADER, "TEN_GIAM_HIEU_KY_HOC_BA", f"CCCD:{leader}", title),
        row("ky-phat-hanh", Step.ISSUE, "TEN_TRUONG"),
    )


def _content(data: etree._Element, shape: Shape) -> Content:
    general = _nested(_values(_part(data, "THONG_TIN_CHUNG"), shape.general))
    plan = read_plan(data, shape)
    identity = next((row.identity for row in plan if row.role == ISSUE_ROLE), "")
    school, student, printing = general.pop("school"), general.pop("student"), general.pop("printing")
    year = _part(data, "TONG_KET")
    summary = _summary(general.pop("summary", {}) | _values(year, shape.year), shape)
    rows = [
        _result(row, shape, assessed=not summary.unassessed)
        for row in year.iterfind("BANG_DIEM/DIEM_TONG_KET")
    ]
    history = data.iterfind("QUA_TRINH_HOC_TAP")
    return Content(
        school=SchoolFacts(identity=identity, **school),
        student=_student(student),
        printing=Printing(**printing),
        history=tuple(HistoryRow(**_values(row, shape.history)) for row in history),
        results=tuple(result for result, _ in rows),
        row_slots={result.subject: slot for result, slot in rows if slot},
        summary=summary,
        plan=plan,
        **general,
    )


def _student(values: dict[str, Any]) -> StudentFacts:
    relatives: dict[str, Any] = {who: Relative(**values.pop(who, {})) for who in _RELATIVES}
    return StudentFacts(**values, **relatives)


def _summary(values: dict[str, Any], shape: Shape) -> Summary | PrimarySummary:
    if not shape.primary:
        learning, conduct = (Levels(**values.pop(name)) for name in ("learning", "conduct"))
        return Summary(learning=learning, conduct=conduct, **values)
    if not shape.says("unassessed", shape.year):
        values["unassessed"] = "overall" not in values
    return PrimarySummary(**values)


def _result(row: etree._Element, shape: Shape, *, assessed: bool) -> tuple[SubjectResult, SlotKey]:
    values = _values(row, shape.result, also="GVBM" if shape.holds_plan else "")
    if not shape.says("kind", shape.result):
        values["kind"] = Kind.SCORE if "test" in values else Kind.COMMENT
    if not shape.says("exempt", shape.result):
        values["exempt"] = assessed and "year" not in values
    return SubjectResult(**values), SlotKey(row.findtext("GVBM") or "")


def _plan_row(row: etree._Element, shape: Shape) -> PlanRow:
    values = _values(row, shape.plan, also="MA_MON_HOC")
    return PlanRow(subjects=tuple(each.text or "" for each in row.iterchildren("MA_MON_HOC")), **values)


def _part(element: etree._Element, tag: str) -> etree._Element:
    found = element.findall(tag)
    if len(found) != 1:
        raise UnreadableDataError(f"not exactly one {tag}")
    return found[0]


@cache
def _index(parts: tuple[Part, ...]) -> tuple[Mapping[str, Part], frozenset[str]]:
    """Tag -> part, and the tags that must be there."""
    always = (
        part.tag
        for part in parts
        if (part.always if isinstance(part, Field) else not isinstance(part, Texts))
    )
    return {part.tag: part for part in parts}, frozenset(always)


def _values(element: etree._Element, parts: tuple[Part, ...], *, also: str = "") -> dict[str, Any]:
    """Path -> value of what is there; children called ``also`` are read by somebody else."""
    by_tag, always = _index(parts)
    seen, values = set[str](), dict[str, Any]()
    for child in element:
        tag = str(child.tag)
        part = by_tag.get(tag)
        if part is None and tag == also:
            continue
        if part is None or (tag in seen and not isinstance(part, Texts)):
            raise UnreadableDataError(f"unknown or repeated: {tag}")
        seen.add(tag)
        _read(child, part, values)
    if not always <= seen:
        raise UnreadableDataError(f"missing: {min(always - seen)}")
    return values


def _read(child: etree._Element, part: Part, values: dict[str, Any]) -> None:
    """Put what ``child`` says into ``values``."""
    if isinstance(part, Field):
        if part.derived:
            return
        place, name = (values.setdefault(part.path, {}), part.key) if part.key else (values, part.path)
        place[name] = part.format.read(child.text or "")
    elif isinstance(part, Texts):
        values[part.path] = (*values.get(part.path, ()), child.text or "")
    elif isinstance(part, Group):
        inner = _values(child, part.fields)
        values |= {part.path: inner} if part.path else inner


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted paths as dictionaries in dictionaries."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *parents, last = path.split(".")
        place = tree
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = value
    return tree
