"""The second factor: one-time codes of a phone (A1)."""

import strawberry

from hocba.actions import second_factor
from hocba.actions.outcomes import Outcome
from hocba.domain import errors
from hocba.schema.context import Info, asking_of
from hocba.schema.docs import describe
from hocba.schema.refusals import Refusal
from hocba.schema.scalars import Secret


@describe
@strawberry.input
class EnrolTotpInput:
    """Set up one-time codes on a phone.

    :ivar password: One's password; needed when a second factor is on already.
    """

    password: Secret | None = None


@describe
@strawberry.type
class EnrolTotpPayload:
    """What the phone needs, shown this once. Nothing changes until a code confirms it (confirmTotp).

    :ivar uri: ``otpauth://totp/…``: show it as a QR code.
    :ivar secret: The same secret to type, base32.
    """

    uri: str | None
    secret: str | None
    refusal: Refusal | None


@describe
@strawberry.input
class ConfirmTotpInput:
    """Show a one-time code.

    :ivar otp: The code of the phone; once a second factor is on, a recovery code too.
    """

    otp: Secret


@describe
@strawberry.type
class ConfirmTotpPayload:
    """What became of it.

    :ivar outcome: DONE or REFUSED.
    :ivar recovery_codes: For when the phone is lost, each good once, shown this once; empty when the
        second factor had been on before.
    """

    outcome: Outcome
    recovery_codes: list[str]
    refusal: Refusal | None


@describe
@strawberry.type
class SecondFactorMutations:
    """The second factor."""

    @strawberry.mutation
    async def enrol_totp(self, info: Info, input: EnrolTotpInput) -> EnrolTotpPayload:
        """Get a secret for the phone that makes one-time codes."""
        asking = asking_of(info)
        try:
            offered = await second_factor.enrol(info.context.house, asking, input.password)
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return EnrolTotpPayload(uri=None, secret=None, refusal=said)
        return EnrolTotpPayload(uri=offered.uri, secret=offered.secret, refusal=None)

    @strawberry.mutation
    async def confirm_totp(self, info: Info, input: ConfirmTotpInput) -> ConfirmTotpPayload:
        """Turn the second factor on by a right code, or show it in a session that has not yet."""
        asking = asking_of(info)
        try:
            confirmed = await second_factor.confirm(info.context.house, asking, input.otp)
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return ConfirmTotpPayload(outcome=Outcome.REFUSED, recovery_codes=[], refusal=said)
        return ConfirmTotpPayload(
            outcome=Outcome.DONE, recovery_codes=list(confirmed.recovery_codes), refusal=None
        )
