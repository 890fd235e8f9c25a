"""The CMS inside a PAdES seal (ETSI EN 319 142-1, B-B): signed attributes out, SignedData in.

The signed attributes are content type, message digest and signing-certificate-v2, nothing
more: PAdES forbids signing-time here, the time stands in the PDF's ``/M``.  What is signed is
their DER as a SET; that DER is kept and embedded as it is, never built twice.
"""

from functools import lru_cache
from hashlib import sha256

from asn1crypto import algos, cms, tsp, x509
from asn1crypto.core import OctetString
from asn1crypto.parser import emit

from hocba.documents.certificates import Certificate

_UNIVERSAL, _CONSTRUCTED, _SET = 0, 1, 17
_MECHANISMS = {"rsa": "sha256_rsa", "ec": "sha256_ecdsa"}


def signed_attributes(certificate: Certificate, document_digest: bytes) -> bytes:
    """The DER to sign: SHA-256 of the document, bound to the certificate that signs it."""
    digest = cms.CMSAttribute({"type": "message_digest", "values": [OctetString(document_digest)]}).dump()
    return bytes(emit(_UNIVERSAL, _CONSTRUCTED, _SET, b"".join(sorted((digest, *_fixed(certificate.der))))))


def signed_data(certificate: Certificate, attributes: bytes, value: bytes) -> bytes:
    """The whole CMS as DER: detached, one signer, his certificate inside.

    :param attributes: exactly what ``signed_attributes`` gave.
    :param value: PKCS#1 v1.5 for RSA, DER for ECDSA.
    """
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": _issuer_and_serial(certificate.der)}),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": cms.CMSAttributes.load(attributes),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": _MECHANISMS[certificate.key]}),
            "signature": value,
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": [_parsed(certificate.der)],
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


@lru_cache(maxsize=1024)
def _parsed(der: bytes) -> x509.Certificate:
    return x509.Certificate.load(der)


@lru_cache(maxsize=1024)
def _issuer_and_serial(der: bytes) -> cms.IssuerAndSerialNumber:
    parsed = _parsed(der)
    return cms.IssuerAndSerialNumber({"issuer": parsed.issuer, "serial_number": parsed.serial_number})


@lru_cache(maxsize=1024)
def _fixed(der: bytes) -> tuple[bytes, bytes]:
    """The attributes that every document shares, encoded: encoding them again is most of the cost."""
    parsed = _parsed(der)
    names = [x509.GeneralName({"directory_name": parsed.issuer})]
    serial = tsp.IssuerSerial({"issuer": names, "serial_number": parsed.serial_number})
    certificate = tsp.ESSCertIDv2({"cert_hash": sha256(der).digest(), "issuer_serial": serial})
    bound = tsp.SigningCertificateV2({"certs": [certificate]})
    return (
        cms.CMSAttribute({"type": "content_type", "values": ["data"]}).dump(),
        cms.CMSAttribute({"type": "signing_certificate_v2", "values": [bound]}).dump(),
    )
