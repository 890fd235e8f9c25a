"""The printed form: every word of it, in one typeface, the same bytes every time."""

import re
import threading
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hocba.documents import fonts
from hocba.documents.form import render
from hocba.documents.form_marks import mark
from hocba.domain.record import HistoryRow, Levels, Summary
from hocba.domain.values import Level, SchoolYear
from tests.documents import samples
from tests.documents.forms import AT, XML, content, corners, pages, poppler, signers, upper

HEADINGS = """
TRƯỜNG: Xã/Phường/Đặc khu: Tỉnh/Thành phố: HỌC BẠ TRUNG HỌC CƠ SỞ Họ và tên học sinh Số sổ đăng bộ PCGD: /THCS
Họ và tên: Giới tính: Ngày sinh: Nơi sinh: Dân tộc: Đối tượng: Chỗ ở hiện tại: Họ và tên cha: Nghề nghiệp:
Họ và tên mẹ: Họ và tên người giám hộ: HIỆU TRƯỞNG QUÁ TRÌNH HỌC TẬP Năm học Lớp Tên trường
Lớp: Năm học: Môn học/ Hoạt động giáo dục Học kì I Học kì II Cả năm
Toán Lịch sử và Địa lí Khoa học tự nhiên Tin học Ngữ văn Ngoại ngữ 1 Giáo dục công dân Công nghệ
Giáo dục thể chất Nghệ thuật Ngoại ngữ 2 Nội dung giáo dục của địa phương Hoạt động trải nghiệm, hướng nghiệp
Trong trang này có sửa chữa ở chỗ, thuộc môn học, hoạt động giáo dục:
Xác nhận của giáo viên chủ nhiệm Xác nhận của Hiệu trưởng
Học kì Mức đánh giá Kết quả rèn luyện Kết quả học tập Tổng số buổi nghỉ học
Mức đánh giá sau khi rèn luyện trong kì nghỉ hè; kiểm tra, đánh giá lại
- Được lên lớp: - Được lên lớp sau kiểm tra, đánh giá lại môn học hoặc rèn luyện trong kì nghỉ hè:
- Không được lên lớp:
Nếu là lớp cuối cấp thì ghi Hoàn thành hay không hoàn thành chương trình trung học cơ sở:
Chứng chỉ (nếu có): Loại: Kết quả tham gia các cuộc thi (nếu có): Khen thưởng (nếu có):
NHẬN XÉT CỦA GIÁO VIÊN CHỦ NHIỆM Giáo viên chủ nhiệm
"""
LINES = (
    "- Được lên lớp sau kiểm tra, đánh giá lại môn học hoặc rèn luyện trong kì nghỉ hè:",
    "- Không được lên lớp:",
    "Nếu là lớp cuối cấp thì ghi Hoàn thành hay không hoàn thành chương trình trung học cơ sở:",
    "Kết quả tham gia các cuộc thi (nếu có):",
    "NHẬN XÉT CỦA GIÁO VIÊN CHỦ NHIỆM",
    "QUÁ TRÌNH HỌC TẬP",
)
VIETNAMESE = (
    {*range(0x1EA0, 0x1EFA)}
    | {ord(c) for c in "ĂăÂâĐđÊêÔôƠơƯưÀÁÃÈÉÌÍĨÒÓÕÙÚŨÝàáãèéìíĩòóõùúũý"}
    | {*range(0x20, 0x7F)}
)


@pytest.fixture
def page_text(tmp_path):
    """Render, and read the text back (NFC, one space between words)."""

    def text(made, signed=(), **options):
        return " ".join(pages(render(made, signed, xml=None, at=AT, **options), tmp_path))

    return text


def test_every_face_has_every_vietnamese_character():
    assert len(fonts.FACES) == 3
    for face in fonts.FACES:
        assert fonts.characters((fonts.DIRECTORY / face).read_bytes()) >= VIETNAMESE, face


def test_the_font_files_lie_with_their_licence():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (fonts.DIRECTORY / "OFL.txt").read_text("utf-8")


def test_only_the_shipped_typeface_is_embedded(tmp_path):
    path = tmp_path / "form.pdf"
    path.write_bytes(render(content(), signers(content()), xml=XML, at=AT))
    rows = [line.split() for line in poppler("pdffonts", path).splitlines()[2:]]
    assert {re.sub(r"^[A-Z]{6}\+LibertinusSerif-\w+-Identity-H$", "ours", row[0]) for row in rows} == {"ours"}
    assert {row[-5] for row in rows} == {"yes"}  # embedded


