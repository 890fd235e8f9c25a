import pytest

from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.pkcs12 import Pkcs12File
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN
from plugins.usb_token.tests.faces import Person
from plugins.usb_token.tests.simulator import signed_by


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


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_a_token_proves_that_it_holds_a_key(agent_with, simulator, server_key, token, module, key):
    signer = token.certificates[key]
    challenge = making.challenge(signer)
    simulator.jobs.append(making.job(server_key, signer, [challenge]))

    agent_with(module, Person(PIN)).once()

    assert signed_by(signer, simulator, [challenge])


def test_a_challenge_for_another_certificate_is_declined_before_a_pin_is_asked(
    agent_with, simulator, server_key, token, module
):
    other = making.challenge(token.certificates["ec"])
    simulator.jobs.append(making.job(server_key, token.certificates["rsa"], [other]))
    person = Person(PIN)

    agent_with(module, person).once()

    assert person.asked == 0
    assert simulator.declined == [("request-1", "SIGNER_REFUSED")]
    assert not simulator.signed


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
