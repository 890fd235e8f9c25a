"""What one transcript document says, as frozen facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hocba.domain.record import (
    HistoryRow,
    PrimarySummary,
    Printing,
    SchoolFacts,
    StudentFacts,
    SubjectResult,
    Summary,
)
from hocba.domain.values import Profile, SchoolYear, SlotKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One slot of the signing plan, as the signed data has it.

    :ivar role: ``GVBM``, ``GVCN``, ``CBQL`` or ``KY_PHAT_HANH``.
    :ivar identity: what the certificate must carry, ``CCCD:…`` or ``MST:…``; empty where the profile
        does not say it (the school's in ``moet-th-1.0``).
    :ivar basis: the decision by which he signs for somebody who no longer can.
    """

    key: SlotKey
    role: str
    name: str
    identity: str
    title: str = ""
    subjects: tuple[str, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything between ``<DU_LIEU_HOC_BA Id="data">`` and its end.

    It is what the document says: what its profile has no place for is empty here, whatever the record
    said.

    :ivar row_slots: subject -> the slot whose signer answers for that row; empty without subject teachers.
    :ivar summary: a ``PrimarySummary`` at TH, else a ``Summary``.
    :ivar plan: who signs; ``moet-th-1.0`` has the three fixed slots, out of its general part.
    """

    profile: Profile
    circular: str
    lookup_code: UUID
    created_at: datetime
    year: SchoolYear
    grade: int
    class_name: str
    school: SchoolFacts
    student: StudentFacts
    history: tuple[HistoryRow, ...]
    results: tuple[SubjectResult, ...]
    row_slots: Mapping[str, SlotKey] = field(hash=False)
    summary: Summary | PrimarySummary
    printing: Printing
    homeroom_name: str
    homeroom_id: str
    leader_name: str
    leader_id: str
    leader_title: str
    plan: tuple[PlanRow, ...]
