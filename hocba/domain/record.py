"""What a transcript says: one pupil's school year, as plain facts.

The same record feeds the review before creation, the readiness rules, the XML, the printed
form and the API.  Text is NFC; marks are ``Decimal`` and never floats; levels are the letters
that the form prints (``T``, ``K``, ``Đ``, ``CĐ``).

Only the secondary levels (TT 22/2021) use every field; what a level does not know stays
``None`` or empty.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hocba.domain.values import Level, PersonId, SchoolYear

UNKNOWN_DATE = date.min
"""A date that nobody has entered yet; ``hocba.domain.readiness`` lets none of them into a transcript."""


class Kind(StrEnum):
    """How a subject is assessed (TT 22/2021 Đ5.3); the document's KIEU_DANH_GIA."""

    SCORE = "diem"
    COMMENT = "nhan_xet"


Mark = Decimal | str | None
"""A score 0.0-10.0, or a level (``Đ``, ``CĐ``), or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolFacts:
    """The school as the cover prints it."""

    code: str
    name: str
    level: Level
    department_code: str
    department: str
    commune: str
    province: str
    identity: str
    """``MST:<digits>``: what the organisation's certificate carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Father, mother or guardian."""

    name: str = ""
    occupation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFacts:
    """The personal page (B1)."""

    full_name: str
    code: str
    personal_id: str
    birth_date: date
    sex: str
    """``Nam`` or ``Nữ``."""
    birthplace: str = ""
    home_town: str = ""
    address: str = ""
    ethnicity: str = ""
    nationality: str = ""
    policy_group: str = ""
    """Đối tượng chính sách."""
    father: Relative = Relative()
    mother: Relative = Relative()
    guardian: Relative = Relative()
    register_number: str = ""
    """Số sổ đăng bộ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One line of *Quá trình học tập*."""

    year: SchoolYear
    class_name: str
    school_name: str
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectResult:
    """One row of the year page A (B3)."""

    subject: str
    """Our stable code: ``TOAN``, ``NGUVAN``, … (hocba.domain.curriculum)."""
    name: str
    kind: Kind
    term1: Mark = None
    term2: Mark = None
    year: Mark = None
    reassessed: Mark = None
    comment: str = ""
    exempt: bool = False
    """*Miễn* (TT 22/2021 Đ11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """One of *Kết quả học tập*, *Kết quả rèn luyện*: T, K, Đ, CĐ."""

    term1: str | None = None
    term2: str | None = None
    year: str | None = None
    after: str | None = None
    """After re-assessment or summer training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The year page B (B3)."""

    learning: Levels
    conduct: Levels
    absences: int | None = None
    """Sessions, with and without leave together."""
    promoted: bool | None = None
    completed_level: bool | None = None
    """Grades 9 and 12 only."""
    certificates: tuple[str, ...] = ()
    contests: tuple[str, ...] = ()
    awards: str = ""
    homeroom_comment: str = ""
    summer_comment: str = ""
    principal_approval: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """A person of the signing plan."""

    person: PersonId
    name: str
    personal_id: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """The print configuration (B4): what is written on the transcript."""

    place: str
    written_on: date
    """The date written on it; NGAY_KY_PHAT_HANH_HOC_BA too: data is frozen at creation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptRecord:
    """Everything that the signed data of one transcript is made of, but for its look-up code."""

    year: SchoolYear
    grade: int
    class_name: str
    school: SchoolFacts
    student: StudentFacts
    history: tuple[HistoryRow, ...]
    results: tuple[SubjectResult, ...]
    summary: Summary
    printing: Printing
    teachers: dict[str, Signatory]
    """Subject code -> the teacher responsible for the year's row (term II; else term I)."""
    homeroom: Signatory | None
    leader: Signatory | None
