"""A transcript of each profile and level, synthetic like those of ``samples``, and signed by its whole plan.

The homeroom teacher, the leader and the school are those of ``samples``: the same keys sign.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from hocba.documents import content, profile
from hocba.documents.shape import Shape
from hocba.domain.plan import signing_plan
from hocba.domain.record import (
    HistoryRow,
    Kind,
    PrimarySummary,
    Relative,
    Signatory,
    SubjectResult,
    TranscriptRecord,
)
from hocba.domain.values import Level, Profile, SchoolYear, Slot
from tests.documents import samples, signed

MOET_TH = "moet-th-1.0 TH"
TH, THCS, THPT = "hocba-2.0 TH", "hocba-2.0 THCS", "hocba-2.0 THPT"
NAMES = (MOET_TH, TH, THCS, THPT)
"""Every profile at every level of its own."""

NEW = (MOET_TH, TH)
"""Those of primary schools."""

TAUGHT = {
    1: (("TV", "Tiếng Việt", 9), ("TOAN", "Toán", 10)),
    2: (("NN1", "Ngoại ngữ 1", 8),),
    3: (("DAODUC", "Đạo đức", None), ("LSDL", "Lịch sử và Địa lí", 9), ("KH", "Khoa học", 9)),
    4: (("TIN", "Tin học và Công nghệ (Tin học)", 7), ("CN", "Tin học và Công nghệ (Công nghệ)", 8)),
    5: (("GDTC", "Giáo dục thể chất", None),),
    6: (("AMNHAC", "Nghệ thuật (Âm nhạc)", None), ("MITHUAT", "Nghệ thuật (Mĩ thuật)", None)),
    7: (("HDTN", "Hoạt động trải nghiệm", None),),
}
"""Teacher -> code, name and test mark of his subjects in a grade 4."""

UPPER = (
    ("NGUVAN", "Ngữ văn", Kind.SCORE),
    ("TOAN", "Toán", Kind.SCORE),
    ("NN1", "Ngoại ngữ 1", Kind.SCORE),
    ("LICHSU", "Lịch sử", Kind.SCORE),
    ("VATLI", "Vật lí", Kind.SCORE),
    ("HOAHOC", "Hóa học", Kind.SCORE),
    ("SINHHOC", "Sinh học", Kind.SCORE),
    ("TIN", "Tin học", Kind.SCORE),
    ("GDQPAN", "Giáo dục quốc phòng và an ninh", Kind.SCORE),
    ("GDTC", "Giáo dục thể chất", Kind.COMMENT),
    ("NDGDDP", "Nội dung giáo dục của địa phương", Kind.COMMENT),
    ("HDTNHN", "Hoạt động trải nghiệm, hướng nghiệp", Kind.COMMENT),
)


def shape_of(name: str) -> Shape:
    key, level = name.split()
    return profile.shape_of(Profile(key), Level[level])


def signatory(number: int) -> Signatory:
    return Signatory(
        person=samples.person(number),
        name=f"Giáo viên Thử {number}",
        personal_id=samples.identity(number)[5:],
    )


def primary_row(code: str, name: str, test: int | None, **changed: object) -> SubjectResult:
    given: dict[str, object] = {
        "subject": code,
        "name": name,
        "kind": Kind.COMMENT if test is None else Kind.SCORE,
        "year": "T",
        "test": None if test is None else Decimal(test),
        "comment": "Em học tốt, tích cực phát biểu; cần viết cẩn thận hơn.",
    }
    return SubjectResult(**(given | changed))


def primary_summary(**changed: object) -> PrimarySummary:
    given: dict[str, object] = {
        "overall": "HTT",
        "qualities": dict.fromkeys(("YEU_NUOC", "NHAN_AI", "CHAM_CHI", "TRUNG_THUC", "TRACH_NHIEM"), "T"),
        "abilities": {
            "TU_CHU_TU_HOC": "T",
            "GIAO_TIEP_HOP_TAC": "T",
            "GIAI_QUYET_VAN_DE_SANG_TAO": "Đ",
            "NGON_NGU": "T",
            "TINH_TOAN": "T",
            "KHOA_HOC": "T",
            "CONG_NGHE": "T",
            "TIN_HOC": "Đ",
            "THAM_MI": "T",
            "THE_CHAT": "T",
        },
        "qualities_comment": "Ngoan, lễ phép, trung thực.",
        "general_abilities_comment": "Biết hợp tác với bạn khi làm việc nhóm.",
        "specific_abilities_comment": "Sử dụng ngôn ngữ lưu loát, tính toán nhanh.",
        "absences_with_leave": 2,
        "absences_without_leave": 0,
        "height": Decimal("134.5"),
        "weight": Decimal(31),
        "promoted": True,
        "completed_grade": True,
        "completion": "Hoàn thành chương trình lớp 4; Được lên lớp 5.",
        "awards": "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
        "homeroom_comment": "Chăm chỉ, tiến bộ rõ rệt ở môn Toán.",
    }
    return PrimarySummary(**(given | changed))


def primary(profile: Profile, **changed: object) -> TranscriptRecord:
    """Grade 4 of the plausible school's primary classes."""
    name = "Trường Tiểu học Thử Nghiệm"
    base = samples.record()
    facts: dict[str, object] = {
        "profile": profile,
        "grade": 4,
        "class_name": "4A",
        "school": replace(base.school, level=Level.TH, name=name),
        "student": replace(
            base.student,
            full_name="Lê Thử Nghiệm An",
            birth_date=date(2016, 5, 17),
            personal_id="001316000456",
            home_town="Hà Nội",
            father=Relative(name="Lê Văn Thử"),
            mother=Relative(name="Trần Thị Thử"),
            register_number="45",
        ),
        "history": (
            HistoryRow(
                year=SchoolYear("2024-2025"), class_name="3A", school_name=name, since=date(2022, 9, 5)
            ),
            HistoryRow(
                year=SchoolYear("2025-2026"), class_name="4A", school_name=name, since=date(2025, 9, 5)
            ),
        ),
        "results": tuple(primary_row(*row) for rows in TAUGHT.values() for row in rows),
        "summary": primary_summary(),
        "teachers": {row[0]: signatory(number) for number, rows in TAUGHT.items() for row in rows},
    }
    return samples.record(**(facts | changed))


