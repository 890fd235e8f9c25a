"""A small world of certificates for tests and the demo: an authority, people and a school.

A root signs one issuing authority, which signs everybody's certificate.  The identity stands
in the UID of the subject, as in the field: ``CCCD:<12 digits>`` for a person, ``MST:<digits>``
for an organisation.  Everything is made anew each time and is worth nothing outside.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

KEY_BITS = 2048
LIFE = timedelta(days=5 * 365)
CRL_LIFE = LIFE
"""Nobody makes newer lists: these speak for as long as the certificates live."""
HEAD_START = timedelta(days=30)
"""Certificates begin this long before they are made, so that past days can be signed for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who is to have a certificate.

    :ivar label: the name of his files and of his key at the signing service.
    :ivar identity: ``CCCD:…`` or ``MST:…``, the UID of the subject.
    :ivar elliptic: whether his key is P-256; else it is RSA-2048.
    """

    label: str
    name: str
    identity: str
    organisation: bool = False
    elliptic: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key = field(repr=False)

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        """The key, unencrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True, slots=True)
class Pki:
    """The authorities and everybody's certificate, by label."""

    root: Issued
    issuing: Issued
    holders: Mapping[str, Issued]

    @property
    def chain(self) -> tuple[bytes, bytes]:
        """DER of the issuing authority and the root."""
        return self.issuing.der, self.root.der

    def pkcs12(self, label: str, password: str) -> bytes:
        """Certificate, key and chain of one holder in a file for the agent."""
        one = self.holders[label]
        return pkcs12.serialize_key_and_certificates(
            label.encode(),
            one.key,
            one.certificate,
            [self.issuing.certificate, self.root.certificate],
            BestAvailableEncryption(password.encode()),
        )

    def crls(self, *, at: datetime, revoked: Collection[str] = ()) -> tuple[bytes, bytes]:
        """DER of the lists of root and issuing authority.

        :param revoked: labels of the holders whose certificate is revoked since ``at``.
        """
        serials = [self.holders[label].certificate.serial_number for label in revoked]
        return _crl(self.root, (), at), _crl(self.issuing, serials, at)

    def write(self, folder: Path, *, at: datetime) -> None:
        """Write what servers need: ``root.pem``, ``chain.pem``, ``root.crl``, ``issuing.crl``."""
        folder.mkdir(parents=True, exist_ok=True)
        pem = [each.certificate.public_bytes(Encoding.PEM) for each in (self.issuing, self.root)]
        (folder / "root.pem").write_bytes(pem[1])
        (folder / "chain.pem").write_bytes(b"".join(pem))
        for name, crl in zip(("root.crl", "issuing.crl"), self.crls(at=at), strict=True):
            (folder / name).write_bytes(crl)


def make_pki(holders: Sequence[Holder], *, at: datetime) -> Pki:
    """Make keys and certificates for everybody.

    :param at: now, UTC-aware; certificates are valid from a month before.
    """
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # OpenSSL makes keys without the GIL
        keys = list(threads.map(_new_key, (False, False, *(holder.elliptic for holder in holders))))
    root_key, issuing_key, *holder_keys = keys
    root_name = _name("hocba demo root CA")
    issuing_name = _name("hocba demo issuing CA")
    root = _authority(root_name, root_key, root_name, root_key, at)
    issuing = _authority(issuing_name, issuing_key, root_name, root_key, at)
    issued = {
        holder.label: _issue(holder, key, Issued(issuing, issuing_key), at)
        for holder, key in zip(holders, holder_keys, strict=True)
    }
    return Pki(Issued(root, root_key), Issued(issuing, issuing_key), issued)


def _new_key(elliptic: bool) -> Key:
    return ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, KEY_BITS)


def _name(name: str, *, identity: str = "", organisation: bool = False) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "VN")]
    if identity:
        parts.append((NameOID.USER_ID, identity))
    if organisation:
        parts.append((NameOID.ORGANIZATION_NAME, name))
    parts.append((NameOID.COMMON_NAME, name))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _certificate(
    subject: x509.Name, key: Key, issuer: x509.Name, issuer_key: Key, at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - HEAD_START)
        .not_valid_after(at + LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )


def _authority(
    subject: x509.Name, key: Key, issuer: x509.Name, issuer_key: Key, at: datetime
) -> x509.Certificate:
    path_length = None if subject == issuer else 0
    return (
        _certificate(subject, key, issuer, issuer_key, at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _issue(holder: Holder, key: Key, issuing: Issued, at: datetime) -> Issued:
    subject = _name(holder.name, identity=holder.identity, organisation=holder.organisation)
    certificate = (
        _certificate(subject, key, issuing.certificate.subject, issuing.key, at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .sign(issuing.key, hashes.SHA256())
    )
    return Issued(certificate, key)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _crl(authority: Issued, serials: Sequence[int], at: datetime) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(at - HEAD_START)
        .next_update(at + CRL_LIFE)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
    )
    for serial in serials:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)
