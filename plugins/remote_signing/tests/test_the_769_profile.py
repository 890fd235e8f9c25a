import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from hocba.plugin_api import (
    Kind,
    LoginFailed,
    Pending,
    RefusalCode,
    Refused,
    Secret,
    SecretName,
    Signed,
    SignerError,
)
from hocba_remote_signing.service import services
from plugins.remote_signing.tests.services import Answer
from plugins.remote_signing.tests.smartca import PERSON, SP_ID, SP_PASSWORD, SmartCa, said

SETTINGS = {
    "services": "smartca",
    "smartca_protocol": "sp769",
    "smartca_base_url": "https://gateway.smartca.example/sca/sp769",
    "smartca_sp_id": SP_ID,
    "smartca_sp_password": SP_PASSWORD,
}
SIGN = "/v1/signatures/sign"
CERTIFICATES = "/v1/credentials/get_certificate"


@pytest.fixture
def service(pki):
    one = pki.holders["co-mau"]
    return SmartCa(one.key, one.der, chain=tuple(pki.chain))


@pytest.fixture
def signer(signers_for, service):
    (signer,) = signers_for(service, **SETTINGS)
    return signer


@pytest.fixture
def order(order_for, service):
    return order_for("54010", service.certificate)


@pytest.fixture
async def login(signer):
    return await signer.sign_in({SecretName.USERNAME: Secret(PERSON)})


@pytest.fixture(autouse=True)
def nothing_is_logged_that_must_not(caplog):
    caplog.set_level(logging.DEBUG)
    yield
    assert SP_PASSWORD not in caplog.text
    assert PERSON not in caplog.text


def test_what_it_is(signer):
    assert (signer.key, signer.kinds) == ("sp769-smartca", {Kind.PERSON, Kind.ORGANISATION})
    assert signer.capabilities.secrets == (SecretName.USERNAME,)
    assert not signer.capabilities.pushed


@pytest.mark.parametrize("missing", ["smartca_base_url", "smartca_sp_id", "smartca_sp_password"])
def test_a_setting_that_is_missing_is_named(missing):
    given = {name: value for name, value in SETTINGS.items() if name != missing}
    with pytest.raises(ValueError, match=f"^{missing} is missing$"):
        services(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [("protocol", "soap"), ("known_by_code", "perhaps"), ("poll_seconds", "0"), ("base_url", "ftp://x")],
)
def test_a_setting_that_makes_no_sense_is_named_without_its_value(name, value):
    with pytest.raises(ValueError, match=f"^smartca_{name}: not a value that this setting can have$"):
        services({**SETTINGS, f"smartca_{name}": value})


def test_the_password_of_the_service_is_not_shown():
    assert SP_PASSWORD not in repr(services(SETTINGS))


async def test_a_persons_certificates_without_those_that_may_not_sign(signer, service, login, pki):
    service.statuses = ["VALID", "REVOKED", "", "EXPIRED"]
    offered = await signer.certificates(login)
    assert [each.reference for each in offered] == ["54010", "54012"]
    assert {each.certificate for each in offered} == {service.certificate}
    assert offered[0].chain == tuple(pki.chain[:1])
    assert service.made(CERTIFICATES) == [{"sp_id": SP_ID, "sp_password": SP_PASSWORD, "user_id": PERSON}]


async def test_whom_the_service_does_not_know_cannot_sign_in(signer):
    stranger = await signer.sign_in({SecretName.USERNAME: Secret("079099000009")})
    with pytest.raises(LoginFailed, match="Thông tin thẻ không tồn tại hoặc không đúng"):
        await signer.certificates(stranger)


async def test_one_confirmation_covers_a_class(signer, service, order, login, verified):
    outcome = await signer.start(order, login)
    assert outcome.items == ()
    assert isinstance(outcome.rest, Pending)
    assert outcome.rest.poll_after == timedelta(seconds=10)
    assert timedelta(minutes=3) < outcome.rest.expires_at - datetime.now(UTC) < timedelta(minutes=5)

    assert isinstance((await signer.poll(outcome.rest.resume)).rest, Pending)
    service.pressed = "yes"
    answered = await signer.poll(outcome.rest.resume)

    assert answered.rest is None
    assert verified(order, answered) == [item.reference for item in order.items]
    (sent,) = service.made(SIGN)
    assert sent["transaction_id"] == order.transaction
    assert sent["transaction_desc"] == order.description
    assert sent["serial_number"] == "54010"
    assert sent["sign_files"][0] == {
        "doc_id": "item-0",
        "file_type": "xml",
        "sign_type": "hash",
        "data_to_be_signed": order.items[0].digest.hex(),
    }


async def test_what_it_takes_to_ask_again_holds_no_secret(signer, order, login):
    resume = (await signer.start(order, login)).rest.resume.decode()
    assert SP_PASSWORD not in resume
    assert PERSON not in resume


