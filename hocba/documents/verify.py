"""Our own strict verifier of a transcript's XML.

The steps, each with its own codes (``hocba.documents.reasons``)::

    0  parse: no DTD, no entities, no network, limits         NOT_XML
    1  the schema of its profile                              SCHEMA_INVALID
    2  nothing foreign, no Id twice                           UNEXPECTED_NODE, DUPLICATE_ID
    3  the plan is one, the school's when that is given,      PLAN_INVALID, PLAN_DIFFERS,
       and everybody of it has signed                         INCOMPLETE …
    4  each signature covers what its slot prescribes,        REFERENCES_WRONG, DIGEST_MISMATCH,
       with the algorithms allowed                            SIGNATURE_INVALID …
    5  its certificate                                        CERTIFICATE_…
    6  the covers are closed: follows from 3 and 4
    7  what is shown is what was signed; times in order       SHOWN_…, TIMES_…

Steps 0 to 2 end the check when they say no: what is not of the profile's shape is not looked at
further.  Whatever the bytes, the answer is a verdict and not an exception.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lxml import etree

from hocba.documents import profile, schema
from hocba.documents.certificate_check import check_certificate
from hocba.documents.facts import PlanRow
from hocba.documents.formats import read_day
from hocba.documents.parsing import UnreadableXmlError, parse
from hocba.documents.planning import check_plan, check_slots, signed_slots
from hocba.documents.reasons import Reason
from hocba.documents.shape import ISSUE_ROLE, Shape
from hocba.documents.signature_check import (
    File,
    Parts,
    algorithm_of,
    certificate_of,
    check_signature,
    check_statements,
    signing_time,
)
from hocba.documents.slots import Planned, covered_keys
from hocba.documents.structure import foreign, has_unique_ids
from hocba.documents.verdict import Checked, Finding, Outcome, SignatureVerdict, Verdict, conclude
from hocba.domain.plan import ISSUE_KEY
from hocba.domain.values import Profile
from hocba.trust import Trust

__all__ = ["Finding", "Outcome", "Reason", "SignatureVerdict", "Verdict", "verify_xml"]

_PROFILES = tuple(each.value for each in Profile)
_DAYS = {shape: shape.days for shape in profile.SHAPES}


def verify_xml(
    xml: bytes,
    *,
    trust: Trust | None,
    registered: Mapping[str, str] | None = None,
    plan: Sequence[Planned] | None = None,
) -> Verdict:
    """The verdict on a transcript's file.

    :param trust: roots and what goes with them; without, paths and revocation are not checked.
    :param registered: slot -> hex SHA-256 of the certificate registered for it; with it, only
        that certificate may have signed.
    :param plan: the signing plan by the school's register; with it, the file must be signed by it, and
        the school's own certificate is compared with it too.
    """
    try:
        root = parse(xml)
    except UnreadableXmlError as error:
        return conclude([Finding(Reason.NOT_XML, detail=str(error))])
    shape = _shape(root)
    if isinstance(shape, Finding):
        return conclude([shape])
    stray = list(foreign(root, xml, shape))
    if not has_unique_ids(root):
        stray.append(Finding(Reason.DUPLICATE_ID))
    if stray:
        return conclude(stray, profile=shape.profile)
    planned, wrong = check_plan(root[0], shape, plan)
    if wrong:
        return conclude(wrong, profile=shape.profile)
    verdict = _judge(root, planned, trust=trust, registered=registered)
    return replace(verdict, profile=shape.profile, school_register=_in_register(verdict, plan))


def _shape(root: etree._Element) -> Shape | Finding:
    """Of which profile and level it is, or why it is of none: it is held to that profile's schema."""
    if root.tag != "HOC_BA":
        return Finding(Reason.NOT_A_TRANSCRIPT)
    if root.findtext("DU_LIEU_HOC_BA/THONG_TIN_CHUNG/PHIEN_BAN") not in _PROFILES:
        return Finding(Reason.PROFILE_UNKNOWN, detail=f"known: {', '.join(_PROFILES)}")
    shape = profile.of_file(root)
    if shape is None:
        return Finding(Reason.SCHEMA_INVALID, detail="a level that the profile does not know")
    if problem := schema.breach(root, shape) or _impossible_day(root[0], _DAYS[shape]):
        return Finding(Reason.SCHEMA_INVALID, detail=problem)
    return shape


