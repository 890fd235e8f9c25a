"""What a slot's signature covers, and where in the file it stands: the same for every peer."""

from collections.abc import Sequence

from lxml import etree

from hocba.documents.slots import covered_keys, data_ids, role_of, signature_id
from hocba.domain.values import Slot, SlotKey


def covered_ids(plan: Sequence[Slot], slot: Slot) -> list[str]:
    """What ``slot`` covers: parts of the data, and values of the signatures before it."""
    return [*data_ids(slot), *(f"{signature_id(key)}-value" for key in covered_keys(plan, slot.key))]


def place(root: etree._Element, key: SlotKey) -> etree._Element:
    """A new element for the signature of ``key``, where the profile has it."""
    signed, role = root[1], role_of(key)
    if role == "GVBM":
        return etree.SubElement(signed[0], role, Id=key)
    return etree.SubElement(signed, role)
