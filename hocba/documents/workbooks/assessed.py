"""What is assessed, as cells: marks and levels of every circular, terms, subjects.

A level is written as its letter or as its word, in any case; the words are those of the code lists
in force (``hocba.domain.codes``), so a list that is amended is read as amended.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from hocba.documents.workbooks.cells import (
    Cell,
    Kind,
    Unfit,
    as_decimal,
    as_text,
    choice,
    fold,
    must_be_rounded,
)
from hocba.documents.workbooks.problems import ProblemCode
from hocba.domain import codes
from hocba.domain.record import Mark
from hocba.domain.values import Term

_BEST = Decimal(10)


def mark() -> Kind:
    """A score with one decimal from 0 to 10, or Đ, CĐ (TT 22/2021 Đ5.3)."""
    passed = _spellings("subject-levels")

    def parse(cell: Cell) -> Mark:
        if found := passed.get(fold(as_text(cell))):
            return found
        must_be_rounded(cell, 0, int(_BEST))
        score = as_decimal(cell)
        if score is None or score > _BEST:
            raise Unfit(ProblemCode.MARK_INVALID)
        return score

    return Kind(parse=parse, show=lambda value: value, empty=None, format="general")


def level() -> Kind:
    """A level of learning or conduct: T, K, Đ, CĐ (TT 22/2021 Đ8, Đ9), or its word."""
    return _letters("year-levels", ProblemCode.LEVEL_INVALID)


def subject_level() -> Kind:
    """What a primary pupil reached in a subject: T, H, C (TT 27/2020 Đ7.1a), or its word."""
    return _letters("th-subject-levels")


def trait_level() -> Kind:
    """A quality or ability of a primary pupil: T, Đ, C (TT 27/2020 Đ7.2), or its word."""
    return _letters("th-trait-levels")


def overall() -> Kind:
    """*Đánh giá kết quả giáo dục*: HTXS, HTT, HT, CHT (TT 27/2020 Đ9.2a), or its words."""
    return _letters("th-overall")


def terms() -> Kind:
    """*I*, *II* or *Cả năm* (both)."""
    first, second, both = (Term.I,), (Term.II,), (Term.I, Term.II)
    return choice(
        empty=(),
        I=first,
        II=second,
        Cả_năm=both,
        HK_I=first,
        HK_II=second,
        HK_1=first,
        HK_2=second,
        học_kì_I=first,
        học_kì_II=second,
        học_kì_1=first,
        học_kì_2=second,
        học_kỳ_1=first,
        học_kỳ_2=second,
        CN=both,
        **{"1": first, "2": second},
    )


def subject(names: Iterable[tuple[str, str]]) -> Kind:
    """A subject by a name or its code.

    :param names: code and name; of a code that has several, the last is the one that is written.
    """
    pairs = tuple(names)
    written = dict(pairs)
    known = {fold(spelling): code for code, name in pairs for spelling in (name, code)}

    def parse(cell: Cell) -> str:
        if found := known.get(fold(as_text(cell))):
            return found
        raise Unfit(ProblemCode.SUBJECT_UNKNOWN)

    offered = tuple(dict.fromkeys(name for _, name in pairs))
    return Kind(parse=parse, show=lambda code: written.get(code, code), choices=offered)


def _spellings(list_: str) -> Mapping[str, str]:
    """Folded letter or word to letter."""
    return {
        fold(spelling): entry.code for entry in codes.entries(list_) for spelling in (entry.name, entry.code)
    }


def _letters(list_: str, code: ProblemCode = ProblemCode.CHOICE_INVALID) -> Kind:
    spellings = _spellings(list_)
    letters = tuple(entry.code for entry in codes.entries(list_))

    def parse(cell: Cell) -> str:
        if found := spellings.get(fold(as_text(cell))):
            return found
        raise Unfit(code, choices=", ".join(letters))

    return Kind(parse=parse, show=str, choices=letters)