def _impossible_day(data: etree._Element, tags: Sequence[str]) -> str | None:
    """A day that looks like one and is none: the schema has patterns only."""
    try:
        for element in data.iter(*tags):
            read_day(element.text or "")
    except ValueError:
        return "no such day"
    return None


def _judge(
    root: etree._Element,
    plan: Sequence[PlanRow],
    *,
    trust: Trust | None,
    registered: Mapping[str, str] | None,
) -> Verdict:
    """Steps 3 to 7 on a file of the right shape."""
    slots = signed_slots(root)
    rows = root[0].iterfind("TONG_KET/BANG_DIEM/DIEM_TONG_KET")
    file = File(
        data=root[0],
        rows={row[0].text or "": row for row in rows},
        slots={slot.key: slot for slot in slots},
        plan=plan,
    )
    findings = list(check_slots(plan, slots))
    judged = [
        _signature(Parts.of(row.key, slot.element, slot.signature), row, file, trust, registered)
        for row in plan
        if (slot := file.slots.get(row.key))
    ]
    findings += [finding for found, _ in judged for finding in found]
    signatures = tuple(verdict for _, verdict in judged)
    findings += _out_of_order(signatures, plan)
    if trust is None and registered is None:
        findings.append(Finding(Reason.NO_TRUST))
    issuer = next((verdict for verdict in signatures if verdict.role == ISSUE_ROLE), None)
    organisation = issuer.signer if issuer else ""
    return conclude(findings, signatures=signatures, organisation=organisation)


def _in_register(verdict: Verdict, plan: Sequence[Planned] | None) -> Checked:
    """Whether the organisation that issued it is the school's, by the register's plan."""
    if plan is None or not verdict.organisation:
        return Checked.NOT_CHECKED
    wrong = {Reason.CERTIFICATE_WRONG_IDENTITY, Reason.CERTIFICATE_WRONG_KIND}
    slots = {finding.slot for finding in verdict.reasons if finding.code in wrong}
    return Checked.NO if ISSUE_KEY in slots else Checked.YES


def _signature(
    parts: Parts,
    row: PlanRow,
    file: File,
    trust: Trust | None,
    registered: Mapping[str, str] | None,
) -> tuple[list[Finding], SignatureVerdict]:
    """What is wrong with one signature, and what a person is shown of it."""
    if not parts.are_in_place():
        return _refused(Reason.TARGET_MISPLACED, row)
    certificate, time = certificate_of(parts), signing_time(parts)
    if certificate is None or time is None:
        return _refused(Reason.CERTIFICATE_UNREADABLE if certificate is None else Reason.TIMES_DIFFER, row)
    reasons = list(check_signature(parts, row, file, certificate))
    intact = Checked.NO if reasons else Checked.YES
    reasons += check_statements(parts, row, certificate)
    found = check_certificate(certificate, row, time, trust=trust, registered=registered)
    facts: dict[str, Any] = {
        "signer": certificate.name,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "issuer_name": certificate.issuer_name,
        "serial": f"{certificate.serial:x}",
        "identity": certificate.identity,
        "fingerprint": certificate.fingerprint,
        "algorithm": str(algorithm_of(parts) or ""),
        "signing_time": time,
        "integrity": intact,
        **found.shown,
    }
    verdict = SignatureVerdict(slot=row.key, role=row.role, name=row.name, expected=row.identity, **facts)
    return [Finding(reason, row.key) for reason in (*reasons, *found.reasons)], verdict


def _refused(reason: Reason, row: PlanRow) -> tuple[list[Finding], SignatureVerdict]:
    verdict = SignatureVerdict(
        slot=row.key, role=row.role, name=row.name, expected=row.identity, integrity=Checked.NO
    )
    return [Finding(reason, row.key)], verdict


def _out_of_order(signatures: Sequence[SignatureVerdict], plan: Sequence[PlanRow]) -> Iterator[Finding]:
    """Who signed before somebody he covers."""
    times: dict[str, datetime] = {v.slot: v.signing_time for v in signatures if v.signing_time}
    for slot, time in times.items():
        if any(time < times.get(covered, time) for covered in covered_keys(plan, slot)):
            yield Finding(Reason.TIMES_OUT_OF_ORDER, slot)
