"""The agent knows nothing of ``hocba``: here they are held against each other."""

import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from graphql import parse, validate

from hocba.actions import job_token
from hocba.documents import cms, content, possession, signing
from hocba.documents.certificates import Certificate
from hocba.domain.values import SchoolYear
from hocba.schema import schema
from hocba.testing.pki import Holder, make_pki
from hocba_usb_token.agent import client, items, jobs
from tests.documents import samples


@pytest.mark.parametrize("name", ["BEGIN_PAIRING", "CLAIM_PAIRING", "TAKE_JOB", "ANSWER", "DECLINE"])
def test_the_api_has_what_the_agent_asks_for(name):
    assert validate(schema._schema, parse(getattr(client, name))) == []


def test_the_agent_understands_whatever_is_prepared_for_signing():
    teacher = make_pki([Holder(label="a", name="Cô Mẫu", identity="CCCD:001099000001")], at=datetime.now(UTC))
    certificate = Certificate.load(teacher.holders["a"].der)
    plan = samples.plan()
    data = content.build(samples.record(), plan, lookup_code=samples.LOOKUP, created_at=samples.CREATED)
    hashes, made = signing.digests(data), {slot.key: b"v" * 256 for slot in plan}
    given = [
        {
            "reference": slot.key,
            "kind": "XADES",
            "tbs": signing.prepare(slot.key, plan, hashes, made, certificate, samples.CREATED).tbs,
            "evidence": signing.evidence(data, slot.key, plan),
            "title": slot.key,
        }
        for slot in plan
    ]
    seal = cms.signed_attributes(certificate, sha256(b"a PDF").digest())
    given.append({"reference": "seal", "kind": "PADES", "tbs": seal, "evidence": None, "title": "seal"})
    key, now = Ed25519PrivateKey.generate(), datetime.now(UTC)
    line = possession.challenge(
        uuid4(), certificate, uuid4(), SchoolYear("2025-2026"), nonce=token_bytes(32), at=now
    )
    given.append({"reference": "mine", "kind": "CHALLENGE", "tbs": line, "evidence": None, "title": "cô Mẫu"})
    job = job_token.sign(
        key,
        now,
        now + timedelta(minutes=15),
        "request",
        "Ký học bạ",
        certificate.fingerprint,
        [each["tbs"] for each in given],
    )
    answer = {"requestId": "opaque", "job": job, "items": [travelling(each) for each in given]}

    shown = items.look(jobs.verify(answer, key.public_key(), now=time.time(), used=()))

    assert [each.kind for each in shown] == [jobs.ItemKind.XADES] * len(plan) + [
        jobs.ItemKind.PADES,
        jobs.ItemKind.CHALLENGE,
    ]
    assert {(each.name, each.class_name, each.year) for each in shown[:-2]} == {
        ("Nguyễn Ánh Dương", "9A1", "2025-2026")
    }


def travelling(item):
    def coded(data):
        return None if data is None else jobs.base64.b64encode(data).decode()

    return item | {"tbs": coded(item["tbs"]), "evidence": coded(item["evidence"])}
