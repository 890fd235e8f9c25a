"""The words the rules are written in.  Imports nothing of ours.

Vietnamese labels stand in the comments here and, for users, in ``hocba.words``.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import NewType
from uuid import UUID

PersonId = NewType("PersonId", UUID)
SchoolId = NewType("SchoolId", UUID)
ClassId = NewType("ClassId", UUID)
StudentId = NewType("StudentId", UUID)
TranscriptId = NewType("TranscriptId", UUID)
SchoolYear = NewType("SchoolYear", str)
"""A school year as the form writes it: ``2025-2026``."""

_FIRST_MONTH = 8
_YEAR = re.compile(r"[1-9][0-9]{3}-[1-9][0-9]{3}")

VIETNAM = timezone(timedelta(hours=7))
"""Vietnam has had one offset, and no summer time, since 1975."""

SlotKey = NewType("SlotKey", str)
"""Names a slot inside one transcript: ``gvbm-1`` …, ``gvcn``, ``cbql``, ``ky-phat-hanh``."""


def day_of(moment: datetime) -> date:
    """The day that ``moment`` is in Việt Nam."""
    return moment.astimezone(VIETNAM).date()


def year_on(day: date) -> SchoolYear:
    """The school year that ``day`` belongs to, August being the first month of the next."""
    first = day.year if day.month >= _FIRST_MONTH else day.year - 1
    return SchoolYear(f"{first}-{first + 1}")


def is_school_year(text: str) -> bool:
    """Whether ``text`` is a school year: two calendar years, one after the other."""
    return bool(_YEAR.fullmatch(text)) and int(text[5:]) == int(text[:4]) + 1


def year_before(year: SchoolYear) -> SchoolYear:
    """The school year before ``year``."""
    first = int(year[:4])
    return SchoolYear(f"{first - 1}-{first}")


class Level(StrEnum):
    """Cấp học."""

    TH = "th"  # tiểu học, grades 1-5
    THCS = "thcs"  # trung học cơ sở, grades 6-9
    THPT = "thpt"  # trung học phổ thông, grades 10-12


GRADES = {Level.TH: range(1, 6), Level.THCS: range(6, 10), Level.THPT: range(10, 13)}
"""The grades of each level, ascending."""


class Ownership(StrEnum):
    """Whose a school is."""

    PUBLIC = "public"  # công lập
    PRIVATE = "private"  # ngoài công lập: dân lập, tư thục


class Profile(StrEnum):
    """How the document of a transcript is written; the value is its PHIEN_BAN."""

    MOET_TH = "moet-th-1.0"  # the official one of primary schools: no subject-teacher signatures
    HOCBA = "hocba-2.0"  # ours, for all levels: subject teachers sign, the plan is in the signed data


class Role(StrEnum):
    """What a person may do in one school and one school year; one person may hold several."""

    ADMIN = "admin"  # Quản trị viên
    MANAGER = "manager"  # Cán bộ quản lý được phân quyền
    LEADER = "leader"  # Lãnh đạo ký duyệt (CBQL)
    HOMEROOM_TEACHER = "homeroom_teacher"  # GVCN
    SUBJECT_TEACHER = "subject_teacher"  # GVBM
    ISSUER = "issuer"  # Nhân sự ký phát hành
    AUTHORITY = "authority"  # Phòng/Sở, UBND xã


class Step(StrEnum):
    """The signing steps, in order."""

    SUBJECT_TEACHERS = "subject_teachers"  # GVBM, in any order and at the same time
    HOMEROOM_TEACHER = "homeroom_teacher"  # GVCN
    LEADER = "leader"  # CBQL
    ISSUE = "issue"  # KY_PHAT_HANH: the school's certificate, then the seal on the PDF

    @property
    def slot_role(self) -> str:
        """The role as the document writes it (ClaimedRole, KE_HOACH_KY)."""
        return _SLOT_ROLES[self]


_SLOT_ROLES = {
    Step.SUBJECT_TEACHERS: "GVBM",
    Step.HOMEROOM_TEACHER: "GVCN",
    Step.LEADER: "CBQL",
    Step.ISSUE: "KY_PHAT_HANH",
}


class Term(StrEnum):
    """Học kì."""

    I = "1"  # noqa: E741 -- the terms are called I and II
    II = "2"


class Status(StrEnum):
    """Where a transcript is.  The comment says who moves next."""

    AWAITING_SIGNATURES = "awaiting_signatures"  # Chờ ký -- the open step's signers
    RETURNED = "returned"  # Trả lại -- ADMIN
    SIGNED = "signed"  # Hoàn thành ký -- ADMIN
    COMPLETED = "completed"  # Đã xác nhận hoàn thành -- ADMIN
    SUBMITTED = "submitted"  # Đã gửi -- the portal
    REJECTED = "rejected"  # Bị từ chối -- ADMIN
    ACCEPTED = "accepted"  # Đã tiếp nhận -- nobody
    RECALL_PENDING = "recall_pending"  # Chờ xử lý -- the authority
    RECALLED = "recalled"  # Đã thu hồi -- ADMIN
    CANCELLED = "cancelled"  # Đã hủy -- nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One signature a transcript needs: one person (or the school) at one step.

    A teacher of three subjects of the class fills one slot, not three.  ``signer`` is
    ``None`` at ISSUE: the slot is the school's, and whoever holds the issue right may
    operate the school's certificate.

    ``identity`` is what the certificate's subject must carry: ``CCCD:<12 digits>`` for a
    person, ``MST:<digits>`` for the school.  ``basis`` is the decision by which an acting signer
    signs; empty for whose own place it is.
    """

    key: SlotKey
    step: Step
    signer: PersonId | None
    name: str
    identity: str
    title: str = ""
    subjects: tuple[str, ...] = ()
    basis: str = ""
