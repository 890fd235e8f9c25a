"""What is known of the revocation of certificates, and how it comes to be known.

::

    register, begin ──> standing(waits)  ──┬─ known: rows that are read already
                                           └─ else the authority is asked, 15 s at most ──> a row
    prepare, settle ──> standing ────────────── known, or a bell for ...
    every minute    ──> sweep ── whose evidence runs out soon ── bell ──> refresh ──> a row

Rows are the truth: another process, or this one after a restart, reads what was answered.  Nobody
waits for an authority inside a transaction.
"""

from hocba.actions.revocation.asking import ask
from hocba.actions.revocation.knowing import Standing, known
from hocba.actions.revocation.refreshing import refresh, sweep
from hocba.actions.revocation.resting import Rests, evidence
from hocba.actions.revocation.standing import standing

__all__ = ["Rests", "Standing", "ask", "evidence", "known", "refresh", "standing", "sweep"]
