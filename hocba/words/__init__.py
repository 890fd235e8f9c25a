"""What users read: the sentence of a refusal, what helps, and the labels of our words.

The domain says codes and facts; here they become Vietnamese (``vi``) and English (``en``).  The
labels are those of the official guide (*Chờ ký*, *Trả lại*).  A test holds the maps complete.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from hocba.domain.accounts import AccountState
from hocba.domain.errors import Refusal
from hocba.domain.permissions import Permission
from hocba.domain.readiness import Missing
from hocba.domain.regulations.rules import Rule
from hocba.domain.values import Level, Status, Step
from hocba.words.advice import ADVICE, WHOLE_CODE
from hocba.words.fields import FIELDS
from hocba.words.gaps import GAPS
from hocba.words.labels import LABELS, NOTHING, SCHOOL_CERTIFICATE, WAITS, YES_NO
from hocba.words.messages import REGISTERED, SCHOOL_CHANGED, SCHOOL_REGISTERED
from hocba.words.rules import RULES
from hocba.words.sentences import SENTENCES

Lang = Literal["vi", "en"]
"""The languages we speak."""

_VOCABULARIES: Mapping[str, type[StrEnum]] = {
    "needs": Permission,
    "permission": Permission,
    "status": Status,
    "step": Step,
    "open_step": Step,
}


class _Facts(dict[str, str]):
    """Facts for a sentence; one that was not given is shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(said: Refusal | Missing, lang: Lang = "vi") -> str:
    """What a refusal, or a piece of missing data, says, its facts filled in."""
    if isinstance(said, Refusal):
        return _say(SENTENCES[said.code][_column(lang)], said.facts, lang)
    subject = said.sentence_facts.get("subject")
    facts = {**said.sentence_facts, "field": said.field, "about": f"{subject}: " if subject else ""}
    return _say(GAPS[said.code][_column(lang)], facts, lang)


def help_(refusal: Refusal, lang: Lang = "vi") -> str:
    """What would help after ``refusal``."""
    return _say(ADVICE[refusal.code][_column(lang)], refusal.facts, lang)


def whole_code(lang: Lang = "vi") -> str:
    """What would help after a code that a client of the API sent and nobody has."""
    return WHOLE_CODE[_column(lang)]


def label(member: StrEnum, lang: Lang = "vi") -> str:
    """What users call ``member``; its value when we have no word for it."""
    words = LABELS.get(type(member), {}).get(member)
    return words[_column(lang)] if words else member.value


def waits(status: Status, lang: Lang = "vi") -> str:
    """What a transcript of this status waits for, in a sentence; empty when for signatures or nobody."""
    return WAITS[status][_column(lang)] if status in WAITS else ""


def account_label(state: AccountState, lang: Lang = "vi", *, of_school: bool) -> str:
    """What users call the state of a person's account (C5, C6), or of a school's certificate (C1)."""
    return SCHOOL_CERTIFICATE[state][_column(lang)] if of_school else label(state, lang)


def management(level: Level, lang: Lang = "vi") -> str:
    """What users call the part of the service for one level: *Quản lý THCS*."""
    return f"Quản lý {level.name}" if lang == "vi" else label(level, lang)


def registered(lang: Lang = "vi", *, of_school: bool, changed: bool) -> str:
    """What users read once an account (C5), or a school's certificate (C1, C2), is registered and proved.

    :param changed: whether it was registered in place of another one.
    """
    if not of_school:
        return REGISTERED[_column(lang)]
    return (SCHOOL_CHANGED if changed else SCHOOL_REGISTERED)[_column(lang)]


def field_label(field: str, lang: Lang = "vi") -> str:
    """What users call the field ``field``; the name itself when we have no word for it."""
    words = FIELDS.get(field)
    return words[_column(lang)] if words else field


def rule_text(rule: Rule, lang: Lang = "vi") -> str:
    """What a rule of assessment says, as one sentence."""
    return RULES[rule][_column(lang)]


def _column(lang: Lang) -> int:
    return 0 if lang == "vi" else 1


def _say(template: str, facts: Mapping[str, Any], lang: Lang) -> str:
    return template.format_map(_Facts((name, _shown(name, value, lang)) for name, value in facts.items()))


def _shown(name: str, value: object, lang: Lang) -> str:
    if name == "field":
        return field_label(str(value), lang)
    if value is None:
        return NOTHING[_column(lang)] if name == "expected" else "–"
    known = _VOCABULARIES.get(name)
    if known and isinstance(value, str) and value in set(known):
        return label(known(value), lang)
    return _written(value, lang)


def _written(value: object, lang: Lang) -> str:
    match value:
        case StrEnum():
            return label(value, lang)
        case bool():
            return YES_NO[value][_column(lang)]
        case Decimal() if lang == "vi":
            return str(value).replace(".", ",")
        case _:
            return str(value)
