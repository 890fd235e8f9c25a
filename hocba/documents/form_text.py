"""What the form prints, written out: the content of a transcript as finished strings.

The template only sets what stands here.  Marks are written the Vietnamese way (8,5), dates
as dd/mm/yyyy, times in Vietnam's zone; capitals, the heading over the leader's signature and
the promotion lines are decided here.  Every string has passed ``fonts.printable``.

::

    document, cover, person, history      of the newest year
    years ─┬─ its pages                   rows, summary: form_year (TT 22/2021), form_primary (TT 27/2020)
           └─ who signed it
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, assert_never, cast

from hocba.documents import form_primary, form_year
from hocba.documents.facts import Content
from hocba.documents.fonts import printable
from hocba.documents.form_marks import LEVELS
from hocba.documents.form_signs import ShownSigner, people, signs
from hocba.domain.curriculum import GRADES
from hocba.domain.record import PrimarySummary, Relative, Summary
from hocba.domain.values import Level

T = TypeVar("T")

CIRCULARS = {
    "22/2021/TT-BGDĐT": "22/2021/TT-BGDĐT ngày 20 tháng 7 năm 2021",
    "27/2020/TT-BGDĐT": "27/2020/TT-BGDĐT ngày 04 tháng 9 năm 2020",
}
"""How the cover cites the circular that issued the form."""

_DRAFT, _VIEW = "CHƯA PHÁT HÀNH", "BẢN XEM"
_SIGNERS = "DANH SÁCH CHỮ KÍ SỐ"
_LONG_WORD = 30
_LINES = 4


class MixedYearsError(ValueError):
    """These years are not one booklet: none, one twice, or several levels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormYear:
    """One school year of the form: what its document says, and who has signed it.

    :ivar draft: it is not issued yet.
    """

    content: Content
    signers: Sequence[ShownSigner] = ()
    draft: bool = False


def written(years: Sequence[FormYear], *, view: bool) -> dict[str, Any]:
    """Everything the template asks for, the years ascending.

    :param view: only to look at, as every page then says; else the one year's own document.
    :raises MixedYearsError: for no year, a year twice, or two levels.
    """
    _must_be_one_booklet(years)
    ordered = sorted(years, key=lambda each: each.content.year)
    content, draft = ordered[-1].content, ordered[-1].draft
    return _printable(
        _document(content, view=view)
        | {
            "view": view,
            "mark": _mark(view=view, draft=draft and not view),
            "note": _note(ordered) if view else "",
            "cover": _cover(content),
            "person": _person(content),
            "history": _history(content),
            "years": [_year(each, view=view) for each in ordered],
        }
    )


def _must_be_one_booklet(years: Sequence[FormYear]) -> None:
    contents = [year.content for year in years]
    if len({content.school.level for content in contents}) != 1:
        raise MixedYearsError("a booklet has the years of one level")
    if len({content.year for content in contents}) != len(contents):
        raise MixedYearsError("a booklet has each year once")


def _document(content: Content, *, view: bool) -> dict[str, Any]:
    title, short = LEVELS[content.school.level]
    lookup, name = str(content.lookup_code), content.student.full_name
    about = "các năm học" if view else f"lớp {content.class_name}, năm học {content.year}"
    return {
        "title": f"Học bạ {name}, {about}",
        "author": content.school.name,
        "description": f"Học bạ số, mã tra cứu {lookup}",
        "keywords": [lookup],
        "attachment": f"{lookup}.xml",
        "attachment_about": "Dữ liệu học bạ gốc có chữ ký số",
        "primary": isinstance(content.summary, PrimarySummary),
        "lookup": lookup,
        "level": title,
        "level_short": short,
        "circular": CIRCULARS.get(content.circular, content.circular),
    }


def _mark(*, view: bool, draft: bool) -> dict[str, str] | None:
    """What stands above and across a page."""
    said = [text for text, holds in ((_VIEW, view), (_DRAFT, draft)) if holds]
    return {"line": ", ".join(said), "across": said[-1]} if said else None


def _note(years: Sequence[FormYear]) -> str:
    named = ", ".join(str(each.content.year) for each in years)
    return f"Bản xem gộp, năm học {named}: không đóng dấu số, không thay cho học bạ số của từng năm học."


