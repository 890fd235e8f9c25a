"""What the log keeps of a bug."""

import logging

import pytest

from hocba.bugs import FRAMES, log_bug

SECRET = "123456-canary"


def deeper(calls: int) -> None:
    if calls:
        deeper(calls - 1)
    raise ValueError(SECRET)


def test_a_bug_is_logged_with_its_kind_and_its_innermost_places_and_not_with_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(ValueError, match=SECRET) as broken:
        deeper(FRAMES + 3)

    id_ = log_bug(broken.value)

    (record,) = caplog.records
    said, _, where = record.getMessage().partition(" at ")
    line = deeper.__code__.co_firstlineno
    places = [f"test_bugs.py:{line + 3}", *[f"test_bugs.py:{line + 2}"] * (FRAMES - 1)]
    assert said == f"internal error {id_}: ValueError"
    assert where == " < ".join(places)
    assert (record.levelno, record.exc_info) == (logging.ERROR, None)
    assert SECRET not in caplog.text


def test_each_bug_has_an_id_of_its_own() -> None:
    assert len({log_bug(ValueError()) for _ in range(3)}) == 3
