"""The answer to a bulk operation: one result per object, in the order asked.

One bad row never stops the others, and doing it twice does nothing twice: the second time the
answer is UNCHANGED.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from uuid import UUID

from hocba.domain.errors import Code, Refusal


class Outcome(StrEnum):
    """What became of one object of a bulk operation."""

    DONE = auto()
    UNCHANGED = auto()  # it was so already
    REFUSED = auto()  # ``Result.refusal`` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one object.

    :ivar id: the object, as the caller named it.
    :ivar refusal: why not, when REFUSED and only then.
    :ivar made: the id of what was made, or of what was there already.
    """

    id: UUID
    outcome: Outcome
    refusal: Refusal | None = None
    made: UUID | None = None


def done(id: UUID, *, made: UUID | None = None) -> Result:
    """It was done."""
    return Result(id=id, outcome=Outcome.DONE, made=made)


def unchanged(id: UUID, *, made: UUID | None = None) -> Result:
    """It was so already."""
    return Result(id=id, outcome=Outcome.UNCHANGED, made=made)


def refused(id: UUID, refusal: Refusal) -> Result:
    """The rules said no."""
    return Result(id=id, outcome=Outcome.REFUSED, refusal=refusal)


def in_order(ids: Iterable[UUID], results: Mapping[UUID, Result]) -> list[Result]:
    """One result per id asked for, in the order asked; an id without one is NOT_FOUND."""
    return [results.get(asked) or refused(asked, Refusal(Code.NOT_FOUND)) for asked in ids]


def in_chunks(ids: Iterable[UUID], size: int) -> Iterator[list[UUID]]:
    """``ids``, each once, in the order asked, at most ``size`` at a time: one transaction's worth."""
    once = list(dict.fromkeys(ids))
    return (once[start : start + size] for start in range(0, len(once), size))
