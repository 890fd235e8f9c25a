"""Refusals, as clients see them: a code to match on, words to show, what would help."""

from collections.abc import Mapping
from typing import Self

import strawberry

from hocba import words
from hocba.domain import errors
from hocba.domain.errors import Code
from hocba.schema.docs import describe

INPUTS: Mapping[str, str] = {
    "certificates": "certificates",
    "level": "level",
    "name": "name",
    "permissions": "permissions",
    "printing.place": "place",
    "printing.primary_profile": "primaryProfile",
    "printing.written_on": "writtenOn",
    "reason": "reason",
    "student.left_on": "leftOn",
    "school_code": "schoolCode",
    "until": "until",
    "username": "username",
    "year": "schoolYear",
}
"""How inputs call the field that a refusal names; what does not stand here is no field of an input."""


@describe
@strawberry.type
class Refusal:
    """The rules said no.

    :ivar code: What to match on; never renamed.
    :ivar message: The sentence to show, in Vietnamese, or English by Accept-Language.
    :ivar help: What would help.
    :ivar path: Which field of the input it is about, if one.
    """

    code: Code
    message: str
    help: str | None
    path: list[str] | None

    @classmethod
    def of(cls, refusal: errors.Refusal, language: words.Lang) -> Self:
        """Put a refusal of the domain into words."""
        field = INPUTS.get(str(refusal.facts.get("field")))
        return cls(
            code=refusal.code,
            message=words.sentence(refusal, language),
            help=words.help_(refusal, language) or None,
            path=[field] if field else None,
        )

    @classmethod
    def maybe(cls, refusal: errors.Refusal | None, language: words.Lang) -> Self | None:
        """The same, where there may be none."""
        return None if refusal is None else cls.of(refusal, language)

    @classmethod
    def of_code(cls, code: str, language: words.Lang) -> Self | None:
        """A refusal of which only the code was stored; ``None`` for none."""
        return cls.of(errors.Refusal(Code(code)), language) if code else None
