"""What a transcript says: one pupil's school year, as plain facts.

The same record feeds the review before creation, the readiness rules, the XML, the printed
form and the API.  Text is NFC; marks are ``Decimal`` and never floats; levels are the letters
that the form prints (``T``, ``K``, ``Đ``, ``CĐ``).

The circulars assess differently, so a year is summed up in one of two shapes: ``Summary`` for the
secondary levels (TT 22/2021) and ``PrimarySummary`` for primary schools (TT 27/2020).  What a
level does not know stays ``None`` or empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hocba.domain.values import Level, PersonId, Profile, SchoolYear

UNKNOWN_DATE = date.min
"""A date that nobody has entered yet; ``hocba.domain.readiness`` lets none of them into a transcript."""


PROFILES = {Level.TH: Profile.MOET_TH, Level.THCS: Profile.HOCBA, Level.THPT: Profile.HOCBA}
"""The profile of a level's transcripts, where the school year's settings choose no other."""


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
    district: str = ""
    """Quận, huyện: only in files of before 1 July 2025, which are read.  No school of ours has one."""


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
    """One row of the marks (B3).

    Primary schools know one moment, the end of the year: ``year`` is the level reached (T, H, C)
    and ``test`` the mark of the periodic test, where the subject has one (TT 27/2020 Đ7.1).
    """

    subject: str
    """Our stable code: ``TOAN``, ``NGUVAN``, … (hocba.domain.curriculum)."""
    name: str
    kind: Kind
    term1: Mark = None
    term2: Mark = None
    year: Mark = None
    reassessed: Mark = None
    test: Decimal | None = None
    """Điểm kiểm tra định kỳ: a whole number 0-10, the last one when tested again."""
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
    """The year of a secondary pupil: page B of his form (B3)."""

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
    unassessed: bool = False
    """A disabled pupil who is not assessed this year by the common requirements (TT 22/2021 Đ11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimarySummary:
    """The year of a primary pupil (TT 27/2020 Đ9, Đ10, Đ13; appendix 1).

    :ivar overall: *Đánh giá kết quả giáo dục*: HTXS, HTT, HT, CHT.
    :ivar qualities: code of a quality -> T (Tốt), Đ (Đạt), C (Cần cố gắng).
    :ivar abilities: code of an ability, general or specific -> the same letters.
    :ivar absences_with_leave: days.
    :ivar height: centimetres.
    :ivar weight: kilograms.
    :ivar promoted: *Được lên lớp*; the principal decides it, also for who has not completed the grade.
    :ivar completion: *Nội dung hoàn thành chương trình*, as the form prints it.
    """

    overall: str | None = None
    qualities: Mapping[str, str] = field(default_factory=dict)
    abilities: Mapping[str, str] = field(default_factory=dict)
    qualities_comment: str = ""
    general_abilities_comment: str = ""
    specific_abilities_comment: str = ""
    absences_with_leave: int | None = None
    absences_without_leave: int | None = None
    height: Decimal | None = None
    weight: Decimal | None = None
    promoted: bool | None = None
    completed_grade: bool | None = None
    completed_level: bool | None = None
    """Grade 5 only."""
    completion: str = ""
    awards: str = ""
    sudden_awards: str = ""
    """Khen thưởng đột xuất."""
    homeroom_comment: str = ""
    unassessed: bool = False
    """A disabled pupil whose levels are not assessed (TT 27/2020 Đ8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """A person of the signing plan.

    :ivar basis: the decision by which he signs for somebody who no longer can (acting signer);
        empty for whose own place it is.
    :ivar left_on: when he left the school; from that day on he signs nothing.
    """

    person: PersonId
    name: str
    personal_id: str
    title: str = ""
    basis: str = ""
    left_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """The print configuration (B4): what is written on the transcript."""

    place: str
    written_on: date
    """The date written on it; NGAY_KY_PHAT_HANH_HOC_BA too: data is frozen at creation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptRecord:
    """Everything that the signed data of one transcript is made of, but for its look-up code.

    :ivar profile: how the document is written; left out, it is the one of the school's level.
    """

    year: SchoolYear
    grade: int
    class_name: str
    school: SchoolFacts
    student: StudentFacts
    history: tuple[HistoryRow, ...]
    results: tuple[SubjectResult, ...]
    summary: Summary | PrimarySummary
    printing: Printing
    teachers: dict[str, Signatory]
    """Subject code -> the teacher responsible for the year's row (term II; else term I)."""
    homeroom: Signatory | None
    leader: Signatory | None
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Rule -> why the school's own value stands against it."""
    profile: Profile = None  # type: ignore[assignment]  # the school's level says it, right below

    def __post_init__(self) -> None:
        object.__setattr__(self, "profile", self.profile or PROFILES[self.school.level])
