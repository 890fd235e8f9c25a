import logging
import socket
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from hocba.demo.csc_service import Credential, start_csc_service
from hocba.plugin_api import Item, ItemKind, Order, PluginContext
from hocba.testing.pki import Holder, make_pki
from hocba_remote_signing import hocba_register_signers


@pytest.fixture(scope="session")
def pki():
    people = [Holder(label="co-mau", name="Nguyễn Thị Mẫu", identity="CCCD:001099000001")]
    school = Holder(label="truong", name="THCS Thử Nghiệm", identity="MST:0100000001", organisation=True)
    return make_pki([*people, school], at=datetime.now(UTC))


@pytest.fixture(scope="session")
def credentials(pki):
    """What the service holds: a teacher and a school with RSA, a teacher with P-256."""
    held = {name: Credential(one.key, one.der, pki.chain) for name, one in pki.holders.items()}
    key = ec.generate_private_key(ec.SECP256R1())
    return held | {"thay-cong": Credential(key, elliptic_certificate(pki, key), pki.chain)}


def elliptic_certificate(pki, key) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Trần Văn Công")]))
        .issuer_name(pki.issuing.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=30))
    )
    return builder.sign(pki.issuing.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture(scope="session", params=[1, 2], ids=["SCAL1", "SCAL2"])
def url(request, credentials, tmp_path_factory):
    """A real CSC v1 service on loopback."""
    folder = tmp_path_factory.mktemp("csc")
    with start_csc_service(folder, credentials, free_port(), scal=request.param) as url:
        yield url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def signers_for():
    """The signers that the plugin registers with these settings."""

    def make(http, **settings):
        context = PluginContext(
            http=http,
            settings=settings,
            clock=lambda: datetime.now(UTC),
            log=logging.getLogger("hocba.plugin.remote-signing"),
        )
        return hocba_register_signers(context)

    return make


@pytest.fixture
def order_for():
    def make(key, certificate, count=45):
        items = [
            Item(f"item-{number}", tbs, sha256(tbs).digest(), ItemKind.XADES, f"Học bạ {number}")
            for number in range(count)
            for tbs in [f"SignedInfo {number}".encode()]
        ]
        return Order("transaction-1", key, certificate, "Ký học bạ lớp 9A1", items)

    return make


@pytest.fixture
def verified():
    """References of the signed items, each signature verified for its own item."""

    def check(order, outcome):
        public = x509.load_der_x509_certificate(order.certificate).public_key()
        items = {item.reference: item for item in order.items}
        for answer in outcome.items:
            digest = items[answer.reference].digest
            if isinstance(public, rsa.RSAPublicKey):
                public.verify(answer.value, digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
            else:
                public.verify(answer.value, digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        return [answer.reference for answer in outcome.items]

    return check
