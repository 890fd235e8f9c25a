import os
import signal
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hocba_usb_token.agent.client import Server
from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.pkcs12 import Pkcs12File
from hocba_usb_token.agent.run import Agent
from hocba_usb_token.agent.state import State
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN
from plugins.usb_token.tests.faces import Person
from plugins.usb_token.tests.simulator import TOKEN, Simulator, serving


@pytest.fixture
def simulator(server_key):
    return Simulator(server_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


@pytest.fixture
def url(simulator):
    with serving(simulator) as url:
        yield url


class Watch:
    """A clock that only runs when told to, beginning now."""

    def __init__(self):
        self.now = time.time()
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def remembered():
    return []


@pytest.fixture
def agent_with(url, simulator, watch, remembered):
    agents, servers = [], []

    def make(store, person, *, token=TOKEN, used=None):
        server = Server(url, token=token, clock=watch, sleep=watch.sleep)
        state = State(server=url, name="PC-01", token=token, job_key=simulator.job_key, used=used or {})
        agent = Agent(
            server=server, store=store, face=person, state=state, remember=remembered.append, clock=watch
        )
        agents.append(agent)
        servers.append(server)
        return agent

    yield make
    for each in (*agents, *servers):
        each.close()


def signed_by(signer, simulator, items):
    """Whether the simulator has the right signature of each item, and of nothing else."""
    assert simulator.signed.keys() == {each["reference"] for each in items}
    tbs = {each["reference"]: making.base64.b64decode(each["tbs"]) for each in items}
    return all(making.verifies(signer, tbs[each], value) for each, value in simulator.signed.items())


def test_a_class_is_shown_signed_and_handed_over_in_portions(
    agent_with, simulator, server_key, signer, p12, remembered
):
    items = [making.xades(f"Học Sinh {number}") for number in range(45)]
    simulator.jobs.append(making.job(server_key, signer, items))
    person = Person(PIN)

    assert agent_with(Pkcs12File(p12), person).once()

    assert person.seen == [[f"Học Sinh {number}" for number in range(45)]]
    assert person.steps[-1] == (45, 45)
    assert [len(each) for each in simulator.portions] == [25, 20]
    assert signed_by(signer, simulator, items)
    assert not simulator.declined
    assert len(remembered[-1].used) == 1


def test_there_may_be_nothing_to_do(agent_with, simulator, p12):
    person = Person()

    assert agent_with(Pkcs12File(p12), person).once() is False

    assert person.asked == 0


@pytest.mark.parametrize("key", ["rsa", "ec", "asks-again"])
def test_a_token_signs_a_class_after_one_pin(agent_with, simulator, server_key, token, module, key):
    signer = token.certificates[key]
    items = [making.xades(f"Học Sinh {number}") for number in range(45)]
    simulator.jobs.append(making.job(server_key, signer, items))
    person = Person(PIN)

    agent_with(module, person).once()

    assert person.asked == 1
    assert signed_by(signer, simulator, items)


def test_the_seals_of_the_same_request_need_no_second_pin(agent_with, simulator, server_key, token, module):
    signer = token.certificates["rsa"]
    xml, seals = [making.xades("A")], [making.pades(signer)]
    simulator.jobs.extend([making.job(server_key, signer, xml), making.job(server_key, signer, seals)])
    person = Person(PIN)

    assert agent_with(module, person).drain() == 2

    assert person.asked == 1
    assert person.seen == [["A"], ["Con dấu học bạ Lê Thị Ánh"]]
    assert signed_by(signer, simulator, xml + seals)


def test_another_request_asks_for_the_pin_again(agent_with, simulator, server_key, signer, p12):
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    simulator.jobs.append(making.job(server_key, signer, [making.xades()], request_id="request-2"))
    person = Person(PIN, PIN)

    agent_with(Pkcs12File(p12), person).drain()

    assert person.asked == 2
    assert len(simulator.signed) == 2


def test_the_session_is_closed_after_idle_minutes(agent_with, simulator, server_key, signer, p12, watch):
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    person = Person(PIN, PIN)
    agent = agent_with(Pkcs12File(p12), person)
    agent.drain()
    watch.now += 301
    agent.drain()
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))

    agent.drain()

    assert person.asked == 2


