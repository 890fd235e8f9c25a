"""Forms to look at: synthetic transcripts of every level as content, and signers for their plans."""

import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from hocba.documents.content import Content, PlanRow, describe
from hocba.documents.form import ShownSigner
from hocba.domain.curriculum import TraitGroup, subjects, traits
from hocba.domain.record import HistoryRow, Kind, PrimarySummary, Relative, SubjectResult
from hocba.domain.values import VIETNAM, Level, SchoolYear, SlotKey
from tests.documents import samples

AT = datetime(2026, 6, 1, 8, 0, tzinfo=VIETNAM)
XML = "<HOC_BA>Dữ liệu ệ €</HOC_BA>".encode()


def content(**changed: object) -> Content:
    """What the sample transcript says."""
    made = describe(samples.record(), samples.plan(), lookup_code=samples.LOOKUP, created_at=samples.CREATED)
    return replace(made, **changed)


def upper(*codes: str, grade: int = 11, **changed: object) -> Content:
    """A transcript of upper secondary school, a teacher for each subject; all 19 unless some are named."""
    made, year = content(), SchoolYear("2025-2026")
    rows = [each for each in subjects(Level.THPT, grade, year) if not codes or each.code in codes]
    teachers = tuple(
        PlanRow(
            key=SlotKey(f"gvbm-{number}"),
            role="GVBM",
            name=f"Giáo viên Thử {number}",
            identity=samples.identity(number),
            subjects=(row.code,),
        )
        for number, row in enumerate(rows, 1)
    )
    facts = {
        "grade": grade,
        "class_name": f"{grade}A2",
        "school": replace(made.school, level=Level.THPT, name="Trường THPT Thử Nghiệm"),
        "student": replace(made.student, register_number="88/THPT"),
        "results": tuple(samples.result(row.code, row.name, row.kind) for row in rows),
        "row_slots": {row.subjects[0]: row.key for row in teachers},
        "plan": (*teachers, *made.plan[-3:]),
    }
    return replace(made, **(facts | changed))


def primary(grade: int = 5, year: int = 2025, **changed: object) -> Content:
    """A transcript of primary school (``moet-th-1.0``): three slots, no subject teachers."""
    made, name = content(), "Trường Tiểu học Thử Nghiệm"
    rows = subjects(Level.TH, grade, SchoolYear(f"{year}-{year + 1}"))
    facts = {
        "profile": "moet-th-1.0",
        "circular": "27/2020/TT-BGDĐT",
        "year": SchoolYear(f"{year}-{year + 1}"),
        "grade": grade,
        "class_name": f"{grade}A",
        "school": replace(made.school, level=Level.TH, name=name),
        "student": replace(
            made.student,
            birth_date=date(2015, 3, 7),
            home_town="Xã Thử, tỉnh Hưng Yên",
            register_number="45/TH",
            father=Relative(name="Nguyễn Văn Thử"),
        ),
        "history": tuple(_entered(each, year - grade + each, name) for each in range(1, grade + 1)),
        "results": tuple(_primary_row(row.code, row.name, row.kind) for row in rows),
        "row_slots": {},
        "summary": primary_summary(completed_level=True if grade == 5 else None),
        "plan": made.plan[-3:],
    }
    return replace(made, **(facts | changed))


def _entered(grade: int, year: int, school: str) -> HistoryRow:
    since = date(year, 9, grade)
    return HistoryRow(
        year=SchoolYear(f"{year}-{year + 1}"), class_name=f"{grade}A", school_name=school, since=since
    )


def _primary_row(code: str, name: str, kind: Kind) -> SubjectResult:
    test = Decimal(9) if kind is Kind.SCORE else None
    comment = f"Nắm chắc kiến thức môn {name.lower()}; cần rèn thêm chữ viết."
    return SubjectResult(subject=code, name=name, kind=kind, year="T", test=test, comment=comment)


def primary_summary(**changed: object) -> PrimarySummary:
    """A good year of a primary pupil."""
    rows = traits(5, SchoolYear("2025-2026")).values()
    facts: dict[str, object] = {
        "overall": "HTT",
        "qualities": {row.code: "T" for row in rows if row.group is TraitGroup.QUALITY},
        "abilities": {row.code: "Đ" for row in rows if row.group is not TraitGroup.QUALITY},
        "qualities_comment": "Lễ phép với thầy cô, hoà đồng với bạn bè.",
        "general_abilities_comment": "Biết tự chuẩn bị đồ dùng học tập.",
        "specific_abilities_comment": "Có năng khiếu vẽ; tính toán nhanh.",
        "absences_with_leave": 2,
        "absences_without_leave": 0,
        "height": Decimal(138),
        "weight": Decimal("32.5"),
        "promoted": True,
        "completed_grade": True,
        "awards": "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
        "homeroom_comment": "Chăm ngoan, tiến bộ đều các môn.",
    }
    return PrimarySummary(**(facts | changed))


def signers(of: Content) -> list[ShownSigner]:
    """Everybody of the plan has signed."""
    return [
        ShownSigner(
            key=row.key,
            role=row.role,
            name=row.name,
            title=row.title,
            signed_at=AT,
            certificate_subject=f"UID={row.identity},CN={row.name},O=Trường THCS Thử Nghiệm,C=VN",
            issuer="CN=Thử nghiệm CA,C=VN",
            serial=f"54010a2b3c4d5e6f7081920a{number:02x}",
        )
        for number, row in enumerate(of.plan, 1)
    ]


def poppler(tool: str, pdf: Path, *options: str) -> str:
    """What one of poppler's tools says."""
    found = shutil.which(tool)
    assert found, f"{tool} (poppler-utils) is not installed"
    done = subprocess.run([found, *options, str(pdf), *(["-"] if tool == "pdftotext" else [])],
                          capture_output=True, check=False)  # fmt: skip
    return (done.stdout + done.stderr).decode()


def pages(pdf: bytes, folder: Path) -> list[str]:
    """The text of each page: NFC, one space between words."""
    path = folder / "form.pdf"
    path.write_bytes(pdf)
    read = poppler("pdftotext", path, "-layout", "-enc", "UTF-8").split("\f")[:-1]
    return [unicodedata.normalize("NFC", re.sub(r"\s+", " ", page.replace("\u200b", ""))) for page in read]


def corners(pdf: bytes, folder: Path) -> tuple[float, float, float, float]:
    """Where text stands, over all pages, in points from the upper left: left, top, right, bottom."""
    path = folder / "bounds.pdf"
    path.write_bytes(pdf)
    said = poppler("pdftotext", path, "-bbox", "-enc", "UTF-8")

    def at(name: str) -> list[float]:
        return [float(value) for value in re.findall(rf'{name}="([\d.-]+)"', said)]

    return min(at("xMin")), min(at("yMin")), max(at("xMax")), max(at("yMax"))
