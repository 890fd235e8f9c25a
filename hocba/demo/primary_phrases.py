"""What primary teachers write on subjects, qualities, abilities and the year, by how a pupil did."""

from collections.abc import Collection, Mapping, Sequence
from random import Random

from hocba.domain.curriculum import TraitGroup

_TOPICS: Mapping[str, Sequence[str]] = {
    "TV": ("đọc to, rõ ràng", "viết đúng chính tả", "kể lại câu chuyện", "đặt câu và dùng từ"),
    "TOAN": ("cộng, trừ trong phạm vi đã học", "giải bài toán có lời văn", "đo độ dài", "nhận biết hình"),
    "NN1": ("nghe và nhắc lại từ mới", "chào hỏi bằng tiếng Anh", "hát và chơi trò chơi tiếng Anh"),
    "LSDL": ("kể chuyện lịch sử", "chỉ vị trí trên bản đồ", "giới thiệu cảnh đẹp quê hương"),
    "KH": ("làm thí nghiệm đơn giản", "quan sát cây và con vật", "nêu cách giữ gìn sức khỏe"),
    "TIN": ("gõ bàn phím đúng cách", "vẽ bằng phần mềm", "tạo bài trình chiếu"),
    "CN": ("làm đồ chơi thủ công", "lắp ghép mô hình", "dùng đồ điện an toàn"),
    "DAODUC": ("lễ phép với người lớn", "giữ lời hứa", "bảo vệ của công"),
    "TNXH": ("kể về gia đình và trường học", "quan sát thiên nhiên", "giữ vệ sinh cá nhân"),
    "GDTC": ("tập đúng đội hình đội ngũ", "chơi trò chơi vận động", "nhảy dây"),
    "AMNHAC": ("hát đúng giai điệu", "gõ đệm theo nhịp", "nghe và cảm nhận bài hát"),
    "MITHUAT": ("vẽ theo chủ đề", "phối màu", "nặn và xé dán"),
    "HDTN": ("làm việc theo nhóm", "tự phục vụ bản thân", "tham gia hoạt động của lớp"),
    "TDT": ("nghe và nói câu quen thuộc", "đọc bài ngắn"),
}
_SUBJECT: Mapping[str, Sequence[str]] = {
    "T": ("Em biết {0} rất tốt.", "Em nắm vững bài, {0} thành thạo.", "Em chủ động, tự tin khi {0}."),
    "H": ("Em biết {0}, cần luyện thêm.", "Em hiểu bài; cần cẩn thận hơn khi {0}.", "Em đã tiến bộ khi {0}."),
    "C": ("Em còn lúng túng khi {0}, cần được giúp thêm.", "Em cần luyện tập nhiều hơn để {0}."),
}
_TRAITS: Mapping[TraitGroup, Mapping[str, Sequence[str]]] = {
    TraitGroup.QUALITY: {
        "T": (
            "Em yêu thương bạn bè, chăm chỉ, thật thà và có trách nhiệm.",
            "Em lễ phép, biết giúp đỡ bạn, luôn hoàn thành việc được giao.",
        ),
        "Đ": (
            "Em ngoan, biết vâng lời; cần chăm chỉ hơn trong học tập.",
            "Em hòa đồng với bạn; cần mạnh dạn nhận lỗi khi làm sai.",
        ),
        "C": ("Em cần cố gắng thực hiện nội quy của lớp và giữ gìn đồ dùng học tập.",),
    },
    TraitGroup.GENERAL: {
        "T": (
            "Em tự giác học tập, mạnh dạn trao đổi và biết tìm cách giải quyết vấn đề.",
            "Em biết tự phục vụ, hợp tác tốt với bạn trong nhóm.",
        ),
        "Đ": (
            "Em biết làm việc nhóm; cần tự tin hơn khi trình bày ý kiến.",
            "Em thực hiện được nhiệm vụ; cần tự giác hơn trong học tập.",
        ),
        "C": ("Em cần được hướng dẫn thêm để tự hoàn thành nhiệm vụ học tập.",),
    },
    TraitGroup.SPECIFIC: {
        "T": (
            "Em diễn đạt lưu loát, tính toán nhanh, thích khám phá.",
            "Em có năng khiếu nghệ thuật, vận động khéo léo, ngôn ngữ phong phú.",
        ),
        "Đ": (
            "Em diễn đạt rõ ý, tính toán đúng; cần luyện thêm chữ viết.",
            "Em nắm được kiến thức cơ bản; cần rèn kĩ năng tính toán.",
        ),
        "C": ("Em cần luyện đọc và tính toán thường xuyên hơn.",),
    },
}
_YEAR: Mapping[str, Sequence[str]] = {
    "HTXS": (
        "Em chăm ngoan, học giỏi đều các môn, gương mẫu trong mọi hoạt động.",
        "Em thông minh, tự tin, luôn giúp đỡ bạn bè; cô giáo rất khen ngợi.",
    ),
    "HTT": (
        "Em ngoan, tiếp thu bài nhanh, hoàn thành tốt các nội dung học tập.",
        "Em chăm học, tích cực phát biểu; cần giữ vững kết quả này.",
    ),
    "HT": (
        "Em ngoan, hoàn thành các nội dung học tập; cần tập trung hơn trong giờ học.",
        "Em hiền, có cố gắng; cần luyện đọc và làm toán thêm ở nhà.",
    ),
    "CHT": (
        "Em chưa hoàn thành một số nội dung học tập; cần được kèm cặp thêm trong hè.",
        "Em tiếp thu còn chậm; gia đình cần phối hợp với cô giáo giúp em luyện tập.",
    ),
}
SUDDEN = (
    "Giấy khen: nhặt được của rơi trả lại người mất",
    "Giấy khen: đạt giải Nhì hội thi kể chuyện cấp phường",
    "Thư khen: có nhiều việc làm giúp bạn",
)
RETAKEN = "Kiểm tra lại đạt yêu cầu."
DECIDED = "Hiệu trưởng quyết định cho lên lớp sau khi đã hướng dẫn, giúp đỡ và đánh giá bổ sung trong hè."


def on_subject(chance: Random, subject: str, level: str) -> str:
    """A teacher's comment on a subject: T, H or C."""
    return chance.choice(_SUBJECT[level]).format(chance.choice(_TOPICS[subject]))


def on_traits(chance: Random, group: TraitGroup, levels: Collection[str]) -> str:
    """The homeroom teacher's comment on a group of qualities or abilities; the lowest level sets the tone."""
    lowest = next(level for level in ("C", "Đ", "T") if level in levels)
    return chance.choice(_TRAITS[group][lowest])


def on_year(chance: Random, overall: str) -> str:
    """The homeroom teacher's comment on a pupil whose overall result is HTXS, HTT, HT or CHT."""
    return chance.choice(_YEAR[overall])


def completion(grade: int, *, completed: bool, promoted: bool, is_last: bool) -> str:
    """Item 6 of the form, such as ``Hoàn thành chương trình lớp 2; Được lên lớp 3.``."""
    done = "Hoàn thành" if completed else "Chưa hoàn thành"
    if is_last:
        return f"{done} chương trình tiểu học."
    return f"{done} chương trình lớp {grade}; {'Được' if promoted else 'Chưa được'} lên lớp {grade + 1}."
