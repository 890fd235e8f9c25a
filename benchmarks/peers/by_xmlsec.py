"""python-xmlsec (libxmlsec1, in C): XAdES signatures made from a template, and verified.

It knows XML signatures and no XAdES: the properties are put into the template with lxml.  Keys
are loaded once.  Its verification doubles as our independent judge of XML.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import xmlsec
from lxml import etree
from xmlsec import constants

from benchmarks.peers.keys import peer_key
from benchmarks.peers.placing import covered_ids, place
from hocba.documents import layout
from hocba.documents.certificates import Certificate
from hocba.documents.formats import moment
from hocba.documents.layout import DS, SIGNED_PROPERTIES
from hocba.documents.slots import role_of, signature_id
from hocba.domain.values import Slot

_DS = f"{{{DS}}}"


@cache
def key_of(slot: Slot, *, private: bool) -> xmlsec.Key:
    """The key of ``slot``'s signer in xmlsec's form."""
    key = peer_key(slot)
    if private:
        return xmlsec.Key.from_memory(key.key_pem, constants.KeyDataFormatPem)
    return xmlsec.Key.from_memory(key.certificate_pem, constants.KeyDataFormatCertPem)


def sign(file: bytes, plan: Sequence[Slot], slot: Slot, certificate: Certificate, time: datetime) -> bytes:
    """``file`` with one signature more."""
    root = etree.fromstring(file)
    node = _template(plan, slot, certificate, moment(time))
    place(root, slot.key).append(node)
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = key_of(slot, private=True)
    context.sign(node)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _template(plan: Sequence[Slot], slot: Slot, certificate: Certificate, when: str) -> etree._Element:
    stem = signature_id(slot.key)
    node = xmlsec.template.create(
        etree.Element("HOC_BA"), constants.TransformExclC14N, constants.TransformRsaSha256, stem
    )
    for id_ in covered_ids(plan, slot):
        _reference(node, f"#{id_}")
    _reference(node, f"#{stem}-xades", SIGNED_PROPERTIES)
    data = xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(node))
    etree.SubElement(data, f"{_DS}X509SubjectName").text = certificate.subject
    etree.SubElement(data, f"{_DS}X509Certificate").text = certificate.b64
    properties = layout.signed_properties(slot.key, role_of(slot.key), when, certificate)
    qualifying = f'<xades:QualifyingProperties xmlns:xades="{layout.XADES}" Target="#{stem}">{properties}'
    etree.SubElement(node, f"{_DS}Object").append(
        etree.fromstring(f"{qualifying}</xades:QualifyingProperties>")
    )
    return node


def _reference(node: etree._Element, uri: str, type_: str | None = None) -> None:
    reference = xmlsec.template.add_reference(node, constants.TransformSha256, uri=uri, type=type_)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)


def verify(file: bytes, plan: Sequence[Slot]) -> int:
    """Verify every signature of ``file`` with the keys of ``plan``; how many there were.

    :raises xmlsec.Error: when one is wrong.
    """
    root = etree.fromstring(file)
    xmlsec.tree.add_ids(root, ["Id"])
    nodes = list(root.iter(f"{_DS}Signature"))
    for node, slot in zip(nodes, plan, strict=True):
        context = xmlsec.SignatureContext()
        context.key = key_of(slot, private=False)
        context.verify(node)
    return len(nodes)
