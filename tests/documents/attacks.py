"""What attacks on a signed transcript have in common: where to strike, and what was found."""

from lxml import etree

from hocba.documents.layout import XADES
from hocba.documents.reasons import Reason
from hocba.documents.verdict import Outcome
from hocba.documents.verify import verify_xml
from tests.documents.forging import trust

SLOTS = ("gvbm-1", "gvcn", "cbql", "ky-phat-hanh")
TRUST = trust()
UNSIGNED = f"{{{XADES}}}UnsignedProperties"


def findings(xml: bytes, **how: object) -> list[tuple[Reason, str | None]]:
    verdict = verify_xml(xml, **({"trust": TRUST} | how))
    assert verdict.outcome is Outcome.FAILED
    return [(finding.code, finding.slot) for finding in verdict.reasons]


def row(root: etree._Element, code: str) -> etree._Element:
    return next(r for r in root.iter("DIEM_TONG_KET") if r.findtext("MA_MON_HOC") == code)


def plan_row(root: etree._Element, key: str) -> etree._Element:
    return next(r for r in root.iter("KY") if r.findtext("MA") == key)


def set_text(element: etree._Element, text: str) -> None:
    element.text = text
