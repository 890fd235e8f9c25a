import hashlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.pkcs11_module import Pkcs11Module
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN


def fingerprint(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def test_the_certificates_are_listed_without_a_pin_and_without_those_of_authorities(module, token):
    held = module.certificates()

    assert {each.certificate for each in held} == set(token.certificates.values())
    assert {each.place for each in held} == {"co-mau"}


@pytest.mark.parametrize("key", ["rsa", "ec", "asks-again"])
def test_a_class_of_forty_five_is_signed_after_one_login(module, token, key):
    session = module.open(fingerprint(token.certificates[key]), PIN)

    values = {number: session.sign(f"học bạ {number}".encode()) for number in range(45)}

    assert all(
        making.verifies(token.certificates[key], f"học bạ {number}".encode(), value)
        for number, value in values.items()
    )
    assert session.held.certificate == token.certificates[key]


def test_a_wrong_pin_is_an_answer_and_the_right_one_works_after_it(module, token):
    wanted = fingerprint(token.certificates["rsa"])
    for wrong in ("135791", "1"):
        with pytest.raises(AgentError) as refused:
            module.open(wanted, wrong)
        assert refused.value.problem is Problem.PIN_INCORRECT
        assert wrong not in str(refused.value)

    assert making.verifies(token.certificates["rsa"], b"x", module.open(wanted, PIN).sign(b"x"))


def test_a_certificate_that_is_not_there_is_said_before_the_pin_is_used(module, token):
    with pytest.raises(AgentError) as refused:
        module.open("00" * 32, "a wrong PIN that would count")

    assert refused.value.problem is Problem.CERTIFICATE_NOT_ON_TOKEN


def test_a_token_that_was_pulled_out_is_said_and_works_again_when_it_is_back(module, token):
    wanted = fingerprint(token.certificates["rsa"])
    session = module.open(wanted, PIN)
    assert session.sign(b"before")

    token.pull_out()
    try:
        with pytest.raises(AgentError) as refused:
            session.sign(b"during")
        with pytest.raises(AgentError) as absent:
            module.open(wanted, PIN)
    finally:
        token.plug_in()

    assert refused.value.problem is Problem.TOKEN_REMOVED
    assert absent.value.problem is Problem.CERTIFICATE_NOT_ON_TOKEN
    assert making.verifies(token.certificates["rsa"], b"after", module.open(wanted, PIN).sign(b"after"))


def test_a_module_that_crashes_is_an_error_and_the_next_request_has_a_new_process(module, token):
    wanted = fingerprint(token.certificates["ec"])
    session = module.open(wanted, PIN)
    first = module.process_id
    os.kill(first, signal.SIGKILL)

    with pytest.raises(AgentError) as crashed:
        session.sign(b"x")
    again = module.open(wanted, PIN)

    assert crashed.value.problem is Problem.MODULE_CRASHED
    assert making.verifies(token.certificates["ec"], b"x", again.sign(b"x"))
    assert module.process_id not in {first, None}


def test_a_session_of_the_process_that_died_does_not_sign_in_the_new_one(module, token):
    wanted = fingerprint(token.certificates["rsa"])
    old = module.open(wanted, PIN)
    os.kill(module.process_id, signal.SIGKILL)
    with pytest.raises(AgentError):
        old.sign(b"x")
    new = module.open(wanted, PIN)

    with pytest.raises(AgentError) as refused:
        old.sign(b"x")
    old.close()

    assert refused.value.problem is Problem.MODULE_CRASHED
    assert making.verifies(token.certificates["rsa"], b"y", new.sign(b"y"))


def test_a_module_that_hangs_is_ended_when_patience_is_over(token):
    module = Pkcs11Module(token.module, patience=1)
    module.certificates()
    os.kill(module.process_id, signal.SIGSTOP)
    begun = time.monotonic()

    with pytest.raises(AgentError) as silent:
        module.certificates()

    assert silent.value.problem is Problem.MODULE_SILENT
    assert time.monotonic() - begun < 10
    assert module.process_id is None


@pytest.fixture
def forked(tmp_path):
    """Let the process of the module have a child that holds all its pipes, as a library may fork one."""
    script, child = tmp_path / "python", tmp_path / "child"
    within = f'sleep 600 & echo $! > {child}; exec {sys.executable} "$@"'
    script.write_text(f"#!/bin/sh\nexec setsid sh -c '{within}' sh \"$@\"\n")
    script.chmod(0o755)
    multiprocessing.set_executable(str(script))
    yield lambda: Path(f"/proc/{int(child.read_text())}")
    multiprocessing.set_executable(sys.executable)
    with suppress(ProcessLookupError):
        os.kill(int(child.read_text()), signal.SIGKILL)


def test_a_library_that_forked_and_crashed_is_not_waited_for_and_its_child_ends_with_it(
    module, token, forked
):
    module.certificates()
    child = forked()
    assert child.exists()
    begun = time.monotonic()
    os.kill(module.process_id, signal.SIGSTOP)  # it dies while it is asked
    threading.Timer(0.5, os.kill, (module.process_id, signal.SIGKILL)).start()

    with pytest.raises(AgentError) as crashed:
        module.certificates()

    assert crashed.value.problem is Problem.MODULE_CRASHED
    assert time.monotonic() - begun < 10
    while child.exists() and child.joinpath("stat").read_text().split()[2] != "Z":
        assert time.monotonic() - begun < 10


def test_what_is_no_pkcs11_module_is_said(tmp_path):
    text = tmp_path / "library.so"
    text.write_text("not a library")
    for path in (text, tmp_path / "missing.so"):
        module = Pkcs11Module(path)
        with pytest.raises(AgentError) as refused:
            module.certificates()
        module.close()
        assert refused.value.problem is Problem.MODULE_NOT_LOADED


def test_closing_ends_the_process(module, token):
    module.certificates()
    process = Path(f"/proc/{module.process_id}")

    module.close()

    assert module.process_id is None
    assert not process.exists()
