from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hocba_usb_token.agent.errors import Problem
from hocba_usb_token.agent.pkcs12 import Pkcs12File
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN
from plugins.usb_token.tests.faces import Person


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
