"""What SoftHSM never says but other tokens do: played by a token in memory."""

import pkcs11
import pytest
from pkcs11 import KeyType, Mechanism, TokenFlag

from hocba_usb_token.agent import module_process
from hocba_usb_token.agent.errors import AgentError, Problem, TriesLeft
from hocba_usb_token.agent.module_process import Module
from hocba_usb_token.agent.pkcs11_module import Pkcs11Module
from plugins.usb_token.tests.making import certificate


class FakeToken:
    """A token that raises ``failure`` at sign-in and shows ``flags`` after."""

    label = "token"

    def __init__(self, failure=None, flags=TokenFlag(0), key=None):  # noqa: B008
        self.failure, self.flags, self.key, self.logins = failure, flags, key, 0
        self.slot = self.token = self

    def get_token(self):
        return self

    def open(self, user_pin):
        self.logins += 1
        if self.failure:
            raise self.failure
        return self

    def get_key(self, object_class, id):
        if isinstance(self.key, Exception):
            raise self.key
        return self.key

    def close(self):
        raise pkcs11.DeviceRemoved


class FakeKey:
    """A key that answers with ``value``, or raises it."""

    def __init__(self, value=b"signature", key_type=KeyType.RSA, attribute=False):
        self.value, self.key_type, self.attribute, self.pins = value, key_type, attribute, []

    def __getitem__(self, name):
        if isinstance(self.attribute, Exception):
            raise self.attribute
        return self.attribute

    def sign(self, data, mechanism, pin):
        assert mechanism is (Mechanism.ECDSA if self.key_type == KeyType.EC else Mechanism.RSA_PKCS)
        self.pins.append(pin)
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


def refused(work, *arguments):
    with pytest.raises(AgentError) as failure:
        work(*arguments)
    return failure.value.problem, failure.value.tries


@pytest.mark.parametrize(
    ("flags", "problem", "tries"),
    [
        (TokenFlag(0), Problem.PIN_INCORRECT, TriesLeft.UNKNOWN),
        (TokenFlag.USER_PIN_COUNT_LOW, Problem.PIN_INCORRECT, TriesLeft.LOW),
        (TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY, Problem.PIN_INCORRECT, TriesLeft.FINAL),
        (TokenFlag.USER_PIN_LOCKED, Problem.PIN_LOCKED, TriesLeft.UNKNOWN),
    ],
)
@pytest.mark.parametrize("failure", [pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid])
def test_after_one_wrong_pin_the_tries_left_are_told(flags, problem, tries, failure):
    token = FakeToken(failure(), flags)

    assert refused(Module("x")._log_in, token, b"id", "0000") == (problem, tries)
    assert token.logins == 1


def test_a_locked_token_is_said():
    token = FakeToken(pkcs11.PinLocked())

    assert refused(Module("x")._log_in, token, b"id", "0000") == (Problem.PIN_LOCKED, TriesLeft.UNKNOWN)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (pkcs11.NoSuchKey(), Problem.CERTIFICATE_NOT_ON_TOKEN),
        (pkcs11.MultipleObjectsReturned(), Problem.CERTIFICATE_NOT_ON_TOKEN),
        (FakeKey(key_type=KeyType.DSA), Problem.KEY_NOT_SUPPORTED),
    ],
)
def test_a_token_without_a_key_for_its_certificate_leaves_nobody_logged_in(key, problem):
    module = Module("x")

    assert refused(module._log_in, FakeToken(key=key), b"id", "0000")[0] is problem
    assert refused(module.sign, b"d" * 32)[0] is Problem.TOKEN_REMOVED


@pytest.mark.parametrize(
    ("attribute", "kept"), [(True, "0000"), (False, None), (pkcs11.AttributeTypeInvalid(), None)]
)
def test_the_pin_is_kept_only_for_a_key_that_wants_it_each_time(attribute, kept):
    module, key = Module("x"), FakeKey(attribute=attribute)
    module._log_in(FakeToken(key=key), b"id", "0000")

    assert module.sign(b"d" * 32) == b"signature"
    assert key.pins == [kept]
    module.close()
    assert module._pin is None


class Listing(Pkcs11Module):
    """A module whose process would answer with ``listed``."""

    def __init__(self, *listed):
        super().__init__(None)
        self.listed = listed

    def ask(self, name, *arguments):
        return [(each, "token") for each in self.listed]


def test_only_what_can_sign_is_listed(rsa_key):
    plain = certificate(rsa_key, constraints=False)
    module = Listing(certificate(rsa_key, authority=True), plain, b"no certificate")

    assert [each.certificate for each in module.certificates()] == [plain]


@pytest.mark.parametrize(
    ("raised", "problem"),
    [
        (pkcs11.GeneralError(), Problem.TOKEN_REMOVED),
        (pkcs11.PinLocked(), Problem.PIN_LOCKED),
        (pkcs11.PinIncorrect(), Problem.PIN_INCORRECT),
        (pkcs11.DeviceRemoved(), Problem.TOKEN_REMOVED),
        (pkcs11.DeviceError(), Problem.TOKEN_ERROR),
        (RuntimeError("canary 0000"), Problem.TOKEN_ERROR),
    ],
)
def test_whatever_a_library_raises_becomes_a_problem_and_its_words_stay_inside(raised, problem):
    module = Module("x")
    module._log_in(FakeToken(key=FakeKey(raised)), b"id", "0000")

    outcome, told, _, detail = module_process._answer(module, "sign", (b"d" * 32,))

    assert (outcome, told) == ("failed", problem)
    assert "canary" not in detail
