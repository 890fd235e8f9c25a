"""The schema and the field tables say the same, for every profile and level."""

from functools import cache
from itertools import chain

import pytest
from lxml import etree

from hocba.documents import formats, profile, profile_moet
from hocba.documents.profile import SHAPES, UnknownProfileError
from hocba.documents.schema import ASSETS, problem
from hocba.documents.shape import Field, Group, Part, Shape, Table
from hocba.domain.regulations import packaged
from hocba.domain.regulations.shapes import TraitGroup
from hocba.domain.values import Level, Profile
from tests.documents import levels

XS = "{http://www.w3.org/2001/XMLSchema}"
EVERY = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.profile} {shape.level}")
OFFICIAL = {
    "general": """
        PHIEN_BAN THONG_TU MA_TRA_CUU_UUID TEN_NAM_HOC MA_SO_GIAO_DUC TEN_SO_GD MA_TRUONG TEN_TRUONG
        TEN_QUAN_HUYEN TEN_XA_PHUONG TEN_TINH_THANH_PHO MA_CAP_HOC SO_SO_DANG_BO HO_VA_TEN SO_CCCD
        MA_HOC_SINH GIOI_TINH NGAY_SINH CAN_NANG CHIEU_CAO TONG_SO_BUOI_NGHI_CO_PHEP
        THONG_SO_BUOI_NGHI_KHONG_PHEP NOI_SINH QUE_QUAN CHO_O_HIEN_NAY DAN_TOC QUOC_TICH
        HO_VA_TEN_CHA HO_VA_TEN_ME HO_VA_TEN_NGUOI_GIAM_HO TEN_GIAM_HIEU_KY_HOC_BA
        SO_CCCD_GIAM_HIEU_KY_HOC_BA DIA_DANH_PHAT_HANH_HOC_BA NGAY_TAO_HOC_BA
        NGAY_KY_PHAT_HANH_HOC_BA CHUC_VU_GIAM_HIEU_KY_HOC_BA TEN_GIAO_VIEN_CHU_NHIEM
        SO_CCCD_GIAO_VIEN_CHU_NHIEM MA_KHOI TEN_LOP NAM_HOC""",
    "history": "TEN_LOP TEN_TRUONG NGAY_TRANG_THAI_CHUYEN_DEN NAM_HOC",
    "result": "MA_MON_HOC TEN_MON_HOC MUC_DAT_DUOC DIEM_KIEM_TRA_DINH_KY",
    "year": """
        KET_QUA_XEP_LOAI DUOC_LEN_LOP NOI_DUNG_HOAN_THANH_CHUONG_TRINH
        DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC NOI_DUNG_KHEN_THUONG
        NOI_DUNG_KHEN_THUONG_DOT_XUAT NHAN_XET_GVCN NANG_LUC_TU_CHU_TU_HOC
        NANG_LUC_GIAO_TIEP_HOC_TAC NANG_LUC_GIAI_QUYET_VAN_DE_SANG_TAO NANG_LUC_NGON_NGU
        NANG_LUC_TINH_TOAN NANG_LUC_KHOA_HOC NANG_LUC_CONG_NGHE NANG_LUC_TIN_HOC NANG_LUC_THAM_MI
        NANG_LUC_THE_CHAT PHAM_CHAT_YEU_NUOC PHAM_CHAT_NHAN_AI PHAM_CHAT_CHAM_CHI
        PHAM_CHAT_TRUNG_THUC PHAM_CHAT_TRACH_NHIEM NHAN_XET_PHAM_CHAT NHAN_XET_NANG_LUC_CHUNG
        NHAN_XET_NANG_LUC_DAC_THU""",
}
"""The tags of CV 2088/BGDĐT-GDTH, appendix 1, in its order and with its typos."""

OPTIONAL = """
    TEN_QUAN_HUYEN HO_VA_TEN_CHA HO_VA_TEN_NGUOI_GIAM_HO NOI_DUNG_HOAN_THANH_CHUONG_TRINH
    DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC NOI_DUNG_KHEN_THUONG NOI_DUNG_KHEN_THUONG_DOT_XUAT
    DIEM_KIEM_TRA_DINH_KY NANG_LUC_CONG_NGHE NANG_LUC_TIN_HOC"""
"""Those without an X there; but the homeroom teacher is required here, and districts are no more."""


@cache
def types(name: str) -> dict[str, etree._Element]:
    """Type or group -> its sequence, of a schema and all that it includes."""
    root = etree.parse(ASSETS / name).getroot()
    found = dict(
        chain.from_iterable(types(i.get("schemaLocation")).items() for i in root.iter(f"{XS}include"))
    )
    for each in root.iterchildren(f"{XS}complexType", f"{XS}group"):
        if (sequence := each.find(f"{XS}sequence")) is not None:
            found[each.get("name")] = sequence
    return found


def declared(shape: Shape, name: str) -> list[tuple[str, bool]]:
    """(tag, always there) of the elements that a type of the schema declares, in order."""
    said: list[tuple[str, bool]] = []
    for each in types(shape.schema)[name]:
        if each.tag == f"{XS}group":
            said += declared(shape, each.get("ref"))
        else:
            said.append((each.get("name"), each.get("minOccurs") != "0"))
    return said


def listed(*parts: Part) -> list[tuple[str, bool]]:
    return [
        (part.tag, part.always if isinstance(part, Field) else isinstance(part, Group | Table))
        for part in parts
    ]


