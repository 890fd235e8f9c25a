"""What is said of events, of who read what, and of messages.

That every kind which is stored has its words is looked at after each test that has a database
(``tests.conftest``): whoever writes a new event in any test is told.
"""

import pytest

from hocba.domain.access import AccessKind
from hocba.domain.messages import DeliveryState, MessageKind
from hocba.words.events import EVENTS, RECORDS, event_label, record_label


@pytest.mark.parametrize("table", [EVENTS, RECORDS])
def test_every_word_is_there_in_both_languages(table: dict[str, tuple[str, str]]) -> None:
    assert all(vi and en and vi != en for vi, en in table.values())
    for of in (0, 1):
        said = [pair[of] for pair in table.values()]
        assert len(said) == len(set(said)), "two kinds with the same words cannot be told apart"


def test_every_member_has_its_words() -> None:
    assert set(RECORDS) == {*AccessKind, *MessageKind, *DeliveryState}


def test_words_are_in_the_language_asked_for() -> None:
    assert event_label("Sealed") == "Đóng dấu, phát hành"
    assert event_label("Sealed", "en") == "The transcript was sealed and issued"
    assert event_label("SomethingOld") == "SomethingOld"
    assert record_label(AccessKind.FILE, "en") == "A file of the transcript was downloaded"
