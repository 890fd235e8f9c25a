"""Whatever a record says and its profile has a place for is read back from the document, at every level."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hocba.documents import content, schema, signing
from hocba.documents.content import Content, IncompleteRecordError
from hocba.documents.preview import to_html
from hocba.documents.shape import Shape
from hocba.domain.plan import signing_plan
from hocba.domain.record import Kind, Relative, StudentFacts, Summary, TranscriptRecord
from hocba.domain.values import Level, Profile
from tests.documents import levels, samples
from tests.documents.strategies import records

EVERY = pytest.mark.parametrize("name", levels.NAMES)


def described(record: TranscriptRecord) -> Content:
    return content.describe(
        record, signing_plan(record), lookup_code=samples.LOOKUP, created_at=samples.CREATED
    )


def student_of(record: TranscriptRecord, shape: Shape) -> StudentFacts:
    """The pupil without what the document has no place for: primary ones say no occupations."""
    said = record.student
    if not shape.primary:
        return said
    who = {name: Relative(name=getattr(said, name).name) for name in ("father", "mother", "guardian")}
    return replace(said, policy_group="", **who)


@EVERY
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_record_survives(name: str, data: st.DataObject) -> None:
    shape = levels.shape_of(name)
    record = data.draw(records(shape))
    official = shape.profile is Profile.MOET_TH
    plan, code = signing_plan(record), uuid4()
    xml = content.build(record, plan, lookup_code=code, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    facts = content.read(xml)

    assert content.write(facts) == xml
    assert content.read(content.write(facts)) == facts
    assert etree.tostring(etree.fromstring(xml), method="c14n", exclusive=True) == xml
    assert schema.problem(etree.fromstring(signing.assemble(xml, plan, ()))) is None
    school = record.school if shape.primary else replace(record.school, district="")
    assert facts.school == (replace(school, identity="") if official else school)
    assert facts.student == student_of(record, shape)
    assert facts.summary == record.summary
    assert facts.history == record.history
    rows = [replace(row, comment="") for row in record.results] if official else record.results
    assert facts.results == tuple(rows)
    assert facts.printing == record.printing
    assert (facts.profile, facts.lookup_code, facts.grade) == (record.profile, code, record.grade)


@EVERY
def test_the_data_is_canonical_and_begins_with_the_profile(name: str) -> None:
    data, profile = levels.data_of(levels.record(name)), levels.shape_of(name).profile
    start = f'<DU_LIEU_HOC_BA Id="data"><THONG_TIN_CHUNG Id="thongtinchung"><PHIEN_BAN>{profile}<'
    assert data.startswith(start.encode())


@EVERY
def test_text_is_written_in_normal_form_c(name: str) -> None:
    record = levels.record(name)
    student = replace(record.student, full_name="Nguye\u0302\u0303n")
    assert described(replace(record, student=student)).student.full_name == "Nguyễn"


def test_the_plan_of_the_official_profile_is_read_off_its_general_part() -> None:
    facts = described(levels.record(levels.MOET_TH))
    assert [(row.key, row.role, row.name, row.identity, row.title) for row in facts.plan] == [
        ("gvcn", "GVCN", "Giáo viên Thử 1", samples.identity(1), ""),
        ("cbql", "CBQL", "Hiệu trưởng Thử", samples.identity(50), "Hiệu trưởng"),
        ("ky-phat-hanh", "KY_PHAT_HANH", "Trường Tiểu học Thử Nghiệm", "", ""),
    ]
    assert facts.row_slots == {}
    assert facts.school.identity == ""


def test_our_profile_of_primary_schools_holds_teachers_comments_and_the_plan() -> None:
    record = levels.record(levels.TH)
    facts = described(record)
    assert facts.row_slots["TOAN"] == "gvbm-1"
    assert facts.results == record.results
    assert [row.role for row in facts.plan] == ["GVBM"] * 7 + ["GVCN", "CBQL", "KY_PHAT_HANH"]


def test_levels_are_words_and_numbers_are_plain_in_the_official_profile() -> None:
    data = levels.data_of(levels.record(levels.MOET_TH)).decode()
    for said in (
        "<CAN_NANG>31</CAN_NANG><CHIEU_CAO>134.5</CHIEU_CAO>",
        "<MUC_DAT_DUOC>Hoàn thành tốt</MUC_DAT_DUOC><DIEM_KIEM_TRA_DINH_KY>9</DIEM_KIEM_TRA_DINH_KY>",
        "<NANG_LUC_GIAI_QUYET_VAN_DE_SANG_TAO>Đạt<",
        "<KET_QUA_XEP_LOAI>Hoàn thành tốt</KET_QUA_XEP_LOAI><DUOC_LEN_LOP>1</DUOC_LEN_LOP>",
        "<NGAY_TRANG_THAI_CHUYEN_DEN>05/09/2025</NGAY_TRANG_THAI_CHUYEN_DEN><NAM_HOC>2025</NAM_HOC>",
        "<NGAY_TAO_HOC_BA>2026-05-25T09:30:00+07:00</NGAY_TAO_HOC_BA>",
    ):
        assert said in data
    for absent in ("KE_HOACH_KY", "GVBM", "<NHAN_XET>", "KIEU_DANH_GIA", "TEN_QUAN_HUYEN", "NGHE_NGHIEP"):
        assert absent not in data


@pytest.mark.parametrize("name", levels.NEW)
def test_a_file_of_when_there_were_districts_is_read_and_shown(name: str) -> None:
    record = levels.record(name)
    plan = signing_plan(record)
    school = "<TEN_TRUONG>Trường Tiểu học Thử Nghiệm</TEN_TRUONG>"
    said = f"{school}<TEN_QUAN_HUYEN>Quận Thử</TEN_QUAN_HUYEN>"

    data = levels.data_of(record, plan).replace(school.encode(), said.encode(), 1)

    facts = content.read(data)
    assert facts.school.district == "Quận Thử"
    assert content.write(facts) == data
    file = signing.assemble(data, plan, ())
    assert schema.problem(etree.fromstring(file)) is None
    assert "Quận Thử" in to_html(file)


@pytest.mark.parametrize("name", levels.NEW)
@pytest.mark.parametrize(
    ("owner", "field"),
    [
        ("student", "home_town"), ("student", "nationality"), ("summary", "weight"), ("summary", "overall"),
        ("summary", "absences_without_leave"), ("summary", "promoted"), ("summary", "homeroom_comment"),
        ("summary", "completed_grade"), ("summary", "qualities"), ("summary", "general_abilities_comment"),
    ],
)  # fmt: skip
def test_a_primary_document_is_not_made_without_what_is_mandatory(name: str, owner: str, field: str) -> None:
    record = levels.record(name)
    empty = "" if owner == "student" or field.endswith("comment") else {} if field == "qualities" else None
    changed = replace(record, **{owner: replace(getattr(record, owner), **{field: empty})})
    with pytest.raises(IncompleteRecordError):
        levels.data_of(changed)


@pytest.mark.parametrize("name", levels.NEW)
def test_of_who_is_not_assessed_no_level_is_asked(name: str) -> None:
    record = levels.record(name)
    nothing = {"overall": None, "qualities": {}, "abilities": {}, "completed_grade": None}
    year = replace(record.summary, **nothing, qualities_comment="", unassessed=True)
    rows = tuple(replace(row, kind=Kind.COMMENT, year=None, test=None) for row in record.results)
    facts = described(replace(record, summary=year, results=rows))
    assert facts.summary == year
    assert {(row.year, row.exempt) for row in facts.results} == {(None, False)}


@pytest.mark.parametrize("name", levels.NEW)
def test_an_exempt_row_has_no_level(name: str) -> None:
    record = levels.record(name)
    first, *rest = record.results
    exempt = replace(first, kind=Kind.COMMENT, year=None, test=None, exempt=True, comment="")
    assert described(replace(record, results=(exempt, *rest))).results[0] == exempt


def test_a_level_that_is_none_makes_no_document() -> None:
    record = levels.record(levels.MOET_TH)
    with pytest.raises(ValueError, match="not a value of the list"):
        levels.data_of(replace(record, summary=replace(record.summary, overall="X")))


def test_a_year_that_is_summed_up_as_another_level_does_makes_no_document() -> None:
    primary, lower = levels.record(levels.TH), levels.record(levels.THCS)
    for record, other in ((primary, lower), (lower, primary)):
        with pytest.raises(IncompleteRecordError):
            levels.data_of(replace(record, summary=other.summary))
    moved = replace(lower, profile=Profile.MOET_TH)
    with pytest.raises(IncompleteRecordError, match=r"no thcs in moet-th-1\.0"):
        levels.data_of(moved, samples.plan())


@pytest.mark.parametrize(
    "change",
    [
        (b"<HO_VA_TEN>", b"<TEN_LA>"),
        (b"<PHIEN_BAN>moet-th-1.0", b"<PHIEN_BAN>moet-th-9.9"),
        (b"<MA_CAP_HOC>02", b"<MA_CAP_HOC>03"),
        ("<MUC_DAT_DUOC>Hoàn thành tốt".encode(), b"<MUC_DAT_DUOC>T"),
        (b"<CAN_NANG>31", b"<CAN_NANG>31.0"),
        (b"<CAN_NANG>31", b"<CAN_NANG>031"),
        (b"<NAM_HOC>2024</NAM_HOC></QUA", b"<NAM_HOC>24</NAM_HOC></QUA"),
        (b"<DUOC_LEN_LOP>1", b"<DUOC_LEN_LOP>true"),
        (b"<NANG_LUC_PHAM_CHAT>", b"<NANG_LUC_KHAC></NANG_LUC_KHAC><NANG_LUC_PHAM_CHAT>"),
        ("<KET_QUA_XEP_LOAI>Hoàn thành tốt<".encode(), b"<KET_QUA_XEP_LOAI><"),
    ],
)  # fmt: skip
def test_official_data_of_another_shape_is_not_read(change: tuple[bytes, bytes]) -> None:
    before, after = change
    data = levels.data_of(levels.record(levels.MOET_TH))
    assert before in data
    with pytest.raises((content.UnreadableDataError, content.UnreadableXmlError)):
        content.read(data.replace(before, after))


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("THONG_TIN_CHUNG", "of no known profile, or not of its levels"),
        ("TONG_KET", "not exactly one TONG_KET"),
        *(
            (tag, f"missing: {tag}")
            for tag in ("BANG_DIEM", "NANG_LUC_PHAM_CHAT", "HO_VA_TEN", "DUOC_LEN_LOP")
        ),
    ],
)
def test_data_without_a_part_or_with_it_twice_is_not_read(tag: str, said: str) -> None:
    for times in (0, 2):
        root = etree.fromstring(levels.data_of(levels.record(levels.MOET_TH)))
        part = root.find(f".//{tag}")
        if times:
            part.addnext(deepcopy(part))
        else:
            part.getparent().remove(part)
        with pytest.raises(content.UnreadableDataError) as refused:
            content.read(etree.tostring(root))
        if not times:
            assert str(refused.value) == said


def test_a_number_has_no_more_decimals_than_it_needs_and_four_at_most() -> None:
    record = levels.record(levels.MOET_TH)

    def weighing(weight: str) -> bytes:
        return levels.data_of(replace(record, summary=replace(record.summary, weight=Decimal(weight))))

    for weight, written in (("31.50", "31.5"), ("31.0000", "31"), ("0.1234", "0.1234"), ("1E+2", "100")):
        assert f"<CAN_NANG>{written}<".encode() in weighing(weight)
    for weight in ("31.12345", "NaN"):
        with pytest.raises(ValueError, match=r"decimals|number"):
            weighing(weight)


def test_secondary_years_say_who_is_not_assessed() -> None:
    record = levels.record(levels.THCS)
    assert isinstance(record.summary, Summary)
    year = replace(record.summary, unassessed=True)
    data = levels.data_of(replace(record, summary=year))
    assert data.count(b"<KHONG_DANH_GIA>true<") == 1
    assert content.read(data).summary == year
    assert content.read(data).school.level is Level.THCS