@EVERY
def test_the_schema_has_the_profiles_fields_in_order(shape: Shape) -> None:
    assert declared(shape, "ThongTinChung") == listed(*shape.general)
    assert declared(shape, "QuaTrinh") == listed(*shape.history)
    assert declared(shape, "TongKet") == listed(*shape.year)
    teacher = [("GVBM", False)] if shape.holds_plan else []
    assert declared(shape, "DiemTongKet") == [*listed(*shape.result), *teacher]
    kinds = {
        "KET_QUA_HOC_TAP": "KetQua",
        "KET_QUA_REN_LUYEN": "KetQua",
        "NANG_LUC_PHAM_CHAT": "NangLucPhamChat",
    }
    groups = [part for part in shape.year if isinstance(part, Group)]
    assert len(groups) == (1 if shape.primary else 2)
    for group in groups:
        assert declared(shape, kinds[group.tag]) == listed(*group.fields)


@EVERY
def test_the_plan_is_in_the_data_where_the_profile_has_one(shape: Shape) -> None:
    held = ("KE_HOACH_KY", True) in declared(shape, "DuLieu")
    assert held == shape.holds_plan == (shape.profile is Profile.HOCBA)
    teachers = ("DANH_SACH_GVBM", True) in declared(shape, "DanhSachKy")
    assert teachers == shape.holds_plan
    if held:
        row = types(shape.schema)["KeHoachKy"].find(f"{XS}element/{XS}complexType/{XS}sequence")
        tags = [(each.get("name"), each.get("minOccurs") != "0") for each in row]
        assert tags == [*listed(*shape.plan), ("MA_MON_HOC", False)]


def flat(shape: Shape, table: str) -> list[Field]:
    parts = [part.fields if isinstance(part, Group) else (part,) for part in getattr(shape, table)]
    return [field for fields in parts for field in fields if isinstance(field, Field)]


@pytest.mark.parametrize("table", OFFICIAL)
def test_the_official_profile_has_the_official_tags_and_no_other(table: str) -> None:
    fields = flat(levels.shape_of(levels.MOET_TH), table)
    assert [field.tag for field in fields] == OFFICIAL[table].split()
    assert {field.tag for field in fields if not field.required} <= set(OPTIONAL.split())
    assert {field.tag for field in fields if field.required}.isdisjoint(OPTIONAL.split())


def test_every_quality_and_ability_of_the_regulations_has_its_place() -> None:
    known = {
        (trait.group is TraitGroup.QUALITY, code)
        for t in packaged().traits[5]
        for code, trait in t.rows.items()
    }
    placed = {(field.path == "qualities", field.key) for field in profile_moet.TRAITS.fields if field.key}
    assert placed == known


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("th-subject-levels", formats.SUBJECT_LEVEL),
        ("th-trait-levels", formats.TRAIT_LEVEL),
        ("th-overall", formats.OVERALL),
        ("levels", formats.LEVEL),
    ],
)
def test_the_words_are_those_of_the_regulations(name: str, words: formats.Format) -> None:
    for entry in packaged().lists[name].entries:
        said, code = (entry.code, Level(entry.ours)) if name == "levels" else (entry.name, entry.code)
        assert words.write(code) == said
        assert words.read(said) == code


def test_the_official_profile_is_of_primary_schools_only() -> None:
    with pytest.raises(UnknownProfileError):
        profile.shape_of(Profile.MOET_TH, Level.THCS)
    assert {(shape.profile, shape.level) for shape in SHAPES} == {
        (Profile.MOET_TH, Level.TH),
        *((Profile.HOCBA, level) for level in Level),
    }


@pytest.mark.parametrize("name", levels.NAMES)
def test_data_and_file_say_of_which_shape_they_are(name: str) -> None:
    these = levels.whole(name)
    shape = levels.shape_of(name)
    assert profile.of_data(these.data) is shape
    assert profile.of_file(etree.fromstring(these.xml)) is shape


@pytest.mark.parametrize(
    "data", [b"", b"<PHIEN_BAN>hocba-2.0</PHIEN_BAN>", b"<PHIEN_BAN>x</PHIEN_BAN><MA_CAP_HOC>02</MA_CAP_HOC>"]
)
def test_data_of_no_profile_is_refused(data: bytes) -> None:
    with pytest.raises(UnknownProfileError):
        profile.of_data(data)


@pytest.mark.parametrize("name", levels.NAMES)
def test_a_whole_file_is_of_the_schema_and_its_first_break_is_named_without_values(name: str) -> None:
    root = etree.fromstring(levels.whole(name).xml)
    assert problem(root) is None
    root.find(".//SO_CCCD").text = "bí mật"
    assert problem(root) == "line 3: SCHEMAV_CVC_PATTERN_VALID"


@pytest.mark.parametrize("name", levels.NAMES)
def test_a_file_under_another_profiles_name_is_not_of_the_schema(name: str) -> None:
    for other in SHAPES:
        if (other.profile, other.primary) == (levels.shape_of(name).profile, levels.shape_of(name).primary):
            continue
        root = etree.fromstring(levels.whole(name).xml)
        root.find(".//PHIEN_BAN").text = other.profile.value
        root.find(".//MA_CAP_HOC").text = formats.LEVEL.write(other.level)
        assert problem(root) is not None
