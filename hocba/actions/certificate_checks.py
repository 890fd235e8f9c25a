"""Whether a certificate may be used: in time, and of an authority that is believed.

The one place that decides it, wherever a certificate is registered, prepared for or settled with.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hocba.actions.house import House
from hocba.documents.certificates import Certificate
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import SchoolId
from hocba.trust import Problem, Trust, check


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a certificate now; asked once for all that was signed with it."""

    certificate: Certificate
    trust: Trust = field(repr=False)

    def must_hold(self, *, at: datetime) -> None:
        """:raises Refusal: as ``must_hold``."""
        if not self.certificate.valid_at(at):
            since, until = self.certificate.not_before, self.certificate.not_after
            raise Refusal(Code.CERTIFICATE_NOT_VALID, not_before=since, not_after=until)
        if not self.trust.roots:
            return
        match check(self.certificate, at, self.trust).problem:
            case None:
                return
            case Problem.REVOKED:
                raise Refusal(Code.CERTIFICATE_REVOKED)
            case Problem.NOT_VALID_THEN:
                raise Refusal(Code.CERTIFICATE_NOT_VALID)
            case problem:
                issuer = self.certificate.issuer
                raise Refusal(Code.CERTIFICATE_UNTRUSTED, problem=problem.value, issuer=issuer)


async def must_hold(
    house: House,
    certificate: Certificate,
    *,
    at: datetime,
    school: SchoolId | None = None,
    given: Sequence[bytes] | None = None,
    waits: bool = False,
) -> None:
    """Whether ``certificate`` may sign at ``at``; never inside a transaction.

    Without configured roots only the validity is looked at.

    :param school: whose own certificate it is; nothing for a person's.
    :param given: what came along with it; nothing when it is registered already.
    :param waits: whether an authority may be asked now.
    :raises Refusal: CERTIFICATE_NOT_VALID, CERTIFICATE_REVOKED, CERTIFICATE_UNTRUSTED.
    """
    (await checked(house, certificate, school=school, given=given, waits=waits)).must_hold(at=at)


async def checked(
    house: House,
    certificate: Certificate,
    *,
    school: SchoolId | None = None,
    given: Sequence[bytes] | None = None,
    waits: bool = False,
) -> Checked:
    """What is known of ``certificate`` now; as ``must_hold``, for several moments."""
    return Checked(certificate=certificate, trust=house.trust())
