"""What must hold before somebody is asked to sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from hocba.actions import certificate_checks, pairing
from hocba.actions.house import House
from hocba.documents.certificates import Certificate
from hocba.domain.accounts import Account, AccountState, must_be_usable
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.transcript import Transcript, own_slot
from hocba.domain.values import SlotKey, Step
from hocba.plugin_api import Secret, SecretName, Signer

Secrets = Mapping[SecretName, Secret]
"""What a person typed, on its way to the vendor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """How somebody wants to sign, and what stands against it, if anything.

    :ivar signer: ``None`` when something is against it already, but for a school's account that was
        replaced: it still seals what it signed.
    """

    account: Account | None
    signer: Signer | None
    refusal: Refusal | None


async def means(house: House, actor: Actor, account: Account | None, step: Step, secrets: Secrets) -> Means:
    """Judge an account, its signer and its certificate for ``step``."""
    if account is None:
        return Means(account=None, signer=None, refusal=Refusal(Code.NOT_FOUND))
    try:
        replaced = usable_or_replaced(account, actor, step)
        signer = await ready(house, actor, account, secrets)
    except Refusal as refusal:
        return Means(account=account, signer=None, refusal=refusal)
    return Means(account=account, signer=signer, refusal=replaced)


def usable_or_replaced(account: Account, actor: Actor, step: Step | None) -> Refusal | None:
    """Why ``account`` signs nothing new though it still seals: a successor was approved.

    :raises Refusal: as ``must_be_usable`` for any other reason.
    """
    try:
        must_be_usable(account, actor, for_school=step is Step.ISSUE)
    except Refusal as refusal:
        replaced = refusal.code is Code.ACCOUNT_NOT_APPROVED and account.state is AccountState.CLOSED
        if not replaced or step is not Step.ISSUE:
            raise
        return refusal
    return None


async def ready(house: House, actor: Actor, account: Account, secrets: Secrets) -> Signer:
    """The signer of ``account``, when it has what it needs and the certificate holds now.

    What waits for a computer needs one: of ``actor``'s, paired, with this certificate on its tokens
    when it was.  Without it nobody would ever fetch the items.

    :raises Refusal: SIGNER_UNKNOWN, SECRET_REQUIRED, AGENT_NOT_PAIRED, and as
        ``certificate_checks.must_hold``.
    """
    signer = house.plugins.signer(account.signer_key)
    if not signer.capabilities.pushed:
        must_have(secrets, signer.capabilities.secrets)
    await certificate_checks.must_hold(
        house,
        Certificate.load(account.certificate),
        at=house.clock(),
        school=None if account.person else account.school,
        waits=True,
    )
    if signer.capabilities.pushed and account.fingerprint not in await pairing.held(actor):
        raise Refusal(Code.AGENT_NOT_PAIRED)
    return signer


def must_have(secrets: Secrets, names: tuple[SecretName, ...]) -> None:
    """:raises Refusal: SECRET_REQUIRED, with the names of those that are missing."""
    missing = [name.value for name in names if name not in secrets]
    if missing:
        raise Refusal(Code.SECRET_REQUIRED, fields=missing)


def slot_for(  # noqa: PLR0917 -- each is a different thing
    transcript: Transcript,
    actor: Actor,
    step: Step,
    means: Means,
    year: str,
    issued_with: Mapping[UUID, UUID],
) -> SlotKey:
    """The slot that ``actor`` may have signed now, with these means.

    :param issued_with: transcript -> the certificate of the school's signature, where only the
        seal is missing: the seal must be of the same one.
    :raises Refusal: as ``own_slot`` and ``means``; ACCOUNT_NOT_APPROVED for another school year,
        CERTIFICATE_WRONG_IDENTITY when the plan names another holder.
    """
    slot = own_slot(transcript, actor, step)
    account = means.account
    if issued := issued_with.get(transcript.id):
        _must_seal_with(means, issued)
    elif means.refusal:
        raise means.refusal
    assert account is not None
    if account.year != year:
        raise Refusal(Code.ACCOUNT_NOT_APPROVED, year=year)
    if Certificate.load(account.certificate).identity != slot.identity:
        raise Refusal(Code.CERTIFICATE_WRONG_IDENTITY)
    return slot.key


def _must_seal_with(means: Means, issued: UUID) -> None:
    """The seal is of the certificate that signed, also when a successor was approved meanwhile."""
    if means.refusal and means.signer is None:
        raise means.refusal
    if means.account is None or means.account.certificate_id != issued:
        state = None if means.account is None else means.account.state
        raise Refusal(Code.ACCOUNT_WRONG_STATE, state=state)
