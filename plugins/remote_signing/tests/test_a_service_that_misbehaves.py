import logging
from datetime import timedelta

import pytest

from hocba.plugin_api import (
    LoginFailed,
    Needs,
    RefusalCode,
    Refused,
    Secret,
    SecretName,
    Signed,
    SignerError,
)
from plugins.remote_signing.tests.services import Answer, Scripted, bad, good

PASSWORD = "canary-password-7c1f"
PIN = "canary-pin-90b2"
OTP = "canary-otp-4e55"
CANARIES = (PASSWORD, PIN, OTP, "token-of-the-service", "SAD-")
SECRETS = {SecretName.USERNAME: Secret("co-mau"), SecretName.PASSWORD: Secret(PASSWORD)}


@pytest.fixture
def service(pki):
    one = pki.holders["co-mau"]
    return Scripted(one.key, one.der, users={"co-mau": PASSWORD})


@pytest.fixture
def signer(signers_for, service):
    (signer,) = signers_for(service, base_url="https://remote.example.vn")
    return signer


@pytest.fixture
def order(order_for, service):
    return order_for("card-1", service.certificate)


@pytest.fixture(autouse=True)
def no_secret_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    yield
    assert not any(canary in caplog.text for canary in CANARIES)


def told(failure) -> str:
    """Everything that an exception says, with those behind it."""
    parts, error = [], failure.value
    while error is not None:
        parts += [str(error), repr(error), repr(error.args)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " ".join(parts)


# --- signing in


async def test_it_signs_in_with_basic_and_goes_on_with_the_token(signer, service, order, verified):
    outcome = await signer.start(order, await signer.sign_in(SECRETS))

    assert len(verified(order, outcome)) == 45
    assert service.calls[0][0] == "auth/login"
    assert {headers.get("Authorization") for _, _, headers in service.calls[1:]} == {
        "Bearer token-of-the-service"
    }


@pytest.mark.parametrize(
    "secrets",
    [
        {SecretName.USERNAME: Secret("co-mau"), SecretName.PASSWORD: Secret(PIN)},
        {SecretName.USERNAME: Secret("nobody"), SecretName.PASSWORD: Secret(PASSWORD)},
        {SecretName.USERNAME: Secret("co-mau")},
        {},
    ],
)
async def test_a_login_that_the_service_does_not_know_is_said_in_the_known_words(signer, secrets):
    with pytest.raises(LoginFailed) as failed:
        await signer.sign_in(secrets)

    assert str(failed.value) == "Thông tin thẻ không tồn tại hoặc không đúng"
    assert not any(canary in told(failed) for canary in CANARIES)


@pytest.mark.parametrize(
    "answer", [bad(400, "invalid_request", PASSWORD), bad(403, "access_denied", PASSWORD)]
)
async def test_other_ways_to_say_no_to_a_login(signer, service, answer):
    service.faults["auth/login"] = [answer]

    with pytest.raises(LoginFailed) as failed:
        await signer.sign_in(SECRETS)

    assert PASSWORD not in told(failed)


@pytest.mark.parametrize(
    "answer",
    [
        bad(500, "server_error", PASSWORD),
        bad(503),
        good({}),
        good({"access_token": ""}),
        good([]),
        Answer(200, {}, PASSWORD.encode()),
    ],
)
async def test_a_login_that_could_not_be_asked_is_no_failed_login(signer, service, answer):
    service.faults["auth/login"] = [answer]

    with pytest.raises(SignerError) as failed:
        await signer.sign_in(SECRETS)

    assert not isinstance(failed.value, LoginFailed)
    assert PASSWORD not in told(failed)


async def test_nothing_about_a_login_can_be_read_off_it(signer):
    login = await signer.sign_in(SECRETS | {SecretName.PIN: Secret(PIN), SecretName.OTP: Secret(OTP)})

    assert not any(canary in f"{login!r} {login.value!r} {login}" for canary in CANARIES)


# --- certificates


async def test_credentials_come_in_pages(signer, service):
    service.pages = [["card-1", "card-2"], ["card-3"], []]

    offered = await signer.certificates(await signer.sign_in(SECRETS))

    assert [each.reference for each in offered] == ["card-1", "card-2", "card-3"]
    assert service.made("credentials/list") == [{}, {"pageToken": "1"}, {"pageToken": "2"}]


async def test_pages_without_an_end_are_an_error(signer, service):
    service.faults["credentials/list"] = [lambda right: right | {"nextPageToken": "0"}] * 100

    with pytest.raises(SignerError, match="no end"):
        await signer.certificates(await signer.sign_in(SECRETS))


@pytest.mark.parametrize(
    "info",
    [
        {"key": {"status": "disabled"}},
        {"cert": {"status": "revoked", "certificates": []}},
        {"cert": {"certificates": []}},
        {"cert": {"certificates": ["AAAA"]}},
    ],
)
async def test_what_cannot_sign_is_not_offered(signer, service, info):
    service.info = info

    assert await signer.certificates(await signer.sign_in(SECRETS)) == ()


async def test_the_credentials_may_be_configured(signers_for, service):
    (signer,) = signers_for(service, base_url="https://remote.example.vn", credentials="a, b")

    offered = await signer.certificates(await signer.sign_in(SECRETS))

    assert [each.reference for each in offered] == ["a", "b"]
    assert service.made("credentials/list") == []


# --- what is sent


async def test_hashes_are_bound_at_scal_2_and_not_sent_before_at_scal_1(signer, service, order, order_for):
    login = await signer.sign_in(SECRETS)
    await signer.start(order, login)
    bound = service.made("credentials/authorize")
    service.info = {"SCAL": "1"}
    await signer.start(order, login)
    free = service.made("credentials/authorize")[len(bound) :]

    assert [len(each["hash"]) for each in bound] == [10, 10, 10, 10, 5]
    assert [each["hash"] for each in bound] == [
        each["hash"] for each in service.made("signatures/signHash")[:5]
    ]
    assert [each["numSignatures"] for each in free] == [10, 10, 10, 10, 5]
    assert not any("hash" in each for each in free)
    assert {each["description"] for each in bound} == {"Ký học bạ lớp 9A1"}
    assert {each["clientData"] for each in bound} == {"transaction-1"}


async def test_only_what_waits_for_a_phone_is_given_a_phones_patience(signer, service, order):
    await signer.start(order, await signer.sign_in(SECRETS))

    assert dict(service.patience) == {
        "auth/login": None,
        "credentials/info": None,
        "credentials/authorize": timedelta(minutes=5),
        "signatures/signHash": timedelta(minutes=5),
    }


@pytest.mark.parametrize(
    ("offered", "asked"),
    [
        (["1.2.840.113549.1.1.1"], "1.2.840.113549.1.1.1"),
        (["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"], "1.2.840.113549.1.1.11"),
        ([], "1.2.840.113549.1.1.11"),
    ],
)
async def test_the_algorithm_is_one_that_the_credential_offers(signer, service, order, offered, asked):
    service.info = {"key": {"status": "enabled", "algo": offered}}

    await signer.start(order, await signer.sign_in(SECRETS))

    assert {each["signAlgo"] for each in service.made("signatures/signHash")} == {asked}


async def test_a_deployment_may_limit_the_batch_and_name_the_algorithms(signers_for, service, order):
    (signer,) = signers_for(
        service,
        base_url="https://remote.example.vn/csc/v1/",
        max_batch="4",
        hash_algorithm="SHA256",
        sign_algorithm="RSA",
    )
    await signer.start(order, await signer.sign_in(SECRETS))

    sent = service.made("signatures/signHash")
    assert [len(each["hash"]) for each in sent] == [4] * 11 + [1]
    assert {(each["hashAlgo"], each["signAlgo"]) for each in sent} == {("SHA256", "RSA")}


# --- what the person must give


async def test_a_pin_is_asked_for_and_then_used_for_every_chunk(signer, service, order, verified):
    service.info = {"authMode": "explicit", "PIN": {"presence": "true"}}

    without = await signer.start(order, await signer.sign_in(SECRETS))
    with_it = await signer.start(order, await signer.sign_in(SECRETS | {SecretName.PIN: Secret(PIN)}))

    assert without.items == ()
    assert without.rest == Needs((SecretName.PIN,))
    assert len(verified(order, with_it)) == 45
    assert [each["PIN"] for each in service.made("credentials/authorize")] == [PIN] * 5


async def test_a_one_time_code_is_sent_for_asked_for_and_used_once(signer, service, order, verified):
    service.info = {"authMode": "explicit", "OTP": {"presence": "true", "type": "online"}}

    first = await signer.start(order, await signer.sign_in(SECRETS))
    second = await signer.start(order, await signer.sign_in(SECRETS | {SecretName.OTP: Secret(OTP)}))

    assert (first.items, first.rest) == ((), Needs((SecretName.OTP,)))
    assert verified(order, second) == [f"item-{number}" for number in range(10)]
    assert second.rest == Needs((SecretName.OTP,))
    assert service.made("credentials/sendOTP") == [{"credentialID": "card-1"}] * 2
    assert [each.get("OTP") for each in service.made("credentials/authorize")] == [OTP]


async def test_a_wrong_one_time_code_is_asked_for_again(signer, service, order):
    service.info = {"authMode": "explicit", "OTP": {"presence": "true", "type": "offline"}}
    service.faults["credentials/authorize"] = [bad(400, "invalid_otp", OTP)]

    outcome = await signer.start(order, await signer.sign_in(SECRETS | {SecretName.OTP: Secret(OTP)}))

    assert (outcome.items, outcome.rest) == ((), Needs((SecretName.OTP,)))
    assert service.made("credentials/sendOTP") == []


async def test_a_wrong_pin_is_tried_exactly_once(signer, service, order):
    service.info = {"authMode": "explicit", "PIN": {"presence": "true"}}
    service.faults["credentials/authorize"] = [bad(400, "invalid_pin", PIN)]

    outcome = await signer.start(order, await signer.sign_in(SECRETS | {SecretName.PIN: Secret(PIN)}))

    assert {answer.code for answer in outcome.items} == {RefusalCode.PIN_INCORRECT}
    assert len(outcome.items) == 45
    assert len(service.made("credentials/authorize")) == 1


async def test_a_person_who_says_no_on_the_phone_refuses_the_rest(signer, service, order, verified):
    service.faults["credentials/authorize"] = [None, None, bad(400, "access_denied")]

    outcome = await signer.start(order, await signer.sign_in(SECRETS))

    assert [type(answer) for answer in outcome.items] == [Signed] * 20 + [Refused] * 25
    assert {answer.code for answer in outcome.items[20:]} == {RefusalCode.SIGNER_REFUSED}


# --- what goes wrong

BROKEN = [
    bad(500, "server_error", PASSWORD),
    bad(429),
    bad(418, "Robert'); DROP"),
    Answer(200, {}, b"<html>garbage</html>"),
    Answer(200, {}, b"\xff\xfe"),
    good([]),
    good({"SAD": 7, "signatures": "x"}),
    good({}),
    SignerError("no answer in time"),
]


@pytest.mark.parametrize("method", ["credentials/authorize", "signatures/signHash"])
@pytest.mark.parametrize("fault", BROKEN)
async def test_an_order_of_which_nothing_is_signed_may_be_tried_again(signer, service, order, method, fault):
    service.faults[method] = [fault]

    with pytest.raises(SignerError) as failed:
        await signer.start(order, await signer.sign_in(SECRETS))

    assert not isinstance(failed.value, LoginFailed)
    assert not any(canary in told(failed) for canary in (*CANARIES, "DROP", "garbage"))


@pytest.mark.parametrize("method", ["credentials/authorize", "signatures/signHash"])
@pytest.mark.parametrize("fault", BROKEN)
async def test_what_is_signed_is_not_given_up_when_a_later_chunk_fails(
    signer, service, order, verified, method, fault
):
    service.faults[method] = [None, None, fault]

    outcome = await signer.start(order, await signer.sign_in(SECRETS))

    assert [answer.reference for answer in outcome.items] == [f"item-{number}" for number in range(45)]
    assert [type(answer) for answer in outcome.items] == [Signed] * 20 + [Refused] * 25
    assert {answer.code for answer in outcome.items[20:]} == {RefusalCode.SIGNER_UNAVAILABLE}
    assert outcome.rest is None


async def test_a_session_that_ends_on_the_way_is_a_failed_login_for_the_rest(signer, service, order):
    service.faults["credentials/authorize"] = [None, bad(401, "invalid_token")]

    outcome = await signer.start(order, await signer.sign_in(SECRETS))

    assert [type(answer) for answer in outcome.items] == [Signed] * 10 + [Refused] * 35
    assert {answer.code for answer in outcome.items[10:]} == {RefusalCode.SIGNER_LOGIN_FAILED}


@pytest.mark.parametrize(
    "change",
    [
        lambda right: {"signatures": right["signatures"][:-1]},
        lambda right: {"signatures": [*right["signatures"], right["signatures"][0]]},
        lambda _: {"signatures": []},
        lambda right: {"signatures": ["not base64!"] * len(right["signatures"])},
        lambda right: {"signatures": [None] * len(right["signatures"])},
    ],
)
async def test_a_wrong_number_of_signatures_signs_nothing(signer, service, order, change):
    service.faults["signatures/signHash"] = [change]

    with pytest.raises(SignerError):
        await signer.start(order, await signer.sign_in(SECRETS))


@pytest.mark.parametrize(
    "info", [{"multisign": "many"}, {"key": [1]}, {"PIN": "yes"}, {"cert": {"certificates": ["é"]}}]
)
async def test_an_info_that_is_not_what_the_standard_says_is_an_error(signer, service, order, info):
    service.info = info

    with pytest.raises(SignerError, match="credentials/info"):
        await signer.start(order, await signer.sign_in(SECRETS))


async def test_an_authorisation_by_a_web_page_is_said_to_be_unsupported(signer, service, order):
    service.info = {"authMode": "oauth2code"}

    with pytest.raises(SignerError, match="oauth2code"):
        await signer.start(order, await signer.sign_in(SECRETS))

    assert service.made("credentials/authorize") == []


async def test_a_disabled_key_is_refused(signer, service, order):
    service.info = {"key": {"status": "disabled"}}

    outcome = await signer.start(order, await signer.sign_in(SECRETS))

    assert {answer.code for answer in outcome.items} == {RefusalCode.CERTIFICATE_NOT_ON_TOKEN}


async def test_nothing_is_ever_pending(signer):
    await signer.cancel(b"")
    with pytest.raises(SignerError):
        await signer.poll(b"")
    with pytest.raises(SignerError):
        await signer.callback({}, b"")
