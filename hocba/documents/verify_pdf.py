"""The verdict on a sealed PDF: its seal, then the XML inside it, then that the two belong together.

Beside what ``hocba.documents.sealed`` finds and what the XML's own verification says:

- the seal's certificate is the one that issued the XML, and it was right for the school, valid,
  trusted and not revoked at the sealing time too;
- the seal is not older than the school's signature on the XML.

A form that is exported before it is issued has no seal: then the XML, which not everybody has
signed, decides, and the answer is indeterminate.  A complete XML in an unsealed PDF fails: its
pages could be anybody's.
"""

from collections.abc import Iterator, Mapping, Sequence

from hocba.documents.certificate_check import check_certificate
from hocba.documents.facts import PlanRow
from hocba.documents.reasons import Reason
from hocba.documents.sealed import Sealed, open_sealed
from hocba.documents.shape import ISSUE_ROLE
from hocba.documents.slots import Planned
from hocba.documents.verdict import Finding, Verdict, conclude
from hocba.documents.verify import verify_xml
from hocba.domain.values import SlotKey
from hocba.trust import Trust

_SEAL = "seal"


def verify_pdf(
    pdf: bytes,
    *,
    trust: Trust | None,
    registered: Mapping[str, str] | None = None,
    plan: Sequence[Planned] | None = None,
) -> Verdict:
    """The verdict on ``pdf``, whatever its bytes are.

    :param trust: as for ``verify_xml``; ``registered`` and ``plan`` likewise.
    """
    opened = open_sealed(pdf)
    problems = [Finding(Reason(code.lower()), detail=_SEAL) for code in opened.problems]
    if opened.xml is None:
        return conclude(problems)
    verdict = verify_xml(opened.xml, trust=trust, registered=registered, plan=plan)
    if opened.problems == ("SEAL_MISSING",) and Reason.INCOMPLETE in verdict.codes:
        return verdict
    problems += _belongs(opened, verdict, trust, registered)
    return conclude(
        (*problems, *verdict.reasons),
        signatures=verdict.signatures,
        profile=verdict.profile,
        organisation=verdict.organisation,
        school_register=verdict.school_register,
    )


def _belongs(
    opened: Sealed, verdict: Verdict, trust: Trust | None, registered: Mapping[str, str] | None
) -> Iterator[Finding]:
    """What is wrong between the seal and the school's signature on the XML."""
    issued = next((found for found in verdict.signatures if found.role == ISSUE_ROLE), None)
    if issued is None or opened.certificate is None or opened.sealed_at is None:
        return
    if issued.fingerprint != opened.certificate.fingerprint:
        yield Finding(Reason.SEAL_CERTIFICATE_DIFFERS, detail=_SEAL)
    if issued.signing_time is not None and opened.sealed_at < issued.signing_time:
        yield Finding(Reason.TIMES_OUT_OF_ORDER, detail=_SEAL)
    row = PlanRow(key=SlotKey(issued.slot), role=ISSUE_ROLE, name=issued.name, identity=issued.expected)
    found = check_certificate(opened.certificate, row, opened.sealed_at, trust=trust, registered=registered)
    known = {finding.code for finding in verdict.reasons if finding.slot == issued.slot}
    yield from (Finding(reason, detail=_SEAL) for reason in found.reasons if reason not in known)
