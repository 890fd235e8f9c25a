"""signxml: XAdES signatures made and verified as its documentation shows.

Its references to KeyInfo and SignedProperties are its own; what a slot covers is the same.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESSigner, XAdESVerifier

from benchmarks.peers.keys import peer_key
from benchmarks.peers.placing import covered_ids, place
from hocba.documents.slots import role_of, signature_id
from hocba.domain.values import Slot, SlotKey

_LIST = "DANH_SACH_THONG_TIN_KY"
_AFTERWARDS = timedelta(days=1)


def sign(file: bytes, plan: Sequence[Slot], slot: Slot, *, load: bool) -> bytes:
    """``file`` with one signature more.

    :param load: give the key as PEM, as the documentation does; else the object that was loaded once.
    """
    root, key = etree.fromstring(file), peer_key(slot)
    signer = XAdESSigner(method=SignatureConstructionMethod.detached, claimed_roles=[role_of(slot.key)])
    made = signer.sign(
        root,
        key=key.key_pem if load else key.key,
        cert=key.certificate_pem.decode() if load else [key.certificate],
        reference_uri=[f"#{id_}" for id_ in covered_ids(plan, slot)],
        id_attribute="Id",
    )
    value = made.find("{*}SignatureValue")
    assert value is not None
    value.set("Id", f"{signature_id(slot.key)}-value")
    place(root, slot.key).append(made)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def verify(file: bytes, plan: Sequence[Slot], certificates: Sequence[x509.Certificate], at: datetime) -> int:
    """Verify every signature of ``file``; how many there were.

    :param certificates: in the order of the plan, loaded once.
    :raises signxml.exceptions.InvalidInput: or another of its exceptions, when one is wrong.
    """
    root = etree.fromstring(file)
    for slot, certificate in zip(plan, certificates, strict=True):
        config = XAdESSignatureConfiguration(
            expect_references=True, location=_location(slot.key), verification_time=at + _AFTERWARDS
        )
        XAdESVerifier().verify(
            root, x509_cert=certificate, id_attribute="Id", validate_schema=False, expect_config=config
        )
    return len(plan)


def _location(key: SlotKey) -> str:
    role = role_of(key)
    return f"./{_LIST}/DANH_SACH_GVBM/GVBM[@Id='{key}']/" if role == "GVBM" else f"./{_LIST}/{role}/"
