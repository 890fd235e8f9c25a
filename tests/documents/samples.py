"""A synthetic transcript of the plausible school: THCS, 13 subjects, 10 teachers."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from hocba.domain.record import (
    HistoryRow,
    Kind,
    Levels,
    Printing,
    Relative,
    SchoolFacts,
    Signatory,
    StudentFacts,
    SubjectResult,
    Summary,
    TranscriptRecord,
)
from hocba.domain.values import VIETNAM, Level, PersonId, SchoolYear, Slot, SlotKey, Step

LOOKUP = UUID("8d7e0a4e-3b1c-4f6e-9a53-2c1b0f4d5e6a")
CREATED = datetime(2026, 5, 25, 9, 30, tzinfo=VIETNAM)
SCHOOL_ID = "MST:0100000001"

SUBJECTS = (
    ("TOAN", "Toán", Kind.SCORE),
    ("LSDL", "Lịch sử và Địa lí", Kind.SCORE),
    ("KHTN", "Khoa học tự nhiên", Kind.SCORE),
    ("TIN", "Tin học", Kind.SCORE),
    ("NGUVAN", "Ngữ văn", Kind.SCORE),
    ("NN1", "Ngoại ngữ 1", Kind.SCORE),
    ("GDCD", "Giáo dục công dân", Kind.SCORE),
    ("CN", "Công nghệ", Kind.SCORE),
    ("GDTC", "Giáo dục thể chất", Kind.COMMENT),
    ("NT", "Nghệ thuật", Kind.COMMENT),
    ("NN2", "Ngoại ngữ 2", Kind.SCORE),
    ("NDGDDP", "Nội dung giáo dục của địa phương", Kind.COMMENT),
    ("HDTNHN", "Hoạt động trải nghiệm, hướng nghiệp", Kind.COMMENT),
)

TAUGHT = (
    ("TOAN", "TIN"),
    ("LSDL",),
    ("KHTN", "CN"),
    ("NGUVAN",),
    ("NN1", "NN2"),
    ("GDCD",),
    ("GDTC",),
    ("NT",),
    ("NDGDDP",),
    ("HDTNHN",),
)
"""Who teaches what: ten teachers, thirteen subjects."""


def identity(number: int) -> str:
    return f"CCCD:0011850{number:05d}"


def person(number: int) -> PersonId:
    return PersonId(UUID(int=number))


def plan() -> tuple[Slot, ...]:
    """Ten teachers, the homeroom teacher, the leader and the school."""
    teachers = tuple(
        Slot(
            key=SlotKey(f"gvbm-{i}"),
            step=Step.SUBJECT_TEACHERS,
            signer=person(i),
            name=f"Giáo viên Thử {i}",
            identity=identity(i),
            subjects=subjects,
        )
        for i, subjects in enumerate(TAUGHT, 1)
    )
    return (
        *teachers,
        Slot(
            key=SlotKey("gvcn"),
            step=Step.HOMEROOM_TEACHER,
            signer=person(1),
            name="Giáo viên Thử 1",
            identity=identity(1),
        ),
        Slot(
            key=SlotKey("cbql"),
            step=Step.LEADER,
            signer=person(50),
            name="Hiệu trưởng Thử",
            identity=identity(50),
            title="Hiệu trưởng",
        ),
        Slot(
            key=SlotKey("ky-phat-hanh"),
            step=Step.ISSUE,
            signer=None,
            name="Trường THCS Thử Nghiệm",
            identity=SCHOOL_ID,
        ),
    )


def short_plan() -> tuple[Slot, ...]:
    """One teacher for everything: the smallest plan."""
    first, *rest = plan()
    subjects = tuple(code for code, _, _ in SUBJECTS)
    one = Slot(
        key=first.key,
        step=first.step,
        signer=first.signer,
        name=first.name,
        identity=first.identity,
        subjects=subjects,
    )
    return (one, *(slot for slot in rest if slot.step is not Step.SUBJECT_TEACHERS))


def result(code: str, name: str, kind: Kind, **changed: object) -> SubjectResult:
    comment = "Có ý thức học tập tốt, tích cực phát biểu xây dựng bài; cần rèn thêm kĩ năng trình bày."
    marks: dict[str, object] = (
        {"term1": Decimal("8.5"), "term2": Decimal("9.0"), "year": Decimal("8.8")}
        if kind is Kind.SCORE
        else {"term1": "Đ", "term2": "Đ", "year": "Đ"}
    )
    given = {"subject": code, "name": name, "kind": kind, "comment": comment, **marks, **changed}
    return SubjectResult(**given)


def record(**changed: object) -> TranscriptRecord:
    facts: dict[str, object] = {
        "year": SchoolYear("2025-2026"),
        "grade": 9,
        "class_name": "9A1",
        "school": SchoolFacts(
            code="01000701",
            name="Trường THCS Thử Nghiệm",
            level=Level.THCS,
            department_code="01",
            department="Sở Giáo dục và Đào tạo Hà Nội",
            commune="Phường Thử",
            province="Thành phố Hà Nội",
            identity=SCHOOL_ID,
        ),
        "student": StudentFacts(
            full_name="Nguyễn Ánh Dương",
            code="0123456789",
            personal_id="001311000123",
            birth_date=date(2011, 3, 7),
            sex="Nữ",
            birthplace="Hà Nội",
            address="Số 1, phố Thử & Nghiệm",
            ethnicity="Kinh",
            nationality="Việt Nam",
            mother=Relative(name="Trần Thị Thử", occupation="Kế toán"),
            register_number="123/THCS",
        ),
        "history": (
            HistoryRow(year=SchoolYear("2024-2025"), class_name="8A1", school_name="Trường THCS Thử Nghiệm"),
            HistoryRow(
                year=SchoolYear("2025-2026"),
                class_name="9A1",
                school_name="Trường THCS Thử Nghiệm",
                since=date(2025, 9, 5),
            ),
        ),
        "results": tuple(result(*subject) for subject in SUBJECTS),
        "summary": Summary(
            learning=Levels(term1="T", term2="T", year="T"),
            conduct=Levels(term1="T", term2="T", year="T"),
            absences=3,
            promoted=True,
            completed_level=True,
            certificates=("Chứng chỉ nghề phổ thông",),
            awards="Học sinh Giỏi",
            homeroom_comment="Ngoan, lễ phép, đoàn kết với bạn bè.",
        ),
        "printing": Printing(place="Hà Nội", written_on=date(2026, 5, 31)),
        "teachers": {
            subject: Signatory(person=person(i), name=f"Giáo viên Thử {i}", personal_id=identity(i)[5:])
            for i, subjects in enumerate(TAUGHT, 1)
            for subject in subjects
        },
        "homeroom": Signatory(person=person(1), name="Giáo viên Thử 1", personal_id=identity(1)[5:]),
        "leader": Signatory(
            person=person(50), name="Hiệu trưởng Thử", personal_id=identity(50)[5:], title="Hiệu trưởng"
        ),
    }
    return TranscriptRecord(**(facts | changed))
