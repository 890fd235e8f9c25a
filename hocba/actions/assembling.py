"""A transcript's files out of what is stored: the whole XML, and the signers that the form shows.

Reading, sealing and exporting make the same bytes of the same rows, because they make them here.
"""

from collections.abc import Mapping, Sequence

from hocba.documents.algorithms import Algorithm
from hocba.documents.certificates import Certificate
from hocba.documents.form import ShownSigner
from hocba.documents.signing import SlotSignature, assemble
from hocba.domain.values import Slot
from hocba.store.papers import Signature


def whole(data: bytes, slots: Sequence[Slot], signatures: Sequence[Signature]) -> bytes:
    """The whole XML file with the signatures so far, each under the algorithm that it was made with.

    Some milliseconds of CPU for a dozen signatures.

    :param data: the canonical signed data, as ``Paper.data`` gives it.
    """
    return assemble(data, slots, map(_of_slot, signatures))


def _of_slot(signature: Signature) -> SlotSignature:
    return SlotSignature(
        slot_key=signature.slot_key,
        certificate=Certificate.load(signature.certificate),
        signing_time=signature.signing_time,
        value=signature.value,
        algorithm=Algorithm(signature.algorithm),
    )


def shown(slots: Sequence[Slot], signatures: Sequence[Signature]) -> list[ShownSigner]:
    """The signers as the printed form lists them, in the order of the plan."""
    by_slot: Mapping[str, Signature] = {signature.slot_key: signature for signature in signatures}
    return [_signer(slot, by_slot[slot.key]) for slot in slots if slot.key in by_slot]


def _signer(slot: Slot, signature: Signature) -> ShownSigner:
    certificate = Certificate.load(signature.certificate)
    return ShownSigner(
        key=slot.key,
        role=slot.step.slot_role,
        name=slot.name,
        title=slot.title,
        signed_at=signature.signing_time,
        certificate_subject=certificate.subject,
        issuer=certificate.issuer,
        serial=f"{certificate.serial:X}",
    )
