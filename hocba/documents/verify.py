"""Our own strict verifier of a transcript's XML.

The steps, each with its own codes (``hocba.documents.reasons``)::

    0  parse: no DTD, no entities, no network, limits         NOT_XML
    1  the schema of its profile                              SCHEMA_INVALID
    2  nothing foreign, no Id twice                           UNEXPECTED_NODE, DUPLICATE_ID
    3  the plan is one, and everybody of it has signed        PLAN_INVALID, INCOMPLETE …
    4  each signature covers what its slot prescribes,        REFERENCES_WRONG, DIGEST_MISMATCH,
       with the algorithms allowed                            SIGNATURE_INVALID …
    5  its certificate                                        CERTIFICATE_…
    6  the covers are closed: follows from 3 and 4
    7  what is shown is what was signed; times in order       SHOWN_…, TIMES_…

Steps 0 to 2 end the check when they say no: what is not of the profile's shape is not looked at
further.  Whatever the bytes, the answer is a verdict and not an exception.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from hocba.documents import schema
from hocba.documents.certificate_check import check_certificate
from hocba.documents.facts import PlanRow
from hocba.documents.formats import DAY, read_day
from hocba.documents.parsing import UnreadableXmlError, parse
from hocba.documents.planning import check_plan, check_slots, signed_slots
from hocba.documents.profile import GENERAL, HISTORY, ISSUE_ROLE, PROFILE
from hocba.documents.reasons import Reason
from hocba.documents.signature_check import (
    File,
    Parts,
    algorithm_of,
    certificate_of,
    check_signature,
    check_statements,
    signing_time,
)
from hocba.documents.slots import covered_keys
from hocba.documents.structure import foreign, has_unique_ids
from hocba.documents.verdict import Checked, Finding, Outcome, SignatureVerdict, Verdict, conclude
from hocba.trust import Trust

__all__ = ["Finding", "Outcome", "Reason", "SignatureVerdict", "Verdict", "verify_xml"]

_DAYS = tuple(field.tag for field in (*GENERAL, *HISTORY) if field.format is DAY)
_OTHER_PROFILES = frozenset({"moet-th-1.0"})
"""Profiles that exist and that this verifier does not know."""


def verify_xml(xml: bytes, *, trust: Trust | None, registered: Mapping[str, str] | None = None) -> Verdict:
    """The verdict on a transcript's file.

    :param trust: roots and what goes with them; without, paths and revocation are not checked.
    :param registered: slot -> hex SHA-256 of the certificate registered for it; with it, only
        that certificate may have signed.
    """
    try:
        root = parse(xml)
    except UnreadableXmlError as error:
        return conclude([Finding(Reason.NOT_XML, detail=str(error))])
    if shape := _shape(root):
        return conclude([shape])
    stray = list(foreign(root, xml))
    if not has_unique_ids(root):
        stray.append(Finding(Reason.DUPLICATE_ID))
    if stray:
        return conclude(stray, profile=PROFILE)
    plan, wrong = check_plan(root[0])
    if wrong:
        return conclude(wrong, profile=PROFILE)
    return _judge(root, plan, trust=trust, registered=registered)


def _shape(root: etree._Element) -> Finding | None:
    """Whether it is a transcript of the profile, by its schema."""
    if root.tag != "HOC_BA":
        return Finding(Reason.NOT_A_TRANSCRIPT)
    profile = root.findtext("DU_LIEU_HOC_BA/THONG_TIN_CHUNG/PHIEN_BAN")
    if profile != PROFILE:
        known = profile in _OTHER_PROFILES
        return Finding(Reason.PROFILE_NOT_SUPPORTED if known else Reason.PROFILE_UNKNOWN)
    if problem := schema.problem(root) or _impossible_day(root):
        return Finding(Reason.SCHEMA_INVALID, detail=problem)
    return None


def _impossible_day(root: etree._Element) -> str | None:
    """A day that looks like one and is none: the schema has patterns only."""
    try:
        for element in root[0].iter(*_DAYS):
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
    return conclude(findings, signatures=signatures, profile=PROFILE, organisation=organisation)


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
    verdict = SignatureVerdict(slot=row.key, role=row.role, name=row.name, **facts)
    return [Finding(reason, row.key) for reason in (*reasons, *found.reasons)], verdict


def _refused(reason: Reason, row: PlanRow) -> tuple[list[Finding], SignatureVerdict]:
    verdict = SignatureVerdict(slot=row.key, role=row.role, name=row.name, integrity=Checked.NO)
    return [Finding(reason, row.key)], verdict


def _out_of_order(signatures: Sequence[SignatureVerdict], plan: Sequence[PlanRow]) -> Iterator[Finding]:
    """Who signed before somebody he covers."""
    times: dict[str, datetime] = {v.slot: v.signing_time for v in signatures if v.signing_time}
    for slot, time in times.items():
        if any(time < times.get(covered, time) for covered in covered_keys(plan, slot)):
            yield Finding(Reason.TIMES_OUT_OF_ORDER, slot)
