import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from cryptography.x509 import load_der_x509_certificate

from hocba_usb_token.agent.client import Server
from hocba_usb_token.agent.pkcs11_module import Pkcs11Module
from hocba_usb_token.agent.run import Agent
from hocba_usb_token.agent.state import State
from plugins.usb_token.tests import making
from plugins.usb_token.tests.simulator import TOKEN, Simulator, serving

PIN = "246810"
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
KEYS = {"rsa": "a1", "ec": "b2", "asks-again": "c3", "authority": "d4"}


@dataclass(frozen=True)
class Token:
    """A SoftHSM token with an RSA key, a P-256 key and one that wants the PIN at each signature."""

    folder: Path
    certificates: dict[str, bytes]
    module: Path = SOFTHSM

    def pull_out(self) -> None:
        (self.folder / "tokens").rename(self.folder / "pulled")
        (self.folder / "tokens").mkdir()

    def plug_in(self) -> None:
        (self.folder / "tokens").rmdir()
        (self.folder / "pulled").rename(self.folder / "tokens")


@pytest.fixture(scope="session")
def server_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def signer(rsa_key) -> bytes:
    """DER of the teacher's certificate."""
    return making.certificate(rsa_key)


@pytest.fixture
def p12(tmp_path, rsa_key, signer) -> Path:
    path = tmp_path / "co-mau.p12"
    loaded = load_der_x509_certificate(signer)
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"key", rsa_key, loaded, None, BestAvailableEncryption(PIN.encode())
        )
    )
    return path


@pytest.fixture(scope="session")
def _token_made_once(tmp_path_factory, rsa_key, signer) -> Token:
    if shutil.which("softhsm2-util") is None or not SOFTHSM.exists():
        if os.environ.get("HOCBA_TEST_SERVICES") == "required":
            pytest.fail("softhsm2 is not installed, and HOCBA_TEST_SERVICES=required")
        pytest.skip("softhsm2 is not installed: NO PKCS#11 test ran (apt install softhsm2)")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        softhsm("--init-token", "--free", "--label", "co-mau", "--pin", PIN, "--so-pin", "12345678")
        ec_key, careful_key = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
        certificates = {
            "rsa": signer,
            "ec": making.certificate(ec_key, "Trần Văn Cong"),
            "asks-again": making.certificate(careful_key, "Phạm Cẩn Thận"),
        }
        objects = folder / "objects"
        objects.mkdir()
        for name, key in {"rsa": rsa_key, "ec": ec_key, "asks-again": careful_key}.items():
            put(objects, name, key, certificates[name])
        put(objects, "authority", None, making.certificate(rsa_key, "CA", authority=True))
        fill = [
            sys.executable,
            str(Path(__file__).with_name("fill_token.py")),
            str(SOFTHSM),
            PIN,
            str(objects),
        ]
        subprocess.run(fill, check=True)
    return Token(folder, certificates)


@pytest.fixture
def token(_token_made_once, monkeypatch) -> Token:
    monkeypatch.setenv("SOFTHSM2_CONF", str(_token_made_once.folder / "softhsm2.conf"))
    return _token_made_once


@pytest.fixture
def module(token):
    module = Pkcs11Module(token.module)
    yield module
    module.close()


def softhsm(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


def put(folder: Path, name: str, key, der: bytes) -> None:
    """Lay a certificate, and its key if there is one, where ``fill_token`` looks."""
    (folder / f"{name}.{KEYS[name]}.cer").write_bytes(der)
    if key is not None:
        form = (Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        (folder / f"{name}.{KEYS[name]}.der").write_bytes(key.private_bytes(*form))


@pytest.fixture
def simulator(server_key):
    return Simulator(server_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


@pytest.fixture
def url(simulator):
    with serving(simulator) as url:
        yield url


class Watch:
    """A clock that only runs when told to, beginning now."""

    def __init__(self):
        self.now = time.time()
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def remembered():
    return []


@pytest.fixture
def agent_with(url, simulator, watch, remembered):
    agents, servers = [], []

    def make(store, person, *, token=TOKEN, used=None):
        server = Server(url, token=token, clock=watch, sleep=watch.sleep)
        state = State(server=url, name="PC-01", token=token, job_key=simulator.job_key, used=used or {})
        agent = Agent(
            server=server, store=store, face=person, state=state, remember=remembered.append, clock=watch
        )
        agents.append(agent)
        servers.append(server)
        return agent

    yield make
    for each in (*agents, *servers):
        each.close()
