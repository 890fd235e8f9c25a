"""What secondary teachers write: comments on subjects and on a pupil's year, by how he did.

A comment is put together from what went well and what comes next, so that classes do not read alike.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from hocba.domain.record import Mark

_TOPICS: Mapping[str, Sequence[str]] = {
    "TOAN": (
        "tính toán với phân số",
        "giải bài toán thực tế",
        "chứng minh hình học",
        "biến đổi biểu thức đại số",
    ),
    "LSDL": ("đọc bản đồ và biểu đồ", "trình bày sự kiện lịch sử", "liên hệ kiến thức với địa phương"),
    "KHTN": (
        "thực hành thí nghiệm",
        "giải thích hiện tượng tự nhiên",
        "vận dụng công thức vật lí",
        "ghi chép quan sát",
    ),
    "TIN": ("soạn thảo và trình bày văn bản", "lập trình trực quan", "tìm kiếm thông tin an toàn"),
    "NGUVAN": ("đọc hiểu văn bản", "viết đoạn văn nghị luận", "cảm thụ thơ", "dùng từ và đặt câu"),
    "NN1": ("giao tiếp tiếng Anh", "nghe hiểu hội thoại", "viết đoạn văn ngắn", "ghi nhớ từ vựng"),
    "GDCD": ("xử lí tình huống", "hiểu quyền và bổn phận trẻ em", "liên hệ bản thân"),
    "CN": ("đọc bản vẽ kĩ thuật", "thực hành theo quy trình", "thiết kế sản phẩm đơn giản"),
    "GDTC": ("chạy bền", "phối hợp động tác", "chơi bóng chuyền", "tự tập luyện ở nhà"),
    "NT": ("hát đúng cao độ", "phối màu", "biểu diễn trước lớp", "vẽ theo mẫu"),
    "NN2": ("phát âm tiếng Pháp", "ghi nhớ mẫu câu", "giới thiệu bản thân"),
    "NDGDDP": ("tìm hiểu di tích quê hương", "giới thiệu làng nghề", "thuyết trình về lễ hội địa phương"),
    "HDTNHN": (
        "tham gia hoạt động tập thể",
        "lập kế hoạch chi tiêu",
        "tìm hiểu nghề nghiệp",
        "làm việc nhóm",
    ),
    "LICHSU": ("phân tích tư liệu lịch sử", "lập niên biểu", "nhận xét sự kiện lịch sử"),
    "DIALI": ("đọc bản đồ và biểu đồ", "giải thích sự phân bố dân cư", "nhận xét bảng số liệu"),
    "GDKTPL": ("phân tích tình huống pháp luật", "lập ngân sách cá nhân", "tìm hiểu thị trường"),
    "VATLI": ("giải bài tập chuyển động", "lắp mạch điện", "xử lí số liệu thí nghiệm"),
    "HOAHOC": ("viết phương trình phản ứng", "tính theo phương trình hóa học", "thực hành thí nghiệm"),
    "SINHHOC": ("quan sát tiêu bản", "giải bài tập di truyền", "trình bày quá trình sinh học"),
    "AMNHAC": ("hát đúng cao độ", "đọc nhạc", "biểu diễn trước lớp"),
    "MITHUAT": ("phối màu", "vẽ theo mẫu", "thiết kế đồ họa"),
    "GDQPAN": ("thực hiện động tác đội ngũ", "sơ cứu, băng bó", "nắm kiến thức quốc phòng"),
}
_HIGH = (
    "Nắm vững kiến thức, {0} rất tốt.",
    "Tư duy nhanh, nổi bật ở khả năng {0}.",
    "Học tập chủ động, {0} thành thạo.",
    "Có nhiều tiến bộ, đặc biệt khi {0}.",
)
_HIGH_NEXT = (
    "Cần tiếp tục phát huy.",
    "Nên thử sức thêm với phần {0}.",
    "Biết giúp đỡ bạn khi {0}.",
    "Em giữ vững phong độ nhé.",
)
_MIDDLE = (
    "Hiểu bài, biết cách {0}.",
    "Có cố gắng, {0} khá tốt.",
    "Nắm được kiến thức cơ bản, {0} đúng yêu cầu.",
    "Chăm chỉ, đã tiến bộ khi {0}.",
)
_MIDDLE_NEXT = (
    "Cần rèn thêm việc {0}.",
    "Nên mạnh dạn phát biểu hơn.",
    "Cần cẩn thận hơn khi {0}.",
    "Cố gắng đều hơn ở học kì sau.",
)
_LOW = (
    "Còn lúng túng khi {0}.",
    "Chưa chú ý nghe giảng, {0} còn yếu.",
    "Có cố gắng nhưng {0} còn chậm.",
    "Kiến thức chưa vững, nhất là khi {0}.",
)
_LOW_NEXT = (
    "Cần ôn lại phần {0} trong hè.",
    "Cần dành thêm thời gian tự học ở nhà.",
    "Nên hỏi thầy cô khi chưa hiểu bài.",
    "Gia đình cần nhắc nhở em thường xuyên.",
)
_HOMEROOM: Mapping[str, Sequence[str]] = {
    "T": (
        "Ngoan, lễ phép, học giỏi đều các môn; gương mẫu trong mọi hoạt động của lớp.",
        "Có ý thức tự học cao, nhiệt tình giúp đỡ bạn bè, được thầy cô tin yêu.",
        "Chăm ngoan, trung thực, có trách nhiệm với tập thể; kết quả học tập xuất sắc.",
        "Học tập nghiêm túc, năng nổ trong phong trào Đoàn, Đội; cần giữ vững kết quả này.",
    ),
    "K": (
        "Ngoan, chăm học, hòa đồng với bạn; cần mạnh dạn hơn trong phát biểu xây dựng bài.",
        "Có ý thức kỉ luật tốt, học khá; nên đầu tư thêm cho các môn tự nhiên.",
        "Lễ phép, biết vâng lời, tích cực lao động; cần cố gắng hơn ở môn Ngoại ngữ.",
        "Có nhiều tiến bộ trong học kì II, tham gia đầy đủ hoạt động của trường.",
    ),
    "Đ": (
        "Ngoan, nhưng chưa thật sự tập trung trong giờ học; cần chăm chỉ hơn.",
        "Hiền, ít nói, có cố gắng; cần nhờ thầy cô giúp khi chưa hiểu bài.",
        "Tham gia lao động tốt; cần dành nhiều thời gian hơn cho việc tự học.",
        "Vui vẻ, hòa đồng; cần khắc phục việc chưa chuẩn bị bài trước khi đến lớp.",
    ),
    "CĐ": (
        "Còn nghỉ học và chưa làm bài tập đầy đủ; gia đình cần phối hợp chặt chẽ với nhà trường.",
        "Sức học còn yếu, thiếu kiên trì; cần ôn tập nghiêm túc trong hè.",
        "Chưa có thói quen tự học; cần được kèm cặp thêm ở nhà.",
    ),
}
SUMMER = (
    "Đã hoàn thành nhiệm vụ rèn luyện trong kì nghỉ hè, có tiến bộ rõ.",
    "Tham gia đầy đủ hoạt động hè tại địa phương, thái độ tốt hơn.",
)
CONTESTS = (
    "Giải Nhì cuộc thi Khoa học kĩ thuật cấp trường",
    "Giải Ba Hội khỏe Phù Đổng cấp thành phố, môn điền kinh",
    "Giải Khuyến khích cuộc thi Tiếng Anh trên mạng cấp thành phố",
    "Giải Nhất cuộc thi kể chuyện theo sách cấp trường",
)
CERTIFICATES = ("Chứng chỉ tiếng Anh B1, loại Khá", "Chứng chỉ Tin học ứng dụng cơ bản, loại Giỏi")

_GOOD = Decimal("8.0")
_FAIR = Decimal("5.0")


def on_subject(chance: Random, subject: str, mark: Mark) -> str:
    """A teacher's comment on a subject."""
    first, second = chance.sample(_TOPICS[subject], 2)
    said, advised = _phrases(chance, mark)
    return f"{chance.choice(said).format(first)} {chance.choice(advised).format(second)}"


def on_year(chance: Random, learning: str) -> str:
    """A homeroom teacher's comment on a pupil whose result is ``learning``."""
    return chance.choice(_HOMEROOM[learning])


def _phrases(chance: Random, mark: Mark) -> tuple[Sequence[str], Sequence[str]]:
    if mark == "CĐ" or (isinstance(mark, Decimal) and mark < _FAIR):
        return _LOW, _LOW_NEXT
    if (isinstance(mark, Decimal) and mark >= _GOOD) or (mark == "Đ" and chance.random() < 1 / 2):
        return _HIGH, _HIGH_NEXT
    return _MIDDLE, _MIDDLE_NEXT
