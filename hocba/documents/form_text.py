"""What the form prints, written out: the content of a transcript as finished strings.

The template only sets what stands here.  Marks are written the Vietnamese way (8,5), dates
as dd/mm/yyyy, times in Vietnam's zone; capitals, the heading over the leader's signature and
the three promotion lines are decided here.  Every string has passed ``fonts.printable``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hocba.documents.content import Content
from hocba.documents.fonts import printable
from hocba.domain.record import Levels, Mark, Relative, SubjectResult
from hocba.domain.values import Level

VIETNAM = timezone(timedelta(hours=7))
"""The time of every date and time on the form."""

HISTORY_ROWS = 4
"""Lines of *Quá trình học tập* on the printed form; more are added when there are more years."""

LEVELS = {Level.THCS: ("TRUNG HỌC CƠ SỞ", "THCS"), Level.THPT: ("TRUNG HỌC PHỔ THÔNG", "THPT")}
"""The levels that have this form (TT 22/2021): its title, and the suffix of the register number."""

CIRCULARS = {"22/2021/TT-BGDĐT": "22/2021/TT-BGDĐT ngày 20 tháng 7 năm 2021"}
"""How the cover cites the circular that issued the form."""

_ROLES = {
    "GVBM": "Giáo viên môn học",
    "GVCN": "Giáo viên chủ nhiệm",
    "CBQL": "Cán bộ quản lý",
    "KY_PHAT_HANH": "Ký phát hành (nhà trường)",
}
_LONG_WORD = 30
_LAST_GRADES = {Level.THCS: 9, Level.THPT: 12}


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
            "rows": [_row(content, result, signs) for result in content.results],
            "summary": _summary(content),
            "signers": list(signs.values()),
        }
    )


def mark(value: Mark) -> str:
    """A mark as the form prints it: ``8,5``, ``10,0``, ``Đ``, or nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        digits = format(value, "f")
        return (digits if "." in digits else f"{digits}.0").replace(".", ",")
    return value


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


def _row(content: Content, result: SubjectResult, signs: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    slot = content.row_slots.get(result.subject, "")
    teacher = next((row.name for row in content.plan if row.key == slot), "")
    exempt = "Miễn" if result.exempt else ""
    return {
        "subject": result.name,
        "term1": mark(result.term1) or exempt,
        "term2": mark(result.term2) or exempt,
        "year": mark(result.year) or exempt,
        "again": mark(result.reassessed),
        "comment": result.comment,
        "teacher": teacher,
        "sign": signs.get(slot),
    }


def _summary(content: Content) -> dict[str, Any]:
    summary = content.summary
    return {
        "conduct": _levels(summary.conduct),
        "learning": _levels(summary.learning),
        "absences": "" if summary.absences is None else str(summary.absences),
        **_promotion(content),
        "completed": _completed(content),
        "certificates": "; ".join(summary.certificates),
        "contests": "; ".join(summary.contests),
        "awards": summary.awards,
        "comment": summary.homeroom_comment,
        "summer_comment": summary.summer_comment,
        "approval": summary.principal_approval,
    }


def _levels(levels: Levels) -> dict[str, str]:
    return {name: getattr(levels, name) or "" for name in ("term1", "term2", "year", "after")}


def _promotion(content: Content) -> dict[str, str]:
    """Which of the three lines is written on: at once, after re-assessment or summer training, not."""
    summary = content.summary
    lines = {"promoted": "", "promoted_after": "", "not_promoted": ""}
    again = summary.learning.after or summary.conduct.after
    again = again or any(result.reassessed is not None for result in content.results)
    if summary.promoted:
        last = content.grade == _LAST_GRADES[content.school.level]
        line = "promoted_after" if again else "promoted"
        lines[line] = "" if last else f"Lớp {content.grade + 1}"
    elif summary.promoted is False:
        lines["not_promoted"] = f"Ở lại lớp {content.grade}"
    return lines


def _completed(content: Content) -> str:
    completed = content.summary.completed_level
    if completed is None:
        return ""
    level = LEVELS[content.school.level][0].lower()
    return f"{'Hoàn thành' if completed else 'Không hoàn thành'} chương trình {level}"


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


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _breakable(printable(value))
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return value


def _breakable(text: str) -> str:
    """A word longer than any column gets places where it may break."""
    return re.sub(rf"[^\s-]{{{_LONG_WORD},}}", lambda word: _pieces(word.group()), text)


def _pieces(word: str) -> str:
    step = _LONG_WORD // 2
    return "\N{ZERO WIDTH SPACE}".join(word[at : at + step] for at in range(0, len(word), step))
