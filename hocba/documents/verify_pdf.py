"""The verdict on a sealed PDF: its seal, then the XML inside it, then that the two belong together.

Beside what ``hocba.documents.sealed`` finds and what the XML's own verification says:

- the seal's certificate is the one that issued the XML, and it was right for the school, valid,
  trusted and not revoked at the sealing time too;
- the seal is not older than the school's signature on the XML.

A form that is exported before it is issued has no seal: then the XML, which not everybody has
signed, decides, and the answer is indeterminate.  A complete XML in an unsealed PDF fails: its
pages could be anybody's.
"""

from collections.abc import Iterator, Mapping

from hocba.documents.certificate_check import check_certificate
from hocba.documents.content import read
from hocba.documents.profile import ISSUE_ROLE
from hocba.documents.reasons import Reason
from hocba.documents.sealed import Sealed, open_sealed
from hocba.documents.verdict import Finding, Verdict, conclude
from hocba.documents.verify import verify_xml
from hocba.trust import Trust

_SEAL = "seal"


def verify_pdf(pdf: bytes, *, trust: Trust | None, registered: Mapping[str, str] | None = None) -> Verdict:
    """The verdict on ``pdf``, whatever its bytes are.

    :param trust: as for ``verify_xml``.
    :param registered: slot -> hex SHA-256 of the registered certificate, as for ``verify_xml``.
    """
    opened = open_sealed(pdf)
    problems = [Finding(Reason(code.lower()), detail=_SEAL) for code in opened.problems]
    if opened.xml is None:
        return conclude(problems)
    verdict = verify_xml(opened.xml, trust=trust, registered=registered)
    if opened.problems == ("SEAL_MISSING",) and Reason.INCOMPLETE in verdict.codes:
        return verdict
    problems += _belongs(opened, opened.xml, verdict, trust, registered)
    return conclude(
        (*problems, *verdict.reasons),
        signatures=verdict.signatures,
        profile=verdict.profile,
        organisation=verdict.organisation,
    )


def _belongs(
    opened: Sealed, xml: bytes, verdict: Verdict, trust: Trust | None, registered: Mapping[str, str] | None
) -> Iterator[Finding]:
    """What is wrong between the seal and the school's signature on the XML."""
    issued = next((found for found in verdict.signatures if found.role == ISSUE_ROLE), None)
    if issued is None or opened.certificate is None or opened.sealed_at is None:
        return
    if issued.fingerprint != opened.certificate.fingerprint:
        yield Finding(Reason.SEAL_CERTIFICATE_DIFFERS, detail=_SEAL)
    if issued.signing_time is not None and opened.sealed_at < issued.signing_time:
        yield Finding(Reason.TIMES_OUT_OF_ORDER, detail=_SEAL)
    row = next(row for row in read(xml).plan if row.key == issued.slot)
    found = check_certificate(opened.certificate, row, opened.sealed_at, trust=trust, registered=registered)
    known = {finding.code for finding in verdict.reasons if finding.slot == issued.slot}
    yield from (Finding(reason, detail=_SEAL) for reason in found.reasons if reason not in known)
