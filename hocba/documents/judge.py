"""The second judge: signxml, other people's code, on the same file.

Nothing legal leaves on the word of our own verifier alone.  signxml checks each signature's value,
digests and signing certificate; it is narrowed to the profile (every Reference is an Id with one
exclusive C14N transform), because by itself it follows whatever a signature asks for, and it
resolves Ids through an index, because by itself it copies the document for every Reference.  That
the covered elements stand where the profile has them is checked here as well: signxml accepts
signature wrapping.

Its own schema does not know the official place of SigningTime, so ours is applied.
"""

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any, cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest, InvalidInput, SignXMLException
from signxml.verifier import VerifyResult
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from hocba.documents import schema
from hocba.documents.algorithms import EXCLUSIVE_C14N
from hocba.documents.layout import DS, XADES
from hocba.documents.parsing import UnreadableXmlError, parse
from hocba.documents.structure import has_unique_ids

_Element = etree._Element  # noqa: SLF001 -- lxml's name for it

_SIGNATURE = f"{{{DS}}}Signature"
_PROPERTIES = f"{{{XADES}}}SignedProperties"
_METHODS = frozenset(
    {SignatureMethod.RSA_SHA256, SignatureMethod.ECDSA_SHA256, SignatureMethod.SHA256_RSA_MGF1}
)


class _ProfileVerifier(XAdESVerifier):
    """signxml for one given signature of a parsed file."""

    def __init__(self, signature: _Element, ids: Mapping[str, _Element]) -> None:
        self._given = signature
        self._ids = ids
        self._public_key: bytes | None = None

    def get_root(self, data: Any) -> Any:
        return data

    def _get_signature(self, root: Any) -> Any:
        return self._given

    def _verify_reference(  # noqa: PLR0917 -- signxml calls it so
        self,
        reference: Any,
        index: Any,
        root: Any,
        uri_resolver: Any,
        c14n_algorithm: Any,
        signature: Any,
        signature_key_used: Any,
    ) -> VerifyResult:
        """One Reference, resolved through the index."""
        uri = reference.get("URI") or ""
        target = self._ids.get(uri.removeprefix("#"))
        transforms = [t.get("Algorithm") for t in reference.iterfind(f"{{{DS}}}Transforms/{{{DS}}}Transform")]
        if not uri.startswith("#") or target is None or transforms != [EXCLUSIVE_C14N]:
            raise InvalidInput(f"Reference {index} is outside the profile")
        algorithm = DigestAlgorithm(reference.find(f"{{{DS}}}DigestMethod").get("Algorithm"))
        if algorithm not in self.config.digest_algorithms:
            raise InvalidInput(f"Reference {index} is hashed with a forbidden algorithm")
        data = etree.tostring(target, method="c14n", exclusive=True)
        expected = b64decode(reference.findtext(f"{{{DS}}}DigestValue"))
        if not compare_digest(expected, self._get_digest(data, algorithm)):
            raise InvalidDigest(f"Digest mismatch for reference {index} ({uri})")
        signed = etree.fromstring(data) if target.tag == _PROPERTIES else target
        if self._public_key is None:
            self._public_key = signature_key_used.public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
            )
        return VerifyResult(data, signed, signature, signature_key=cast(Any, self._public_key))


def second_opinion(xml: bytes) -> list[str]:
    """What signxml has against the file; nothing when it agrees with every signature in it."""
    try:
        root = parse(xml)
    except UnreadableXmlError as error:
        return [f"not readable: {error}"]
    if broken := schema.problem(root):
        return [f"not of the schema: {broken}"]
    if not has_unique_ids(root):
        return ["an Id occurs twice"]
    ids = {element.get("Id", ""): element for element in root.iter(etree.Element)}
    signatures = list(root.iter(_SIGNATURE))
    if not signatures:
        return ["no signature"]
    return [problem for signature in signatures if (problem := _problem(root, ids, signature))]


def _problem(root: _Element, ids: Mapping[str, _Element], signature: _Element) -> str | None:
    """What is wrong with one signature, if anything."""
    name = signature.get("Id")
    try:
        certificate = x509.load_der_x509_certificate(b64decode(signature[2][0][1].text or ""))
        config = XAdESSignatureConfiguration(
            expect_references=True,
            signature_methods=_METHODS,
            digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
            verification_time=datetime.fromisoformat(_time_of(signature)),
        )
        results = _ProfileVerifier(signature, ids).verify(
            root, x509_cert=certificate, id_attribute="Id", validate_schema=False, expect_config=config
        )
    except (SignXMLException, ValueError, TypeError, UnsupportedAlgorithm) as error:
        return f"{name}: {type(error).__name__}"
    return None if _sees_the_data(root, signature, results) else f"{name}: does not sign this transcript"


def _time_of(signature: _Element) -> str:
    return signature.findtext(f".//{{{XADES}}}SigningTime", "")


def _sees_the_data(root: _Element, signature: _Element, results: list[VerifyResult]) -> bool:
    """Whether the first Reference is the data, or its general part, where they must stand."""
    data = root[0]
    expected = data[0] if (signature.get("Id") or "").startswith("ky-gvbm-") else data
    return results[0].signed_xml is expected
