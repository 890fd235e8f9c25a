"""Signing accounts and school certificates, with the people and certificates behind them (C1-C9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from hocba.domain.accounts import AccountState
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.signing import Purpose
from hocba.domain.values import Role, SchoolId, SchoolYear, is_school_year, year_before
from hocba.store.models import (
    CertificateRow,
    PersonRow,
    RoleGrantRow,
    SchoolRow,
    SigningAccountRow,
    SigningRequestRow,
)
from hocba.store.reads.organisations import Schools
from hocba.store.reads.pages import Order, Page, Slice, take

NEWEST = Order(columns=("requested_at", "id"), descending=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCertificate:
    """The registered certificate."""

    fingerprint: str
    subject: str
    issuer: str
    organisation: bool
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A registered way to sign; without a person it is the school's.

    :ivar request_id: the newest request for the proof, while there is none.
    """

    id: UUID
    school_id: UUID
    school_name: str
    person_id: UUID | None
    person_name: str
    year: str
    signer_key: str
    state: str
    reason: str
    requested_at: datetime
    requested_by: UUID
    requester_name: str
    proven_at: datetime | None
    decided_by: UUID | None
    decider_name: str
    decided_at: datetime | None
    closed_at: datetime | None
    copied_from: UUID | None
    request_id: UUID | None
    certificate: AccountCertificate = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilter:
    """Which accounts are wanted."""

    year: str | None = None
    states: Sequence[str] = ()
    person_ids: Sequence[UUID] | None = None
    ids: Sequence[UUID] | None = None
    expires_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Somebody who may issue (*Ký phát hành*)."""

    person_id: UUID
    full_name: str
    since: datetime
    until: datetime | None


_COLUMNS = (
    "id",
    "school_id",
    "person_id",
    "year",
    "signer_key",
    "state",
    "reason",
    "requested_at",
    "requested_by",
    "proven_at",
    "decided_by",
    "decided_at",
    "closed_at",
    "copied_from",
    "certificate_id",
)
_CERTIFICATE = ("fingerprint", "subject", "issuer", "organisation", "not_before", "not_after")


async def mine(actor: Actor, year: str | None = None) -> list[Account]:
    """The actor's own accounts, newest first.  Four statements."""
    query = SigningAccountRow.filter(person_id=actor.id).filter(**({"year": year} if year else {}))
    return list((await _page(query, Page(size=100))).rows)


async def personal(actor: Actor, wanted: AccountFilter, page: Page) -> Slice[Account]:
    """The accounts of a school's staff, to who may see them all; to others their own.  Four statements."""
    query = SigningAccountRow.filter(school_id=actor.school, person_id__isnull=False).filter(_filter(wanted))
    if not actor.everywhere(Permission.ACCOUNT_VIEW):
        query = query.filter(person_id=actor.id)
    return await _page(query, page)


async def personal_ids(actor: Actor, wanted: AccountFilter, limit: int) -> list[UUID]:
    """The accounts that a bulk operation named by a filter.  One statement."""
    query = SigningAccountRow.filter(school_id=actor.school, person_id__isnull=False).filter(_filter(wanted))
    if not actor.everywhere(Permission.ACCOUNT_VIEW):
        query = query.filter(person_id=actor.id)
    return list(await query.order_by("requested_at", "id").limit(limit).values_list("id", flat=True))  # type: ignore[arg-type]


async def of_last_year(actor: Actor, year: SchoolYear, limit: int) -> list[UUID]:
    """What the staff had approved in the year before ``year``, also what was withdrawn.  One statement."""
    states = (AccountState.APPROVED, AccountState.WITHDRAWN)
    before = year_before(year) if is_school_year(year) else year
    return await personal_ids(actor, AccountFilter(year=before, states=states), limit)


