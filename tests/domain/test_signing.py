"""The states of a signing request, and what may be tried again."""

import pytest

from hocba.domain.errors import Code
from hocba.domain.signing import OPEN_REQUESTS, RETRYABLE, ItemState, RequestState, may_retry


def test_a_closed_request_moves_no_more():
    closed = {state for state in RequestState if state.closed}

    assert closed == {RequestState.EXPIRED, RequestState.FINISHED, RequestState.CANCELLED}
    assert set(OPEN_REQUESTS) == set(RequestState) - closed


@pytest.mark.parametrize("code", Code)
def test_only_what_lies_outside_the_rules_is_tried_again(code):
    assert may_retry(ItemState.REFUSED, code) == (code in RETRYABLE)
    assert not may_retry(ItemState.DONE, code)
    assert not may_retry(ItemState.CANCELLED, code)


def test_what_expired_is_always_tried_again():
    assert may_retry(ItemState.EXPIRED, "")


@pytest.mark.parametrize("code", [Code.ALREADY_SIGNED, Code.NOT_PERMITTED, Code.WRONG_STATUS])
def test_a_no_of_the_rules_is_final(code):
    assert code not in RETRYABLE
