"""Certificates, each stored once, and the accounts that sign with them."""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from hocba.domain.accounts import LIVE, Account, AccountState
from hocba.domain.values import PersonId, SchoolId, SchoolYear
from hocba.store import ids
from hocba.store.models import CertificateRow
from hocba.store.reads import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCertificate:
    """What is written of a certificate that was read.

    :ivar chain: DER of its issuers, the leaf's issuer first.
    """

    fingerprint: str
    der: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(default=(), repr=False)
    subject: str
    issuer: str
    identity: str
    organisation: bool
    not_before: datetime
    not_after: datetime


async def keep(certificate: NewCertificate) -> UUID:
    """Store ``certificate`` unless it is there, and say under which id."""
    row = CertificateRow(
        id=ids.new(),
        fingerprint=certificate.fingerprint,
        der=certificate.der,
        chain=[base64.b64encode(der).decode() for der in certificate.chain],
        subject=certificate.subject,
        issuer=certificate.issuer,
        identity=certificate.identity,
        organisation=certificate.organisation,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
    )
    await CertificateRow.bulk_create([row], ignore_conflicts=True)
    return UUID(str((await CertificateRow.get(fingerprint=certificate.fingerprint).values("id"))["id"]))


async def id_of(fingerprint: str) -> UUID | None:
    """The row of a certificate.  One statement."""
    rows = await sql.select("SELECT id FROM certificate WHERE fingerprint = :print", print=fingerprint)
    return sql.id_(rows[0]["id"]) if rows else None


async def chain_of(fingerprint: str) -> tuple[bytes, ...]:
    """What came along with a certificate that is registered.  One statement."""
    rows = await sql.select("SELECT chain FROM certificate WHERE fingerprint = :print", print=fingerprint)
    return sql.ders(rows[0]["chain"]) if rows else ()


async def ownership_of(school: UUID) -> str:
    """Whose a school is, ``public`` or ``private``.  One statement."""
    rows = await sql.select("SELECT ownership FROM school WHERE id = :id", id=school)
    return str(rows[0]["ownership"]) if rows else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A certificate that may sign, as far as the sweep needs it."""

    id: UUID
    fingerprint: str


async def in_use(now: datetime) -> list[Watched]:
    """The certificates of all accounts that live, unless they have ended.  One statement."""
    rows = await sql.select(
        "SELECT DISTINCT c.id, c.fingerprint FROM signing_account a JOIN certificate c"
        " ON c.id = a.certificate_id WHERE a.state IN (:states...) AND c.not_after > :now",
        states=[state.value for state in LIVE],
        now=now,
    )
    return [Watched(id=sql.id_(row["id"]), fingerprint=row["fingerprint"]) for row in rows]


async def with_chains(ids_: Collection[UUID]) -> dict[UUID, tuple[bytes, tuple[bytes, ...]]]:
    """The bytes of certificates, and what came along.  One statement."""
    rows = await sql.select("SELECT id, der, chain FROM certificate WHERE id IN (:ids...)", ids=ids_)
    return {sql.id_(row["id"]): (bytes(row["der"]), sql.ders(row["chain"])) for row in rows}


ACCOUNT = (
    "a.id, a.school_id, a.person_id, a.year, a.signer_key, a.vendor_reference, a.state,"
    " a.certificate_id, a.requested_by, a.decided_at, a.closed_at, a.decided_by, c.der, c.fingerprint"
)
"""What ``account_of`` reads, of ``signing_account a`` and its ``certificate c``."""


async def account(id: UUID, *, keep: bool = False) -> Account | None:
    """One account.  One statement.

    :param keep: nobody changes it until the caller's transaction ends; others may read and keep it too.
    """
    rows = await (sql.share if keep else sql.select)(
        f"SELECT {ACCOUNT} FROM signing_account a"  # noqa: S608 -- names of ours
        " JOIN certificate c ON c.id = a.certificate_id WHERE a.id = :id",
        id=id,
    )
    return account_of(rows[0]) if rows else None


def account_of(found: Mapping[str, Any]) -> Account:
    """The account in a row of ``ACCOUNT``."""
    row = dict(found)
    for name in ("id", "school_id", "person_id", "certificate_id", "requested_by", "decided_by"):
        row[name] = sql.id_(row[name]) if row[name] else None
    for name in ("decided_at", "closed_at"):
        row[name] = sql.time(row[name]) if row[name] else None
    return _account(row, row)


async def accounts(rows: Sequence[dict[str, Any]]) -> list[Account]:
    """Account rows with their certificates, as facts.  One statement."""
    wanted = {row["certificate_id"] for row in rows}
    certificates = (
        {row["id"]: row for row in await CertificateRow.filter(id__in=wanted).values()} if wanted else {}
    )
    return [_account(row, certificates[row["certificate_id"]]) for row in rows]


def _account(row: dict[str, Any], certificate: dict[str, Any]) -> Account:
    return Account(
        id=row["id"],
        school=SchoolId(row["school_id"]),
        person=PersonId(row["person_id"]) if row["person_id"] else None,
        year=SchoolYear(row["year"]),
        signer_key=row["signer_key"],
        vendor_reference=row["vendor_reference"],
        state=AccountState(row["state"]),
        certificate_id=row["certificate_id"],
        certificate=bytes(certificate["der"]),
        fingerprint=certificate["fingerprint"],
        requested_by=PersonId(row["requested_by"]),
        decided_at=row["decided_at"],
        closed_at=row["closed_at"],
        decided_by=PersonId(row["decided_by"]) if row["decided_by"] else None,
    )