def test_a_later_job_of_the_request_for_another_certificate_is_declined(
    agent_with, simulator, server_key, token, module
):
    first = making.job(server_key, token.certificates["rsa"], [making.xades()])
    second = making.job(server_key, token.certificates["ec"], [making.xades()])
    simulator.jobs.extend([first, second])

    agent_with(module, Person(PIN)).drain()

    assert len(simulator.signed) == 1
    assert simulator.declined == [("request-1", "SIGNER_REFUSED")]


# --- the person


def test_who_does_not_agree_is_not_asked_for_a_pin(agent_with, simulator, server_key, signer, p12):
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    person = Person(PIN, agrees=False)

    agent_with(Pkcs12File(p12), person).once()

    assert person.asked == 0
    assert simulator.declined == [("request-1", "USER_CANCELLED")]
    assert not simulator.signed


def test_a_person_is_asked_again_after_a_wrong_pin_and_nothing_is_declined(
    agent_with, simulator, server_key, token, module
):
    items = [making.xades()]
    simulator.jobs.append(making.job(server_key, token.certificates["rsa"], items))
    person = Person("135791", PIN)

    agent_with(module, person).once()

    assert (person.asked, person.problems) == (2, [Problem.PIN_INCORRECT])
    assert signed_by(token.certificates["rsa"], simulator, items)
    assert not simulator.declined


def test_a_person_who_gives_up_after_a_wrong_pin_cancels(agent_with, simulator, server_key, signer, p12):
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))

    agent_with(Pkcs12File(p12), Person("135791")).once()

    assert simulator.declined == [("request-1", "USER_CANCELLED")]
    assert not simulator.signed


def test_a_pin_given_beforehand_is_tried_exactly_once_and_the_agent_stops(
    agent_with, simulator, server_key, token, module
):
    signer = token.certificates["rsa"]
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    simulator.jobs.append(making.job(server_key, signer, [making.xades()], request_id="request-2"))
    person = Person("135791", "135791", asks_again=False)

    with pytest.raises(AgentError) as stopped:
        agent_with(module, person).drain()

    assert stopped.value.problem is Problem.PIN_INCORRECT
    assert person.asked == 1
    assert simulator.declined == [("request-1", "PIN_INCORRECT")]
    assert len(simulator.jobs) == 1
    assert not simulator.signed


# --- the token


def test_a_token_pulled_out_on_the_way_keeps_what_is_signed_and_declines_the_rest(
    agent_with, simulator, server_key, token, module
):
    items = [making.xades(f"Học Sinh {number}") for number in range(45)]
    simulator.jobs.append(making.job(server_key, token.certificates["rsa"], items))

    class Clumsy(Person):
        def progress(self, done, total):
            if done == 27:
                token.pull_out()

    person = Clumsy(PIN)
    try:
        agent_with(module, person).once()
    finally:
        token.plug_in()

    assert person.problems == [Problem.TOKEN_REMOVED]
    assert simulator.signed.keys() == {each["reference"] for each in items[:27]}
    assert simulator.declined == [("request-1", "TOKEN_REMOVED")]


def test_a_killed_module_is_said_and_the_next_job_works(agent_with, simulator, server_key, token, module):
    signer = token.certificates["rsa"]
    first, second = [making.xades() for _ in range(3)], [making.xades()]
    simulator.jobs.append(making.job(server_key, signer, first))
    simulator.jobs.append(making.job(server_key, signer, second, request_id="request-2"))

    class Unlucky(Person):
        def progress(self, done, total):
            if total == 3 and done == 1:
                os.kill(module.process_id, signal.SIGKILL)

    person = Unlucky(PIN, PIN)
    agent_with(module, person).drain()

    assert person.problems == [Problem.MODULE_CRASHED]
    assert simulator.declined == [("request-1", "SIGNER_UNAVAILABLE")]
    assert signed_by(signer, simulator, [first[0], *second])


