import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba.domain.names import ALPHABET, nfc, search_key, sort_key, tidy

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
WORDS = st.text(alphabet=LETTERS + LETTERS.upper(), min_size=1, max_size=7)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)


@pytest.mark.parametrize(
    "names",
    [
        ["Lê Ái", "Trần Văn An", "Bùi Ánh", "Vũ Ân", "Hồ Bình"],
        ["Lê Văn An", "Nguyễn Ánh An", "Nguyễn Văn An", "Phạm An"],
        ["Ba", "Bà", "Bả", "Bã", "Bá", "Bạ"],
        ["Lê Dung", "Lê Dũng", "Lê Duy", "Lê Đan", "Lê Đạt", "Lê En", "Lê Én", "Lê Ếch"],
        ["Tâm An", "Tâm Anh", "Tâm Ánh"],
        ["Hòa", "Hoan", "Hoàng", "Hô", "Hơ"],
        ["Bàn Hà", "Ban Hạ"],
    ],
)
def test_lists_are_in_the_order_of_vietnamese_lists(names):
    assert sorted(names[1:] + names[:1], key=sort_key) == names


def test_the_alphabet_is_in_order():
    assert sorted(ALPHABET, key=sort_key) == list(ALPHABET)
    assert ALPHABET[10:] == "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"


@given(NAMES)
def test_one_name_has_one_key_however_it_is_written(name):
    decomposed = unicodedata.normalize("NFD", name)

    assert sort_key(decomposed) == sort_key(nfc(name)) == sort_key(name.upper())
    assert search_key(decomposed) == search_key(nfc(name)) == search_key(name.upper())


@given(NAMES)
def test_search_finds_a_name_without_its_accents(name):
    plain = search_key(name)

    assert set(plain) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert search_key(plain) == plain
    assert search_key(f"  {name}\t") == plain


@given(NAMES, NAMES)
def test_the_given_name_decides_and_then_the_rest(one, other):
    def halves(name: str) -> tuple[str, str]:
        *rest, given_name = name.split()
        return sort_key(given_name), "".join(sort_key(word) for word in rest)

    assert (sort_key(one) < sort_key(other)) == (halves(one) < halves(other))


@given(st.text(max_size=200))
def test_any_text_has_a_key_of_digits_that_fits_its_column(text):
    assert all(char in "0123456789" for char in sort_key(text))
    assert len(sort_key(text)) <= 400


def test_foreign_letters_come_after_all_others():
    assert sorted(["Ya 山", "Ya Zoe"], key=sort_key) == ["Ya Zoe", "Ya 山"]


def test_a_mark_without_its_letter_is_nothing():
    assert sort_key("\u0302An") == sort_key("An")


def test_the_barred_d_is_found_as_d():
    assert search_key("Đỗ ĐÌNH Đức") == "do dinh duc"


def test_a_field_is_tidied():
    assert tidy("  Tra\u0302\u0300n \n Văn  An ") == "Trần Văn An"
