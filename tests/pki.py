"""A small public key infrastructure for tests, made once in a session.

::

    root ── intermediate ── persons (UID=CCCD:…), the school (UID=MST:…), a revoked one
      └──── outsider root, whom nobody trusts

P-256 for most (a key costs nothing), RSA-2048 for the leader and the school.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hocba.documents.certificates import Certificate

SINCE = datetime(2025, 1, 1, tzinfo=UTC)
UNTIL = datetime(2028, 1, 1, tzinfo=UTC)
CRL_AT = datetime(2026, 7, 1, tzinfo=UTC)
REVOKED_AT = datetime(2026, 2, 1, tzinfo=UTC)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A key with its certificate."""

    key: Key = field(repr=False)
    cert: x509.Certificate = field(repr=False)

    @property
    def der(self) -> bytes:
        return self.cert.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.cert.public_bytes(serialization.Encoding.PEM)

    @property
    def certificate(self) -> Certificate:
        return Certificate.load(self.der)

    def sign(self, tbs: bytes) -> bytes:
        """A raw signature, as a token gives it: PKCS#1, or ECDSA in DER."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(tbs, ec.ECDSA(hashes.SHA256()))


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """An RSA key of its own for each name: they are slow to make."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def new_key(kind: str, name: str) -> Key:
    return rsa_key(name) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


def usage(*names: str) -> x509.KeyUsage:
    known = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: name in names for name in known})


def name_of(common_name: str, uid: str = "", organisation: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    if uid:
        parts.append(x509.NameAttribute(NameOID.USER_ID, uid))
    return x509.Name(parts)


def authority(
    common_name: str,
    issuer: "Holder | None" = None,
    *,
    path_length: int | None = 1,
    usages: Sequence[str] = ("key_cert_sign", "crl_sign"),
    **changed: object,
) -> Holder:
    """A certification authority; its own issuer when none is given."""
    return _issued(
        name_of(common_name),
        issuer,
        [
            (x509.BasicConstraints(ca=True, path_length=path_length), True),
            (usage(*usages), True),
        ],
        **changed,
    )


def holder(
    common_name: str,
    uid: str,
    issuer: Holder,
    *,
    kind: str = "ec",
    usages: Sequence[str] = ("digital_signature", "content_commitment"),
    **changed: object,
) -> Holder:
    """Somebody's certificate; ``uid`` is ``CCCD:…`` or ``MST:…``."""
    organisation = common_name if uid.startswith("MST:") else ""
    extensions = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage(*usages), True),
    ]
    return _issued(name_of(common_name, uid, organisation), issuer, extensions, kind=kind, **changed)


def _issued(
    subject: x509.Name,
    issuer: Holder | None,
    extensions: Sequence[tuple[x509.ExtensionType, bool]],
    *,
    kind: str = "ec",
    key: Key | None = None,
    since: datetime = SINCE,
    until: datetime = UNTIL,
    serial: int | None = None,
    more: Sequence[tuple[x509.ExtensionType, bool]] = (),
    hash_: hashes.HashAlgorithm | None = None,
) -> Holder:
    own = key or new_key(kind, subject.rfc4514_string())
    signer: CertificateIssuerPrivateKeyTypes = issuer.key if issuer else own
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.cert.subject if issuer else subject)
        .public_key(own.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    for extension, critical in (*extensions, *more):
        builder = builder.add_extension(extension, critical=critical)
    return Holder(key=own, cert=builder.sign(signer, hash_ or hashes.SHA256()))


def crl(
    issuer: Holder,
    revoked: Sequence[Holder] = (),
    *,
    at: datetime = CRL_AT,
    revoked_at: datetime = REVOKED_AT,
    lasts: timedelta = timedelta(days=30),
) -> bytes:
    """A revocation list of ``issuer``, DER."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.cert.subject)
    builder = builder.last_update(at).next_update(at + lasts)
    for gone in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(gone.cert.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(revoked_at).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def responder(issuer: Holder, **changed: object) -> Holder:
    """Whom ``issuer`` charged with answering (id-kp-OCSPSigning)."""
    charged = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)
    return holder(
        "OCSP Thử Nghiệm", "", issuer, **({"more": [charged], "usages": ("digital_signature",)} | changed)
    )


def ocsp_answer(
    one: Holder,
    issuer: Holder,
    *,
    by: Holder | None = None,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    at: datetime = CRL_AT,
    lasts: timedelta | None = timedelta(days=7),
    revoked_at: datetime = REVOKED_AT,
    nonce: bytes | None = None,
    hash_: hashes.HashAlgorithm | None = None,
    named: x509.Certificate | None = None,
) -> bytes:
    """An answer about ``one``, DER.

    :param by: who signs it, when that is not the issuer itself.
    :param named: of whom the certID speaks, when that is not the issuer.
    """
    signer = by or issuer
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=one.cert,
        issuer=named or issuer.cert,
        algorithm=hash_ or hashes.SHA1(),
        cert_status=status,
        this_update=at,
        next_update=at + lasts if lasts else None,
        revocation_time=revoked_at if revoked else None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.cert)
    if by is not None:
        builder = builder.certificates([by.cert])
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True, kw_only=True)
class Pki:
    """The authorities, and everybody whom the sample transcript names."""

    root: Holder
    intermediate: Holder
    outsider: Holder
    school: Holder
    persons: dict[str, Holder]
    revoked: Holder
    crl: bytes
    root_crl: bytes

    def person(self, identity: str) -> Holder:
        """Whose identity it is; somebody new gets his certificate now."""
        if identity not in self.persons:
            self.persons[identity] = holder(
                f"Người Thử {identity[-5:]}", identity, self.intermediate, kind="ec"
            )
        return self.persons[identity]


@cache
def pki() -> Pki:
    """The infrastructure of the session."""
    root = authority("Root CA Thử Nghiệm", path_length=2)
    intermediate = authority("CA Thử Nghiệm", root, path_length=0)
    numbers = (*range(1, 31), 50)
    persons = {
        f"CCCD:0011850{n:05d}": holder(
            f"Người Thử {n}", f"CCCD:0011850{n:05d}", intermediate, kind="rsa" if n == 50 else "ec"
        )
        for n in numbers
    }
    revoked = holder("Người Bị Thu Hồi", "CCCD:001185000099", intermediate)
    return Pki(
        root=root,
        intermediate=intermediate,
        outsider=authority("Root CA Lạ"),
        school=holder("Trường THCS Thử Nghiệm", "MST:0100000001", intermediate, kind="rsa"),
        persons=persons,
        revoked=revoked,
        crl=crl(intermediate, [revoked]),
        root_crl=crl(root),
    )