def test_a_certificate_that_is_not_on_the_token_is_declined(
    agent_with, simulator, server_key, rsa_key, token, module
):
    other = making.certificate(rsa_key, "Somebody Else")
    simulator.jobs.append(making.job(server_key, other, [making.xades()]))

    agent_with(module, Person(PIN)).once()

    assert simulator.declined == [("request-1", "CERTIFICATE_NOT_ON_TOKEN")]
    assert not simulator.signed


# --- jobs that are not believed


def test_a_forged_job_is_not_shown_signed_or_answered(agent_with, simulator, signer, p12, remembered):
    simulator.jobs.append(making.job(Ed25519PrivateKey.generate(), signer, [making.xades()]))
    person = Person(PIN)

    assert agent_with(Pkcs12File(p12), person).once() is False

    assert person.problems == [Problem.JOB_NOT_TRUSTED]
    assert (person.seen, person.asked, simulator.signed, simulator.declined) == ([], 0, {}, [])
    assert not remembered


def test_a_replayed_job_is_dropped_by_the_next_agent_too(
    agent_with, simulator, server_key, signer, p12, remembered
):
    job = making.job(server_key, signer, [making.xades()])
    simulator.jobs.append(job)
    agent_with(Pkcs12File(p12), Person(PIN)).once()
    simulator.jobs.append(job)
    person = Person(PIN)

    agent_with(Pkcs12File(p12), person, used=remembered[-1].used).once()

    assert person.problems == [Problem.JOB_REPLAYED]
    assert person.asked == 0
    assert len(simulator.portions) == 1


def test_a_document_other_than_the_one_shown_is_declined(agent_with, simulator, server_key, signer, p12):
    swapped = making.xades("A", evidence=making.document("B"))
    simulator.jobs.append(making.job(server_key, signer, [making.xades("C"), swapped]))
    person = Person(PIN)

    agent_with(Pkcs12File(p12), person).once()

    assert person.problems == [Problem.DOCUMENT_MISMATCH]
    assert (person.seen, person.asked, simulator.signed) == ([], 0, {})
    assert simulator.declined == [("request-1", "SIGNER_REFUSED")]


def test_a_job_that_expires_while_the_person_thinks_is_not_signed(
    agent_with, simulator, server_key, signer, p12, watch
):
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))

    class Slow(Person):
        def pin(self):
            watch.now += 1000
            return super().pin()

    person = Slow(PIN)
    agent_with(Pkcs12File(p12), person).once()

    assert person.problems == [Problem.JOB_EXPIRED]
    assert (simulator.signed, simulator.declined) == ({}, [])


# --- the network


@pytest.mark.parametrize("fault", ["lost", "cut", "not asked"])
def test_an_answer_whose_reply_is_lost_is_sent_again_and_counts_once(
    agent_with, simulator, server_key, signer, p12, fault, watch
):
    items = [making.xades(f"Học Sinh {number}") for number in range(3)]
    simulator.jobs.append(making.job(server_key, signer, items))

    class Listening(Person):
        def progress(self, done, total):
            if done == total:
                simulator.faults.extend([fault, fault])

    person = Listening(PIN)
    agent_with(Pkcs12File(p12), person).once()

    assert signed_by(signer, simulator, items)
    assert len(simulator.portions) == (1 if fault == "not asked" else 3)
    assert watch.slept == [1.0, 2.0]
    assert person.said == ["Đã gửi chữ ký đến máy chủ."]


