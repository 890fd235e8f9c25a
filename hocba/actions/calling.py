"""Call a plugin: with a deadline, and whatever it raises becomes one of two words.

A plugin may be slow, wrong or hostile; it may raise anything, never answer, or try to end the
process.  None of that reaches further than the call, and no text of its errors is kept: an error
may quote the secret it was given.
"""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from hocba.domain.errors import Code, Refusal
from hocba.plugin_api import LoginFailed, SignerError

log = logging.getLogger(__name__)

T = TypeVar("T")


class CallFailedError(Exception):
    """The plugin gave no answer.

    :ivar code: what a person is told.
    :ivar again: whether the same call may go better a little later.
    """

    def __init__(self, code: Code, *, again: bool) -> None:
        super().__init__(code.value)
        self.code = code
        self.again = again

    def refusal(self) -> Refusal:
        """The same, where somebody waits for the answer."""
        return Refusal(self.code)


async def call(work: Coroutine[Any, Any, T], *, at_most: timedelta) -> T:
    """What ``work`` gives.

    :raises CallFailedError: when it gives nothing in time.
    """
    task = asyncio.create_task(_guarded(work))
    try:
        await asyncio.wait({task}, timeout=at_most.total_seconds())
    finally:
        if not task.done():
            # Not waited for: a plugin may refuse to be cancelled.
            task.cancel()
    if not task.done():
        log.warning("a plugin did not answer in %s", at_most)
        raise CallFailedError(Code.SIGNER_UNAVAILABLE, again=True)
    return task.result()


async def _guarded(work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    except LoginFailed:
        raise CallFailedError(Code.SIGNER_LOGIN_FAILED, again=False) from None
    except SignerError:
        raise CallFailedError(Code.SIGNER_UNAVAILABLE, again=True) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- a plugin may raise anything
        log.error("a plugin raised %s", type(error).__name__)  # noqa: TRY400 -- the text may hold a secret
        raise CallFailedError(Code.SIGNER_UNAVAILABLE, again=False) from None
