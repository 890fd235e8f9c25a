"""Whatever breaks in the middle, each signature is there once in the end."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from hocba_usb_token.agent.errors import Problem
from hocba_usb_token.agent.pkcs12 import Pkcs12File
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN, Watch
from plugins.usb_token.tests.faces import Person
from plugins.usb_token.tests.simulator import serving, signed_by
from plugins.usb_token.tests.test_the_program import AGENT, agent, alive, paired


def class_of(count=45):
    return [making.xades(f"Học Sinh {number}") for number in range(count)]


class Switch:
    """The server, on one port, running or not."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.port = 0
        self.running = None
        self.on()

    def on(self):
        self.running = serving(self.simulator, self.port)
        self.url = self.running.__enter__()
        self.port = int(self.url.rpartition(":")[2])

    def off(self):
        if self.running is not None:
            running, self.running = self.running, None
            running.__exit__(None, None, None)


@pytest.fixture
def switch(simulator):
    switch = Switch(simulator)
    yield switch
    switch.off()


@pytest.fixture
def url(switch):
    return switch.url


@pytest.fixture
def watch(switch):
    """A clock on which the server is away for the first two waits."""

    class Waiting(Watch):
        def sleep(self, seconds):
            super().sleep(seconds)
            if len(self.slept) == 2:
                switch.on()

    return Waiting()


def test_a_server_that_restarts_in_the_middle_gets_what_it_missed(
    agent_with, simulator, switch, watch, server_key, signer, p12
):
    items = class_of()
    simulator.jobs.append(making.job(server_key, signer, items))

    class Unlucky(Person):
        def progress(self, done, total):
            if done == 27:
                switch.off()

    person = Unlucky(PIN)
    agent_with(Pkcs12File(p12), person).once()

    assert watch.slept == [1.0, 2.0]
    assert (person.asked, person.problems) == (1, [])
    assert [len(each) for each in simulator.portions] == [25, 20]
    assert signed_by(signer, simulator, items)


def test_an_agent_that_is_killed_in_the_middle_lets_go_of_the_token_and_starts_again(
    simulator, url, token, tmp_path, server_key
):
    signer, items = token.certificates["rsa"], class_of()
    state = paired(tmp_path, simulator, url, module=str(token.module))
    simulator.jobs.append(making.job(server_key, signer, items))
    simulator.faults.extend([None, None, *["not asked"] * 100])  # the job and 25 signatures, then no more
    running = subprocess.Popen(
        [AGENT, "run", "--yes", "--state", str(state)],
        env=os.environ | {"HOCBA_AGENT_PIN": PIN},
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while len(simulator.requests) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    running.send_signal(signal.SIGKILL)
    running.wait()
    while any(map(alive, children)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert (len(children), len(simulator.signed)) == (2, 25)  # the library's, and that of multiprocessing
    simulator.faults.clear()
    simulator.jobs.append(making.job(server_key, signer, items[25:]))  # the same bytes, another ``jti``

    done = agent("run", "--once", "--yes", "--state", state, pin=PIN)

    assert done.returncode == 0, done.stderr
    assert signed_by(signer, simulator, items)
    assert sorted(len(each) for each in simulator.portions) == [20, 25]


@pytest.mark.parametrize("wrong_by", [-600, 600])
def test_a_clock_that_is_ten_minutes_wrong_changes_nothing(
    agent_with, simulator, watch, server_key, signer, p12, wrong_by
):
    items = class_of()
    watch.now += wrong_by
    simulator.jobs.append(making.job(server_key, signer, items))
    simulator.faults.extend([None, "lost"])
    person = Person(PIN)

    agent_with(Pkcs12File(p12), person).once()

    assert person.problems == []
    assert signed_by(signer, simulator, items)
    assert not simulator.declined


def test_a_clock_that_is_too_wrong_is_said_once_and_the_job_is_done_when_it_is_right(
    agent_with, simulator, watch, server_key, signer, p12
):
    items = class_of(3)
    watch.now += 1200
    person = Person(PIN)
    agent = agent_with(Pkcs12File(p12), person)
    for _ in range(3):
        simulator.jobs.append(making.job(server_key, signer, items))
        assert not agent.once()
    assert (person.problems, person.asked, simulator.declined) == ([Problem.JOB_EXPIRED], 0, [])
    watch.now -= 1200
    simulator.jobs.append(making.job(server_key, signer, items))

    assert agent.once()

    assert signed_by(signer, simulator, items)
