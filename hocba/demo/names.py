"""Invented Vietnamese people: names, ids, places.  Anybody real is chance.

Given names are dealt like cards, so a hundred pupils together use every letter of the Vietnamese
alphabet with every tone.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from random import Random


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


_FAMILIES = _words(
    "Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Trần Lê Lê Lê Phạm Phạm Hoàng Huỳnh Phan Vũ",
    "Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Mai Trịnh Đinh Lâm Tạ Tô Từ Khổng Phùng Quách Lữ Thẩm Đoàn Cao",
)
_MIDDLES = {
    "Nam": _words("Văn Đức Minh Gia Quốc Hữu Thế Bá Công Anh Nhật Hải Xuân Đình Trọng Ngọc Khắc"),
    "Nữ": _words("Thị Thị Ngọc Thu Khánh Bảo Phương Hồng Cẩm Thanh Kim Diễm Mỹ Thuỳ Quỳnh Ánh Hoài"),
}
_GIVEN = {
    "Nam": _words(
        "Anh Ấn Bằng Bắc Bảo Bình Chỉ Cường Cử Dũng Duy Đạt Đỉnh Đời Đức Giáp Hải Hậu Hiển Hiếu Hòa Hoá",
        "Hoàng Hùng Hưng Hưởng Huy Khẳng Khoa Khôi Khởi Kiên Kỳ Kỷ Lãm Lộc Lợi Long Lưỡng Mẫn Minh Nam",
        "Nghĩa Phổ Phong Phúc Phước Quân Quốc Sẵn Sĩ Sơn Sử Tấn Thắng Thế Thọ Thực Tỏ Toàn Trí Trường",
        "Tú Tuấn Tỵ Văn Việt Vũ",
    ),
    "Nữ": _words(
        "An Ân Bé Cẩm Chẽ Chi Diễm Diệp Dung Đóa Giang Hà Hạnh Hằng Hân Hiền Hoa Hoè Huệ Huyền Hương Khuê",
        "Lam Lan Lẹ Linh Loan Lụa Ly Mến Mỹ My Nga Ngân Ngọc Nguyệt Nhã Nhi Nở Nữ Oanh Phụng",
        "Phượng Quyên Quỳnh Sen Tâm Thảo Thẻ Thì Thỏ Thơ Thu Thủy Thư Tiên Trà Trâm Trang Trinh",
        "Trúc Tuyết Uyên Vân Vi Vy Xuân Ý Yến",
    ),
}
_PROVINCES = (
    ("048", "Thành phố Đà Nẵng", 70),
    ("049", "Tỉnh Quảng Nam", 14),
    ("046", "Tỉnh Thừa Thiên Huế", 6),
    ("051", "Tỉnh Quảng Ngãi", 4),
    ("001", "Thành phố Hà Nội", 2),
    ("079", "Thành phố Hồ Chí Minh", 2),
    ("066", "Tỉnh Đắk Lắk", 2),
)
"""Code of the registration, name before July 2025, share in a hundred."""

_DIGITS = 1_000_000
_CENTURY = 100


class People:
    """A source of invented people, the same for the same ``chance``."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._families = _deck(_FAMILIES, chance)
        self._given = {sex: _deck(names, chance) for sex, names in _GIVEN.items()}
        self._children = {sex: _deck(names, chance) for sex, names in _GIVEN.items()}
        self._taken: set[str] = set()

    def grown_up(self, sex: str) -> str:
        """The name of a parent or of somebody of the staff."""
        return self._name(sex, next(self._families), next(self._given[sex]))

    def child(self, sex: str, father: str) -> str:
        """The name of a child of ``father``; eighty of each sex have every given name there is."""
        return self._name(sex, father.split(maxsplit=1)[0], next(self._children[sex]))

    def _name(self, sex: str, family: str, given: str) -> str:
        middle = self._chance.choice([word for word in _MIDDLES[sex] if word != given])
        return f"{family} {middle} {given}"

    def birthday(self, year: int) -> date:
        """A day of ``year``."""
        return date.fromordinal(date(year, 1, 1).toordinal() + self._chance.randrange(365))

    def province(self) -> tuple[str, str]:
        """Where a birth was registered: the code and the old name."""
        weights = [share for _, _, share in _PROVINCES]
        code, name, _ = self._chance.choices(_PROVINCES, weights)[0]
        return code, name

    def personal_id(self, province: str, sex: str, born: date) -> str:
        """Province, century and sex, year, six digits; nobody has it twice (NĐ 137/2015 Đ13)."""
        century = 2 * (born.year // _CENTURY - 19) + (sex == "Nữ")
        for _ in count():
            found = f"{province}{century}{born.year % _CENTURY:02d}{self._chance.randrange(_DIGITS):06d}"
            if found not in self._taken:
                break
        self._taken.add(found)
        return found


def _deck(cards: Sequence[str], chance: Random) -> Iterator[str]:
    """Every card once in a chance order, then again in another."""
    while True:
        yield from chance.sample(cards, len(cards))
