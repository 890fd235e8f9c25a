import base64
import time

import pytest
from asn1crypto import cms, core
from asn1crypto.parser import emit
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hocba_usb_token.agent import items, jobs
from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.jobs import ItemKind
from plugins.usb_token.tests import making


def taken(answer, key, *, now=None, used=()):
    return jobs.verify(answer, key.public_key(), now=now or time.time(), used=used)


def problem(call, *arguments, **options):
    with pytest.raises(AgentError) as refused:
        call(*arguments, **options)
    return refused.value.problem


def test_a_job_of_the_pinned_key_is_taken(server_key, signer):
    given = [making.xades(), making.pades(signer)]

    job = taken(making.job(server_key, signer, given), server_key)

    assert job.request == "request-1"
    assert job.certificate == making.sha256(signer).hex()
    assert [item.reference for item in job.items] == [each["reference"] for each in given]
    assert [item.kind for item in job.items] == [ItemKind.XADES, ItemKind.PADES]


def test_a_job_of_another_key_is_not_trusted(server_key, signer):
    forged = making.job(Ed25519PrivateKey.generate(), signer, [making.xades()])

    assert problem(taken, forged, server_key) is Problem.JOB_NOT_TRUSTED


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none","typ":"hocba-job"}',
        b'{"alg":"EdDSA","typ":"JWT"}',
        b'{"alg":"EdDSA","typ":"hocba-job","crit":["x"]}',
        b'{"typ":"hocba-job","alg":"EdDSA"}',
    ],
)
def test_a_job_with_another_header_is_not_trusted_even_when_the_key_signed_it(server_key, signer, header):
    given = making.job(server_key, signer, [making.xades()], header=header)

    assert problem(taken, given, server_key) is Problem.JOB_NOT_TRUSTED


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "é.b.c", "!.!.!", "e30.e30.e30"])
def test_what_is_no_job_is_not_trusted(server_key, signer, text):
    given = making.job(server_key, signer, [making.xades()]) | {"job": text}

    assert problem(taken, given, server_key) is Problem.JOB_NOT_TRUSTED


def test_a_payload_changed_after_signing_is_not_trusted(server_key, signer):
    given = making.job(server_key, signer, [making.xades()])
    header, payload, signature = given["job"].split(".")
    longer = base64.urlsafe_b64decode(payload + "==").replace(b"request-1", b"request-2")
    given["job"] = ".".join([header, base64.urlsafe_b64encode(longer).decode().rstrip("="), signature])

    assert problem(taken, given, server_key) is Problem.JOB_NOT_TRUSTED


@pytest.mark.parametrize(
    "over", [{"jti": ""}, {"jti": 7}, {"certificate": "ab"}, {"iat": None}, {"tbs": "x"}, {"count": "1"}]
)
def test_a_claim_of_a_wrong_type_is_not_trusted(server_key, signer, over):
    given = making.job(server_key, signer, [making.xades()], **over)

    assert problem(taken, given, server_key) is Problem.JOB_NOT_TRUSTED


def test_an_expired_job_is_dropped(server_key, signer):
    given = making.job(server_key, signer, [making.xades()])

    assert problem(taken, given, server_key, now=time.time() + 901) is Problem.JOB_EXPIRED
    assert problem(taken, given, server_key, now=time.time() - 1000) is Problem.JOB_EXPIRED


@pytest.mark.parametrize("wrong_by", [-600, 600])
def test_a_clock_that_is_ten_minutes_wrong_does_not_stop_a_fresh_job(server_key, signer, wrong_by):
    assert taken(making.job(server_key, signer, [making.xades()]), server_key, now=time.time() + wrong_by)


def test_a_job_is_taken_once(server_key, signer):
    given = making.job(server_key, signer, [making.xades()])
    job = taken(given, server_key)

    assert problem(taken, given, server_key, used={job.id}) is Problem.JOB_REPLAYED


def test_a_swapped_tbs_is_not_in_the_job(server_key, signer):
    given = making.job(server_key, signer, [making.xades()])
    given["items"] = [making.xades("Another Pupil")]

    assert problem(taken, given, server_key) is Problem.ITEMS_NOT_IN_JOB


def test_the_order_of_the_items_is_that_of_the_job(server_key, signer):
    given = making.job(server_key, signer, [making.xades("A"), making.xades("B")])
    given["items"].reverse()

    assert problem(taken, given, server_key) is Problem.ITEMS_NOT_IN_JOB