def test_answers_are_sent_until_the_job_expires(agent_with, simulator, server_key, signer, p12, watch):
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    begun = watch.now

    class Listening(Person):
        def progress(self, done, total):
            simulator.faults.extend(["not asked"] * 1000)

    with pytest.raises(AgentError) as given_up:
        agent_with(Pkcs12File(p12), Listening(PIN)).once()

    assert given_up.value.problem is Problem.SERVER_UNREACHABLE
    assert 880 < watch.now - begun < 930


def test_a_job_whose_reply_is_lost_comes_again_from_the_server(
    agent_with, simulator, server_key, signer, p12
):
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    simulator.faults.append("lost")
    person = Person(PIN)

    assert agent_with(Pkcs12File(p12), person).once() is False

    again = [making.xades()]
    simulator.jobs.append(making.job(server_key, signer, again))
    assert agent_with(Pkcs12File(p12), person).once()
    assert signed_by(signer, simulator, again)


def test_the_loop_goes_on_when_the_server_is_back_and_says_once_that_it_is_away(
    agent_with, simulator, server_key, signer, p12, watch
):
    simulator.faults.extend(["not asked"] * 10)
    items = [making.xades()]
    simulator.jobs.append(making.job(server_key, signer, items))
    person = Person(PIN)
    polls = []

    def sleep(seconds):
        polls.append(seconds)
        if simulator.signed:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        agent_with(Pkcs12File(p12), person).run(sleep=sleep)

    assert person.problems == [Problem.SERVER_UNREACHABLE]
    assert polls == [3.0, 3.0, 3.0]
    assert signed_by(signer, simulator, items)


def test_what_a_proxy_answers_is_no_answer_of_the_server(agent_with, simulator, p12):
    simulator.faults.append("garbage")

    with pytest.raises(AgentError) as refused:
        agent_with(Pkcs12File(p12), Person()).once()

    assert refused.value.problem is Problem.SERVER_REFUSED
    assert "proxy" not in str(refused.value)


def test_a_revoked_agent_stops(agent_with, simulator, p12):
    simulator.token = "another"

    with pytest.raises(AgentError) as stopped:
        agent_with(Pkcs12File(p12), Person()).run()

    assert stopped.value.problem is Problem.NOT_PAIRED


def test_a_signature_that_the_server_refuses_is_told(agent_with, simulator, server_key, signer, p12):
    items = [making.xades(), making.xades()]
    simulator.refused = {items[0]["reference"]}
    simulator.jobs.append(making.job(server_key, signer, items))
    person = Person(PIN)

    agent_with(Pkcs12File(p12), person).once()

    assert person.said == ["Máy chủ không nhận một chữ ký: Chữ ký không đúng"]
    assert signed_by(signer, simulator, items[1:])


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (401, "", Problem.NOT_PAIRED),
        (403, "no", Problem.NOT_PAIRED),
        (404, "<html>", Problem.SERVER_REFUSED),
        (200, "[]", Problem.SERVER_REFUSED),
        (200, '{"errors": [{"message": "canary"}]}', Problem.SERVER_REFUSED),
        (400, '{"errors": [{"extensions": {"code": "canary in small letters"}}]}', Problem.SERVER_REFUSED),
        (200, '{"errors": [{"extensions": {"code": "RATE_LIMITED"}}]}', Problem.SERVER_UNREACHABLE),
        (429, "", Problem.SERVER_UNREACHABLE),
        (200, " " * ((16 << 20) + 1), Problem.SERVER_REFUSED),
    ],
)
def test_whatever_a_server_answers_is_one_of_our_problems(agent_with, simulator, p12, status, body, problem):
    simulator.faults.extend([(status, body)] * 10)

    with pytest.raises(AgentError) as refused:
        agent_with(Pkcs12File(p12), Person()).once()

    assert refused.value.problem is problem
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://hocba.example.vn", "ftp://127.0.0.1", "127.0.0.1:8000", ""])
def test_only_https_or_this_computer_is_a_server(url):
    with pytest.raises(AgentError) as refused:
        Server(url)

    assert refused.value.problem is Problem.SERVER_NOT_HTTPS
