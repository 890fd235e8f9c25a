"""The printed form of primary schools (TT 27/2020, appendix 1)."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from hocba.documents.content import PlanRow
from hocba.documents.form import FormYear, render
from hocba.documents.form_text import written
from hocba.domain.record import PrimarySummary
from hocba.domain.values import SlotKey
from tests.documents import samples
from tests.documents.forms import (
    AT,
    XML,
    corners,
    pages,
    poppler,
    primary,
    primary_summary,
    signers,
)

LINES = (
    *("HỌC BẠ", "TIỂU HỌC", "Thông tư số 27/2020/TT-BGDĐT", "Số sổ đăng bộ: 45/TH"),
    *("Họ và tên học sinh:", "Giới tính:", "Ngày, tháng, năm sinh: 07/03/2015", "Dân tộc:", "Quốc tịch:"),
    *("Nơi sinh:", "Quê quán:", "Nơi ở hiện nay:", "Họ và tên cha:", "Họ và tên mẹ:"),
    *("Họ và tên người giám hộ:", "QUÁ TRÌNH HỌC TẬP", "Chiều cao: 138 cm", "Cân nặng: 32,5 kg"),
    *("Số ngày nghỉ có phép: 2", "Số ngày nghỉ không phép: 0", "1. Các môn học và hoạt động giáo dục"),
    *("2. Những phẩm chất chủ yếu", "3. Những năng lực cốt lõi", "3.1. Những năng lực chung"),
    *("3.2. Những năng lực đặc thù", "4. Đánh giá kết quả giáo dục: Hoàn thành tốt", "5. Khen thưởng:"),
    "6. Hoàn thành chương trình lớp học/chương trình tiểu học: Hoàn thành chương trình tiểu học.",
    *("Xác nhận của Hiệu trưởng", "Giáo viên chủ nhiệm"),
    "Mức đạt được: T: Hoàn thành tốt; H: Hoàn thành; C: Chưa hoàn thành.",
    "Mức đạt được: T: Tốt; Đ: Đạt; C: Cần cố gắng.",
)
TRAITS = (
    *("Yêu nước T", "Nhân ái T", "Chăm chỉ T", "Trung thực T", "Trách nhiệm T", "Tự chủ và tự học Đ"),
    *("Giao tiếp và hợp tác Đ", "Giải quyết vấn đề và sáng tạo Đ", "Ngôn ngữ Đ", "Tính toán Đ"),
    *("Khoa học Đ", "Công nghệ Đ", "Tin học Đ", "Thẩm mĩ Đ", "Thể chất Đ"),
)


@pytest.fixture
def sheets(tmp_path):
    """Render, and read the text of each page back."""

    def read(made, signed=(), **options):
        return pages(render(made, signed, xml=XML, at=AT, **options), tmp_path)

    return read


def test_the_form_has_its_items_in_the_order_of_the_paper(sheets):
    made = primary()
    text = " ".join(sheets(made, signers(made)))
    assert [line for line in LINES if line not in text] == []
    numbered = [text.index(f" {item} ") for item in ("1.", "2.", "3.", "3.1.", "3.2.", "4.", "5.", "6.")]
    assert numbered == sorted(numbered)


def test_each_quality_and_ability_has_its_letter(sheets):
    bare = primary_summary(qualities_comment="", general_abilities_comment="", specific_abilities_comment="")
    page = sheets(primary(summary=bare))[3]
    assert [line for line in TRAITS if line not in page] == []


def test_every_word_of_a_primary_transcript_comes_back(sheets):
    made = primary()
    text = " ".join(sheets(made, signers(made)))
    summary = made.summary
    said = (
        *(made.student.full_name, made.student.home_town, made.student.nationality, made.school.commune),
        *(summary.qualities_comment, summary.general_abilities_comment, summary.specific_abilities_comment),
        *(summary.awards, summary.homeroom_comment, made.homeroom_name, made.leader_name),
        *(row.comment for row in made.results),
    )
    assert sorted(word for fact in said for word in fact.split() if word not in text) == []


def test_a_subject_has_its_level_and_the_mark_of_its_test(sheets):
    made = primary()
    rows = (
        replace(made.results[0], year="H", test=Decimal(10)),
        replace(made.results[7], year="C", test=None),
        replace(made.results[8], year=None, exempt=True, comment=""),
    )
    page = sheets(replace(made, results=rows))[2]
    assert "Tiếng Việt H 10 " in page
    assert "Đạo đức C Nắm" in page
    assert "Giáo dục thể chất Miễn" in page


def test_the_day_of_entry_stands_in_the_history(sheets):
    page = sheets(primary())[1]
    assert "Ngày nhập học/" in page
    assert "2021-2022 1A Trường Tiểu học Thử Nghiệm 01/09/2021" in page
    assert "2025-2026 5A Trường Tiểu học Thử Nghiệm 05/09/2025" in page


def test_a_first_grader_has_lines_for_the_years_to_come():
    lines = written([FormYear(content=primary(grade=1))], view=False)["history"]
    assert [line["year"] for line in lines] == ["2025-2026", "", "", "", ""]


@pytest.mark.parametrize(
    ("grade", "said", "printed"),
    [
        (2, {"completed_grade": True, "promoted": True}, "Hoàn thành chương trình lớp 2; Được lên lớp 3."),
        (2, {"completed_grade": False, "promoted": True},
         "Chưa hoàn thành chương trình lớp 2; Được lên lớp 3."),
        (2, {"completed_grade": False, "promoted": False},
         "Chưa hoàn thành chương trình lớp 2; Chưa được lên lớp."),
        (5, {"completed_grade": True, "completed_level": True}, "Hoàn thành chương trình tiểu học."),
        (5, {"completed_grade": False, "completed_level": False}, "Chưa hoàn thành chương trình tiểu học."),
        (3, {"completion": "Hoàn thành chương trình lớp 3 (học bổ sung)."},
         "Hoàn thành chương trình lớp 3 (học bổ sung)."),
    ],
)  # fmt: skip
def test_item_6_says_what_was_completed_and_where_he_goes(sheets, grade, said, printed):
    facts = {"completed_grade": None, "completed_level": None, "promoted": None} | said
    page = sheets(primary(grade, summary=primary_summary(**facts)))[3]
    assert f"chương trình tiểu học: {printed}" in page


def test_only_the_three_slots_of_the_profile_are_shown(sheets):
    made = primary()
    text = " ".join(sheets(made, signers(made)))
    assert text.count("Đã ký số (1)") == 1  # the homeroom teacher, on the year page
    assert text.count("Đã ký số (2)") == 2  # the leader, on the personal page too
    assert text.count("Đã ký số (3)") == 2  # the school beside him
    assert "Giáo viên môn học" not in text
    assert "Chưa ký số" not in text


def test_a_school_that_lets_subject_teachers_sign_shows_them(sheets):
    made = primary()
    taught = made.results[0].subject
    teacher = PlanRow(
        key=SlotKey("gvbm-1"),
        role="GVBM",
        name="Giáo viên Bộ Môn",
        identity=samples.identity(9),
        subjects=(taught,),
        basis="Quyết định 7/QĐ",
    )
    made = replace(
        made, profile="hocba-2.0", plan=(teacher, *made.plan), row_slots={taught: SlotKey("gvbm-1")}
    )
    assert "Giáo viên Bộ Môn (chưa ký số)" in sheets(made)[2]
    page = sheets(made, signers(made))[2]
    assert "Giáo viên Bộ Môn, đã ký số (1) 08:00:00 01/06/2026" in page
    assert page.count("Ký thay theo Quyết định 7/QĐ") == 1


def test_a_deputy_confirms_for_the_principal(sheets):
    made = primary(leader_title="Phó Hiệu trưởng")
    assert all("KT. HIỆU TRƯỞNG" in sheets(made)[page] for page in (1, 3))


def test_sudden_awards_and_an_unknown_trait_are_shown(sheets):
    summary = primary_summary(sudden_awards="Dũng cảm cứu bạn", abilities={"BOI_LOI": "T"})
    page = sheets(primary(summary=summary))[3]
    assert "Khen thưởng đột xuất: Dũng cảm cứu bạn" in page
    assert "BOI_LOI T" in page


def test_nothing_entered_leaves_the_form_empty(sheets):
    made = primary(summary=PrimarySummary(), history=())
    made = replace(
        made, results=tuple(replace(row, year=None, test=None, comment="") for row in made.results)
    )
    text = " ".join(sheets(made, draft=True))
    assert "4. Đánh giá kết quả giáo dục:" in text
    assert "None" not in text


def test_long_remarks_lose_nothing_and_keep_a_groups_lines_together(tmp_path):
    long = "Em đã tiến bộ rõ rệt trong học tập và rèn luyện, biết giúp đỡ bạn bè. " * 28
    summary = primary_summary(
        qualities_comment=f"{long}hếtPC.",
        general_abilities_comment=f"{long}hếtNLC.",
        specific_abilities_comment=f"{long}hếtDT.",
        homeroom_comment=f"{long}hếtNX.",
    )
    made = primary(summary=summary)
    rows = tuple(replace(row, comment=f"{long}hết{n}.") for n, row in enumerate(made.results))
    pdf = render(replace(made, results=rows), signers(made), xml=XML, at=AT)
    read = pages(pdf, tmp_path)
    text = " ".join(read)
    ends = ("hếtPC.", "hếtNLC.", "hếtDT.", "hếtNX.", *(f"hết{n}." for n in range(len(rows))))
    assert [end for end in ends if end not in text] == []
    (third,) = (page for page in read if "3.2." in page)
    assert [trait for trait in TRAITS[8:] if trait not in third] == []
    left, top, right, bottom = corners(pdf, tmp_path)
    assert (left >= 35, top >= 10, right <= 595.3 - 50, bottom <= 841.9 - 20) == (True,) * 4


def test_it_is_pdf_a_3b_in_our_typeface_with_the_xml_inside(tmp_path):
    made, path = primary(), tmp_path / "form.pdf"
    path.write_bytes(render(made, signers(made), xml=XML, at=AT))
    pdf = path.read_bytes()
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"/AFRelationship/Data" in pdf.replace(b" ", b"")
    fonts = [line.split()[0] for line in poppler("pdffonts", path).splitlines()[2:]]
    assert fonts
    assert all(re.fullmatch(r"[A-Z]{6}\+LibertinusSerif-\w+-Identity-H", font) for font in fonts)
    poppler("pdfdetach", path, "-save", "1", "-o", str(tmp_path / "out.xml"))
    assert (tmp_path / "out.xml").read_bytes() == XML


def test_the_same_arguments_give_the_same_bytes():
    made = primary()
    first = render(made, signers(made), xml=XML, at=AT)
    assert first == render(made, signers(made), xml=XML, at=AT)
