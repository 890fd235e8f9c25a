"""The whole file out of its parts, the same bytes every time.

The data and each signature's (slot, certificate, time, algorithm, value) are all there is: SignedInfo and the
properties are written again, exactly as they were when they were signed.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hocba.documents import layout, profile
from hocba.documents.algorithms import Algorithm
from hocba.documents.canonical import element, leaf
from hocba.documents.certificates import Certificate
from hocba.documents.content import number
from hocba.documents.formats import moment
from hocba.documents.phases import digests, prepare
from hocba.documents.shape import ISSUE_ROLE
from hocba.documents.slots import Planned, find, role_of
from hocba.domain.values import SlotKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSignature:
    """A signature that was made: all that has to be kept of it.

    :ivar value: what ``complete`` gave.
    :ivar algorithm: what it was made with; the default of the certificate's key when left out.
    """

    slot_key: SlotKey
    certificate: Certificate
    signing_time: datetime
    value: bytes
    algorithm: Algorithm | None = None


def assemble(data: bytes, plan: Sequence[Planned], signatures: Iterable[SlotSignature]) -> bytes:
    """The whole XML file, with the signatures made so far.

    :raises ValueError: when a signature is there without one that it covers, or not in the plan; when the
        data is of no known profile.
    """
    shape = profile.of_data(data)
    made = {signature.slot_key: signature for signature in signatures}
    hashes, values = digests(data), {key: signature.value for key, signature in made.items()}
    blocks: dict[str, list[str]] = {"GVBM": [], "GVCN": [], "CBQL": [], "KY_PHAT_HANH": []}
    for row in sorted((find(plan, key) for key in made), key=plan.index):
        blocks[role_of(row.key)].append(_block(made[row.key], row, plan, hashes, values))
    teachers = "".join(blocks.pop("GVBM"))
    listed = element("DANH_SACH_GVBM", teachers) if shape.holds_plan else teachers
    signed = element(
        "DANH_SACH_THONG_TIN_KY", listed + "".join(b for found in blocks.values() for b in found)
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet {shape.instruction}?>\n<HOC_BA>'
    return b"".join((head.encode(), data, signed.encode(), b"</HOC_BA>\n"))


def _block(
    signature: SlotSignature,
    row: Planned,
    plan: Sequence[Planned],
    digests: Mapping[str, str],
    values: Mapping[SlotKey, bytes],
) -> str:
    """What stands in the file for one slot: when, who, and the signature."""
    key, certificate, time = row.key, signature.certificate, signature.signing_time
    prepared = prepare(key, plan, digests, values, certificate, time, algorithm=signature.algorithm)
    when, role = moment(time), role_of(key)
    parts = (
        prepared.tbs.decode(),
        layout.value(key, b64encode(signature.value).decode()),
        layout.key_info(key, certificate),
        layout.time_object(key, when),
    )
    properties = layout.signed_properties(key, role, when, certificate)
    shown = leaf("NGAY_KY", when)
    if role != ISSUE_ROLE:
        shown += leaf("SO_CCCD", number(row.identity))
    own = {"Id": key} if role == "GVBM" else {}
    return element(role, shown + layout.signature(key, parts, properties), namespaces=None, **own)