def _cover(content: Content) -> dict[str, str]:
    school, short = content.school, LEVELS[content.school.level][1]
    return {
        "school": re.sub(r"^TRƯỜNG\s+", "", school.name.upper()),
        "commune": school.commune,
        "province": school.province,
        "name": content.student.full_name.upper(),
        "register_label": "Số sổ đăng bộ:" if school.level is Level.TH else "Số sổ đăng bộ PCGD:",
        "register": re.sub(rf"\s*/\s*{short}$", "", content.student.register_number),
    }


def _year(given: FormYear, *, view: bool) -> dict[str, Any]:
    content = given.content
    made = signs(content, given.signers)
    return {
        "mark": _mark(view=view, draft=given.draft),
        "lookup": str(content.lookup_code),
        "name": content.student.full_name,
        "class_name": content.class_name,
        "year": str(content.year),
        "place_date": _place_date(content.printing.place, content.printing.written_on),
        "signers_title": _SIGNERS + (f", NĂM HỌC {content.year}" if view else ""),
        "original": _original(content, view=view),
        "signers": list(made.values()),
        **people(content, made),
        **_pages(content, made),
    }


def _pages(content: Content, made: dict[str, dict[str, str]]) -> dict[str, Any]:
    match content.summary:
        case PrimarySummary() as facts:
            rows = [form_primary.row(content, result, made) for result in content.results]
            return {"rows": rows, "summary": form_primary.summary(content, facts)}
        case Summary() as facts:
            rows = [form_year.row(content, result, made) for result in content.results]
            return {"rows": rows, "summary": form_year.summary(content, facts)}
        case never:
            assert_never(never)


def _original(content: Content, *, view: bool) -> str:
    file = f"{content.lookup_code}.xml"
    if view:
        return f"Bản gốc của năm học này là tệp XML {file}, không đính kèm trong bản xem này."
    return f"Bản gốc là tệp XML {file} đính kèm trong tệp PDF này; chữ kí số nằm trong tệp đó."


def _person(content: Content) -> dict[str, str]:
    student = content.student
    return {
        "name": student.full_name,
        "sex": student.sex,
        "birth_date": f"{student.birth_date:%d/%m/%Y}",
        "ethnicity": student.ethnicity,
        "nationality": student.nationality,
        "birthplace": student.birthplace,
        "home_town": student.home_town,
        "policy_group": student.policy_group,
        "address": student.address,
        **_relative("father", student.father),
        **_relative("mother", student.mother),
        **_relative("guardian", student.guardian),
    }


def _relative(who: str, relative: Relative) -> dict[str, str]:
    return {who: relative.name, f"{who}_occupation": relative.occupation}


def _history(content: Content) -> list[dict[str, str]]:
    """*Quá trình học tập*: a line for each grade of the level, more when there are more years."""
    rows = [
        {
            "year": str(row.year),
            "class_name": row.class_name,
            "school": row.school_name,
            "since": f"{row.since:%d/%m/%Y}" if row.since else "",
        }
        for row in content.history
    ]
    empty = dict.fromkeys(("year", "class_name", "school", "since"), "")
    return rows + [empty] * (max(_LINES, len(GRADES[content.school.level])) - len(rows))


def _place_date(place: str, day: date) -> str:
    return f"{place}, ngày {day:%d} tháng {day:%m} năm {day:%Y}"


def _printable(value: T) -> T:
    """``value`` with every text in it made printable."""
    return cast("T", _walked(value))


def _walked(value: Any) -> Any:
    if isinstance(value, str):
        return _breakable(printable(value))
    if isinstance(value, dict):
        return {key: _walked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_walked(item) for item in value]
    return value


def _breakable(text: str) -> str:
    """A word longer than any column gets places where it may break."""
    return re.sub(rf"[^\s-]{{{_LONG_WORD},}}", lambda word: _pieces(word.group()), text)


def _pieces(word: str) -> str:
    step = _LONG_WORD // 2
    return "\N{ZERO WIDTH SPACE}".join(word[at : at + step] for at in range(0, len(word), step))
