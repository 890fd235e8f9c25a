"""What verifying a file came to, as data.

*failed*: a check was made and said no.  *indeterminate*: a check that was required could not be
made.  *passed*: everything required was checked and said yes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from hocba.documents.reasons import INDETERMINATE, Reason, sentence
from hocba.trust import Revocation


class Outcome(StrEnum):
    """The overall answer."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


class Checked(StrEnum):
    """The answer of one check."""

    YES = "yes"
    NO = "no"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason against a file.

    :ivar slot: the signature that it is about; nothing for the whole file.
    :ivar detail: where, for an engineer; no personal data.
    """

    code: Reason
    slot: str | None = None
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON, with both sentences."""
        vi, en = sentence(self.code, "vi"), sentence(self.code, "en")
        return {"code": self.code.value, "slot": self.slot, "detail": self.detail, "vi": vi, "en": en}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureVerdict:
    """What TT 15/2025 wants shown of each signature: CA, signer, time, integrity, validity.

    :ivar name: who was to sign, by the plan; ``signer`` is whom the certificate names.
    :ivar expected: what the certificate must carry, by the plan; ``identity`` is what it does.
    :ivar integrity: references, digests and value are right.
    :ivar valid_then: the certificate was valid at the signing time.
    :ivar trusted: it leads to a configured root.
    :ivar registered: it is the certificate registered for the slot.
    """

    slot: str
    role: str
    name: str
    expected: str = field(default="", repr=False)
    signing_time: datetime | None = None
    signer: str = ""
    subject: str = ""
    issuer: str = ""
    issuer_name: str = ""
    serial: str = ""
    identity: str = ""
    algorithm: str = ""
    fingerprint: str = ""
    integrity: Checked = Checked.NOT_CHECKED
    valid_then: Checked = Checked.NOT_CHECKED
    trusted: Checked = Checked.NOT_CHECKED
    revocation: Revocation = Revocation.NOT_CHECKED
    registered: Checked = Checked.NOT_CHECKED

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "slot": self.slot,
            "role": self.role,
            "name": self.name,
            "signing_time": self.signing_time.isoformat() if self.signing_time else None,
            "signer": self.signer,
            "identity": self.identity,
            "subject": self.subject,
            "ca": self.issuer_name,
            "issuer": self.issuer,
            "serial": self.serial,
            "fingerprint": self.fingerprint,
            "algorithm": self.algorithm,
            "integrity": self.integrity.value,
            "valid_then": self.valid_then.value,
            "trusted": self.trusted.value,
            "revocation": self.revocation.value,
            "registered": self.registered.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The overall answer with its reasons, and what was found of each signature.

    :ivar organisation: the name in the certificate that issued the transcript.
    :ivar school_register: whether that organisation is the school's: offline nobody can say.
    """

    outcome: Outcome
    reasons: tuple[Finding, ...] = ()
    signatures: tuple[SignatureVerdict, ...] = ()
    profile: str = ""
    organisation: str = ""
    school_register: Checked = Checked.NOT_CHECKED

    @property
    def codes(self) -> tuple[Reason, ...]:
        """The codes of the reasons."""
        return tuple(finding.code for finding in self.reasons)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "outcome": self.outcome.value,
            "reasons": [finding.as_dict() for finding in self.reasons],
            "profile": self.profile,
            "organisation": self.organisation,
            "schoolRegister": self.school_register.value,
            "signatures": [signature.as_dict() for signature in self.signatures],
        }


def conclude(findings: Iterable[Finding], **facts: Any) -> Verdict:
    """The verdict that ``findings`` add up to."""
    reasons = tuple(findings)
    if any(finding.code not in INDETERMINATE for finding in reasons):
        outcome = Outcome.FAILED
    else:
        outcome = Outcome.INDETERMINATE if reasons else Outcome.PASSED
    return Verdict(outcome=outcome, reasons=reasons, **facts)
