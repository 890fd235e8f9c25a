"""What a secondary school's year is, by TT 22/2021: *Kết quả* and *Tổng kết*."""

from hocba.documents.workbooks import assessed, cells
from hocba.documents.workbooks.cells import Kind
from hocba.documents.workbooks.columns import PUPIL, Column, Table, paragraph, tick
from hocba.documents.workbooks.lines import ResultLine, SummaryLine
from hocba.documents.workbooks.problems import SheetKey


def results(subject: Kind) -> Table:
    """*Kết quả*: one pupil in one subject."""
    score = "Điểm 0–10 một chữ số thập phân; môn nhận xét ghi Đ hoặc CĐ."
    kind = assessed.mark()

    def mark(header: str, field_: str, note: str = score) -> Column:
        return Column(header=header, field=field_, kind=kind, note=note, width=10)

    return Table(
        key=SheetKey.RESULTS,
        title="Kết quả",
        line=ResultLine,
        columns=(
            *PUPIL,
            Column(header="Môn học", field="subject", kind=subject, required=True, width=34),
            mark("HK I", "term1"),
            mark("HK II", "term2"),
            mark("Cả năm", "year"),
            mark("Sau đánh giá lại", "reassessed", "Chỉ ghi khi có đánh giá lại trong hè."),
            paragraph("Nhận xét", "comment", "Nhận xét sự tiến bộ, ưu điểm nổi bật, hạn chế chủ yếu."),
            tick("Miễn", "exempt", "Ghi x khi được miễn."),
        ),
    )


def summaries() -> Table:
    """*Tổng kết*: one pupil's year as a whole."""
    return Table(
        key=SheetKey.SUMMARIES,
        title="Tổng kết",
        line=SummaryLine,
        columns=(
            *PUPIL,
            *_levels("Học tập", "learning"),
            *_levels("Rèn luyện", "conduct"),
            Column(
                header="Tổng số buổi nghỉ",
                field="absences",
                kind=cells.whole(0, 400),
                note="Cả năm, có phép và không phép; mỗi ngày tính một buổi.",
            ),
            Column(header="Được lên lớp", field="promoted", kind=cells.yes_no(), width=12),
            Column(
                header="Hoàn thành cấp học",
                field="completed_level",
                kind=cells.yes_no(),
                note="Chỉ ghi với khối 9 và khối 12.",
            ),
            paragraph("Chứng chỉ", "certificates", "Mỗi chứng chỉ một dòng trong ô."),
            paragraph("Kết quả cuộc thi", "contests", "Mỗi cuộc thi một dòng trong ô."),
            paragraph("Khen thưởng", "awards"),
            paragraph("Nhận xét của GVCN", "homeroom_comment"),
            paragraph("Nhận xét sau rèn luyện hè", "summer_comment"),
            paragraph("Phê duyệt của Hiệu trưởng", "principal_approval"),
            tick(
                "Không đánh giá",
                "unassessed",
                "Ghi x với học sinh khuyết tật không đánh giá theo yêu cầu chung.",
            ),
        ),
    )


def _levels(what: str, prefix: str) -> tuple[Column, ...]:
    moments = (("HK I", "term1"), ("HK II", "term2"), ("cả năm", "year"), ("sau đánh giá lại", "after"))
    note = "T (Tốt), K (Khá), Đ (Đạt), CĐ (Chưa đạt)."
    kind = assessed.level()
    return tuple(
        Column(header=f"{what} {moment}", field=f"{prefix}_{name}", kind=kind, note=note, width=12)
        for moment, name in moments
    )
