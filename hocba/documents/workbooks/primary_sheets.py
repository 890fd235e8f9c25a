"""What a primary school's year is, by TT 27/2020: *Kết quả tiểu học* and *Đánh giá tiểu học*."""

from collections.abc import Iterable

from hocba.documents.workbooks import assessed, cells
from hocba.documents.workbooks.cells import Kind
from hocba.documents.workbooks.columns import PART, PUPIL, Column, Table, paragraph, tick
from hocba.documents.workbooks.lines import PrimaryResultLine, PrimarySummaryLine
from hocba.documents.workbooks.problems import SheetKey
from hocba.domain.curriculum import Trait, TraitGroup

_GROUPS = {
    TraitGroup.QUALITY: ("Phẩm chất", "qualities", "Nhận xét phẩm chất", "qualities_comment"),
    TraitGroup.GENERAL: ("Năng lực", "abilities", "Nhận xét năng lực chung", "general_abilities_comment"),
    TraitGroup.SPECIFIC: ("Năng lực", "abilities", "Nhận xét năng lực đặc thù", "specific_abilities_comment"),
}
"""Of each group: what stands before a trait's name, the mapping it goes into, and its comment."""


def results(subject: Kind) -> Table:
    """*Kết quả tiểu học*: one pupil in one subject at the end of the year."""
    return Table(
        key=SheetKey.PRIMARY_RESULTS,
        title="Kết quả tiểu học",
        line=PrimaryResultLine,
        columns=(
            *PUPIL,
            Column(header="Môn học", field="subject", kind=subject, required=True, width=34),
            Column(
                header="Mức đạt được",
                field="level",
                kind=assessed.subject_level(),
                note="T (Hoàn thành tốt), H (Hoàn thành), C (Chưa hoàn thành).",
                width=12,
            ),
            Column(
                header="Điểm KTĐK",
                field="test",
                kind=cells.whole(0, 10),
                note="Điểm kiểm tra định kì cuối năm, số nguyên; kiểm tra lại thì ghi điểm lần cuối.",
                width=12,
            ),
            paragraph("Nhận xét", "comment"),
            tick("Miễn", "exempt", "Ghi x khi được miễn."),
        ),
    )


def summaries(traits: Iterable[Trait]) -> Table:
    """*Đánh giá tiểu học*: one pupil's year as a whole."""
    every = tuple(traits)
    return Table(
        key=SheetKey.PRIMARY_SUMMARIES,
        title="Đánh giá tiểu học",
        line=PrimarySummaryLine,
        columns=(
            *PUPIL,
            Column(
                header="Đánh giá kết quả giáo dục",
                field="overall",
                kind=assessed.overall(),
                note="HTXS (Hoàn thành xuất sắc), HTT (… tốt), HT (Hoàn thành), CHT (Chưa hoàn thành).",
            ),
            *(column for group in TraitGroup for column in _traits(group, every)),
            *_YEAR,
        ),
    )


def _traits(group: TraitGroup, traits: tuple[Trait, ...]) -> tuple[Column, ...]:
    before, field_, comment, comment_field = _GROUPS[group]
    kind = assessed.trait_level()
    levels = (
        Column(
            header=f"{before}: {trait.name}",
            field=f"{field_}{PART}{trait.code}",
            kind=kind,
            note="T (Tốt), Đ (Đạt), C (Cần cố gắng).",
            width=12,
        )
        for trait in traits
        if trait.group is group
    )
    return (*levels, paragraph(comment, comment_field))


_YEAR = (
    Column(header="Số ngày nghỉ có phép", field="absences_with_leave", kind=cells.whole(0, 400), width=12),
    Column(
        header="Số ngày nghỉ không phép", field="absences_without_leave", kind=cells.whole(0, 400), width=12
    ),
    Column(
        header="Chiều cao", field="height", kind=cells.measure(50, 250, "cm"), note="Xăng-ti-mét.", width=10
    ),
    Column(header="Cân nặng", field="weight", kind=cells.measure(5, 250, "kg"), note="Ki-lô-gam.", width=10),
    Column(header="Được lên lớp", field="promoted", kind=cells.yes_no(), width=12),
    Column(header="Hoàn thành chương trình lớp học", field="completed_grade", kind=cells.yes_no(), width=14),
    Column(
        header="Hoàn thành chương trình tiểu học",
        field="completed_level",
        kind=cells.yes_no(),
        note="Chỉ ghi với khối 5.",
        width=14,
    ),
    paragraph(
        "Nội dung hoàn thành",
        "completion",
        "Như in trong học bạ, ví dụ: Hoàn thành chương trình lớp 2; Được lên lớp 3.",
    ),
    paragraph("Khen thưởng", "awards"),
    paragraph("Khen thưởng đột xuất", "sudden_awards"),
    paragraph("Nhận xét của GVCN", "homeroom_comment"),
    tick("Không đánh giá", "unassessed", "Ghi x với học sinh khuyết tật không đánh giá các mức."),
)
