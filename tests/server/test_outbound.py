import asyncio
import logging
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from hocba.outbound import LISTS, VENDOR, Outbound, is_public
from hocba.plugin_api import SignerError
from hocba.settings import Settings
from tests.server.fake_vendor import answer, vendor

CANARY = "canary-7731"
DAY = timedelta(days=1)


@pytest.fixture
async def fake():
    async with vendor() as made:
        yield made


def going(*hosts, limits=VENDOR, tls=None, **given):
    return Outbound(Settings(outbound_hosts=hosts, **given), limits, tls=tls)


@pytest.fixture
async def out(fake):
    made = going(f"127.0.0.1:{fake.port}", f"localhost:{fake.port}")
    yield made
    await made.aclose()


async def test_a_json_body_goes_out_and_the_answer_comes_back(fake, out):
    fake.says = answer(status="201 Created", body=b'{"a":1}', extra=b"X-Request: 7\r\n")
    got = await out.post(fake.url("/sign?q=1"), json={"hash": "ab"}, headers={"Authorization": "Bearer x"})
    assert (got.status, got.body, got.headers["x-request"]) == (201, b'{"a":1}', "7")
    [asked] = fake.asked
    assert asked.startswith(b"POST /sign?q=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{fake.port}\r\n".encode() in asked
    assert b"Authorization: Bearer x\r\n" in asked
    assert asked.endswith(b'\r\n\r\n{"hash":"ab"}')


async def test_raw_bytes_go_out_as_they_are(fake, out):
    await out.post(fake.url(), body=b"\x30\x82", headers={"Content-Type": "application/ocsp-request"})
    assert fake.asked[0].endswith(b"\r\n\r\n\x30\x82")


async def test_a_name_is_connected_by_its_checked_address_and_asked_by_its_name(fake, out):
    assert (await out.get(fake.url("/a", host="localhost"))).status == 200
    assert f"Host: localhost:{fake.port}\r\n".encode() in fake.asked[0]


async def test_a_plugin_cannot_say_another_host_than_it_calls(fake, out):
    await out.get(fake.url(), headers={"host": "other.example"})
    assert b"other.example" not in fake.asked[0]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://evil.example/", "not in outbound_hosts"),
        ("https://127.0.0.1:1/", "not in outbound_hosts"),
        ("https://listed.example:8443/", "not in outbound_hosts"),
        ("https://listed.example.evil.example/", "not in outbound_hosts"),
        ("https://evil.example\\@listed.example/", "not an address"),
        ("https://user:pass@listed.example/", "not an address"),
        ("http://listed.example/", "https is required"),
        ("file:///etc/passwd", "not an address"),
        ("ftp://listed.example/", "not an address"),
        ("/relative", "not an address"),
        ("https://[::1", "not an address"),
        ("", "not an address"),
    ],
)
async def test_an_address_that_nobody_listed_is_not_called(url, says, monkeypatch):
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", None)
    with pytest.raises(SignerError, match=says):
        await going("listed.example").get(url)


async def test_http_to_loopback_is_for_development_only(fake):
    served = going(f"127.0.0.1:{fake.port}", public_url="https://hocba.example.vn")
    with pytest.raises(SignerError, match="https is required"):
        await served.get(fake.url())
    assert fake.asked == []


