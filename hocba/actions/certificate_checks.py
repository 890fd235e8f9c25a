"""Whether a certificate may be used: in time, and of an authority that is believed."""

from datetime import datetime

from hocba.actions.house import House
from hocba.documents.certificates import Certificate
from hocba.domain.errors import Code, Refusal
from hocba.trust import Problem, check


def must_hold(house: House, certificate: Certificate, *, at: datetime) -> None:
    """Whether ``certificate`` may sign at ``at``.

    Without configured roots only the validity is looked at.

    :raises Refusal: CERTIFICATE_NOT_VALID, CERTIFICATE_REVOKED, CERTIFICATE_UNTRUSTED.
    """
    if not certificate.valid_at(at):
        raise Refusal(
            Code.CERTIFICATE_NOT_VALID, not_before=certificate.not_before, not_after=certificate.not_after
        )
    trust = house.trust()
    if not trust.roots:
        return
    match check(certificate, at, trust).problem:
        case None:
            return
        case Problem.REVOKED:
            raise Refusal(Code.CERTIFICATE_REVOKED)
        case Problem.NOT_VALID_THEN:
            raise Refusal(Code.CERTIFICATE_NOT_VALID)
        case problem:
            raise Refusal(Code.CERTIFICATE_UNTRUSTED, problem=problem.value, issuer=certificate.issuer)
