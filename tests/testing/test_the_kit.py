"""The kit passes what is right, and finds what is wrong: each fault fails the test that is about it."""

import logging
import sys
from datetime import UTC, datetime
from types import ModuleType

import pytest

from hocba.plugin_api import (
    Capabilities,
    LoginFailed,
    Outcome,
    Pending,
    Secret,
    SecretName,
    Signed,
    SignerError,
    hookimpl,
)
from hocba.testing import FakeVendor, Fault, SignerConformance, conformance
from hocba.testing.pki import Holder, make_pki
from hocba.testing.vendor import CODE

PKI = make_pki(
    [
        Holder(label="co-mau", name="Nguyễn Thị Mẫu", identity="CCCD:001099000001"),
        Holder(label="thay-cong", name="Trần Văn Công", identity="CCCD:001099000002", elliptic=True),
    ],
    at=datetime.now(UTC),
)


def module_of(*signers) -> str:
    """A plugin's module that brings these signers."""

    @hookimpl
    def hocba_register_signers(context):
        return signers

    name = f"hocba_kit_{id(signers)}"
    module = ModuleType(name)
    module.HOCBA_API = 1
    module.hocba_register_signers = hocba_register_signers
    sys.modules[name] = module
    return name


class OfTheFake(SignerConformance):
    """What both fakes below share."""

    __test__ = False
    vendor: FakeVendor
    label = "co-mau"

    @pytest.fixture(autouse=True)
    def fresh(self):
        type(self).vendor = FakeVendor(cards=PKI.holders, phone=self.phone)
        type(self).module = module_of(self.vendor)

    phone = False

    def secrets(self):
        return {SecretName.USERNAME: Secret(self.label), SecretName.PASSWORD: Secret(CODE)}

    def press(self, *, yes):
        self.vendor.press(yes=yes)


class TestOneThatAnswersAtOnce(OfTheFake):
    __test__ = True


class TestOneWithATelephone(OfTheFake):
    __test__ = True
    phone = True
    label = "thay-cong"


def kit(vendor, **changed) -> SignerConformance:
    """The kit, about to test ``vendor``."""

    class Kit(SignerConformance):
        module = module_of(vendor)

        def secrets(self):
            return {SecretName.USERNAME: Secret("co-mau"), SecretName.PASSWORD: Secret(CODE)}

        def press(self, *, yes):
            vendor.press(yes=yes)

    made = Kit()
    for name, value in changed.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.SLOW, Fault.NEVER, Fault.ANSWER_LOST}))
def test_a_vendor_that_answers_wrongly_fails(fault):
    vendor = FakeVendor(cards=PKI.holders, faults=[fault])
    with pytest.raises((AssertionError, ZeroDivisionError, KeyError)):
        kit(vendor).test_a_whole_batch_is_signed()


async def test_an_answer_that_was_lost_was_signed_once_and_is_heard_the_second_time():
    vendor = FakeVendor(cards=PKI.holders, faults=[Fault.ANSWER_LOST])
    login = await vendor.sign_in({SecretName.USERNAME: Secret("co-mau"), SecretName.PASSWORD: Secret(CODE)})
    (held,) = await vendor.certificates(login)
    order = conformance._order(held, 3)
    with pytest.raises(SignerError):
        await vendor.start(order, login)
    conformance._must_be_right(order, await vendor.start(order, login))
    assert vendor.signed == {item.reference: 1 for item in order.items}


class Chatty(FakeVendor):
    async def sign_in(self, secrets):
        logging.getLogger("hocba.plugin.chatty").debug("typed: %s", secrets[SecretName.PASSWORD].reveal())
        return await super().sign_in(secrets)


class Quoting(FakeVendor):
    async def sign_in(self, secrets):
        try:
            return await super().sign_in(secrets)
        except LoginFailed:
            raise LoginFailed(f"no {secrets[SecretName.PASSWORD].reveal()}") from None


class Forgetful(FakeVendor):
    """Keeps what is pending in the object that was asked."""

    async def poll(self, resume):
        if b'"' in resume and self.pressed.get("forgotten") is None:
            self.pressed["forgotten"] = True
            raise SignerError("what order?")
        return await super().poll(resume)


class Remembering(FakeVendor):
    """Writes the person's password where the core keeps what is pending."""

    async def start(self, order, login):
        outcome = await super().start(order, login)
        rest = outcome.rest
        assert isinstance(rest, Pending)
        return Outcome(rest=Pending(rest.resume + CODE.encode(), rest.poll_after, rest.expires_at))


class Trusting(FakeVendor):
    """Believes any call, and any resume."""

    async def callback(self, headers, body):
        return {"x": Outcome([Signed("x", b"")])}

    async def poll(self, resume):
        return Outcome()


class Obliging(FakeVendor):
    """Signs whatever certificate the order names."""

    async def start(self, order, login):
        self.orders[order.transaction], self._under[order.transaction] = order, None
        return await self._answer(order)


class Open(FakeVendor):
    """Lets everybody in."""

    async def sign_in(self, secrets):
        return await super().sign_in(
            {SecretName.USERNAME: Secret("co-mau"), SecretName.PASSWORD: Secret(CODE)}
        )


@pytest.mark.parametrize(
    ("kind", "test", "phone"),
    [
        (Quoting, "test_wrong_secrets_open_nothing", False),
        (Open, "test_wrong_secrets_open_nothing", False),
        (Open, "test_without_secrets_nothing_opens", False),
        (Forgetful, "test_what_is_pending_survives_a_restart", True),
        (Remembering, "test_what_is_pending_survives_a_restart", True),
        (Trusting, "test_what_is_none_of_ours_is_refused", False),
        (Obliging, "test_another_certificate_than_the_one_it_holds_signs_nothing", False),
    ],
)
def test_each_mistake_fails_its_test(kind, test, phone):
    made = kit(kind(cards=PKI.holders, phone=phone))
    with pytest.raises((AssertionError, SignerError, pytest.fail.Exception)):
        getattr(made, test)()


def test_a_logged_secret_is_found(caplog):
    with pytest.raises(AssertionError):
        kit(Chatty(cards=PKI.holders)).test_no_secret_is_logged(caplog)


@pytest.mark.parametrize(
    ("changed", "test"),
    [
        ({"key": "Not Kebab"}, "test_it_loads_as_a_plugin"),
        ({"title": " "}, "test_it_says_what_it_is"),
        ({"kinds": frozenset()}, "test_it_says_what_it_is"),
        ({"capabilities": Capabilities(max_batch=0)}, "test_it_says_what_it_is"),
        ({"capabilities": Capabilities(algorithms=frozenset({"md5"}))}, "test_it_says_what_it_is"),
    ],
)
def test_what_a_signer_says_of_itself_is_checked(changed, test):
    with pytest.raises(AssertionError):
        getattr(kit(FakeVendor(cards=PKI.holders, **changed)), test)()
