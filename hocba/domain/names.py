"""Vietnamese names: one spelling, the order of lists, and search without accents.

A list of pupils is ordered by the given name, which stands last, then by the rest.  Letters come
in the order of the Vietnamese alphabet (a ă â b c d đ e ê …); of two syllables with the same
letters the tone decides: ngang, huyền, hỏi, ngã, sắc, nặng.

Keys are stored in columns, so that ``ORDER BY`` is enough.  A sort key is made of digits only,
because the collations of databases agree on digits and on little else::

    sort_key("Trần Hà")  =  key("Hà") + key("Trần")
    key("Hà")            =  31 20 01      h, a, then 0 and the tone (huyền = 1)
"""

import unicodedata

ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""The order of letters; f, j, w and z stand where foreign names need them."""

_CODES = {letter: f"{position:02d}" for position, letter in enumerate(ALPHABET, start=10)}
_OTHER = "99"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_VOWEL_MARKS = {"\u0306", "\u0302", "\u031b"}  # ă, â ê ô, ơ ư
_LONGEST = 400


def nfc(text: str) -> str:
    """``text`` with every letter precomposed: the one spelling that is stored and signed."""
    return unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """``text`` in NFC, with single spaces and none at the ends: what a form's field becomes."""
    return nfc(" ".join(text.split()))


def sort_key(full_name: str) -> str:
    """A key of digits by which names order as Vietnamese lists do; at most 400 characters."""
    tokens = full_name.split()
    return "".join(_syllable(token) for token in tokens[-1:] + tokens[:-1])[:_LONGEST]


def search_key(text: str) -> str:
    """``text`` without case and accents, ``đ`` as ``d``, single spaces: for search."""
    plain = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(bare.replace("đ", "d").split())


def _syllable(token: str) -> str:
    tone = 0
    letters: list[str] = []
    for char in unicodedata.normalize("NFD", token.casefold()):
        if char in _TONES:
            tone = _TONES[char]
        elif char in _VOWEL_MARKS and letters:
            letters[-1] += char
        elif not unicodedata.combining(char):
            letters.append(char)
    return "".join(_CODES.get(nfc(letter), _OTHER) for letter in letters) + f"0{tone}"
