"""Attacks by somebody who holds keys: edit a signed file, then make every digest and value right again.

What is left for the verifier to find is the policy alone.
"""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from lxml import etree

from hocba.documents.algorithms import readings
from hocba.documents.layout import DS, XADES
from hocba.trust import Trust, load_crls
from tests.documents import samples, signed
from tests.pki import Holder, pki

NS = {"ds": DS, "x": XADES}
Edit = Callable[[etree._Element], object]


def trust(**changed: object) -> Trust:
    """The test root, with both revocation lists, revocation required."""
    given = {
        "roots": (pki().root.cert,),
        "intermediates": (pki().intermediate.cert,),
        "crls": load_crls(pki().crl) + load_crls(pki().root_crl),
        "require_revocation": True,
    }
    return Trust(**(given | changed))


def edited(xml: bytes, edit: Edit) -> bytes:
    """``xml`` with ``edit`` made on its tree, and nothing signed again."""
    root = etree.fromstring(xml)
    edit(root)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def resigned(xml: bytes, edit: Edit, holders: dict[str, Holder] | None = None) -> bytes:
    """``xml`` with ``edit`` made, and then signed again by everybody, in order."""

    def again(root: etree._Element) -> None:
        edit(root)
        ids = {e.get("Id"): e for e in root.iter() if isinstance(e.tag, str) and e.get("Id")}
        for signature in root.iter(f"{{{DS}}}Signature"):
            _sign_again(signature, ids, holders or {})

    return edited(xml, again)


def _sign_again(signature: etree._Element, ids: dict, holders: dict[str, Holder]) -> None:
    for reference in signature.iterfind("ds:SignedInfo/ds:Reference", NS):
        target = ids.get(reference.get("URI")[1:])
        if target is not None:
            reference.find("ds:DigestValue", NS).text = _hash(target)
    key = signature.get("Id").removeprefix("ky-")
    holder = holders.get(key) or holder_of(key)
    raw = holder.sign(c14n(signature.find("ds:SignedInfo", NS)))
    value = next(iter(readings(holder.key.public_key(), raw)))
    signature.find("ds:SignatureValue", NS).text = b64encode(value).decode()


def holder_of(key: str) -> Holder:
    slot = next((s for s in samples.plan() if s.key == key), samples.plan()[0])
    return signed.holder_of(slot)


def c14n(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _hash(element: etree._Element) -> str:
    return b64encode(sha256(c14n(element)).digest()).decode()


def signature(root: etree._Element, key: str) -> etree._Element:
    return next(s for s in root.iter(f"{{{DS}}}Signature") if s.get("Id") == f"ky-{key}")


def part(root: etree._Element, key: str, path: str) -> etree._Element:
    found = signature(root, key).find(path, NS)
    assert found is not None, path
    return found
