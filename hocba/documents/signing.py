"""Signatures in two phases: prepare what is to be signed, complete with what came back.

::

    digests(data)                          once for each transcript
    prepare(slot, …, certificate, time)    the exact bytes to sign: a canonical SignedInfo
        … somebody outside signs them: a token, a remote service …
    complete(tbs, certificate, raw)        verified first; then the value, in XMLDSig's form
    assemble(data, plan, signatures)       the whole file, the same bytes every time

Nothing is parsed on the way: the fragments are written in their canonical form
(``hocba.documents.layout``) and hashed as they stand.  Signers at the same step do not depend on
each other; a signature is kept as (slot, certificate, time, algorithm, value), and the file is made of those.
"""

from hocba.documents.algorithms import Algorithm
from hocba.documents.assemble import SlotSignature, assemble
from hocba.documents.phases import Prepared, WrongSignature, complete, digests, evidence, prepare

__all__ = [
    "Algorithm",
    "Prepared",
    "SlotSignature",
    "WrongSignature",
    "assemble",
    "complete",
    "digests",
    "evidence",
    "prepare",
]
