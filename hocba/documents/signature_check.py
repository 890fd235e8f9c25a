"""One signature: that it covers exactly what its slot prescribes, and is right.

The schema has been applied, so children stand where the profile has them::

    Signature: SignedInfo, SignatureValue, KeyInfo, Object (time), Object (XAdES)

What no Reference covers is compared with what is covered: Ids and Targets with the slot, the
subject's name and the certificate with the signed certificate digest, the time and the personal id
shown with the signed time and the plan.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from lxml import etree

from hocba.documents.algorithms import BY_URI, EXCLUSIVE_C14N, SHA256, Algorithm, is_valid
from hocba.documents.certificates import Certificate, UnreadableCertificateError
from hocba.documents.content import number
from hocba.documents.facts import PlanRow
from hocba.documents.formats import read_moment
from hocba.documents.layout import DS, SIGNED_PROPERTIES, XADES, signed_info
from hocba.documents.planning import SignedSlot
from hocba.documents.reasons import Reason
from hocba.documents.shape import DATA_ID, GENERAL_ID, ISSUE_ROLE, ROW_ID
from hocba.documents.slots import covered_keys, data_ids, signature_id

_Element = etree._Element  # noqa: SLF001 -- lxml's name for it
_Covered = tuple[str, str | None, _Element | None]
"""What a Reference must be about: Id, Type, and the element that must carry the Id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """The parsed file, in which no Id occurs twice, and what has been hashed of it already."""

    data: _Element
    rows: Mapping[str, _Element]
    slots: Mapping[str, SignedSlot]
    plan: Sequence[PlanRow]
    hashed: dict[str, str] = field(default_factory=dict)

    def digest(self, id_: str, element: _Element) -> str:
        """Base64 SHA-256 of the exclusive C14N of ``element``, which carries ``id_``; made once."""
        if id_ not in self.hashed:
            self.hashed[id_] = b64encode(sha256(_canonical(element)).digest()).decode()
        return self.hashed[id_]


