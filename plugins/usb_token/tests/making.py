"""Makes what a server would send: jobs, items, certificates."""

import base64
import hashlib
import json
import time
import uuid
from datetime import UTC, datetime, timedelta

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

HEADER = b'{"alg":"EdDSA","typ":"hocba-job"}'
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"


def certificate(
    key, name="Nguyễn Thị Mẫu", identity="CCCD:001099000001", *, authority=False, constraints=True
) -> bytes:
    subject = x509.Name(
        [x509.NameAttribute(NameOID.USER_ID, identity), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )
    if constraints:
        built = built.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    return built.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def document(name="Lê Thị Ánh", *, whole=True, class_name="9A1", year="2025-2026") -> bytes:
    """The canonical bytes behind a first Reference: the whole data, or its general part."""
    facts = (
        f"<TEN_NAM_HOC>{year}</TEN_NAM_HOC><TEN_TRUONG>THCS Thử Nghiệm</TEN_TRUONG>"
        f"<HO_VA_TEN>{name}</HO_VA_TEN><TEN_LOP>{class_name}</TEN_LOP>"
    )
    general = f'<THONG_TIN_CHUNG Id="thongtinchung">{facts}</THONG_TIN_CHUNG>'
    history = "<QUA_TRINH_HOC_TAP><TEN_LOP>6A1</TEN_LOP></QUA_TRINH_HOC_TAP>"
    data = f'<DU_LIEU_HOC_BA Id="data">{general}{history}</DU_LIEU_HOC_BA>'
    return (data if whole else general).encode()


def reference(uri: str, digest: bytes) -> str:
    return (
        f'<Reference URI="{uri}"><Transforms><Transform Algorithm="{EXCLUSIVE}"></Transform></Transforms>'
        '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod>'
        f"<DigestValue>{b64(digest)}</DigestValue></Reference>"
    )


def signed_info(evidence: bytes, *, uri="#data", method="rsa-sha256") -> bytes:
    return (
        f'<SignedInfo xmlns="{DS}"><CanonicalizationMethod Algorithm="{EXCLUSIVE}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{method}"></SignatureMethod>'
        f"{reference(uri, sha256(evidence))}{reference('#ky-gvcn-time', sha256(b'time'))}</SignedInfo>"
    ).encode()


def xades(name="Lê Thị Ánh", *, whole=True, evidence=None, tbs=None) -> dict:
    behind = document(name, whole=whole)
    tbs = tbs or signed_info(behind, uri="#data" if whole else "#thongtinchung")
    return item("XADES", tbs, behind if evidence is None else evidence, f"Học bạ {name}")


def attributes(signer: bytes, *, extra=(), digest=b"d" * 32) -> bytes:
    """DER of the signed attributes of a PAdES seal by the certificate ``signer``."""
    named = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": sha256(signer)})]})
    values = [
        ("content_type", "data"),
        ("message_digest", core.OctetString(digest)),
        ("signing_certificate_v2", named),
        *extra,
    ]
    return cms.CMSAttributes(
        [cms.CMSAttribute({"type": kind, "values": [value]}) for kind, value in values]
    ).dump()


def pades(signer: bytes, title="Con dấu học bạ Lê Thị Ánh") -> dict:
    return item("PADES", attributes(signer), None, title)


def possession(signer: bytes, **over: str) -> bytes:
    """The line that proves possession of the key of ``signer``."""
    facts = {
        "account": str(uuid.UUID(int=1)),
        "certificate": sha256(signer).hex(),
        "school": str(uuid.UUID(int=2)),
        "year": "2025-2026",
        "nonce": "5f" * 32,
        "at": "2026-06-01T01:00:00Z",
    } | over
    return ("hocba-challenge:possession " + " ".join(f"{k}={v}" for k, v in facts.items())).encode()


def challenge(signer: bytes, title="Nguyễn Thị Mẫu") -> dict:
    return item("CHALLENGE", possession(signer), None, title)


def item(kind: str, tbs: bytes, evidence: bytes | None, title: str) -> dict:
    return {
        "reference": str(uuid.uuid4()),
        "kind": kind,
        "tbs": b64(tbs),
        "evidence": None if evidence is None else b64(evidence),
        "title": title,
    }


def jws(key: Ed25519PrivateKey, payload: dict, *, header: bytes = HEADER) -> str:
    def coded(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    signed = coded(header) + b"." + coded(json.dumps(payload).encode())
    return (signed + b"." + coded(key.sign(signed))).decode()


def job(key: Ed25519PrivateKey, signer: bytes, items: list[dict], *, header: bytes = HEADER, **over) -> dict:
    """The answer of ``takeAgentJob``, signed by ``key``, for the certificate ``signer``."""
    now = int(time.time())
    request = over.pop("request_id", "request-1")
    payload = {
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 900,
        "request": request,
        "title": "Ký học bạ lớp 9A1",
        "count": len(items),
        "certificate": sha256(signer).hex(),
        "tbs": [sha256(base64.b64decode(each["tbs"])).hex() for each in items],
        **over,
    }
    return {"requestId": request, "job": jws(key, payload, header=header), "items": items}


def verifies(signer: bytes, tbs: bytes, value: bytes) -> bool:
    """Whether ``value`` is the signature of ``tbs``; ECDSA as r‖s or DER.  Raises when it is not."""
    public = x509.load_der_x509_certificate(signer).public_key()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(value, tbs, padding.PKCS1v15(), hashes.SHA256())
        return True
    if len(value) == 64:
        value = encode_dss_signature(int.from_bytes(value[:32]), int.from_bytes(value[32:]))
    public.verify(value, tbs, ec.ECDSA(hashes.SHA256()))
    return True