def test_every_heading_of_the_form_stands_on_it(page_text):
    text = page_text(content(), signers(content()))
    assert [word for word in HEADINGS.split() if word not in text] == []
    assert [line for line in LINES if line not in text] == []


def test_every_word_of_the_transcript_comes_back_letter_for_letter(page_text):
    made = content()
    text = page_text(made, signers(made))
    student, summary = made.student, made.summary
    said = (
        *(student.full_name, student.full_name.upper(), student.birthplace, student.ethnicity, student.sex),
        *(student.address, student.mother.name, student.mother.occupation, "07/03/2011", "123/THCS"),
        *(summary.homeroom_comment, summary.awards, *summary.certificates, "8,5", "9,0", "8,8"),
        *(made.leader_name, made.homeroom_name, str(made.lookup_code), made.history[0].school_name),
        *(made.school.province, made.school.commune, "THCS THỬ NGHIỆM", "2024-2025"),
        "Hà Nội, ngày 31 tháng 05 năm 2026",
    )
    words = {word for fact in said for word in fact.split()}
    words |= {word for row in made.results for word in f"{row.name} {row.comment}".split()}
    assert sorted(word for word in words if word not in text) == []


def test_all_vietnamese_letters_survive_the_page(page_text):
    letters = [chr(code) for code in sorted(VIETNAMESE) if chr(code).isalpha()]
    comment = " ".join("".join(letters[at : at + 9]) for at in range(0, len(letters), 9))
    made = content()
    text = page_text(replace(made, summary=replace(made.summary, homeroom_comment=comment)))
    assert comment in text


def test_every_signer_is_shown_with_time_and_certificate(page_text):
    made = content()
    text = page_text(made, signers(made))
    for signer in signers(made):
        assert signer.serial in text
        assert signer.name in text
        assert signer.certificate_subject.split(",")[0] in text
    assert "08:00:00 01/06/2026" in text
    assert "Cơ quan cấp: CN=Thử nghiệm CA, C=VN" in text
    assert "Chưa ký số" not in text


def test_the_teacher_stands_beside_each_of_his_subjects(page_text):
    text = page_text(content(), signers(content()))
    assert text.count("Giáo viên Thử 3, đã ký số (3) 08:00:00 01/06/2026") == 2  # KHTN and CN


def test_times_are_shown_in_vietnams_zone(page_text):
    made = content()
    late = [replace(s, signed_at=datetime(2026, 5, 31, 20, 30, tzinfo=UTC)) for s in signers(made)]
    assert "03:30:00 01/06/2026" in page_text(made, late)


def test_a_draft_says_so_on_every_page(page_text, tmp_path):
    text = page_text(content(), draft=True)
    pages = int(re.search(r"Pages:\s+(\d+)", poppler("pdfinfo", tmp_path / "form.pdf"))[1])
    assert text.count("Chưa ký số") + text.count("chưa ký số") > 10
    for page in range(1, pages + 1):
        one = poppler("pdftotext", tmp_path / "form.pdf", "-f", str(page), "-l", str(page))
        assert "CHƯA PHÁT HÀNH" in unicodedata.normalize("NFC", one), page


def test_an_issued_form_has_no_watermark(page_text):
    assert "CHƯA PHÁT HÀNH" not in page_text(content(), signers(content()))


def test_the_footer_has_look_up_code_and_page_number(page_text, tmp_path):
    page_text(content(), signers(content()))
    third = poppler("pdftotext", tmp_path / "form.pdf", "-f", "3", "-l", "3", "-layout")
    assert f"Mã tra cứu: {samples.LOOKUP}" in third
    assert re.search(r"Trang 3 / \d", third)


def test_the_usual_transcript_has_five_pages(page_text, tmp_path):
    page_text(content(), signers(content()))
    assert "Pages:           5" in poppler("pdfinfo", tmp_path / "form.pdf")


