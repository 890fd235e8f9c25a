r"""Which slot covers what: the order of signing, as references.

::

    gvbm-1 … gvbm-n   thongtinchung + the rows of his subjects
          \ | /
           gvcn       data + the SignatureValue of every gvbm
            |
           cbql       data + gvcn's
            |
       ky-phat-hanh   data + cbql's

Covering the value, not the whole signature, lets a time stamp be added to any signature later.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from hocba.documents.shape import DATA_ID, GENERAL_ID, ROW_ID
from hocba.domain.values import SlotKey

MAX_REFERENCES = 30
"""What a JDK verifier in secure mode allows: 27 covered signatures and three of one's own."""

_TEACHER = re.compile(r"gvbm-[1-9][0-9]{0,2}", re.ASCII)
_ROLES = {"gvcn": "GVCN", "cbql": "CBQL", "ky-phat-hanh": "KY_PHAT_HANH"}
_BEFORE = {"GVCN": "GVBM", "CBQL": "GVCN", "KY_PHAT_HANH": "CBQL"}


class Planned(Protocol):
    """A row of a signing plan, the domain's or the document's."""

    @property
    def key(self) -> SlotKey:
        """The slot."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whose rows a subject teacher answers for."""

    @property
    def identity(self) -> str:
        """What the certificate must carry."""


@lru_cache(maxsize=1024)
def role_of(key: str) -> str:
    """The role a slot's key stands for.

    :raises ValueError: for a key of no role.
    """
    role = "GVBM" if _TEACHER.fullmatch(key) else _ROLES.get(key)
    if role is None:
        raise ValueError(f"not a slot: {key!r}")
    return role


def find(plan: Sequence[Planned], key: str) -> Planned:
    """The row of ``key``.

    :raises ValueError: when the plan has none.
    """
    for row in plan:
        if row.key == key:
            return row
    raise ValueError(f"the plan has no slot {key!r}")


def covered_keys(plan: Sequence[Planned], key: str) -> tuple[SlotKey, ...]:
    """The slots whose values the signature of ``key`` covers, in the order of the plan."""
    before = _BEFORE.get(role_of(key))
    if before is None:
        return ()
    return tuple(row.key for row in plan if role_of(row.key) == before)


def data_ids(row: Planned) -> tuple[str, ...]:
    """The Ids in the data that the signature of ``row`` covers."""
    if role_of(row.key) != "GVBM":
        return (DATA_ID,)
    return (GENERAL_ID, *(ROW_ID + subject for subject in row.subjects))


def signature_id(key: str) -> str:
    """The Id of a slot's Signature; its parts add ``-value``, ``-time``, ``-xades``, ``-key``."""
    return f"ky-{key}"
