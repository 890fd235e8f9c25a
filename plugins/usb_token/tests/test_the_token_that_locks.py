"""The agent and a token that counts wrong PINs: openCryptoki's soft token locks at the third."""

import hashlib
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hocba_usb_token.agent.errors import AgentError, Problem, TriesLeft
from hocba_usb_token.agent.pkcs11_module import Pkcs11Module
from hocba_usb_token.agent.words import sentence
from plugins.usb_token.tests import making, opencryptoki
from plugins.usb_token.tests.conftest import PIN, put
from plugins.usb_token.tests.faces import Person
from plugins.usb_token.tests.opencryptoki import MODULE, UnusableError
from plugins.usb_token.tests.simulator import signed_by
from plugins.usb_token.tests.test_the_program import AGENT, paired

WRONG = "135791"
LOW, FINAL, LOCKED = "USER_PIN_COUNT_LOW", "USER_PIN_FINAL_TRY", "USER_PIN_LOCKED"


@pytest.fixture(scope="module")
def _running(tmp_path_factory, rsa_key, signer):
    folder = tmp_path_factory.mktemp("opencryptoki")
    objects = folder / "objects"
    objects.mkdir()
    put(objects, "rsa", rsa_key, signer)
    fill = str(Path(__file__).with_name("fill_token.py"))
    try:
        with opencryptoki.running(folder, PIN) as enclosed:
            enclosed.run(sys.executable, fill, str(MODULE), PIN, str(objects))
            multiprocessing.set_executable(str(enclosed.python()))
            yield enclosed
    except UnusableError as why:
        if os.environ.get("HOCBA_TEST_SERVICES") == "required":
            pytest.fail(f"{why}, and HOCBA_TEST_SERVICES=required")
        pytest.skip(f"{why}: NO test of a PIN that locks ran")
    finally:
        multiprocessing.set_executable(sys.executable)


@pytest.fixture
def locking(_running):
    """A token whose PIN nobody mistyped yet."""
    _running.unlock()
    return _running


@pytest.fixture
def module(locking):
    module = Pkcs11Module(MODULE)
    yield module
    module.close()


class Watching(Person):
    """Remembers what he reads, with the tries left, and what the token said when he was asked."""

    def __init__(self, token, *pins, **how):
        super().__init__(*pins, **how)
        self.token = token
        self.read = []
        self.flags = []

    def pin(self):
        self.flags.append([name for name in (LOW, FINAL, LOCKED) if name in self.token.flags()])
        return super().pin()

    def fail(self, error):
        super().fail(error)
        self.read.append(sentence(error))


def mistyped(module, signer, times):
    for _ in range(times):
        with pytest.raises(AgentError):
            module.open(hashlib.sha256(signer).hexdigest(), WRONG)


def test_it_signs_a_class_after_one_pin(agent_with, simulator, server_key, signer, locking, module):
    items = [making.xades(f"Học Sinh {number}") for number in range(45)]
    simulator.jobs.append(making.job(server_key, signer, items))
    person = Watching(locking, PIN)

    agent_with(module, person).once()

    assert person.asked == 1
    assert signed_by(signer, simulator, items)
    assert person.said == ["Đã gửi chữ ký đến máy chủ."]


def test_each_typed_pin_is_one_try_until_it_locks_and_the_server_is_told(
    agent_with, simulator, server_key, signer, locking, module
):
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    person = Watching(locking, WRONG, WRONG, WRONG, PIN)

    agent_with(module, person).once()

    assert person.asked == 3
    assert person.flags == [[], [LOW], [FINAL]]
    assert LOCKED in locking.flags()
    assert person.read == [
        "Mã PIN không đúng. Đã có ít nhất một lần nhập sai; nhập sai thêm có thể khóa thiết bị.",
        "Mã PIN không đúng. CHỈ CÒN MỘT LẦN: nhập sai nữa thiết bị sẽ bị khóa.",
        "Thiết bị đã bị khóa vì nhập sai mã PIN quá nhiều lần. Hãy liên hệ nhà cung cấp.",
    ]
    assert simulator.declined == [("request-1", "PIN_LOCKED")]
    assert not simulator.signed


def test_a_locked_token_asks_for_no_pin(agent_with, simulator, server_key, signer, locking, module):
    mistyped(module, signer, 3)
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    person = Watching(locking, PIN)

    agent_with(module, person).once()

    assert (person.asked, person.problems) == (0, [Problem.PIN_LOCKED])
    assert simulator.declined == [("request-1", "PIN_LOCKED")]
    with pytest.raises(AgentError) as locked:
        module.open(hashlib.sha256(signer).hexdigest(), PIN)
    assert locked.value.problem is Problem.PIN_LOCKED


@pytest.mark.parametrize("wrong", [1, 2])
def test_the_right_pin_after_wrong_ones_sets_the_count_back(
    agent_with, simulator, server_key, signer, locking, module, wrong
):
    items = [making.xades()]
    simulator.jobs.append(making.job(server_key, signer, items))
    person = Watching(locking, *[WRONG] * wrong, PIN)

    agent_with(module, person).once()

    assert person.problems == [Problem.PIN_INCORRECT] * wrong
    assert signed_by(signer, simulator, items)
    assert not any(name in locking.flags() for name in (LOW, FINAL, LOCKED))
    assert module.tries(hashlib.sha256(signer).hexdigest()) is TriesLeft.UNKNOWN


@pytest.mark.parametrize(
    ("wrong", "warned"),
    [
        (1, "Đã có ít nhất một lần nhập sai; nhập sai thêm có thể khóa thiết bị."),
        (2, "CHỈ CÒN MỘT LẦN: nhập sai nữa thiết bị sẽ bị khóa."),
    ],
)
def test_what_was_mistyped_before_is_said_before_the_pin_is_asked(
    agent_with, simulator, server_key, signer, locking, module, wrong, warned
):
    mistyped(module, signer, wrong)
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    person = Watching(locking, PIN)

    agent_with(module, person).once()

    assert person.said == [warned, "Đã gửi chữ ký đến máy chủ."]
    assert len(simulator.signed) == 1


def test_the_last_try_is_never_spent_on_a_pin_that_nobody_types(
    agent_with, simulator, server_key, signer, locking, module
):
    mistyped(module, signer, 2)
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    person = Watching(locking, WRONG, asks_again=False)

    with pytest.raises(AgentError) as stopped:
        agent_with(module, person).run()

    assert stopped.value.problem is Problem.PIN_LAST_TRY
    assert person.asked == 0
    assert FINAL in locking.flags()
    assert simulator.declined == [("request-1", "SIGNER_UNAVAILABLE")]


def test_a_program_that_is_started_again_and_again_with_a_wrong_pin_locks_nothing(
    simulator, url, signer, server_key, locking, tmp_path
):
    """As a service manager would: the tries are the token's, and the last one is left to a person."""
    state = paired(tmp_path, simulator, url, module=str(MODULE))
    told = []
    for number in range(4):
        simulator.jobs.append(
            making.job(server_key, signer, [making.xades()], request_id=f"request-{number}")
        )
        done = subprocess.run(
            [*locking.command, AGENT, "run", "--yes", "--state", str(state)],
            env=os.environ | {"HOCBA_AGENT_PIN": WRONG},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        told.append(simulator.declined[-1][1])

    assert told == ["PIN_INCORRECT", "PIN_INCORRECT", "SIGNER_UNAVAILABLE", "SIGNER_UNAVAILABLE"]
    assert FINAL in locking.flags()
    assert LOCKED not in locking.flags()