def test_fifteen_subjects_with_long_comments_and_long_names_lose_nothing(page_text, tmp_path):
    made = content()
    extra = [replace(made.results[0], subject=f"THEM{n}", name=f"Môn học tự chọn thứ {n}") for n in (1, 2)]
    rows = [
        replace(row, comment=f"{row.comment} " * 12 + f"hết{n}.")
        for n, row in enumerate((*made.results, *extra))
    ]
    name = "Công Tằng Tôn Nữ Nguyễn Phúc Hoàng Phương Quỳnh Khuê Ngọc Bảo Trân Thiên Hương Dạ Nguyệt"
    unbroken = "Ă" * 200
    text = page_text(
        replace(
            made,
            results=tuple(rows),
            student=replace(made.student, full_name=name, address=unbroken),
            summary=replace(made.summary, homeroom_comment="Ngoan và chăm. " * 200 + "Hết"),
        ),
        signers(made),
    )
    assert all(f"hết{n}." in text for n in range(15))
    assert set(name.split()) <= set(text.split())
    assert text.count("Ă") == 200
    assert corners((tmp_path / "form.pdf").read_bytes(), tmp_path)[2] <= 595.3 - 50


@pytest.mark.parametrize(
    ("value", "printed"),
    [(Decimal("8.5"), "8,5"), (Decimal(10), "10,0"), (Decimal("0.0"), "0,0"), ("CĐ", "CĐ"), (None, "")],
)
def test_marks_are_printed_the_vietnamese_way(value, printed):
    assert mark(value) == printed


def test_an_exempt_row_says_mien(page_text):
    made = content()
    row = replace(made.results[8], term1=None, term2=None, year=None, exempt=True)
    assert page_text(replace(made, results=(row,))).count("Miễn") == 3


def test_the_three_promotion_lines(page_text):
    made = replace(content(), grade=7, class_name="7A1")
    summary = replace(made.summary, completed_level=None)

    def said(**changed):
        return page_text(replace(made, summary=replace(summary, **changed)))

    assert "- Được lên lớp: Lớp 8" in said(promoted=True)
    after = said(promoted=True, learning=Levels(term1="CĐ", term2="Đ", year="CĐ", after="Đ"))
    assert "trong kì nghỉ hè: Lớp 8" in after
    assert "- Được lên lớp: Lớp 8" not in after
    assert "- Không được lên lớp: Ở lại lớp 7" in said(promoted=False)


def test_a_deputy_signs_for_the_principal(page_text):
    assert "KT. HIỆU TRƯỞNG" in page_text(replace(content(), leader_title="Phó Hiệu trưởng"))
    assert "KT." not in page_text(replace(content(), leader_title="Hiệu trưởng"))


def test_more_years_than_the_form_has_lines_get_lines(page_text):
    rows = [
        HistoryRow(year=SchoolYear(f"{y}-{y + 1}"), class_name="6A", school_name=f"Trường {y}")
        for y in range(2020, 2026)
    ]
    text = page_text(replace(content(), history=tuple(rows)))
    assert all(f"Trường {year}" in text for year in range(2020, 2026))


def test_text_is_never_read_as_markup(page_text):
    evil = '#panic("x") *không đậm* $x$ [a] <b> \\ @c // d /* e */ `f` #import "@preview/x:1.0.0"'
    made = content()
    assert evil in page_text(replace(made, summary=replace(made.summary, homeroom_comment=evil)))


def test_what_the_typeface_lacks_is_shown_as_a_replacement(page_text):
    made = content()
    comment = "Giỏi 😀 học\u202e 漢字"
    text = page_text(replace(made, summary=replace(made.summary, homeroom_comment=comment)))
    assert "Giỏi \ufffd học \ufffd\ufffd" in text


def test_upper_secondary_has_the_same_form_with_its_own_name(page_text):
    made = content()
    text = page_text(replace(made, grade=12, school=replace(made.school, level=Level.THPT)))
    assert "TRUNG HỌC PHỔ THÔNG" in text
    assert "/THPT" in text


def test_nineteen_subjects_and_their_confirmation_stand_on_one_page(tmp_path):
    made = upper()
    third = pages(render(made, signers(made), xml=XML, at=AT), tmp_path)[2]
    assert len(made.results) == 19
    assert all(word in third for row in made.results for word in row.name.split())
    assert third.count("đã ký số") == 19
    assert "Xác nhận của Hiệu trưởng" in third


def test_only_the_electives_taken_stand_on_the_form(page_text):
    text = page_text(upper("NGUVAN", "TOAN", "DIALI", "GDTC"))
    assert "Địa lí" in text
    assert [name for name in ("Hóa học", "Vật lí", "Sinh học") if name in text] == []