async def test_loopback_is_not_reached_in_production_even_when_listed(fake):
    hosts = (f"127.0.0.1:{fake.port}", f"localhost:{fake.port}")
    served = going(*hosts, public_url="https://hocba.example.vn", limits=LISTS)
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(SignerError, match="an address inside"):
            await served.get(fake.url(host=host))
    assert fake.asked == []


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.8"], ["93.184.215.14", "169.254.169.254"], ["::ffff:10.0.0.8"]]
)
async def test_a_listed_name_that_leads_inside_is_not_called(addresses, monkeypatch):
    async def resolve(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    with pytest.raises(SignerError, match=r"^listed\.example: leads to an address inside$"):
        await going("listed.example").get("https://listed.example/")


async def test_a_name_that_nobody_knows_is_said_so(monkeypatch):
    async def resolve(host, port, **_):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    with pytest.raises(SignerError, match=r"^listed\.example: the name is not known$"):
        await going("listed.example").get("https://listed.example/")


async def test_a_name_is_resolved_once_so_that_its_second_answer_does_not_count(fake, monkeypatch):
    asked = []

    async def resolve(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    out = going(f"localhost:{fake.port}")
    assert (await out.get(fake.url(host="localhost"))).status == 200
    assert asked.count("localhost") == 1
    await out.aclose()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_an_address_is_public_or_it_is_not(address, public):
    assert is_public(ip_address(address)) is public


async def test_a_redirect_is_not_followed(fake, out):
    fake.says = answer(status="302 Found", extra=f"Location: {fake.url('/other')}\r\n".encode())
    with pytest.raises(SignerError, match="redirect"):
        await out.get(fake.url("/first"))
    assert len(fake.asked) == 1


async def test_an_answer_that_is_too_large_is_not_taken(fake):
    out = going(f"127.0.0.1:{fake.port}", limits=replace(VENDOR, size=100))
    fake.says = answer(body=b"x" * 100)
    assert len((await out.get(fake.url())).body) == 100
    fake.says = answer(body=b"x" * 101)
    with pytest.raises(SignerError, match="too large"):
        await out.get(fake.url())
    await out.aclose()


async def test_an_endless_answer_is_not_taken(fake):
    async def endless(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    fake.says = endless
    out = going(f"127.0.0.1:{fake.port}")
    with pytest.raises(SignerError, match="too large"):
        await out.get(fake.url())
    await out.aclose()


async def test_a_compressed_answer_is_not_taken(fake, out):
    fake.says = answer(extra=b"Content-Encoding: gzip\r\n")
    with pytest.raises(SignerError, match="compressed"):
        await out.get(fake.url())


async def test_another_kind_of_content_is_not_taken(fake, out):
    fake.says = answer(kind="text/html", body=b"<html>")
    with pytest.raises(SignerError, match="kind of content"):
        await out.get(fake.url())


async def test_of_an_error_page_the_status_is_told_and_no_more(fake, out):
    fake.says = answer(status="502 Bad Gateway", kind="text/html", body=b"<html>")
    got = await out.get(fake.url())
    assert (got.status, got.body) == (502, b"")


async def test_of_a_refusal_in_json_all_is_told(fake, out):
    fake.says = answer(
        status="400 Bad Request", kind="application/problem+json; charset=utf-8", body=b'{"e":1}'
    )
    got = await out.get(fake.url())
    assert (got.status, got.body) == (400, b'{"e":1}')


@pytest.mark.parametrize("drip", [False, True])
async def test_an_answer_that_does_not_come_or_does_not_end_is_not_waited_for(fake, out, drip):
    async def slow(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" if drip else b"")
        while True:
            await asyncio.sleep(0.02)
            writer.write(b"x" if drip else b"")
            await writer.drain()

    fake.says = slow
    patience = timedelta(seconds=0.2)
    started = asyncio.get_running_loop().time()
    with pytest.raises(SignerError, match="no answer in time"):
        await out.get(fake.url(), patience=patience)
    assert asyncio.get_running_loop().time() - started < 4


async def test_patience_may_be_longer_than_usual(fake):
    async def late(writer):
        await asyncio.sleep(0.3)
        writer.write(answer())

    fake.says = late
    out = going(f"127.0.0.1:{fake.port}", limits=replace(VENDOR, patience=timedelta(seconds=0.05)))
    with pytest.raises(SignerError, match="no answer in time"):
        await out.get(fake.url())
    assert (await out.get(fake.url(), patience=timedelta(seconds=5))).status == 200
    await out.aclose()


async def test_nobody_listening_is_said_so():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(SignerError, match=r"^127\.0\.0\.1: ConnectError$"):
            await going(f"127.0.0.1:{port}").get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "says",
    [
        b"garbage\r\n\r\n",
        answer(status="302 Found"),
        answer(kind="text/html"),
        answer(body=CANARY.encode(), extra=b"Content-Encoding: br\r\n"),
    ],
)
async def test_what_goes_wrong_names_the_host_and_no_secret(fake, out, says, caplog):
    caplog.set_level(logging.DEBUG)
    fake.says = says
    with pytest.raises(SignerError) as refused:
        await out.post(
            fake.url(f"/{CANARY}?pin={CANARY}"), json={"pin": CANARY}, headers={"Authorization": CANARY}
        )
    assert "127.0.0.1" in str(refused.value)
    assert CANARY not in repr(refused.value)
    assert CANARY not in caplog.text


async def test_cookies_are_not_kept_for_the_next_person(fake, out):
    fake.says = answer(extra=b"Set-Cookie: session=1; Path=/\r\n")
    await out.get(fake.url())
    await out.get(fake.url())
    assert b"cookie" not in fake.asked[1].lower()


async def test_a_proxy_of_the_environment_is_not_used(fake, out, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert (await out.get(fake.url())).status == 200


def certificate(host, folder):
    """A certificate for ``host`` that vouches for itself: for the server, and to be believed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = folder / f"{host}.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(pem + made.public_bytes(Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))


async def test_over_tls_the_certificate_must_be_for_the_name_and_not_the_address(tmp_path):
    server, believed = certificate("localhost", tmp_path)
    async with vendor(server) as fake:
        out = going(f"localhost:{fake.port}", tls=believed)
        assert (await out.get(fake.url(scheme="https", host="localhost"))).status == 200
        await out.aclose()


async def test_a_certificate_for_another_name_is_not_believed(tmp_path):
    server, believed = certificate("other.example", tmp_path)
    async with vendor(server) as fake:
        out = going(f"localhost:{fake.port}", tls=believed)
        with pytest.raises(SignerError, match=r"^localhost: ConnectError$"):
            await out.get(fake.url(scheme="https", host="localhost"))
        assert fake.asked == []
        await out.aclose()


async def test_an_unknown_issuer_is_not_believed(tmp_path):
    server, _ = certificate("localhost", tmp_path)
    async with vendor(server) as fake:
        out = going(f"localhost:{fake.port}")
        with pytest.raises(SignerError, match=r"^localhost: ConnectError$"):
            await out.get(fake.url(scheme="https", host="localhost"))
        assert fake.asked == []
        await out.aclose()
