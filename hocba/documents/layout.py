"""The fragments of one signature, written as they are hashed.

Each fragment declares exactly the namespaces that it uses, so that its bytes here, its bytes in
the file and its exclusive C14N are the same::

    <Signature Id="ky-gvcn">
      <SignedInfo>          one Reference for each thing that is covered, all alike
      <SignatureValue Id="ky-gvcn-value">
      <KeyInfo Id="ky-gvcn-key">    whose certificate
      <Object Id="ky-gvcn-time">    when, where the national verifier looks (CV 2088)
      <Object>                      when, who, in which role: XAdES (EN 319 132-1)
"""

from collections.abc import Iterable
from functools import lru_cache

from hocba.documents.algorithms import EXCLUSIVE_C14N, SHA256, Algorithm
from hocba.documents.canonical import element, leaf
from hocba.documents.certificates import Certificate
from hocba.documents.slots import signature_id

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
"""The Type of the Reference to the signed properties."""

PROOF_OF_APPROVAL = "http://uri.etsi.org/01903/v1.2.2#ProofOfApproval"

_DS = {"": DS}
_XADES = {"xades": XADES}
_DIGEST_METHOD = element("DigestMethod", Algorithm=SHA256)
_TRANSFORMS = element("Transforms", element("Transform", Algorithm=EXCLUSIVE_C14N))
_COMMITMENT = element(
    "xades:SignedDataObjectProperties",
    element(
        "xades:CommitmentTypeIndication",
        element("xades:CommitmentTypeId", leaf("xades:Identifier", PROOF_OF_APPROVAL))
        + element("xades:AllSignedDataObjects"),
    ),
)


def value(key: str, base64: str) -> str:
    """SignatureValue, which the next signers cover."""
    return f'<SignatureValue xmlns="{DS}" Id="{signature_id(key)}-value">{base64}</SignatureValue>'


@lru_cache(maxsize=1024)
def time_object(key: str, when: str) -> str:
    """The signing time as the official specification has it."""
    target = signature_id(key)
    stamped = element("SignatureProperty", leaf("SigningTime", when), Target=f"#{target}")
    content = element("SignatureProperties", stamped)
    return element("Object", content, namespaces=_DS, Id=f"{target}-time")


@lru_cache(maxsize=4096)
def _signing_certificate(digest64: str) -> str:
    digest = element("DigestMethod", namespaces=_DS, Algorithm=SHA256)
    digest += element("DigestValue", digest64, namespaces=_DS)
    certificate = element("xades:Cert", element("xades:CertDigest", digest))
    return element("xades:SigningCertificateV2", certificate)


@lru_cache(maxsize=1024)
def signed_properties(key: str, role: str, when: str, certificate: Certificate) -> str:
    """When, with which certificate, in which role, and that it is an approval."""
    claimed = element("xades:ClaimedRoles", leaf("xades:ClaimedRole", role))
    signature = (
        leaf("xades:SigningTime", when)
        + _signing_certificate(certificate.digest64)
        + element("xades:SignerRoleV2", claimed)
    )
    content = element("xades:SignedSignatureProperties", signature) + _COMMITMENT
    return element("xades:SignedProperties", content, namespaces=_XADES, Id=f"{signature_id(key)}-xades")


@lru_cache(maxsize=4096)
def key_info(key: str, certificate: Certificate) -> str:
    """The certificate and its subject (CV 2088: X509SubjectName and X509Certificate)."""
    data = leaf("X509SubjectName", certificate.subject) + element("X509Certificate", certificate.b64)
    return element("KeyInfo", element("X509Data", data), namespaces=_DS, Id=f"{signature_id(key)}-key")


def signed_info(
    algorithm: Algorithm, covered: Iterable[tuple[str, str]], time_digest: str, xades: tuple[str, str]
) -> str:
    """What is signed.

    :param covered: (Id, base64 digest) of everything covered, in order.
    :param time_digest: the digest of the time object.
    :param xades: the Id stem of the signature, and the digest of its signed properties.
    """
    stem, xades_digest = xades
    references = "".join(_reference(f"#{id_}", digest) for id_, digest in covered)
    own = _reference(f"#{stem}-time", time_digest)
    own += _reference(f"#{stem}-xades", xades_digest, type_=f'Type="{SIGNED_PROPERTIES}" ')
    return (
        f'<SignedInfo xmlns="{DS}">'
        f'<CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{algorithm.uri}"></SignatureMethod>'
        f"{references}{own}</SignedInfo>"
    )


def _reference(uri: str, digest: str, *, type_: str = "") -> str:
    return (
        f'<Reference {type_}URI="{uri}">{_TRANSFORMS}{_DIGEST_METHOD}'
        f"<DigestValue>{digest}</DigestValue></Reference>"
    )


def signature(key: str, parts: Iterable[str], properties: str) -> str:
    """The whole Signature around its fragments."""
    stem = signature_id(key)
    qualifying = element("xades:QualifyingProperties", properties, namespaces=_XADES, Target=f"#{stem}")
    content = "".join(parts) + element("Object", qualifying)
    return element("Signature", content, namespaces=_DS, Id=stem)
