"""A transcript's XML as a page for people, by the stylesheet that travels with it.

Browsers drop XSLT, so the page is made here, with the very file that is exported.  The XML
comes in through the one strict parser, the stylesheet is ours, and neither may read a file,
ask a network or write anything: ``document()`` fails.  What a page shows is not verified.

There is one stylesheet for all profiles; it travels under the name that a file asks for,
``hocba.documents.shape.stylesheet``.
"""

import threading
from importlib.resources import files

from lxml import etree

from hocba.documents.parsing import parse

_ASSET = "transcript.xslt"

_DENIED = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # the stubs lack it
_local = threading.local()


PERSONAL = frozenset(
    {
        "SO_SO_DANG_BO",
        "SO_CCCD",
        "NOI_SINH",
        "QUE_QUAN",
        "CHO_O_HIEN_NAY",
        "DAN_TOC",
        "QUOC_TICH",
        "DOI_TUONG_CHINH_SACH",
        "HO_VA_TEN_CHA",
        "NGHE_NGHIEP_CHA",
        "HO_VA_TEN_ME",
        "NGHE_NGHIEP_ME",
        "HO_VA_TEN_NGUOI_GIAM_HO",
        "NGHE_NGHIEP_NGUOI_GIAM_HO",
        "SO_CCCD_GIAM_HIEU_KY_HOC_BA",
        "SO_CCCD_GIAO_VIEN_CHU_NHIEM",
    }
)
"""What of a person is for those who need it, by its element in any profile."""

MASK = "•••"


def to_html(xml: bytes, *, masked: bool = False) -> str:
    """``xml`` as an HTML page.

    :param masked: show that there is something personal, and not what.
    :raises hocba.documents.parsing.UnreadableXmlError: when it is no XML that may come in.
    """
    root = parse(xml)
    for element in root.iter(*PERSONAL) if masked else ():
        if element.text:
            element.text = MASK
    return str(_transform()(root))


def stylesheet() -> bytes:
    """The stylesheet's own bytes, as an export holds them: one for all profiles and levels."""
    return files("hocba.documents").joinpath("assets", _ASSET).read_bytes()


def compiled(source: bytes) -> etree.XSLT:
    """A transformation that reaches nothing outside of its input."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XSLT(etree.fromstring(source, parser), access_control=_DENIED)


def _transform() -> etree.XSLT:
    """One for each thread: a transformation keeps the errors of its last run."""
    if not hasattr(_local, "transform"):
        _local.transform = compiled(stylesheet())
    done: etree.XSLT = _local.transform
    return done
