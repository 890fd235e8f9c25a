import logging
from datetime import timedelta

import pytest

from hocba.plugin_api import (
    Needs,
    Pending,
    RefusalCode,
    Refused,
    Secret,
    SecretName,
    Signed,
    SignerError,
)
from plugins.remote_signing.tests.services import Answer, ScriptedV2, accepted, bad

PASSWORD = "canary-password-7c1f"
PIN = "canary-pin-90b2"
OTP = "canary-otp-4e55"
SECRETS = {SecretName.USERNAME: Secret("co-mau"), SecretName.PASSWORD: Secret(PASSWORD)}
BASE = "https://remote.example.vn"


@pytest.fixture
def service(pki):
    one = pki.holders["co-mau"]
    return ScriptedV2(one.key, one.der, users={"co-mau": PASSWORD})


@pytest.fixture
def make(signers_for, service):
    """The signer with these settings, signed in."""

    async def made(more=None, **settings):
        (signer,) = signers_for(service, base_url=BASE, protocol="csc-v2", **settings)
        return signer, await signer.sign_in(SECRETS | (more or {}))

    return made


@pytest.fixture
def order(order_for, service):
    return order_for("card-1", service.certificate)


@pytest.fixture(autouse=True)
def no_secret_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    yield
    assert not any(canary in caplog.text for canary in (PASSWORD, PIN, OTP, "token-of-the-service", "SAD-"))


async def to_the_end(signer, outcome, *, at_most=100):
    """Everything that was answered, and how often it was asked."""
    items, asked = list(outcome.items), 0
    while isinstance(outcome.rest, Pending):
        asked += 1
        assert asked <= at_most
        outcome = await signer.poll(outcome.rest.resume)
        items += outcome.items
    return items, outcome.rest, asked


async def test_without_a_telephone_it_signs_at_once(make, service, order, verified):
    signer, login = await make()
    assert signer.key == "csc-v2"
    outcome = await signer.start(order, login)
    assert len(verified(order, outcome)) == 45
    assert outcome.rest is None
    (first, *_) = service.made("credentials/authorize")
    assert first["hashAlgorithmOID"] == "2.16.840.1.101.3.4.2.1"
    assert len(first["hashes"]) == first["numSignatures"] == 10
    assert {each["operationMode"] for each in service.made("signatures/signHash")} == {"S"}


@pytest.mark.parametrize("asynchronous", ["true", "false"])
@pytest.mark.parametrize("in_prose", [True, False])
async def test_what_comes_later_is_asked_about_chunk_by_chunk(
    make, service, order, verified, asynchronous, in_prose
):
    service.rings, service.works, service.in_prose = 2, 1, in_prose
    signer, login = await make(asynchronous=asynchronous, poll_seconds="3")

    outcome = await signer.start(order, login)

    assert outcome.items == ()
    assert outcome.rest.poll_after == timedelta(seconds=3)
    items, rest, asked = await to_the_end(signer, outcome)
    assert rest is None
    assert [each.reference for each in items] == [item.reference for item in order.items]
    assert len(verified(order, type(outcome)(tuple(items)))) == 45
    assert len(service.made("credentials/authorize")) == len(service.made("signatures/signHash")) == 5
    assert asked >= 5 * 2


async def test_another_process_goes_on_with_what_was_written_down(make, service, order, verified):
    service.rings = 1
    signer, login = await make()
    pending = (await signer.start(order, login)).rest
    service.rings = 0
    another, _ = await make()
    outcome = await another.poll(pending.resume)
    assert len(verified(order, outcome)) == 45


async def test_it_does_not_wait_longer_for_later_chunks(make, service, order):
    service.rings = 1
    signer, login = await make(patience="60")
    outcome = await signer.start(order, login)
    until = outcome.rest.expires_at
    while isinstance(outcome.rest, Pending):
        assert outcome.rest.expires_at == until
        outcome = await signer.poll(outcome.rest.resume)


