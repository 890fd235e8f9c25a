"""What signing is for one purpose: what may be asked, what the bytes are, what becomes of an answer.

Asking, waiting, retrying and settling are the same for all of them; where they differ they look
here (``works.work_of``).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from hocba.actions.house import House
from hocba.documents.certificates import Certificate
from hocba.domain.accounts import Account
from hocba.domain.errors import Refusal
from hocba.domain.people import Actor
from hocba.domain.signing import Purpose
from hocba.domain.values import Step
from hocba.store.models import SigningRequestRow
from hocba.store.signing_items import Item
from hocba.store.signing_requests import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Whose answers are settled, and with what."""

    request: Asked
    certificate: Certificate

    @property
    def account(self) -> Account:
        """The account that was asked for its signature, as it was when its answers were read."""
        return self.request.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """An answer that the certificate's key gave.

    :ivar value: the signature in XMLDSig's form, or the sealed PDF.
    """

    item: Item
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The parts of signing that one purpose has for itself.

    :ivar items: the purposes of its items; those of the first are prepared when the signer takes them.
    :ivar usable: whether the account may be used for it, or why it may be used for nothing new.
    :ivar prepare: prepares open items and hands them out, ASKED from here on; what may not be signed any
        more is refused, and what somebody else took is left out.
    :ivar titles: what a person reads of each item before he agrees.
    :ivar description: the same of so many of them.
    :ivar evidence: the canonical bytes behind an item's first Reference, for those that have one.
    :ivar complete: an answer, verified; raises WrongSignature.
    :ivar write: in the transaction that settles verified answers: what the rules refuse, with the code;
        what else they come to is written.  Raises StaleTranscriptError to be called again.
    """

    items: tuple[Purpose, ...]
    usable: Callable[[Account, Actor, Step | None], Refusal | None]
    prepare: Callable[[House, SigningRequestRow, Account, Sequence[Item]], Awaitable[list[Item]]]
    titles: Callable[[Sequence[Item]], Awaitable[Mapping[UUID, str]]]
    description: Callable[[int], str]
    evidence: Callable[[Sequence[Item]], Awaitable[Mapping[UUID, bytes]]]
    complete: Callable[[Certificate, Item], bytes]
    write: Callable[[House, Settlement, Actor | None, Sequence[Verified]], Awaitable[Mapping[UUID, str]]]
