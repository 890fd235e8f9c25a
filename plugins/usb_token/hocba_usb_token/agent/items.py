"""What an item really is: the agent never signs a bare hash, nor anything it does not understand.

* XADES: a ``ds:SignedInfo`` in canonical form whose first Reference is ``#data`` or
  ``#thongtinchung``.  The bytes behind that Reference came along; they are hashed here, and
  the pupil, class and year that a person sees are read from exactly those bytes.
* PADES: the signed attributes of a PDF's seal; they name the certificate that signs, and it
  must be the one that the job names.  It is shown as the seal of the XML just signed.
* CHALLENGE: the line that proves possession of a certificate's key, in its one form; it names the
  certificate, which must be the one that the job names, and the school year that is shown.

What a server says beside these bytes (the title of an item) is shown as the server's word.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, tsp
from lxml import etree

from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.jobs import ItemKind, Job, JobItem

DS = "{http://www.w3.org/2000/09/xmldsig#}"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
METHODS = frozenset(
    {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    }
)
EVIDENCE: Mapping[str, tuple[str, str]] = {
    "#data": ("DU_LIEU_HOC_BA", "THONG_TIN_CHUNG/"),
    "#thongtinchung": ("THONG_TIN_CHUNG", ""),
}
"""URI of the first Reference -> the element behind it, and the way from there to the facts."""
_ID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
CHALLENGE = re.compile(
    rb"hocba-challenge:possession account="
    + _ID
    + rb" certificate=([0-9a-f]{64}) school="
    + _ID
    + rb" year=([0-9]{4}-[0-9]{4}) nonce=[0-9a-f]{64} at=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"
)
"""The whole of a challenge: its certificate and its school year."""
_KNOWN = tsp.SigningCertificateV2  # importing it is what lets ``cms`` read that attribute
SEAL_ATTRIBUTES = ("content_type", "message_digest", "signing_certificate_v2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One line of the list that a person sees before he gives his PIN.

    :ivar name: the pupil's full name; empty for a seal or a challenge, as the class is.
    :ivar year: the school year; empty for a seal.
    :ivar title: what the server calls it.
    """

    kind: ItemKind
    name: str = ""
    class_name: str = ""
    year: str = ""
    school: str = ""
    title: str = ""


def look(job: Job) -> tuple[Shown, ...]:
    """Check every item of ``job`` and say what each is.

    :raises AgentError: ITEM_NOT_UNDERSTOOD, DOCUMENT_MISMATCH or OTHER_CERTIFICATE.
    """
    return tuple(_look(item, job.certificate) for item in job.items)


def _look(item: JobItem, certificate: str) -> Shown:
    match item.kind:
        case ItemKind.XADES:
            return _transcript(item)
        case ItemKind.PADES:
            _check_seal(item.tbs, certificate)
        case ItemKind.CHALLENGE:
            return _challenge(item, certificate)
    return Shown(kind=item.kind, title=printable(item.title))


def _transcript(item: JobItem) -> Shown:
    uri, digest = _first_reference(_canonical(item.tbs))
    if item.evidence is None or hashlib.sha256(item.evidence).digest() != digest:
        raise AgentError(Problem.DOCUMENT_MISMATCH)
    tag, way = EVIDENCE[uri]
    document = _canonical(item.evidence)
    if document.tag != tag or document.get("Id") != uri[1:]:
        raise AgentError(Problem.DOCUMENT_MISMATCH)
    fact = {name: printable(document.findtext(way + name) or "") for name in _FACTS}
    if not fact["HO_VA_TEN"]:
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD)
    return Shown(
        kind=item.kind,
        name=fact["HO_VA_TEN"],
        class_name=fact["TEN_LOP"],
        year=fact["TEN_NAM_HOC"],
        school=fact["TEN_TRUONG"],
        title=printable(item.title),
    )


_FACTS = ("HO_VA_TEN", "TEN_LOP", "TEN_NAM_HOC", "TEN_TRUONG")


def _canonical(data: bytes) -> etree._Element:
    """The element, when ``data`` is its exclusive canonical form to the byte.

    So no document type, entity, comment or second reading can hide in it.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        element = etree.fromstring(data, parser)
        written = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    except (etree.LxmlError, ValueError):
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD) from None
    if written != data:
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD)
    return element


def _first_reference(signed_info: etree._Element) -> tuple[str, bytes]:
    """URI and digest of the first Reference; every other one is checked for its form."""
    children = list(signed_info)
    form = [child.tag for child in children]
    if signed_info.tag != DS + "SignedInfo" or len(form) < len(("method", "method", "reference")):
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD)
    canonicalisation, method, *references = children
    if (
        form != [DS + "CanonicalizationMethod", DS + "SignatureMethod", *[DS + "Reference"] * len(references)]
        or canonicalisation.get("Algorithm") != EXCLUSIVE
        or method.get("Algorithm") not in METHODS
    ):
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD)
    digests = [_digest(each) for each in references]
    uri = references[0].get("URI", "")
    if uri not in EVIDENCE:
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD)
    return uri, digests[0]


def _digest(reference: etree._Element) -> bytes:
    """The digest of a Reference of the one form that the profile has."""
    form = [(child.tag.removeprefix(DS), child.get("Algorithm")) for child in reference.iter("{*}*")][1:]
    wanted = [
        ("Transforms", None),
        ("Transform", EXCLUSIVE),
        ("DigestMethod", SHA256),
        ("DigestValue", None),
    ]
    if form != wanted:
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD)
    try:
        return base64.b64decode(reference.findtext(DS + "DigestValue") or "", validate=True)
    except ValueError:
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD) from None


def _check_seal(tbs: bytes, certificate: str) -> None:
    try:
        attributes = _attributes(tbs)
        kind, digest, named = (attributes[each] for each in SEAL_ATTRIBUTES)
        signing = named["certs"][0]
        form = kind.native == "data" and len(digest.native) == hashlib.sha256().digest_size
        form = form and signing["hash_algorithm"]["algorithm"].native == "sha256"
        fingerprint = signing["cert_hash"].native.hex()
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD) from None
    if not form:
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD)
    if fingerprint != certificate:
        raise AgentError(Problem.OTHER_CERTIFICATE)


def _attributes(tbs: bytes) -> Mapping[str, Any]:
    """The signed attributes by name, each there once with one value, and none that a seal has not.

    :raises ValueError: for anything else; asn1crypto raises TypeError and KeyError as well.
    """
    parsed = cms.CMSAttributes.load(tbs, strict=True)
    attributes = {each["type"].native: each["values"] for each in parsed}
    single = len(attributes) == len(parsed) and all(len(each) == 1 for each in attributes.values())
    if not single or attributes.keys() - {*SEAL_ATTRIBUTES, "cms_algorithm_protection"}:
        raise ValueError
    if parsed.dump(force=True) != tbs:
        raise ValueError
    return {name: values[0] for name, values in attributes.items()}


def _challenge(item: JobItem, certificate: str) -> Shown:
    """A challenge of the one form, for the certificate that the job names and no other."""
    found = CHALLENGE.fullmatch(item.tbs)
    if found is None:
        raise AgentError(Problem.ITEM_NOT_UNDERSTOOD)
    named, year = (part.decode("ascii") for part in found.groups())
    if named != certificate:
        raise AgentError(Problem.OTHER_CERTIFICATE)
    return Shown(kind=item.kind, year=year, title=printable(item.title))


def printable(text: str) -> str:
    """``text`` without what a terminal would obey: control codes, line breaks, direction marks."""
    return "".join(each for each in text if each.isprintable()).strip()