async def of_schools(schools: Schools, wanted: AccountFilter, page: Page) -> Slice[Account]:
    """The certificates of these schools, and requests for them.  Four statements."""
    query = SigningAccountRow.filter(schools.of(), person_id__isnull=True).filter(_filter(wanted))
    return await _page(query, page)


async def by_ids(ids: Sequence[UUID]) -> dict[UUID, Account]:
    """These accounts, whoever's: for answers about what was just permitted.  Four statements."""
    found = await _page(SigningAccountRow.filter(id__in=list(ids)), Page(size=max(1, len(ids))))
    return {account.id: account for account in found.rows}


async def schools_of(ids: Sequence[UUID]) -> dict[UUID, SchoolId]:
    """Account -> its school, for the schools' own certificates.  One statement."""
    rows = await SigningAccountRow.filter(id__in=list(ids), person_id__isnull=True).values("id", "school_id")
    return {row["id"]: row["school_id"] for row in rows}


async def issuers(school: SchoolId, now: datetime) -> list[Issuer]:
    """Who may issue now.  Two statements."""
    rows = (
        await RoleGrantRow.filter(school_id=school, role=Role.ISSUER, valid_from__lte=now)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))
        .values("person_id", "valid_from", "valid_to")
    )
    names = await _names(PersonRow, "full_name", {row["person_id"] for row in rows})
    return [
        Issuer(
            person_id=row["person_id"],
            full_name=names.get(row["person_id"], ""),
            since=row["valid_from"],
            until=row["valid_to"],
        )
        for row in rows
    ]


def _filter(wanted: AccountFilter) -> Q:
    found = Q()
    if wanted.year:
        found &= Q(year=wanted.year)
    if wanted.states:
        found &= Q(state__in=list(wanted.states))
    if wanted.person_ids is not None:
        found &= Q(person_id__in=list(wanted.person_ids))
    if wanted.ids is not None:
        found &= Q(id__in=list(wanted.ids))
    if wanted.expires_before is not None:
        ending = CertificateRow.filter(not_after__lt=wanted.expires_before)
        found &= Q(certificate_id__in=Subquery(ending.values("id")))
    return found


async def _page(query: Any, page: Page) -> Slice[Account]:
    rows = await take(query, NEWEST, page, _COLUMNS)
    found = rows.rows
    held = [row["certificate_id"] for row in found]
    certificates = (
        {
            row["id"]: AccountCertificate(**{name: row[name] for name in _CERTIFICATE})
            for row in await CertificateRow.filter(id__in=held).values("id", *_CERTIFICATE)
        }
        if held
        else {}
    )
    named = {row[name] for row in found for name in ("person_id", "requested_by", "decided_by")}
    people = await _names(PersonRow, "full_name", named)
    schools = await _names(SchoolRow, "name", {row["school_id"] for row in found})
    requests = await _proofs([row["id"] for row in found if row["state"] == AccountState.UNPROVEN])
    return rows.map(
        lambda row: Account(
            **{name: row[name] for name in _COLUMNS if name != "certificate_id"},
            person_name=people.get(row["person_id"], ""),
            school_name=schools.get(row["school_id"], ""),
            requester_name=people.get(row["requested_by"], ""),
            decider_name=people.get(row["decided_by"], ""),
            request_id=requests.get(row["id"]),
            certificate=certificates[row["certificate_id"]],
        )
    )


async def _proofs(unproven: Sequence[UUID]) -> dict[UUID, UUID]:
    """Account -> the newest request for its proof."""
    if not unproven:
        return {}
    rows = SigningRequestRow.filter(account_id__in=list(unproven), purpose=Purpose.CHALLENGE)
    found = await rows.order_by("created_at", "id").values("id", "account_id")
    return {row["account_id"]: row["id"] for row in found}


async def _names(model: Any, column: str, ids: set[UUID | None]) -> dict[UUID | None, str]:
    wanted = ids - {None}
    rows = await model.filter(id__in=list(wanted)).values("id", column) if wanted else []
    return {row["id"]: row[column] for row in rows}
