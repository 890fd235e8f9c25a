"""Authorities: which kind may stand above which, and from when to when.

::

    Bộ ──> Sở ──┬──> Phòng GDĐT ──> school     until 30 June 2025
                ├──> UBND xã ─────> school     from 1 July 2025
                └──> school                    upper secondary schools

A school may stand right below any of them.  When a reform began is data: every link has its first
day, and the first day on which it holds no longer.  A school or an authority stands right below one
authority at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from hocba.domain.errors import Code, Refusal


class OrganisationKind(StrEnum):
    """What kind of authority it is, from the top."""

    BO = "bo"  # Bộ GDĐT
    SO = "so"  # Sở GDĐT
    PHONG = "phong"  # Phòng GDĐT
    XA = "xa"  # UBND xã, phường, đặc khu


_RANK = {OrganisationKind.BO: 0, OrganisationKind.SO: 1, OrganisationKind.PHONG: 2, OrganisationKind.XA: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Somebody stands right below ``parent``.

    :ivar until: the first day on which it holds no longer.
    """

    parent: UUID
    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it holds on ``day``."""
        return self.since <= day and (self.until is None or day < self.until)

    def meets(self, other: "Link") -> bool:
        """Whether there is a day on which both hold."""
        return (self.until is None or other.since < self.until) and (
            other.until is None or self.since < other.until
        )


def must_rank(parent: OrganisationKind, child: OrganisationKind | None) -> None:
    """Whether ``parent`` may stand above ``child``; ``None`` is a school.

    What stands above is of a higher kind, so that nobody comes to stand above himself.

    :raises Refusal: SUPERVISION_WRONG_ORDER.
    """
    if child is not None and _RANK[parent] >= _RANK[child]:
        raise Refusal(Code.SUPERVISION_WRONG_ORDER, parent=parent, child=child)


def must_stand_free(new: Link, others: Sequence[Link]) -> None:
    """Whether the child has no other authority right above it on a day of ``new``.

    :raises Refusal: INVALID_VALUE when it ends before it begins; SUPERVISION_OVERLAPS.
    """
    if new.until is not None and new.until <= new.since:
        raise Refusal(Code.INVALID_VALUE, field="until")
    for other in others:
        if new.meets(other):
            raise Refusal(Code.SUPERVISION_OVERLAPS, since=f"{other.since:%d/%m/%Y}")