def _canonical(element: _Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """The elements of one signature.

    :ivar stem: what the Ids of this slot begin with.
    :ivar time: the Object with the signing time.
    :ivar properties: SignedProperties.
    """

    key: str
    stem: str
    slot: _Element
    signature: _Element
    info: _Element
    value: _Element
    key_info: _Element
    time: _Element
    qualifying: _Element
    properties: _Element

    @classmethod
    def of(cls, key: str, slot: _Element, signature: _Element) -> "Parts":
        """The parts of the ``signature`` that fills the slot ``key``."""
        info, value, key_info, time, xades = signature
        qualifying = xades[0]
        own = (info, value, key_info, time, qualifying, qualifying[0])
        return cls(key, signature_id(key), slot, signature, *own)

    def are_in_place(self) -> bool:
        """Whether the two Objects are the time and XAdES, in this order."""
        first, second = self.time[0].tag, self.qualifying.tag
        return (first, second) == (f"{{{DS}}}SignatureProperties", f"{{{XADES}}}QualifyingProperties")


def certificate_of(parts: Parts) -> Certificate | None:
    """The certificate beside the signature, if it is one, in its only base64 form."""
    return _certificate(parts.key_info[0][1].text or "")


@lru_cache(maxsize=8192)
def _certificate(text: str) -> Certificate | None:
    der = _decoded(text)
    try:
        return None if der is None else Certificate.load(der)
    except UnreadableCertificateError:
        return None


def _decoded(text: str) -> bytes | None:
    try:
        value = b64decode(text, validate=True)
    except ValueError:
        return None
    return value if b64encode(value).decode() == text else None


def check_signature(parts: Parts, row: PlanRow, file: File, certificate: Certificate) -> Iterator[Reason]:
    """What is wrong with the references, the digests and the value."""
    if not _ids_are_right(parts):
        yield Reason.ID_WRONG
    expected, info = _expected(parts, row, file), _canonical(parts.info)
    if info != _prescribed(parts, expected, file):
        wrong = _complaint(parts, expected, file)
        yield wrong
        if wrong is not Reason.DIGEST_MISMATCH:
            return
    value, algorithm = _decoded(parts.value.text or ""), algorithm_of(parts)
    digest = sha256(info).digest()
    if value is None or algorithm is None or not is_valid(certificate.public_key, algorithm, digest, value):
        yield Reason.SIGNATURE_INVALID


def _ids_are_right(parts: Parts) -> bool:
    """Ids and Targets; those of the two covered Objects are held by the references to them."""
    stem = parts.stem
    found = (
        parts.signature.get("Id"),
        parts.value.get("Id"),
        parts.key_info.get("Id"),
        parts.time[0][0].get("Target"),
        parts.signature[4].get("Id"),
        parts.qualifying.get("Target"),
    )
    return found == (
        stem,
        f"{stem}-value",
        f"{stem}-key",
        f"#{stem}",
        None,
        f"#{stem}",
    )


def _expected(parts: Parts, row: PlanRow, file: File) -> list[_Covered]:
    """What the slot prescribes, in order."""
    own: dict[str, _Element] = {DATA_ID: file.data, GENERAL_ID: file.data[0]}
    expected: list[_Covered] = [
        (id_, None, own.get(id_, file.rows.get(id_.removeprefix(ROW_ID)))) for id_ in data_ids(row)
    ]
    for key in covered_keys(file.plan, parts.key):
        slot = file.slots.get(key)
        expected.append((f"{signature_id(key)}-value", None, slot.signature[1] if slot else None))
    expected.append((f"{parts.stem}-time", None, parts.time))
    expected.append((f"{parts.stem}-xades", SIGNED_PROPERTIES, parts.properties))
    return expected


def _prescribed(parts: Parts, expected: Sequence[_Covered], file: File) -> bytes | None:
    """The only SignedInfo that is right; nothing when something it covers is not in its place.

    Comparing it with the one that is there answers every question about references, algorithms and
    digests at once; which of them is answered by no is looked for only then.
    """
    algorithm = algorithm_of(parts)
    if algorithm is None or _signing_certificate(parts)[0].get("Algorithm") != SHA256:
        return None
    digests = []
    for id_, _, target in expected:
        if target is None or target.get("Id") != id_:
            return None
        digests.append((id_, file.digest(id_, target)))
    *covered, (_, time), (_, properties) = digests
    return signed_info(algorithm, covered, time, (parts.stem, properties)).encode()


def _complaint(parts: Parts, expected: Sequence[_Covered], file: File) -> Reason:
    """The first thing that is wrong with a SignedInfo that is not the prescribed one."""
    references = list(parts.info)[2:]
    if [(ref.get("URI"), ref.get("Type")) for ref in references] != [(f"#{i}", t) for i, t, _ in expected]:
        return Reason.REFERENCES_WRONG
    targets = [(id_, target) for id_, _, target in expected if target is not None and target.get("Id") == id_]
    if len(targets) != len(expected):
        return Reason.TARGET_MISPLACED
    if not _algorithms_are_allowed(parts, references):
        return Reason.ALGORITHM_FORBIDDEN
    if any(file.digest(*target) != ref[2].text for target, ref in zip(targets, references, strict=True)):
        return Reason.DIGEST_MISMATCH
    return Reason.REFERENCES_WRONG


def _algorithms_are_allowed(parts: Parts, references: Sequence[_Element]) -> bool:
    if parts.info[0].get("Algorithm") != EXCLUSIVE_C14N or algorithm_of(parts) is None:
        return False
    if _signing_certificate(parts)[0].get("Algorithm") != SHA256:
        return False
    return all(
        [transform.get("Algorithm") for transform in reference[0]] == [EXCLUSIVE_C14N]
        and reference[1].get("Algorithm") == SHA256
        for reference in references
    )


def algorithm_of(parts: Parts) -> Algorithm | None:
    """The signature's algorithm, if it is an allowed one."""
    return BY_URI.get(str(parts.info[1].get("Algorithm")))


def _signing_certificate(parts: Parts) -> _Element:
    """CertDigest, with its method and value."""
    return parts.properties[0][1][0][0]


def signing_time(parts: Parts) -> datetime | None:
    """The signed signing time (XAdES)."""
    try:
        return read_moment(parts.properties[0][0].text or "")
    except ValueError:
        return None


def check_statements(parts: Parts, row: PlanRow, certificate: Certificate) -> Iterator[Reason]:
    """What the signature says of itself, inside and outside what is signed."""
    subject = parts.key_info[0][0].text
    if _signing_certificate(parts)[1].text != certificate.digest64:
        yield Reason.CERTIFICATE_SUBSTITUTED
    if subject != certificate.subject:
        yield Reason.SUBJECT_WRONG
    if parts.properties[0][2][0][0].text != row.role:
        yield Reason.ROLE_WRONG
    signed = parts.properties[0][0].text
    if parts.time[0][0][0].text != signed:
        yield Reason.TIMES_DIFFER
    if parts.slot[0].text != signed:
        yield Reason.SHOWN_TIME_WRONG
    if row.role != ISSUE_ROLE and parts.slot[1].text != number(row.identity):
        yield Reason.SHOWN_ID_WRONG
