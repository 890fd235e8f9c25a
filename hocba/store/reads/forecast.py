"""The certificates of living accounts, for who looks after them (C6, D14)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from hocba.domain.accounts import LIVE
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission, Scope
from hocba.store.reads import sql
from hocba.store.reads.organisations import Schools

MOST = 5_000
"""Accounts that are looked at: two for each school of a large province."""

_SELECT = (
    "SELECT a.id, a.school_id, s.name AS school_name, s.ownership, a.person_id, p.full_name, a.state,"
    " c.der, c.chain, c.fingerprint, c.subject, c.issuer, c.not_before, c.not_after"
    " FROM signing_account a JOIN certificate c ON c.id = a.certificate_id"
    " JOIN school s ON s.id = a.school_id LEFT JOIN person p ON p.id = a.person_id"
    " WHERE a.year = :year AND a.state IN (:states...) AND ((a.person_id = :own AND a.school_id = :school)"
    " OR (a.person_id IS NOT NULL AND a.school_id IN (:staff_of...))"
    " OR (a.person_id IS NULL AND a.school_id IN {seals_of}))"
    " ORDER BY c.not_after, a.id LIMIT :most"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """An account with its certificate; without a person it is the school's."""

    id: UUID
    school_id: UUID
    school_name: str
    ownership: str
    person_id: UUID | None
    person_name: str
    state: str
    der: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    fingerprint: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime


async def registered(actor: Actor, supervised: Schools, year: str) -> list[Registered]:
    """What ``actor`` looks after in ``year``, those that end first in front.  One statement.

    Everybody his own; the staff's and the school's who may see them; the schools' below it, the authority.
    """
    view = Permission.SCHOOL_CERTIFICATE_VIEW
    scopes = actor.scopes(view)
    seals = replace(
        supervised,
        ids=[actor.school] if Scope.SCHOOL in scopes else [],
        organisations=supervised.organisations if Scope.AREA in scopes else [],
    )
    rows = await sql.select(
        _SELECT.format(seals_of=seals.as_sql()),
        most=MOST,
        year=year,
        states=[state.value for state in LIVE],
        own=actor.id,
        school=actor.school,
        staff_of=[actor.school] if actor.everywhere(Permission.ACCOUNT_VIEW) else [],
    )
    return [
        Registered(
            id=sql.id_(row["id"]),
            school_id=sql.id_(row["school_id"]),
            school_name=row["school_name"],
            ownership=row["ownership"],
            person_id=sql.id_(row["person_id"]) if row["person_id"] else None,
            person_name=row["full_name"] or "",
            state=row["state"],
            der=bytes(row["der"]),
            chain=sql.ders(row["chain"]),
            fingerprint=row["fingerprint"],
            subject=row["subject"],
            issuer=row["issuer"],
            not_before=sql.time(row["not_before"]),
            not_after=sql.time(row["not_after"]),
        )
        for row in rows
    ]