async def test_what_is_written_down_holds_neither_password_nor_pin(make, service, order):
    service.rings = 1
    service.info = explicit("PIN")
    signer, login = await make({SecretName.PIN: Secret(PIN)})
    resume = (await signer.start(order, login)).rest.resume.decode()
    assert PASSWORD not in resume
    assert PIN not in resume


async def test_no_on_the_telephone_refuses_all_that_is_left(make, service, order):
    service.rings = 1
    signer, login = await make()
    outcome = await signer.start(order, login)
    service.faults["credentials/authorizeCheck"] = [None, bad(400, "access_denied")]
    items, rest, _ = await to_the_end(signer, outcome)
    assert rest is None
    assert [type(each) for each in items] == [Signed] * 10 + [Refused] * 35
    assert {each.code for each in items[10:]} == {RefusalCode.SIGNER_REFUSED}


def explicit(*names):
    kinds = {"PIN": "Password", "OTP": "ChallengeResponse"}
    objects = [{"type": kinds[name], "id": name} for name in names]
    return {"auth": {"mode": "explicit", "expression": " AND ".join(names), "objects": objects}}


async def test_a_pin_goes_as_authentication_data(make, service, order):
    service.info = explicit("PIN")
    signer, login = await make()
    assert (await signer.start(order, login)).rest == Needs((SecretName.PIN,))
    signer, login = await make({SecretName.PIN: Secret(PIN)})
    assert len((await signer.start(order, login)).items) == 45
    assert [each["authData"] for each in service.made("credentials/authorize")] == [
        [{"id": "PIN", "value": PIN}]
    ] * 5


async def test_a_one_time_code_is_a_challenge_and_good_for_one_chunk(make, service, order):
    service.info = explicit("PIN", "OTP")
    signer, login = await make({SecretName.PIN: Secret(PIN), SecretName.OTP: Secret(OTP)})
    outcome = await signer.start(order, login)
    assert len(outcome.items) == 10
    assert outcome.rest == Needs((SecretName.OTP,))
    assert service.made("credentials/getChallenge") == [{"credentialID": "card-1"}]


async def test_a_later_chunk_that_needs_the_pin_again_asks_for_it(make, service, order):
    """Nothing that the person typed is kept while a telephone rings."""
    service.info, service.rings = explicit("PIN"), 1
    signer, login = await make({SecretName.PIN: Secret(PIN)})
    items, rest, _ = await to_the_end(signer, await signer.start(order, login))
    assert len(items) == 10
    assert rest == Needs((SecretName.PIN,))


@pytest.mark.parametrize(
    "fault",
    [
        bad(500, "server_error", PASSWORD),
        bad(400, "invalid_request", "something else"),
        Answer(400, {}, b"<html>"),
        Answer(202, {}, b"[]"),
        Answer(200, {}, b"{}"),
        SignerError("no answer in time"),
    ],
)
@pytest.mark.parametrize("method", ["credentials/authorizeCheck", "signatures/signPolling"])
async def test_an_answer_that_is_none_is_asked_for_again(make, service, order, verified, method, fault):
    service.rings = service.works = 1
    signer, login = await make(asynchronous="true")
    service.faults[method] = [fault]
    outcome = await signer.start(order, login)
    items, failures = [], []
    while isinstance(outcome.rest, Pending):
        try:
            outcome = await signer.poll(outcome.rest.resume)
        except SignerError as error:
            failures.append(repr(error))
        else:
            items += outcome.items
    assert len(failures) <= 1
    assert PASSWORD not in str(failures)
    assert len(verified(order, type(outcome)(tuple(items)))) == 45


async def test_an_accepted_order_without_a_name_is_an_error(make, service, order):
    service.faults["credentials/authorize"] = [accepted()]
    signer, login = await make()
    with pytest.raises(SignerError, match="what to ask about"):
        await signer.start(order, login)
