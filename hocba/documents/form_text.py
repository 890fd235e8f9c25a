"""What the form prints, written out: the content of a transcript as finished strings.

The template only sets what stands here.  Marks are written the Vietnamese way (8,5), dates
as dd/mm/yyyy, times in Vietnam's zone; capitals, the heading over the leader's signature and
the three promotion lines are decided here.  Every string has passed ``fonts.printable``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from hocba.documents import form_year
from hocba.documents.facts import Content
from hocba.documents.fonts import printable
from hocba.documents.form_year import LEVELS
from hocba.documents.formats import VIETNAM
from hocba.domain.record import Relative

T = TypeVar("T")

HISTORY_ROWS = 4
"""Lines of *Quá trình học tập* on the printed form; more are added when there are more years."""

CIRCULARS = {"22/2021/TT-BGDĐT": "22/2021/TT-BGDĐT ngày 20 tháng 7 năm 2021"}
"""How the cover cites the circular that issued the form."""

_ROLES = {
    "GVBM": "Giáo viên môn học",
    "GVCN": "Giáo viên chủ nhiệm",
    "CBQL": "Cán bộ quản lý",
    "KY_PHAT_HANH": "Ký phát hành (nhà trường)",
}
_LONG_WORD = 30


class UnknownFormError(ValueError):
    """The level has no printed form here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSigner:
    """A signature as the form shows it, in place of handwriting.

    :ivar key: the slot's key; says where on the form it stands.
    :ivar role: GVBM, GVCN, CBQL, KY_PHAT_HANH.
    :ivar certificate_subject: the certificate's subject, RFC 4514; ``issuer`` likewise.
    """

    key: str
    role: str
    name: str
    title: str
    signed_at: datetime
    certificate_subject: str
    issuer: str
    serial: str


def written(content: Content, signers: Sequence[ShownSigner], *, draft: bool) -> dict[str, Any]:
    """Everything the template asks for.

    :raises UnknownFormError: for a level without this form.
    """
    if content.school.level not in LEVELS:
        raise UnknownFormError(f"no printed form for the level {content.school.level.value}")
    signs = {signer.key: _sign(signer, number) for number, signer in enumerate(signers, 1)}
    return _printable(
        _document(content, draft=draft)
        | _people(content, signs)
        | {
            "person": _person(content),
            "history": _history(content),
            "rows": [form_year.row(content, result, signs) for result in content.results],
            "summary": form_year.summary(content),
            "signers": list(signs.values()),
        }
    )


def _document(content: Content, *, draft: bool) -> dict[str, Any]:
    title, short = LEVELS[content.school.level]
    lookup, school = str(content.lookup_code), content.school
    name = content.student.full_name
    return {
        "title": f"Học bạ {name}, lớp {content.class_name}, năm học {content.year}",
        "author": school.name,
        "description": f"Học bạ số, mã tra cứu {lookup}",
        "keywords": [lookup],
        "attachment": f"{lookup}.xml",
        "attachment_about": "Dữ liệu học bạ gốc có chữ ký số",
        "draft": draft,
        "lookup": lookup,
        "level": title,
        "level_short": short,
        "circular": CIRCULARS.get(content.circular, content.circular),
        "name": name,
        "class_name": content.class_name,
        "year": str(content.year),
        "place_date": _place_date(content.printing.place, content.printing.written_on),
        "cover": {
            "school": re.sub(r"^TRƯỜNG\s+", "", school.name.upper()),
            "commune": school.commune,
            "province": school.province,
            "name": name.upper(),
            "register": re.sub(rf"\s*/\s*{short}$", "", content.student.register_number),
        },
    }


def _people(content: Content, signs: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    by_role = {row.role: signs[row.key] for row in content.plan if row.key in signs}
    return {
        "homeroom_name": content.homeroom_name,
        "homeroom_sign": by_role.get("GVCN"),
        "leader_name": content.leader_name,
        "leader_heading": _leader_heading(content.leader_title),
        "leader_sign": by_role.get("CBQL"),
        "school_sign": by_role.get("KY_PHAT_HANH"),
    }


def _leader_heading(title: str) -> list[str]:
    if "phó" in title.casefold():
        return ["KT. HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG"]
    return ["HIỆU TRƯỞNG"]


def _person(content: Content) -> dict[str, str]:
    student = content.student
    return {
        "sex": student.sex,
        "birth_date": f"{student.birth_date:%d/%m/%Y}",
        "ethnicity": student.ethnicity,
        "birthplace": student.birthplace,
        "policy_group": student.policy_group,
        "address": student.address,
        **_relative("father", student.father),
        **_relative("mother", student.mother),
        **_relative("guardian", student.guardian),
    }


def _relative(who: str, relative: Relative) -> dict[str, str]:
    return {who: relative.name, f"{who}_occupation": relative.occupation}


def _history(content: Content) -> list[dict[str, str]]:
    rows = [
        {"year": str(row.year), "class_name": row.class_name, "school": row.school_name}
        for row in content.history
    ]
    empty = {"year": "", "class_name": "", "school": ""}
    return rows + [empty] * (HISTORY_ROWS - len(rows))


def _sign(signer: ShownSigner, number: int) -> dict[str, str]:
    return {
        "number": str(number),
        "role": _ROLES.get(signer.role, signer.role),
        "name": signer.name,
        "title": signer.title,
        "at": f"{signer.signed_at.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}",
        "subject": _name(signer.certificate_subject),
        "issuer": _name(signer.issuer),
        "serial": signer.serial,
    }


def _name(rfc4514: str) -> str:
    """A distinguished name with room to break: a blank after each comma that separates."""
    return re.sub(r"(?<!\\),(?! )", ", ", rfc4514)


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