def test_an_item_too_many_or_too_few_or_twice_the_same_reference_is_refused(server_key, signer):
    one, two = making.xades("A"), making.xades("B")
    more = making.job(server_key, signer, [one])
    more["items"].append(two)
    fewer = making.job(server_key, signer, [one, two])
    fewer["items"].pop()
    twice = making.job(server_key, signer, [one, two | {"reference": one["reference"]}])
    none = making.job(server_key, signer, [])

    for given in (more, fewer, twice, none):
        assert problem(taken, given, server_key) is Problem.ITEMS_NOT_IN_JOB


def test_what_the_api_calls_the_request_is_no_more_than_where_the_answer_goes(server_key, signer):
    job = taken(making.job(server_key, signer, [making.xades()]) | {"requestId": "opaque"}, server_key)

    assert (job.request, job.answer_to) == ("request-1", "opaque")


@pytest.mark.parametrize(
    "broken", [None, [1], [{}], [{"reference": "r", "kind": "OTHER", "tbs": "", "title": ""}]]
)
def test_items_that_are_none_are_refused(server_key, signer, broken):
    given = making.job(server_key, signer, [making.xades()]) | {"items": broken}

    assert problem(taken, given, server_key) is Problem.ITEMS_NOT_IN_JOB


def looked(server_key, signer, *given, **over):
    return items.look(taken(making.job(server_key, signer, list(given), **over), server_key))


@pytest.mark.parametrize("whole", [True, False])
def test_pupil_class_and_year_are_read_from_the_bytes_that_are_signed(server_key, signer, whole):
    (shown,) = looked(server_key, signer, making.xades("Lê Thị Ánh", whole=whole))

    assert (shown.name, shown.class_name, shown.year) == ("Lê Thị Ánh", "9A1", "2025-2026")
    assert shown.school == "THCS Thử Nghiệm"


def test_evidence_of_another_document_is_a_mismatch(server_key, signer):
    item = making.xades("A", evidence=making.document("B"))

    assert problem(looked, server_key, signer, item) is Problem.DOCUMENT_MISMATCH


def test_missing_evidence_is_a_mismatch(server_key, signer):
    item = making.xades() | {"evidence": None}

    assert problem(looked, server_key, signer, item) is Problem.DOCUMENT_MISMATCH


def test_the_element_behind_the_reference_is_the_one_its_name_promises(server_key, signer):
    general = making.document(whole=False)
    item = making.xades(tbs=making.signed_info(general, uri="#data"), evidence=general)

    assert problem(looked, server_key, signer, item) is Problem.DOCUMENT_MISMATCH