def test_what_was_before_and_after_the_re_assessment_stands_side_by_side(page_text):
    made = upper("NGUVAN", "TOAN")
    failed = replace(made.results[1], term1=Decimal("5.1"), term2=Decimal("3.8"), year=Decimal("4.2"),
                     reassessed=Decimal(6))  # fmt: skip
    learning = Levels(term1="Đ", term2="CĐ", year="CĐ", after="Đ")
    summary = replace(made.summary, learning=learning, completed_level=None)
    text = page_text(replace(made, results=(made.results[0], failed), summary=summary))
    assert "5,1 3,8 4,2 6,0" in text
    assert re.search(r"Học kì I T Đ .*Học kì II T CĐ 3 Đ .*Cả năm T CĐ", text)
    assert "trong kì nghỉ hè: Lớp 12" in text


def test_who_signs_for_another_says_by_which_decision(page_text):
    made, basis = content(), "Quyết định số 123/QĐ-THCS ngày 20/5/2026"
    acting = {"gvbm-2", "gvcn", "cbql"}
    plan = tuple(replace(row, basis=basis if row.key in acting else "") for row in made.plan)
    text = page_text(replace(made, plan=plan), signers(made))
    said = f"Ký thay theo {basis}"
    # the teacher's row; the homeroom teacher twice, the leader on three pages; and each in the list
    assert len(re.findall(r"Ký thay theo", text)) == 1 + 2 + 3 + 3
    assert said in text


def test_the_longest_texts_stay_on_the_paper(tmp_path):
    made = upper(class_name="11 Chuyên Toán và Tin học, chất lượng cao")
    words = "Công Tằng Tôn Nữ Nguyễn Phúc Hoàng Phương Quỳnh Khuê Ngọc Bảo Trân Thiên Hương Dạ Nguyệt "
    name = (words * 3)[:200].strip()
    made = replace(
        made,
        student=replace(made.student, full_name=name, address=words * 3),
        results=tuple(
            replace(row, comment=f"{words * 22}"[:1990] + f" hết{n}.") for n, row in enumerate(made.results)
        ),
        summary=replace(made.summary, homeroom_comment=f"{words * 22}"[:1990] + " hếtGVCN."),
        leader_name=name,
    )
    pdf = render(made, signers(made), xml=XML, at=AT, draft=True)
    text = " ".join(pages(pdf, tmp_path))
    assert [n for n in range(19) if f"hết{n}." not in text] == []
    assert "hếtGVCN." in text
    left, top, right, bottom = corners(pdf, tmp_path)
    assert (left >= 35, top >= 10, right <= 595.3 - 50, bottom <= 841.9 - 20) == (True,) * 4


def test_a_long_word_as_a_comment_goes_over_the_pages_end(tmp_path):
    made = content()
    row = replace(made.results[0], comment="W" * 2000)
    text = " ".join(pages(render(replace(made, results=(row,)), (), xml=None, at=AT), tmp_path))
    assert text.count("W") == 2000


def test_what_nobody_entered_stays_an_empty_line(page_text):
    made = content()
    bare = replace(
        made,
        student=replace(made.student, register_number="", ethnicity="", birthplace="", address=""),
        history=(),
        results=tuple(replace(row, term1=None, term2=None, year=None, comment="") for row in made.results),
        summary=Summary(learning=Levels(), conduct=Levels()),
    )
    text = page_text(bare, draft=True)
    assert [word for word in HEADINGS.split() if word not in text] == []
    assert "None" not in text


def test_the_same_arguments_give_the_same_bytes_in_any_thread():
    made, done = content(), []
    signed = signers(made)

    def work():
        done.append(render(made, signed, xml=XML, at=AT))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [render(made, signed, xml=XML, at=AT)] * 3


def test_the_xml_comes_out_byte_for_byte(tmp_path):
    path = tmp_path / "form.pdf"
    path.write_bytes(render(content(), signers(content()), xml=XML, at=AT))
    assert f"1: {samples.LOOKUP}.xml" in poppler("pdfdetach", path, "-list")
    poppler("pdfdetach", path, "-save", "1", "-o", str(tmp_path / "out.xml"))
    assert (tmp_path / "out.xml").read_bytes() == XML


def test_it_says_that_it_is_pdf_a_3b():
    pdf = render(content(), signers(content()), xml=XML, at=AT)
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"/OutputIntents" in pdf
    assert b"/AFRelationship/Data" in pdf.replace(b" ", b"")
