"""The profile ``moet-th-1.0``: the official specification of primary schools.

CV 2088/BGDĐT-GDTH (8 May 2024), appendix 1 *Đặc tả học bạ số*, version 1.0: its tags in its order,
spelt as it spells them (``THONG_SO_BUOI_NGHI_KHONG_PHEP``, ``NANG_LUC_GIAO_TIEP_HOC_TAC``).
Levels are words in the XML and letters on paper.  Three people sign, and the plan is not in the data.

Not seen in the original and chosen here: how rows, abilities and qualities are wrapped (``BANG_DIEM``,
``NANG_LUC_PHAM_CHAT``), that flags are ``1`` and ``0``, that NAM_HOC is the year in which the
school year begins, and the homeroom teacher as mandatory (without him nobody could verify the plan).
``docs/documents.md`` lists what is not verified.
"""

from hocba.documents.formats import (
    BIT,
    CODE,
    DAY,
    DECIMAL,
    FIRST_YEAR,
    GRADE,
    LEVEL,
    MOMENT,
    NUMBER,
    OVERALL,
    PROFILE,
    SUBJECT_LEVEL,
    TRAIT_LEVEL,
    Format,
)
from hocba.documents.shape import Field, Group, Part, Shape, Table, assessed, optional
from hocba.domain.values import Level, Profile

CIRCULAR = "27/2020/TT-BGDĐT"

GENERAL = (
    Field("PHIEN_BAN", "profile", PROFILE),
    Field("THONG_TU", "circular"),
    Field("MA_TRA_CUU_UUID", "lookup_code", CODE),
    Field("TEN_NAM_HOC", "year"),
    Field("MA_SO_GIAO_DUC", "school.department_code"),
    Field("TEN_SO_GD", "school.department"),
    Field("MA_TRUONG", "school.code"),
    Field("TEN_TRUONG", "school.name"),
    optional("TEN_QUAN_HUYEN", "school.district"),
    Field("TEN_XA_PHUONG", "school.commune"),
    Field("TEN_TINH_THANH_PHO", "school.province"),
    Field("MA_CAP_HOC", "school.level", LEVEL),
    Field("SO_SO_DANG_BO", "student.register_number"),
    Field("HO_VA_TEN", "student.full_name"),
    Field("SO_CCCD", "student.personal_id"),
    Field("MA_HOC_SINH", "student.code"),
    Field("GIOI_TINH", "student.sex"),
    Field("NGAY_SINH", "student.birth_date", DAY),
    Field("CAN_NANG", "summary.weight", DECIMAL),
    Field("CHIEU_CAO", "summary.height", DECIMAL),
    Field("TONG_SO_BUOI_NGHI_CO_PHEP", "summary.absences_with_leave", NUMBER),
    Field("THONG_SO_BUOI_NGHI_KHONG_PHEP", "summary.absences_without_leave", NUMBER),
    Field("NOI_SINH", "student.birthplace"),
    Field("QUE_QUAN", "student.home_town"),
    Field("CHO_O_HIEN_NAY", "student.address"),
    Field("DAN_TOC", "student.ethnicity"),
    Field("QUOC_TICH", "student.nationality"),
    optional("HO_VA_TEN_CHA", "student.father.name"),
    Field("HO_VA_TEN_ME", "student.mother.name"),
    optional("HO_VA_TEN_NGUOI_GIAM_HO", "student.guardian.name"),
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

HISTORY = (
    Field("TEN_LOP", "class_name"),
    Field("TEN_TRUONG", "school_name"),
    Field("NGAY_TRANG_THAI_CHUYEN_DEN", "since", DAY),
    Field("NAM_HOC", "year", FIRST_YEAR),
)

TRAITS = Group(
    "NANG_LUC_PHAM_CHAT",
    (
        assessed("NANG_LUC_TU_CHU_TU_HOC", "abilities", TRAIT_LEVEL, key="TU_CHU_TU_HOC"),
        assessed("NANG_LUC_GIAO_TIEP_HOC_TAC", "abilities", TRAIT_LEVEL, key="GIAO_TIEP_HOP_TAC"),
        assessed(
            "NANG_LUC_GIAI_QUYET_VAN_DE_SANG_TAO",
            "abilities",
            TRAIT_LEVEL,
            key="GIAI_QUYET_VAN_DE_SANG_TAO",
        ),
        assessed("NANG_LUC_NGON_NGU", "abilities", TRAIT_LEVEL, key="NGON_NGU"),
        assessed("NANG_LUC_TINH_TOAN", "abilities", TRAIT_LEVEL, key="TINH_TOAN"),
        assessed("NANG_LUC_KHOA_HOC", "abilities", TRAIT_LEVEL, key="KHOA_HOC"),
        optional("NANG_LUC_CONG_NGHE", "abilities", TRAIT_LEVEL, key="CONG_NGHE"),
        optional("NANG_LUC_TIN_HOC", "abilities", TRAIT_LEVEL, key="TIN_HOC"),
        assessed("NANG_LUC_THAM_MI", "abilities", TRAIT_LEVEL, key="THAM_MI"),
        assessed("NANG_LUC_THE_CHAT", "abilities", TRAIT_LEVEL, key="THE_CHAT"),
        assessed("PHAM_CHAT_YEU_NUOC", "qualities", TRAIT_LEVEL, key="YEU_NUOC"),
        assessed("PHAM_CHAT_NHAN_AI", "qualities", TRAIT_LEVEL, key="NHAN_AI"),
        assessed("PHAM_CHAT_CHAM_CHI", "qualities", TRAIT_LEVEL, key="CHAM_CHI"),
        assessed("PHAM_CHAT_TRUNG_THUC", "qualities", TRAIT_LEVEL, key="TRUNG_THUC"),
        assessed("PHAM_CHAT_TRACH_NHIEM", "qualities", TRAIT_LEVEL, key="TRACH_NHIEM"),
        assessed("NHAN_XET_PHAM_CHAT", "qualities_comment"),
        assessed("NHAN_XET_NANG_LUC_CHUNG", "general_abilities_comment"),
        assessed("NHAN_XET_NANG_LUC_DAC_THU", "specific_abilities_comment"),
    ),
)
"""Abilities and qualities, by the codes of ``hocba.domain.regulations``; paths start at the summary."""

RESULT = (
    Field("MA_MON_HOC", "subject"),
    Field("TEN_MON_HOC", "name"),
    assessed("MUC_DAT_DUOC", "year", SUBJECT_LEVEL),
    optional("DIEM_KIEM_TRA_DINH_KY", "test", DECIMAL),
)


def summed_up(flag: Format) -> tuple[Field, ...]:
    """What TONG_KET says of a primary year, with flags written as ``flag``."""
    return (
        assessed("KET_QUA_XEP_LOAI", "overall", OVERALL),
        Field("DUOC_LEN_LOP", "promoted", flag),
        optional("NOI_DUNG_HOAN_THANH_CHUONG_TRINH", "completion"),
        assessed("DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC", "completed_grade", flag),
        optional("DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC", "completed_level", flag),
        optional("NOI_DUNG_KHEN_THUONG", "awards"),
        optional("NOI_DUNG_KHEN_THUONG_DOT_XUAT", "sudden_awards"),
        Field("NHAN_XET_GVCN", "homeroom_comment"),
    )


_YEAR: tuple[Part, ...] = (*summed_up(BIT), Table(), TRAITS)

TH = Shape(
    profile=Profile.MOET_TH,
    level=Level.TH,
    circular=CIRCULAR,
    schema="moet-th-1.0.xsd",
    general=GENERAL,
    history=HISTORY,
    year=_YEAR,
    result=RESULT,
)