@pytest.mark.parametrize(
    ("pressed", "code"), [("no", RefusalCode.SIGNER_REFUSED), ("late", RefusalCode.ITEM_EXPIRED)]
)
async def test_no_and_too_late_refuse_everything(signer, service, order, login, pressed, code):
    pending = (await signer.start(order, login)).rest
    service.pressed = pressed
    outcome = await signer.poll(pending.resume)
    assert outcome.rest is None
    assert outcome.items == tuple(Refused(item.reference, code) for item in order.items)


async def test_a_lost_answer_does_not_ring_twice(signer, service, order, login, verified):
    service.faults[SIGN] = [SignerError("no answer in time")]
    with pytest.raises(SignerError):
        await signer.start(order, login)

    outcome = await signer.start(order, login)  # as the core does, under the same name

    assert list(service.orders) == [order.transaction]
    service.pressed = "yes"
    assert len(verified(order, await signer.poll(outcome.rest.resume))) == len(order.items)


async def test_a_service_that_knows_orders_by_its_own_code(signers_for, service, order, login, verified):
    service.by_code = True
    (signer,) = signers_for(service, **SETTINGS, smartca_known_by_code="true", smartca_poll_seconds="3")
    pending = (await signer.start(order, login)).rest
    assert pending.poll_after == timedelta(seconds=3)
    service.pressed = "yes"
    assert len(verified(order, await signer.poll(pending.resume))) == len(order.items)
    assert await signer.callback({}, bell(order.transaction)) == {}


async def test_a_code_that_is_a_path_is_not_asked_for(signers_for, service, order, login):
    service.faults[SIGN] = [said(200, "sig_wait_for_user_confirm", tran_code="../../admin")]
    (signer,) = signers_for(service, **SETTINGS, smartca_known_by_code="true")
    with pytest.raises(SignerError, match="no name of a transaction"):
        await signer.start(order, login)


async def test_documents_left_out_are_refused_and_strange_ones_passed_over(signer, service, order, login):
    pending = (await signer.start(order, login)).rest
    service.pressed = "yes"
    files = service.orders[order.transaction]["sign_files"]
    service.orders[order.transaction] = {
        "sign_files": [*files[2:], {**files[0], "doc_id": "of somebody else"}]
    }

    outcome = await signer.poll(pending.resume)

    refused = [each for each in outcome.items if isinstance(each, Refused)]
    assert refused == [Refused(f"item-{n}", RefusalCode.SIGNER_UNAVAILABLE) for n in (0, 1)]
    signed = [each.reference for each in outcome.items if isinstance(each, Signed)]
    assert signed == [item.reference for item in order.items[2:]]


def bell(transaction, sp_id=SP_ID):
    return json.dumps({"sp_id": sp_id, "status_code": 200, "transaction_id": transaction}).encode()


async def test_the_services_call_is_a_bell(signer, service, order, login, verified):
    await signer.start(order, login)
    assert await signer.callback({}, bell(order.transaction)) == {}
    service.pressed = "yes"
    outcomes = await signer.callback({}, bell(order.transaction))
    assert list(outcomes) == [order.transaction]
    assert len(verified(order, outcomes[order.transaction])) == len(order.items)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"text"',
        b'{"sp_id": "hocba-test"}',
        bell("t", sp_id="another"),
        bell("../../v1/x"),
        bell(["t"]),
        b"\xff\xfe",
    ],
)
async def test_a_call_that_is_not_about_us_is_refused_and_asks_nobody(signer, service, body):
    with pytest.raises(SignerError):
        await signer.callback({}, body)
    assert service.calls == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {}, b"<html>"),
        Answer(200, {}, b"[]"),
        Answer(500, {}, b"oops"),
        said(500, "INTERNAL"),
        said(200, "SUCCESS", signatures=[{"doc_id": "item-0"}]),
        said(200, "SUCCESS", signatures=[{"doc_id": "item-0", "signature_value": "%%%"}]),
        said(200, "SUCCESS", signatures=["text"]),
    ],
)
async def test_what_is_no_answer_may_be_asked_again(signer, service, order, login, answer):
    pending = (await signer.start(order, login)).rest
    service.pressed = "yes"
    service.faults[f"{SIGN}/{order.transaction}/status"] = [answer]
    with pytest.raises(SignerError):
        await signer.poll(pending.resume)
    assert len((await signer.poll(pending.resume)).items) == len(order.items)


async def test_a_card_that_is_blocked_cannot_sign(signer, service, order, login):
    service.faults[SIGN] = [said(403, "CREDENTIAL_STATUS_INVALID")]
    outcome = await signer.start(order, login)
    assert {each.code for each in outcome.items} == {RefusalCode.CERTIFICATE_NOT_ON_TOKEN}


async def test_that_the_service_does_not_know_us_is_the_operators_affair(signer, service, login, caplog):
    service.faults[CERTIFICATES] = [said(401, "SP_CREDENTIAL_INVALID")]
    with pytest.raises(SignerError) as failure:
        await signer.certificates(login)
    assert not isinstance(failure.value, LoginFailed)
    assert "does not know our sp_id" in caplog.text
