"""Signing: intend, prepare, ask, write down, verify, settle, seal.

::

    begin ──> request + items ──> prepared when taken ──> asked ──> answered ──> settled
                 (the intent)       (bytes, 15 min)                   (raw)      (signature, event)

Whoever is asked, the way is the same: a remote service is driven by a task of this process, or
polled by a job, or calls back; the agent on a teacher's computer takes jobs and answers
(``hocba.actions.agents``).  Anything may crash anywhere in between: the rows say where we were,
and the sweep goes on from there.

What is signed differs by purpose: the slots and seals of transcripts, the challenge of a certificate
that is being registered.  Each purpose has its ``Work`` (``works``); the rest is the same for all.
"""

from hocba.actions.signing.begin import Begun, begin
from hocba.actions.signing.polling import deliver, poll
from hocba.actions.signing.resuming import cancel, continue_signing, login_url, retry, stop
from hocba.actions.signing.sealing import prepare_some
from hocba.actions.signing.settling import settle
from hocba.actions.signing.sweeping import sweep

__all__ = [
    "Begun",
    "begin",
    "cancel",
    "continue_signing",
    "deliver",
    "login_url",
    "poll",
    "prepare_some",
    "retry",
    "settle",
    "stop",
    "sweep",
]
