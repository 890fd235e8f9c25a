"""The profile ``hocba-2.0``: which tags a secondary transcript has, in order and in which format.

It is the official specification of primary schools (CV 2088/BGDĐT-GDTH, appendix 1) in the
terms of the secondary circular (TT 22/2021), with the signing plan inside the signed data.
Tags keep the official spelling.  The two official tags for absences with and without leave
(``TONG_SO_BUOI_NGHI_CO_PHEP``, ``THONG_SO_BUOI_NGHI_KHONG_PHEP``, spelt so) have no place here:
the secondary form has one total, ``TONG_SO_BUOI_NGHI``, in TONG_KET.

The schema (``assets/hocba-2.0.xsd``) says the same to machines; a test holds the two together.
"""

from dataclasses import dataclass

from hocba.documents.formats import (
    CODE,
    DAY,
    FIRST_YEAR,
    FLAG,
    GRADE,
    KIND,
    LEVEL,
    MARK,
    MARKED,
    MOMENT,
    NUMBER,
    TEXT,
    Format,
)
from hocba.domain.values import Level, Step

PROFILE = "hocba-2.0"
"""PHIEN_BAN, and the name of the schema and of the stylesheet."""

CIRCULARS = {
    Level.TH: "27/2020/TT-BGDĐT",
    Level.THCS: "22/2021/TT-BGDĐT",
    Level.THPT: "22/2021/TT-BGDĐT",
}
"""THONG_TU: the circular whose form a level's transcript follows."""

DATA_ID = "data"
GENERAL_ID = "thongtinchung"
ROW_ID = "diem-"
"""What stands before a subject's code in the Id of its row."""

STYLESHEET = f'type="text/xsl" href="{PROFILE}.xslt"'
"""The only processing instruction a file may have."""

ISSUE_ROLE = Step.ISSUE.slot_role
"""The role of the school's own slot."""


@dataclass(frozen=True, slots=True)
class Field:
    """One element: its tag, where its value comes from (a dotted path), and its format.

    :ivar derived: written for readers of the file, not read back.
    """

    tag: str
    path: str
    format: Format = TEXT
    required: bool = True
    derived: bool = False


def _optional(tag: str, path: str, format_: Format = TEXT) -> Field:
    return Field(tag, path, format_, required=False)


GENERAL = (
    Field("PHIEN_BAN", "profile"),
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
    _optional("QUE_QUAN", "student.home_town"),
    Field("CHO_O_HIEN_NAY", "student.address"),
    Field("DAN_TOC", "student.ethnicity"),
    _optional("QUOC_TICH", "student.nationality"),
    _optional("DOI_TUONG_CHINH_SACH", "student.policy_group"),
    _optional("HO_VA_TEN_CHA", "student.father.name"),
    _optional("NGHE_NGHIEP_CHA", "student.father.occupation"),
    _optional("HO_VA_TEN_ME", "student.mother.name"),
    _optional("NGHE_NGHIEP_ME", "student.mother.occupation"),
    _optional("HO_VA_TEN_NGUOI_GIAM_HO", "student.guardian.name"),
    _optional("NGHE_NGHIEP_NGUOI_GIAM_HO", "student.guardian.occupation"),
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
"""THONG_TIN_CHUNG; paths start at a ``Content``."""

HISTORY = (
    Field("NAM_HOC", "year"),
    Field("TEN_LOP", "class_name"),
    Field("TEN_TRUONG", "school_name"),
    _optional("NGAY_TRANG_THAI_CHUYEN_DEN", "since", DAY),
)
"""QUA_TRINH_HOC_TAP; paths start at a ``HistoryRow``."""

LEVELS = (
    _optional("HOC_KY_1", "term1"),
    _optional("HOC_KY_2", "term2"),
    _optional("CA_NAM", "year"),
    _optional("SAU_DANH_GIA_LAI", "after"),
)
"""KET_QUA_HOC_TAP and KET_QUA_REN_LUYEN; paths start at a ``Levels``."""

RESULT = (
    Field("MA_MON_HOC", "subject"),
    Field("TEN_MON_HOC", "name"),
    Field("KIEU_DANH_GIA", "kind", KIND),
    _optional("HOC_KY_1", "term1", MARK),
    _optional("HOC_KY_2", "term2", MARK),
    _optional("CA_NAM", "year", MARK),
    _optional("DANH_GIA_LAI", "reassessed", MARK),
    _optional("MIEN", "exempt", MARKED),
    _optional("NHAN_XET", "comment"),
)
"""DIEM_TONG_KET without its last element, GVBM (the slot); paths start at a ``SubjectResult``."""

SUMMARY = (
    _optional("TONG_SO_BUOI_NGHI", "absences", NUMBER),
    _optional("DUOC_LEN_LOP", "promoted", FLAG),
    _optional("HOAN_THANH_CHUONG_TRINH", "completed_level", FLAG),
)
"""TONG_KET after the two results; paths start at a ``Summary``."""

REPEATED = (("CHUNG_CHI", "certificates"), ("KET_QUA_CUOC_THI", "contests"))
"""Elements of TONG_KET that stand any number of times."""

REMARKS = (
    _optional("NOI_DUNG_KHEN_THUONG", "awards"),
    _optional("NHAN_XET_GVCN", "homeroom_comment"),
    _optional("NHAN_XET_REN_LUYEN_HE", "summer_comment"),
    _optional("PHE_DUYET_HIEU_TRUONG", "principal_approval"),
)
"""The texts of TONG_KET; paths start at a ``Summary``."""

PLAN = (
    Field("MA", "key"),
    Field("VAI_TRO", "role"),
    Field("HO_VA_TEN", "name"),
    Field("MA_DINH_DANH", "identity"),
    _optional("CHUC_VU", "title"),
    _optional("CAN_CU", "basis"),
)
"""KY, a row of KE_HOACH_KY, before its MA_MON_HOC; paths start at a ``PlanRow``."""
