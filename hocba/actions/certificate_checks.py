"""Whether a certificate may be used: in time, of an authority that is believed for this, not revoked.

The one place that decides it, wherever a certificate is registered, prepared for or settled with.
What is asked of a certificate's time is asked of the moment of the signature; revocation is asked of
now: a value that arrives after its certificate was revoked may have been made after it too.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hocba.actions import revocation
from hocba.actions.house import House
from hocba.actions.revocation import Standing
from hocba.documents.certificates import Certificate
from hocba.domain.accounts import Account
from hocba.domain.errors import Code, Refusal
from hocba.domain.trust import Policy, RevocationMode, seal_policy
from hocba.domain.values import VIETNAM, SchoolId
from hocba.store import certificates
from hocba.trust import Problem, Revocation, Trust, TrustedPath, path_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a certificate now; asked once for all that was signed with it.

    :ivar path: nothing where no roots are configured.
    :ivar standing: nothing where revocation was not looked at.
    """

    certificate: Certificate
    path: TrustedPath | Problem | None = None
    standing: Standing | None = None
    mode: RevocationMode = RevocationMode.OFF

    def must_hold(self, *, at: datetime) -> None:
        """:raises Refusal: as ``must_hold``."""
        since, until = self.certificate.not_before, self.certificate.not_after
        if not since <= at <= until:
            raise Refusal(Code.CERTIFICATE_NOT_VALID, not_before=since, not_after=until)
        if isinstance(self.path, Problem):
            raise Refusal(Code.CERTIFICATE_UNTRUSTED, problem=self.path.value, issuer=self.certificate.issuer)
        if self.path is not None and not self.path.valid_at(at):
            raise Refusal(Code.CERTIFICATE_NOT_VALID)
        if self.standing is not None:
            self._must_not_be_revoked(self.standing)

    def _must_not_be_revoked(self, standing: Standing) -> None:
        if standing.revocation is Revocation.REVOKED:
            raise Refusal(Code.CERTIFICATE_REVOKED, since=_shown(standing.since))
        if standing.revocation is Revocation.NOT_CHECKED and self.mode is RevocationMode.REQUIRE:
            raise Refusal(Code.CERTIFICATE_REVOCATION_UNKNOWN, issuer=self.certificate.issuer_name)


async def must_hold(
    house: House,
    certificate: Certificate,
    *,
    at: datetime,
    school: SchoolId | None = None,
    given: Sequence[bytes] | None = None,
    waits: bool = False,
) -> None:
    """Whether ``certificate`` may sign at ``at``; never inside a transaction when it ``waits``.

    Without configured roots only the validity is looked at.

    :param school: whose own certificate it is; nothing for a person's.
    :param given: what came along with it; nothing when it is registered already.
    :param waits: whether an authority may be asked now.
    :raises Refusal: CERTIFICATE_NOT_VALID, CERTIFICATE_REVOKED, CERTIFICATE_UNTRUSTED,
        CERTIFICATE_REVOCATION_UNKNOWN.
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
    trust = house.trust()
    if not trust.roots:
        return Checked(certificate=certificate)
    path = await _path(certificate, trust.under(await _policy(trust, school)), given)
    if isinstance(path, Problem):
        return Checked(certificate=certificate, path=path)
    standing = await revocation.standing(house, path, waits=waits and path.valid_at(house.clock()))
    if waits and standing.revocation is Revocation.NOT_CHECKED:
        log.warning("nothing is known of the revocation of certificate %s", certificate.fingerprint)
    return Checked(certificate=certificate, path=path, standing=standing, mode=house.settings.revocation)


async def of_account(house: House, account: Account, certificate: Certificate) -> Checked:
    """What is known of the certificate of a registered account, without waiting for anybody."""
    return await checked(house, certificate, school=None if account.person else account.school)


async def _policy(trust: Trust, school: SchoolId | None) -> Policy:
    """What the certificate is used for; whose the school is matters only where it makes a difference."""
    if school is None:
        return Policy.PERSON
    return seal_policy(await certificates.ownership_of(school) if trust.policies else "")


async def _path(
    certificate: Certificate, trust: Trust, given: Sequence[bytes] | None
) -> TrustedPath | Problem:
    """The path over the operator's intermediates, else over what came along with it too."""
    path = path_of(certificate, trust)
    if path is not Problem.UNTRUSTED:
        return path
    between = await certificates.chain_of(certificate.fingerprint) if given is None else given
    return path_of(certificate, trust, between) if between else path


def _shown(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
