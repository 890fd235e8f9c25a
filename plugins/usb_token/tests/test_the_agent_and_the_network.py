import pytest

from hocba_usb_token.agent.client import Server
from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.pkcs12 import Pkcs12File
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN
from plugins.usb_token.tests.faces import Person
from plugins.usb_token.tests.simulator import signed_by


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
