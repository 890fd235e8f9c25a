"""Signing the challenge of a certificate that is being registered: proof that one holds its key.

The challenge was written with the account and never changes; a signature on it is good for that
account alone.  The account awaits its approval from the moment the proof is kept with it.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from hocba.actions import account_moves
from hocba.actions.house import House
from hocba.actions.signing import preparing
from hocba.actions.signing.work import Settlement, Verified, Work
from hocba.documents import possession
from hocba.documents.certificates import Certificate
from hocba.domain.accounts import Account, AccountProven, AccountState, may_prove
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.signing import LIFETIME, ItemState, Purpose
from hocba.domain.values import Step
from hocba.store import certificates, signers
from hocba.store.models import SigningAccountRow, SigningRequestRow
from hocba.store.signing_items import Item, Made


def _usable(account: Account, actor: Actor, step: Step | None) -> Refusal | None:
    """:raises Refusal: as ``may_prove``."""
    may_prove(account, actor)
    return None


async def _prepare(
    house: House, request: SigningRequestRow, account: Account, items: Sequence[Item]
) -> list[Item]:
    if not await preparing.may_be_used(house, account, Certificate.load(account.certificate), items):
        return []
    actor = await signers.reload(request.person_id, request.school_id, now=house.clock())
    refused: dict[UUID, str] = {}
    try:
        may_prove(account, _there(actor))
    except Refusal as refusal:
        refused = {item.id: refusal.code.value for item in items}
    now = house.clock()
    challenge = await _challenge(account.id)
    made = [Made(item=item.id, signing_time=now, tbs=challenge) for item in items if item.id not in refused]
    until = now + LIFETIME
    written = await preparing.store(items, made, refused, ItemState.ASKED, until=until)
    return preparing.as_asked(items, written, until)


async def _challenge(account_id: UUID) -> bytes:
    row = await SigningAccountRow.get(id=account_id).values("challenge")
    return bytes(row["challenge"])


async def _titles(items: Sequence[Item]) -> Mapping[UUID, str]:
    return {item.id: await _title(item.object_id) for item in items}


async def _title(account_id: UUID) -> str:
    account = await certificates.account(account_id)
    assert account is not None
    return f"{Certificate.load(account.certificate).name}, {account.year}"


async def _no_evidence(items: Sequence[Item]) -> Mapping[UUID, bytes]:
    """A challenge is read as it stands."""
    return {}


def _complete(certificate: Certificate, item: Item) -> bytes:
    assert item.answer is not None
    assert item.tbs is not None
    return possession.prove(item.tbs, certificate, item.answer)


async def _write(
    house: House, whose: Settlement, actor: Actor | None, verified: Sequence[Verified]
) -> Mapping[UUID, str]:
    await account_moves.hold(whose.account.school, [whose.account.person])
    account = await certificates.account(whose.account.id)
    assert account is not None
    (proof,) = verified
    try:
        may_prove(account, _there(actor))
    except Refusal as refusal:
        return {proof.item.id: refusal.code.value}
    assert actor is not None
    assert proof.item.tbs is not None
    now = house.clock()
    await account_moves.close(account, AccountState.PENDING, by=actor.id, at=now)
    await SigningAccountRow.filter(id=account.id).update(
        state=AccountState.PENDING, proof=proof.value, proven_at=now
    )
    proven = AccountProven(sha256(proof.item.tbs).hexdigest())
    await account_moves.record([(account, proven)], by=actor.id, at=now)
    return {}


def _there(actor: Actor | None) -> Actor:
    """:raises Refusal: NOT_PERMITTED for somebody who has left, or may not sign in any more."""
    if actor is None:
        raise Refusal(Code.NOT_PERMITTED)
    return actor


CHALLENGES = Work(
    items=(Purpose.CHALLENGE,),
    usable=_usable,
    prepare=_prepare,
    titles=_titles,
    description=lambda _: "Chứng minh giữ khóa của chứng thư số",
    evidence=_no_evidence,
    complete=_complete,
    write=_write,
)
