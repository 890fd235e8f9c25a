"""The rules of assessment as sentences, for whoever is told that a value does not follow from one.

Their numbers are data (``hocba.domain.regulations``) and so not in the sentences.
"""

from collections.abc import Mapping

from hocba.domain.regulations.rules import Rule

RULES: Mapping[Rule, tuple[str, str]] = {
    Rule.TH_SCOPE: (
        "Khối lớp và năm học quyết định thông tư đánh giá của học sinh tiểu học.",
        "Grade and school year say by which circular a primary pupil is assessed.",
    ),
    Rule.TH_1: (
        "Mức đạt được của môn học là T (Hoàn thành tốt), H (Hoàn thành) hoặc C (Chưa hoàn thành).",
        "The level of a subject is T (done well), H (done) or C (not done).",
    ),
    Rule.TH_2: (
        "Điểm kiểm tra định kì là số nguyên từ 0 đến 10, chỉ ghi ở môn có bài kiểm tra.",
        "The mark of a periodic test is whole, 0 to 10, and stands only where there is a test.",
    ),
    Rule.TH_3: (
        "Mức của phẩm chất, năng lực là T (Tốt), Đ (Đạt) hoặc C (Cần cố gắng).",
        "The level of a quality or ability is T (good), Đ (reached) or C (needs effort).",
    ),
    Rule.TH_4: (
        "Kết quả giáo dục theo mức của các môn, phẩm chất, năng lực và điểm kiểm tra cuối năm.",
        "The overall result follows from subjects, qualities, abilities and the year-end tests.",
    ),
    Rule.TH_5: (
        "Danh hiệu theo kết quả giáo dục cả năm; Hoàn thành xuất sắc thì có danh hiệu.",
        "A title follows from the overall result of the year; HTXS has one.",
    ),
    Rule.TH_6: (
        "Từ mức Hoàn thành là hoàn thành lớp học; chưa hoàn thành mà lên lớp do Hiệu trưởng quyết định.",
        "A grade is completed from HT on; moving up without that is the principal's decision.",
    ),
    Rule.TH_7: (
        "Học sinh khuyết tật không đánh giá, hoặc miễn môn học, thì không ghi mức đạt được.",
        "A disabled pupil who is not assessed, or exempt from a subject, has no levels there.",
    ),
    Rule.TR_2: (
        "Điểm cả năm tính từ điểm hai học kì đã làm tròn, học kì II hệ số 2, làm tròn một chữ số.",
        "The year's score is that of both rounded terms, term II twice, rounded half up to a tenth.",
    ),
    Rule.TR_4: (
        "Môn đánh giá bằng nhận xét: kết quả cả năm là kết quả học kì II.",
        "A subject assessed by comment: the year is that of term II.",
    ),
    Rule.TR_5: (
        "Kết quả học tập theo điểm thấp nhất, số môn đạt mức điểm và số môn Chưa đạt.",
        "The learning result follows from the lowest score, how many are high enough, and the CĐ.",
    ),
    Rule.TR_6: (
        "Thấp hơn Tốt hoặc Khá từ hai mức trở lên chỉ do một môn thì điều chỉnh lên mức liền kề.",
        "Two levels or more below T or K because of one subject alone: one level up.",
    ),
    Rule.TR_7: (
        "Kết quả rèn luyện cả năm theo kết quả rèn luyện của hai học kì.",
        "The year's conduct follows from the conduct of both terms.",
    ),
    Rule.TR_8: (
        "Lên lớp khi rèn luyện, học tập từ mức Đạt và số buổi nghỉ không quá giới hạn.",
        "A pupil moves up with conduct and learning from Đ on and not too many absences.",
    ),
    Rule.TR_9: (
        "Chỉ học sinh rèn luyện cả năm Chưa đạt mới rèn luyện trong kì nghỉ hè.",
        "Summer training is only for who failed in conduct.",
    ),
    Rule.TR_10: (
        "Đánh giá lại các môn chưa đạt của học sinh học tập Chưa đạt; kết quả học tập tính lại.",
        "Failed subjects of who failed in learning are assessed again; the result follows anew.",
    ),
    Rule.TR_11: (
        "Danh hiệu theo kết quả rèn luyện, học tập và điểm cả năm; đạt thì được ghi.",
        "A title follows from conduct, learning result and scores of the year; who deserves it has it.",
    ),
    Rule.TR_12: (
        "Khối lớp và năm học quyết định thông tư đánh giá của học sinh trung học.",
        "Grade and school year say by which circular a secondary pupil is assessed.",
    ),
    Rule.TR_13: (
        "Học sinh được miễn phần thực hành thì đánh giá bằng lí thuyết, không phải miễn cả môn.",
        "Who is exempt from practice is assessed in theory: he is not exempt from the subject.",
    ),
    Rule.TR_14: (
        "Môn mà học sinh khuyết tật được miễn thì không đánh giá, không ghi điểm.",
        "A subject that a disabled pupil is exempt from is not assessed and has no marks.",
    ),
}