def upper(**changed: object) -> TranscriptRecord:
    """Grade 12; two of the ten teachers have a second subject."""
    base = samples.record()
    facts: dict[str, object] = {
        "grade": 12,
        "class_name": "12A1",
        "school": replace(base.school, level=Level.THPT, name="Trường THPT Thử Nghiệm"),
        "results": tuple(samples.result(*row) for row in UPPER),
        "teachers": {row[0]: signatory(1 + number % 10) for number, row in enumerate(UPPER)},
    }
    return samples.record(**(facts | changed))


def record(name: str, **changed: object) -> TranscriptRecord:
    """The record of one of ``NAMES``."""
    if name == THCS:
        return samples.record(**changed)
    return upper(**changed) if name == THPT else primary(shape_of(name).profile, **changed)


def data_of(record: TranscriptRecord, plan: tuple[Slot, ...] | None = None) -> bytes:
    plan = plan or signing_plan(record)
    return content.build(record, plan, lookup_code=samples.LOOKUP, created_at=samples.CREATED)


def transcript(name: str, changed: Mapping[str, object] | None = None, **how: object) -> signed.Signed:
    """The transcript of one of ``NAMES``, signed."""
    of = record(name, **(changed or {}))
    plan = signing_plan(of)
    data = data_of(of, plan)
    return signed.Signed(data, plan, signed.sign(data, plan, **how))


@cache
def whole(name: str) -> signed.Signed:
    return transcript(name)


def name_of(shape: Shape) -> str:
    """Which of ``NAMES`` has this shape."""
    return f"{shape.profile} {shape.level.name}"
