import os
import signal

from hocba_usb_token.agent.errors import Problem
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN
from plugins.usb_token.tests.faces import Person
from plugins.usb_token.tests.simulator import signed_by


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


def test_once_the_token_is_back_the_same_request_is_signed_to_its_end(
    agent_with, simulator, server_key, token, module
):
    signer = token.certificates["rsa"]
    items = [making.xades(f"Học Sinh {number}") for number in range(45)]
    simulator.jobs.append(making.job(server_key, signer, items))

    class Clumsy(Person):
        def progress(self, done, total):
            if (done, total) == (27, 45):
                token.pull_out()

    person = Clumsy(PIN, PIN)
    agent = agent_with(module, person)
    try:
        agent.once()
    finally:
        token.plug_in()
    simulator.jobs.append(making.job(server_key, signer, items[27:]))  # as after ``retrySigning``

    agent.once()

    assert person.asked == 2
    assert simulator.portions == [[each["reference"] for each in part] for part in parts(items, 25, 27, 45)]
    assert signed_by(signer, simulator, items)


def parts(items, *ends):
    return [items[begin:end] for begin, end in zip((0, *ends), ends, strict=False)]


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
