"""The words of *Thông tin cần bổ sung*: what kind of data is missing or wrong, and where it is mended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from enum import StrEnum, auto
from typing import Any

from hocba.domain.regulations.rules import Severity


class Gap(StrEnum):
    """The kinds of missing data.  Clients match on them: add freely, never rename."""

    EMPTY = auto()
    FORMAT = auto()
    NOT_CONFIRMED = auto()
    NOT_ELIGIBLE = auto()
    NOT_ASSIGNED = auto()
    STAFF_ID = auto()
    SIGNER_LEFT = auto()
    ROW_MISSING = auto()
    ROW_UNKNOWN = auto()
    ELECTIVES = auto()
    MARK_EMPTY = auto()
    MARK_RANGE = auto()
    MARK_LEVEL = auto()
    TEST_RANGE = auto()
    TRAIT_EMPTY = auto()
    COMMENT_EMPTY = auto()
    LEVEL_DOMAIN = auto()
    NEGATIVE = auto()
    NOT_APPLICABLE = auto()
    RULE = auto()
    TEXT = auto()
    TOO_MANY_SIGNERS = auto()
    # warnings
    ID_DIFFERS = auto()
    ID_SHARED = auto()
    NO_ISSUER = auto()
    NOT_IN_LIST = auto()
    ACCEPTED = auto()
    RULES_UNKNOWN = auto()


class Place(StrEnum):
    """Where the data is mended."""

    SCHOOL = auto()
    CLASS = auto()
    STUDENT = auto()
    STAFF = auto()
    ASSIGNMENTS = auto()
    RESULTS = auto()
    SUMMARY = auto()
    PRINTING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that is missing or wrong.

    :ivar field: the field, such as ``student.birthplace``; ``hocba.words`` has its label.
    :ivar sentence_facts: what the sentence names besides the field.
    :ivar severity: a warning never keeps a transcript from being made.
    """

    code: Gap
    field: str
    where: Place
    sentence_facts: Mapping[str, Any] = default(default_factory=dict)
    severity: Severity = Severity.ERROR


def gap(code: Gap, name: str, where: Place, /, **facts: object) -> Missing:
    """One thing that is missing or wrong, with the facts of its sentence."""
    return Missing(code=code, field=name, where=where, sentence_facts=facts)


def warning(code: Gap, name: str, where: Place, /, **facts: object) -> Missing:
    """One thing that a person should look at."""
    return Missing(code=code, field=name, where=where, sentence_facts=facts, severity=Severity.WARNING)


def empties(owner: Any, prefix: str, names: tuple[str, ...], where: Place) -> Iterator[Missing]:
    """The texts among ``names`` that nobody has written."""
    for name in names:
        if not getattr(owner, name).strip():
            yield gap(Gap.EMPTY, f"{prefix}.{name}", where)


def unknowns(owner: Any, prefix: str, names: tuple[str, ...], where: Place) -> Iterator[Missing]:
    """The values among ``names`` that nobody has entered."""
    for name in names:
        if getattr(owner, name) is None:
            yield gap(Gap.EMPTY, f"{prefix}.{name}", where)


def counts(owner: Any, prefix: str, names: tuple[str, ...], where: Place) -> Iterator[Missing]:
    """The numbers among ``names`` that nobody has entered, or that are below nought."""
    for name in names:
        value = getattr(owner, name)
        if value is None:
            yield gap(Gap.EMPTY, f"{prefix}.{name}", where)
        elif value < 0:
            yield gap(Gap.NEGATIVE, f"{prefix}.{name}", where)
