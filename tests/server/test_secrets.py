import json
import multiprocessing
import pickle
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hocba.secrets import Secrets, SecretsError
from tests.build import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "secrets.json"


def test_the_first_start_makes_a_file_that_only_its_owner_reads(path):
    made = Secrets.load(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secrets.json"]
    assert Secrets.load(path) == made


def test_two_servers_have_different_keys(path, tmp_path):
    assert Secrets.load(path) != Secrets.load(tmp_path / "other.json")


def load(path):
    return Secrets.load(path)


def test_processes_that_start_at_once_get_the_same_keys(path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(load, [path] * 16, 1)
    assert set(keys) == {Secrets.load(path)}
    assert [each.name for each in path.parent.iterdir()] == ["secrets.json"]


def test_keys_that_another_process_made_meanwhile_are_taken(path, monkeypatch):
    first = Secrets.load(path)
    monkeypatch.setattr(Path, "exists", lambda _: False)  # looked, and then somebody was faster
    assert Secrets.load(path) == first
    assert [each.name for each in path.parent.iterdir()] == ["secrets.json"]


def test_a_file_that_others_may_read_is_refused(path):
    Secrets.load(path)
    path.chmod(0o640)
    with pytest.raises(SecretsError, match="chmod 600"):
        Secrets.load(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"generations": []}',
        b'{"generations": [{"number": 1, "key": "AAAA"}]}',
        b'{"generations": [{"number": 1}]}',
    ],
)
def test_a_damaged_file_is_refused_and_left_alone(path, content):
    Secrets.load(path)
    path.write_bytes(content)
    with pytest.raises(SecretsError, match="damaged"):
        Secrets.load(path)
    assert path.read_bytes() == content


def test_what_is_encrypted_comes_back_and_does_not_show():
    secrets = Secrets.random()
    sealed = secrets.encrypt(b"resume-1234", about=b"request")
    assert b"resume" not in sealed
    assert sealed != secrets.encrypt(b"resume-1234", about=b"request")
    assert secrets.decrypt(sealed, about=b"request") == b"resume-1234"


def test_what_belongs_to_another_request_does_not_decrypt():
    secrets = Secrets.random()
    with pytest.raises(SecretsError):
        secrets.decrypt(secrets.encrypt(b"resume", about=b"request"), about=b"other")


@pytest.mark.parametrize("position", [4, 16, -1])
def test_changed_bytes_do_not_decrypt(position):
    secrets = Secrets.random()
    sealed = bytearray(secrets.encrypt(b"resume"))
    sealed[position] ^= 1
    with pytest.raises(SecretsError, match="not what was encrypted"):
        secrets.decrypt(bytes(sealed))


@pytest.mark.parametrize("data", [b"", b"\0\0\0\1", b"\0\0\0\1" + b"x" * 12])
def test_short_bytes_do_not_decrypt(data):
    with pytest.raises(SecretsError):
        Secrets.random().decrypt(data)


def test_a_new_generation_still_reads_what_the_old_one_wrote(path):
    old = Secrets.load(path)
    sealed, hashed, url = old.encrypt(b"resume"), old.pepper("token"), old.sign_url("/f", expires=NOW + HOUR)
    new = old.rotate(path)
    assert Secrets.load(path) == new
    assert new.decrypt(sealed) == b"resume"
    assert new.pepper("token") != hashed
    assert new.peppers("token") == (new.pepper("token"), hashed)
    assert new.verify_url(url, now=NOW)
    assert new.job_signing_key.public_key() == old.job_signing_key.public_key()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_forgotten_generation_reads_nothing_any_more(path):
    old = Secrets.load(path)
    new = old.rotate(path, forget=True)
    assert len(json.loads(path.read_text())["generations"]) == 1
    assert new.peppers("token") == (new.pepper("token"),)
    assert new.pepper("token") != old.pepper("token")
    assert not new.verify_url(old.sign_url("/f", expires=NOW + HOUR), now=NOW)
    assert new.job_signing_key.public_key() != old.job_signing_key.public_key()
    with pytest.raises(SecretsError, match="no longer kept"):
        new.decrypt(old.encrypt(b"resume"))


def test_the_job_key_signs():
    key = Secrets.random().job_signing_key
    key.public_key().verify(key.sign(b"job"), b"job")


def test_a_pepper_is_a_keyed_hash():
    secrets = Secrets.random()
    assert len(secrets.pepper("token")) == 64
    assert secrets.pepper("token") == secrets.pepper("token")
    assert secrets.pepper("token") != secrets.pepper("token2")
    assert secrets.pepper("token") != Secrets.random().pepper("token")


def test_a_signed_url_is_known_until_it_expires():
    secrets = Secrets.random()
    url = secrets.sign_url("https://a.example/files/1?name=h%E1%BB%8Dc+b%E1%BA%A1&empty=", expires=NOW + HOUR)
    assert secrets.verify_url(url, now=NOW)
    assert secrets.verify_url(url.removeprefix("https://a.example"), now=NOW + HOUR - timedelta(seconds=1))
    assert not secrets.verify_url(url, now=NOW + HOUR)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/files/1", "/files/2"),
        ("name=a", "name=b"),
        ("expires=", "expires=9"),
        ("&signature=", "&expires=9999999999&signature="),
        ("&signature=", "&signature=A"),
        ("&signature=", "&signature=é"),
        ("&signature=", "&"),
    ],
)
def test_a_changed_url_is_not_ours(old, new):
    secrets = Secrets.random()
    url = secrets.sign_url("/files/1?name=a", expires=NOW + HOUR)
    assert secrets.verify_url(url, now=NOW)
    assert not secrets.verify_url(url.replace(old, new, 1), now=NOW)


@pytest.mark.parametrize("url", ["", "/", "/files/1", "/files/1?signature=", "/files/1?expires=9999999999"])
def test_a_url_without_a_signature_is_not_ours(url):
    assert not Secrets.random().verify_url(url, now=NOW)


def test_keys_do_not_show():
    secrets = Secrets.random()
    key = secrets.generations[0].key
    shown = f"{secrets!r} {secrets} {secrets.generations[0]!r} {[secrets]}"
    assert "***" in shown
    assert repr(key) not in shown
    assert key.hex() not in shown
    assert pickle.loads(pickle.dumps(secrets)) == secrets
    assert replace(secrets) == secrets