@pytest.mark.parametrize(
    "change",
    [
        lambda tbs: tbs + b" ",
        lambda tbs: tbs.replace(b"></Transform>", b"/>"),
        lambda tbs: b"<?xml version='1.0'?>" + tbs,
        lambda tbs: tbs.replace(b"</SignedInfo>", b"<!-- a word --></SignedInfo>"),
        lambda tbs: tbs.replace(b"SignedInfo", b"SignedStuff"),
        lambda tbs: tbs.replace(b"exc-c14n#", b"exc-c14n#WithComments"),
        lambda tbs: tbs.replace(b"#rsa-sha256", b"#rsa-md5"),
        lambda tbs: tbs.replace(b"xmlenc#sha256", b"xmlenc#sha512"),
        lambda tbs: tbs.replace(b"<DigestValue>", b"<DigestValue>!"),
        lambda tbs: tbs.replace(b"#data", b"#loan"),
        lambda tbs: tbs.replace(b'URI="#data"', b'URI=""'),
        lambda tbs: tbs.replace(b"<Transforms>", b"<Transforms><Transform></Transform>"),
        lambda tbs: tbs.replace(b"</Reference></SignedInfo>", b"</Reference><Object></Object></SignedInfo>"),
        lambda _: b"\x00" * 32,
        lambda _: making.sha256(b"a loan contract"),
        lambda _: b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_anything_but_a_canonical_signed_info_of_the_profile_is_refused(server_key, signer, change):
    evidence = making.document()
    item = making.xades(tbs=change(making.signed_info(evidence)), evidence=evidence)

    assert problem(looked, server_key, signer, item) is Problem.ITEM_NOT_UNDERSTOOD


def test_evidence_that_is_not_canonical_is_refused_although_its_hash_is_right(server_key, signer):
    evidence = making.document().replace(b"<HO_VA_TEN>", b"<!-- x --><HO_VA_TEN>")
    item = making.xades(tbs=making.signed_info(evidence), evidence=evidence)

    assert problem(looked, server_key, signer, item) is Problem.ITEM_NOT_UNDERSTOOD


def test_a_document_without_a_pupil_is_refused(server_key, signer):
    evidence = b'<DU_LIEU_HOC_BA Id="data"></DU_LIEU_HOC_BA>'
    item = making.xades(tbs=making.signed_info(evidence), evidence=evidence)

    assert problem(looked, server_key, signer, item) is Problem.ITEM_NOT_UNDERSTOOD


def test_a_name_cannot_speak_to_the_terminal(server_key, signer):
    (shown,) = looked(server_key, signer, making.xades("Lê\u009b2J\u202eAnh"))

    assert shown.name == "Lê2JAnh"


def test_a_seal_is_understood_and_its_title_shown(server_key, signer):
    (shown,) = looked(server_key, signer, making.pades(signer))

    assert (shown.kind, shown.title) == (ItemKind.PADES, "Con dấu học bạ Lê Thị Ánh")


def test_a_seal_by_another_certificate_is_refused(server_key, signer, rsa_key):
    item = making.pades(making.certificate(rsa_key, "Somebody Else"))

    assert problem(looked, server_key, signer, item) is Problem.OTHER_CERTIFICATE


def seal(tbs):
    return making.item("PADES", tbs, None, "Con dấu")


def test_attributes_that_are_no_seal_are_refused(server_key, signer):
    good = making.attributes(signer)
    timed = making.attributes(
        signer, extra=[("signing_time", cms.Time({"utc_time": core.UTCTime("260601000000Z")}))]
    )
    short = making.attributes(signer, digest=b"d" * 20)
    without = cms.CMSAttributes(list(cms.CMSAttributes.load(good))[:2]).dump()
    twice = cms.CMSAttributes([*cms.CMSAttributes.load(good), cms.CMSAttributes.load(good)[0]]).dump()
    data = good.replace(bytes.fromhex("2a864886f70d010701"), bytes.fromhex("2a864886f70d010702"))

    for tbs in (timed, short, without, twice, data, good + b"\x00", b"d" * 32, b"", b"\x31\x82", b"\x31\x00"):
        assert problem(looked, server_key, signer, seal(tbs)) is Problem.ITEM_NOT_UNDERSTOOD


def test_attributes_in_another_order_than_der_has_are_refused(server_key, signer):
    parts = [each.dump() for each in cms.CMSAttributes.load(making.attributes(signer))]
    unordered = emit(0, 1, 17, b"".join(reversed(parts)))

    assert problem(looked, server_key, signer, seal(unordered)) is Problem.ITEM_NOT_UNDERSTOOD


def test_a_challenge_is_the_one_line_that_names_ones_own_certificate(server_key, signer, rsa_key):
    (shown,) = looked(server_key, signer, making.challenge(signer))

    assert (shown.kind, shown.year, shown.title) == (ItemKind.CHALLENGE, "2025-2026", "Nguyễn Thị Mẫu")
    other = making.challenge(making.certificate(rsa_key, "Somebody Else"))
    assert problem(looked, server_key, signer, other) is Problem.OTHER_CERTIFICATE


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line[:0],
        lambda line: line + b"\n",
        lambda line: b" " + line,
        lambda line: line + b" more=1",
        lambda line: line.replace(b"possession", b"possession2"),
        lambda line: line.replace(b" nonce=", b" nonce=0"),
        lambda line: line.replace(b"5f5f", b"5F5F"),
        lambda line: line.replace(b"2025-2026", "năm-2026".encode()),
        lambda line: line.replace(b"account=", b"account=x"),
        lambda line: line.partition(b" at=")[0],
        lambda line: b"<SignedInfo>" + line,
        lambda line: line.replace(b" ", b"\x00"),
    ],
)
def test_what_is_not_of_the_form_of_a_challenge_is_refused(server_key, signer, change):
    item = making.item("CHALLENGE", change(making.possession(signer)), None, "Xác nhận")

    assert problem(looked, server_key, signer, item) is Problem.ITEM_NOT_UNDERSTOOD


def test_a_challenge_passes_for_nothing_else_and_nothing_else_for_a_challenge(server_key, signer):
    line, evidence = making.possession(signer), making.document()
    for item in (
        making.item("XADES", line, evidence, "Học bạ"),
        making.item("PADES", line, None, "Con dấu"),
        making.item("CHALLENGE", making.signed_info(evidence), None, "Xác nhận"),
        making.item("CHALLENGE", making.attributes(signer), None, "Xác nhận"),
    ):
        assert problem(looked, server_key, signer, item) in (
            Problem.ITEM_NOT_UNDERSTOOD,
            Problem.DOCUMENT_MISMATCH,
        )


def test_one_bad_item_spoils_the_job(server_key, signer):
    bad = making.xades("A", evidence=making.document("B"))

    assert problem(looked, server_key, signer, making.xades("C"), bad) is Problem.DOCUMENT_MISMATCH
