"""The signing plan of a file: whether it is one, the right one, and who of it has signed.

That the issue signature reaches every other one (step 6) needs no check of its own: with exactly
one slot at each of the last three steps, and each signature covering exactly what its slot
prescribes, it cannot be otherwise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from hocba.documents.content import number
from hocba.documents.facts import PlanRow
from hocba.documents.reading import read_plan
from hocba.documents.reasons import Reason
from hocba.documents.shape import ISSUE_ROLE, Shape
from hocba.documents.slots import MAX_REFERENCES, Planned, role_of
from hocba.documents.verdict import Finding

_OWN_REFERENCES = 3  # the data, one's own time, one's own properties


@dataclass(frozen=True, slots=True)
class SignedSlot:
    """What stands in DANH_SACH_THONG_TIN_KY for one slot; ``signature`` is its ds:Signature."""

    key: str
    element: etree._Element

    @property
    def signature(self) -> etree._Element:
        """The ds:Signature, always the last child."""
        return self.element[-1]


def signed_slots(root: etree._Element) -> list[SignedSlot]:
    """The slots that are signed, as they stand in the file."""
    keys = {"GVCN": "gvcn", "CBQL": "cbql", ISSUE_ROLE: "ky-phat-hanh"}
    slots: list[SignedSlot] = []
    for block in root[1]:
        if block.tag == "DANH_SACH_GVBM":
            slots += [SignedSlot(str(teacher.get("Id")), teacher) for teacher in block]
        else:
            slots.append(SignedSlot(keys[str(block.tag)], block))
    return slots


def check_plan(
    data: etree._Element, shape: Shape, given: Sequence[Planned] | None = None
) -> tuple[tuple[PlanRow, ...], list[Finding]]:
    """The plan, and what is wrong with it.

    :param given: the plan that the school made, by its own register; the file must be signed by it.
    """
    plan = read_plan(data, shape)
    wrong = next(_contradictions(data, plan), None) if shape.holds_plan else None
    if wrong:
        return plan, [Finding(Reason.PLAN_INVALID, detail=wrong)]
    if given is None:
        return plan, []
    plan = _completed(plan, given)
    same = [_who(row) for row in plan] == [_who(row) for row in given]
    return plan, [] if same else [Finding(Reason.PLAN_DIFFERS)]


def _completed(plan: Sequence[PlanRow], given: Sequence[Planned]) -> tuple[PlanRow, ...]:
    """``plan`` with the identities that only the register knows."""
    known = {row.key: row.identity for row in given}
    return tuple(row if row.identity else replace(row, identity=known.get(row.key, "")) for row in plan)


def _who(row: Planned) -> tuple[str, str, tuple[str, ...]]:
    return row.key, row.identity, tuple(row.subjects)


def _contradictions(data: etree._Element, plan: Sequence[PlanRow]) -> Iterator[str]:
    keys = [row.key for row in plan]
    if len(set(keys)) != len(keys):
        yield "a slot twice"
    if any(role_of(row.key) != row.role for row in plan):
        yield "a slot with another's role"
    if [key for key in keys if role_of(key) != "GVBM"] != ["gvcn", "cbql", "ky-phat-hanh"]:
        yield "not one homeroom teacher, one leader and one school, last and in this order"
    if len(plan) - 3 > MAX_REFERENCES - _OWN_REFERENCES:
        yield "more teachers than one signature may cover"
    if any((row.role == ISSUE_ROLE) != row.identity.startswith("MST:") for row in plan):
        yield "an identity of the wrong kind"
    if _rows(data) != {s: row.key for row in plan if row.role == "GVBM" for s in row.subjects}:
        yield "rows and teachers differ"
    if _named(data) != [(row.name, number(row.identity)) for row in plan if row.role in ("GVCN", "CBQL")]:
        yield "the homeroom teacher or the leader differs"


def _rows(data: etree._Element) -> dict[str | None, str | None]:
    """Subject -> slot, as the rows of marks have it; a row may have nobody of its own."""
    rows = data.iterfind("TONG_KET/BANG_DIEM/DIEM_TONG_KET")
    return {row[0].text: row[-1].text for row in rows if row[-1].tag == "GVBM"}  # places of the schema


def _named(data: etree._Element) -> list[tuple[str | None, str | None]]:
    """The homeroom teacher and the leader, as THONG_TIN_CHUNG has them."""
    general = data[0]
    return [
        (general.findtext("TEN_GIAO_VIEN_CHU_NHIEM"), general.findtext("SO_CCCD_GIAO_VIEN_CHU_NHIEM")),
        (general.findtext("TEN_GIAM_HIEU_KY_HOC_BA"), general.findtext("SO_CCCD_GIAM_HIEU_KY_HOC_BA")),
    ]


def check_slots(plan: Sequence[PlanRow], slots: Sequence[SignedSlot]) -> Iterator[Finding]:
    """Who is signed and should not be, who is in the wrong place, who is missing."""
    planned, signed = [row.key for row in plan], [slot.key for slot in slots]
    for key in signed:
        if key not in planned:
            yield Finding(Reason.SLOT_UNPLANNED, key)
    if signed != [key for key in planned if key in signed] and set(signed) <= set(planned):
        yield Finding(Reason.SLOTS_OUT_OF_ORDER)
    for key in planned:
        if key not in signed:
            yield Finding(Reason.INCOMPLETE, key)
