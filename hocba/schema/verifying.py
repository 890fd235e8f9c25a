"""Verify a file: is it a transcript, whole, and signed by whom it says."""

from datetime import datetime

import strawberry

from hocba.actions import verifying
from hocba.documents.verdict import Checked, Finding, SignatureVerdict, Verdict
from hocba.domain import errors
from hocba.schema.context import Info, actor_of, now_of
from hocba.schema.docs import describe
from hocba.schema.enums import VerdictOutcome
from hocba.schema.ids import local_id
from hocba.schema.refusals import Refusal


@describe
@strawberry.type
class VerdictReason:
    """One reason against a file.

    :ivar code: What to match on.
    :ivar message: The sentence to show.
    :ivar slot: The signature that it is about; null for the whole file.
    """

    code: str
    message: str
    slot: str | None


@describe
@strawberry.type
class VerifiedSignature:
    """What was found of one signature (TT 15/2025).

    :ivar slot: Its slot.
    :ivar role: GVBM, GVCN, CBQL or KY_PHAT_HANH.
    :ivar name: Who was to sign, by the plan.
    :ivar signer: Whom the certificate names.
    :ivar issuer: Who issued the certificate.
    :ivar signed_at: The signing time.
    :ivar fingerprint: SHA-256 of the certificate, hex.
    :ivar integrity: yes, no or not_checked: references, digests and value are right.
    :ivar valid_then: The certificate was valid at the signing time.
    :ivar trusted: It leads to a configured root.
    :ivar revocation: good, revoked or not_checked.
    :ivar registered: It is the certificate registered for the slot.
    """

    slot: str
    role: str
    name: str
    signer: str
    issuer: str
    signed_at: datetime | None
    fingerprint: str
    integrity: str
    valid_then: str
    trusted: str
    revocation: str
    registered: str


@describe
@strawberry.type
class Verification:
    """What verifying a file came to.

    :ivar outcome: The overall answer.
    :ivar reasons: Why it did not pass.
    :ivar profile: The document's format.
    :ivar organisation: The name in the certificate that issued it.
    :ivar school_register: yes or no: it is the school's own certificate, by the plan that was made here;
        not_checked of a transcript that was not made here.
    :ivar known: Whether this server issued the very transcript.
    :ivar signatures: Signature by signature.
    :ivar refusal: Why the file was not looked at.
    """

    outcome: VerdictOutcome | None
    reasons: list[VerdictReason]
    profile: str | None
    organisation: str | None
    school_register: str
    known: bool
    signatures: list[VerifiedSignature]
    refusal: Refusal | None


@describe
@strawberry.type
class VerifyQueries:
    """Verifying files."""

    @strawberry.field
    async def verify_transcript(self, info: Info, upload_id: strawberry.ID) -> Verification:
        """Verify an uploaded XML or PDF.

        :param upload_id: From POST /files.
        """
        actor, language = actor_of(info), info.context.language
        try:
            verified = await verifying.verify_upload(
                info.context.house, actor, local_id("Upload", upload_id), now=now_of(info)
            )
        except errors.Refusal as refusal:
            return Verification(
                outcome=None,
                reasons=[],
                profile=None,
                organisation=None,
                school_register=Checked.NOT_CHECKED.value,
                known=False,
                signatures=[],
                refusal=Refusal.of(refusal, language),
            )
        return _shown(verified.verdict, known=verified.known, language=language)


def _shown(verdict: Verdict, *, known: bool, language: str) -> Verification:
    return Verification(
        outcome=VerdictOutcome(verdict.outcome.value),
        reasons=[_reason(finding, language) for finding in verdict.reasons],
        profile=verdict.profile or None,
        organisation=verdict.organisation or None,
        school_register=verdict.school_register.value,
        known=known,
        signatures=[_signature(each) for each in verdict.signatures],
        refusal=None,
    )


def _reason(finding: Finding, language: str) -> VerdictReason:
    plain = finding.as_dict()
    return VerdictReason(
        code=finding.code.name, message=plain["vi" if language == "vi" else "en"], slot=finding.slot
    )


def _signature(found: SignatureVerdict) -> VerifiedSignature:
    return VerifiedSignature(
        slot=found.slot,
        role=found.role,
        name=found.name,
        signer=found.signer,
        issuer=found.issuer_name or found.issuer,
        signed_at=found.signing_time,
        fingerprint=found.fingerprint,
        integrity=found.integrity.value,
        valid_then=found.valid_then.value,
        trusted=found.trusted.value,
        revocation=found.revocation.value,
        registered=found.registered.value,
    )
