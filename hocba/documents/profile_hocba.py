"""The profile ``hocba-2.0``: subject teachers sign, and the signing plan is inside the signed data.

It is the official specification of primary schools (``hocba.documents.profile_moet``), at the
secondary levels in the terms of their circular (TT 22/2021).  Tags keep the official spelling.  The
official tags for absences with and without leave have no place at secondary schools: their form has one
total, ``TONG_SO_BUOI_NGHI``, in TONG_KET.
"""

from hocba.documents import profile_moet
from hocba.documents.formats import (
    CODE,
    DAY,
    DECIMAL,
    FIRST_YEAR,
    FLAG,
    GRADE,
    KIND,
    LEVEL,
    MARK,
    MARKED,
    MOMENT,
    NUMBER,
    PROFILE,
    SUBJECT_LEVEL,
)
from hocba.documents.shape import Field, Group, Part, Shape, Table, Texts, assessed, optional
from hocba.domain.values import Level, Profile

_CIRCULAR = "22/2021/TT-BGDĐT"

_GENERAL = (
    Field("PHIEN_BAN", "profile", PROFILE),
    Field("THONG_TU", "circular"),
    Field("MA_TRA_CUU_UUID", "lookup_code", CODE),
    Field("TEN_NAM_HOC", "year"),
    Field("MA_SO_GIAO_DUC", "school.department_code"),
    Field("TEN_SO_GD", "school.department"),
    Field("MA_TRUONG", "school.code"),
    Field("TEN_TRUONG", "school.name"),
    Field("TEN_XA_PHUONG", "school.commune"),
    Field("TEN_TINH_THANH_PHO", "school.province"),
    Field("MA_CAP_HOC", "school.level", LEVEL),
    Field("SO_SO_DANG_BO", "student.register_number"),
    Field("HO_VA_TEN", "student.full_name"),
    Field("SO_CCCD", "student.personal_id"),
    Field("MA_HOC_SINH", "student.code"),
    Field("GIOI_TINH", "student.sex"),
    Field("NGAY_SINH", "student.birth_date", DAY),
    Field("NOI_SINH", "student.birthplace"),
    optional("QUE_QUAN", "student.home_town"),
    Field("CHO_O_HIEN_NAY", "student.address"),
    Field("DAN_TOC", "student.ethnicity"),
    optional("QUOC_TICH", "student.nationality"),
    optional("DOI_TUONG_CHINH_SACH", "student.policy_group"),
    optional("HO_VA_TEN_CHA", "student.father.name"),
    optional("NGHE_NGHIEP_CHA", "student.father.occupation"),
    optional("HO_VA_TEN_ME", "student.mother.name"),
    optional("NGHE_NGHIEP_ME", "student.mother.occupation"),
    optional("HO_VA_TEN_NGUOI_GIAM_HO", "student.guardian.name"),
    optional("NGHE_NGHIEP_NGUOI_GIAM_HO", "student.guardian.occupation"),
    Field("TEN_GIAM_HIEU_KY_HOC_BA", "leader_name"),
    Field("SO_CCCD_GIAM_HIEU_KY_HOC_BA", "leader_id"),
    Field("DIA_DANH_PHAT_HANH_HOC_BA", "printing.place"),
    Field("NGAY_TAO_HOC_BA", "created_at", MOMENT),
    Field("NGAY_KY_PHAT_HANH_HOC_BA", "printing.written_on", DAY),
    Field("CHUC_VU_GIAM_HIEU_KY_HOC_BA", "leader_title"),
    Field("TEN_GIAO_VIEN_CHU_NHIEM", "homeroom_name"),
    Field("SO_CCCD_GIAO_VIEN_CHU_NHIEM", "homeroom_id"),
    Field("MA_KHOI", "grade", GRADE),
    Field("TEN_LOP", "class_name"),
    Field("NAM_HOC", "year", FIRST_YEAR, derived=True),
)

_HISTORY = (
    Field("NAM_HOC", "year"),
    Field("TEN_LOP", "class_name"),
    Field("TEN_TRUONG", "school_name"),
    optional("NGAY_TRANG_THAI_CHUYEN_DEN", "since", DAY),
)

_LEVELS = (
    optional("HOC_KY_1", "term1"),
    optional("HOC_KY_2", "term2"),
    optional("CA_NAM", "year"),
    optional("SAU_DANH_GIA_LAI", "after"),
)

_YEAR: tuple[Part, ...] = (
    Group("KET_QUA_HOC_TAP", _LEVELS, "learning"),
    Group("KET_QUA_REN_LUYEN", _LEVELS, "conduct"),
    optional("TONG_SO_BUOI_NGHI", "absences", NUMBER),
    optional("DUOC_LEN_LOP", "promoted", FLAG),
    optional("HOAN_THANH_CHUONG_TRINH", "completed_level", FLAG),
    optional("KHONG_DANH_GIA", "unassessed", MARKED),
    Texts("CHUNG_CHI", "certificates"),
    Texts("KET_QUA_CUOC_THI", "contests"),
    optional("NOI_DUNG_KHEN_THUONG", "awards"),
    optional("NHAN_XET_GVCN", "homeroom_comment"),
    optional("NHAN_XET_REN_LUYEN_HE", "summer_comment"),
    optional("PHE_DUYET_HIEU_TRUONG", "principal_approval"),
    Table(),
)

_RESULT = (
    Field("MA_MON_HOC", "subject"),
    Field("TEN_MON_HOC", "name"),
    Field("KIEU_DANH_GIA", "kind", KIND),
    optional("HOC_KY_1", "term1", MARK),
    optional("HOC_KY_2", "term2", MARK),
    optional("CA_NAM", "year", MARK),
    optional("DANH_GIA_LAI", "reassessed", MARK),
    optional("MIEN", "exempt", MARKED),
    optional("NHAN_XET", "comment"),
)

_PLAN = (
    Field("MA", "key"),
    Field("VAI_TRO", "role"),
    Field("HO_VA_TEN", "name"),
    Field("MA_DINH_DANH", "identity"),
    optional("CHUC_VU", "title"),
    optional("CAN_CU", "basis"),
)
"""KY; CAN_CU is the decision by which somebody signs in another's place."""


def _secondary(level: Level) -> Shape:
    return Shape(
        profile=Profile.HOCBA,
        level=level,
        circular=_CIRCULAR,
        schema="hocba-2.0.xsd",
        general=_GENERAL,
        history=_HISTORY,
        year=_YEAR,
        result=_RESULT,
        plan=_PLAN,
    )


THCS, THPT = _secondary(Level.THCS), _secondary(Level.THPT)

TH = Shape(
    profile=Profile.HOCBA,
    level=Level.TH,
    circular=profile_moet.CIRCULAR,
    schema="hocba-2.0-th.xsd",
    general=profile_moet.GENERAL,
    history=_HISTORY,
    year=(
        *profile_moet.summed_up(FLAG),
        optional("KHONG_DANH_GIA", "unassessed", MARKED),
        Table(),
        profile_moet.TRAITS,
    ),
    result=(
        Field("MA_MON_HOC", "subject"),
        Field("TEN_MON_HOC", "name"),
        Field("KIEU_DANH_GIA", "kind", KIND),
        assessed("MUC_DAT_DUOC", "year", SUBJECT_LEVEL),
        optional("DIEM_KIEM_TRA_DINH_KY", "test", DECIMAL),
        optional("MIEN", "exempt", MARKED),
        optional("NHAN_XET", "comment"),
    ),
    plan=_PLAN,
)
