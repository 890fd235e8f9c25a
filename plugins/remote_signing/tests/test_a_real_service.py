from collections import Counter

import pytest

from hocba.plugin_api import Login, LoginFailed, RefusalCode, Refused, Secret, SecretName, Signer, SignerError
from plugins.remote_signing.tests.services import Loopback


@pytest.fixture
def http():
    return Loopback()


@pytest.fixture
def signer(signers_for, http, url):
    (signer,) = signers_for(http, base_url=url, auth="none")
    return signer


async def test_it_lists_who_may_sign_with_the_chain_and_leaves_authorities_out(signer, credentials):
    login = await signer.sign_in({})

    offered = await signer.certificates(login)

    assert {each.reference: each.certificate for each in offered} == {
        f"demo/{name}": one.certificate for name, one in credentials.items()
    }
    assert all(each.chain == credentials["co-mau"].chain for each in offered)
    assert isinstance(signer, Signer)


@pytest.mark.parametrize("name", ["co-mau", "truong", "thay-cong"])
async def test_a_class_of_forty_five_is_signed_ten_at_a_time(
    signer, http, credentials, order_for, verified, name
):
    order = order_for(f"demo/{name}", credentials[name].certificate)

    outcome = await signer.start(order, await signer.sign_in({}))

    assert verified(order, outcome) == [f"item-{number}" for number in range(45)]
    assert outcome.rest is None
    assert Counter(http.calls) == {
        "credentials/info": 1,
        "credentials/authorize": 5,
        "signatures/signHash": 5,
    }


async def test_two_orders_in_one_login_are_the_rounds_of_an_issue(signer, credentials, order_for, verified):
    login = await signer.sign_in({})
    xml = order_for("demo/truong", credentials["truong"].certificate, 3)
    seals = order_for("demo/truong", credentials["truong"].certificate, 3)

    assert len(verified(xml, await signer.start(xml, login))) == 3
    assert len(verified(seals, await signer.start(seals, login))) == 3


async def test_a_user_name_may_be_the_credential(signers_for, http, url, credentials):
    (signer,) = signers_for(http, base_url=url, auth="none", credentials="demo/{username}")
    assert signer.capabilities.secrets == (SecretName.USERNAME,)

    login = await signer.sign_in({SecretName.USERNAME: Secret("co-mau")})
    offered = await signer.certificates(login)

    assert [each.certificate for each in offered] == [credentials["co-mau"].certificate]
    stranger = await signer.sign_in({SecretName.USERNAME: Secret("nobody")})
    with pytest.raises(LoginFailed, match="Thông tin thẻ không tồn tại hoặc không đúng"):
        await signer.certificates(stranger)


async def test_another_certificate_than_the_registered_one_is_refused_and_nothing_authorised(
    signer, http, credentials, order_for
):
    order = order_for("demo/co-mau", credentials["truong"].certificate, 2)

    outcome = await signer.start(order, await signer.sign_in({}))

    assert outcome.items == tuple(
        Refused(f"item-{n}", RefusalCode.CERTIFICATE_NOT_ON_TOKEN) for n in range(2)
    )
    assert http.calls == ["credentials/info"]


async def test_a_service_that_is_not_there_is_an_error_that_may_pass(
    signers_for, http, credentials, order_for
):
    (signer,) = signers_for(http, base_url="http://127.0.0.1:9", auth="none")
    order = order_for("demo/co-mau", credentials["co-mau"].certificate, 1)

    with pytest.raises(SignerError) as failed:
        await signer.start(order, Login((await signer.sign_in({})).value))

    assert not isinstance(failed.value, LoginFailed)
