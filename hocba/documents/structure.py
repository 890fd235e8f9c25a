"""Nothing foreign in the file, and no Id twice.

The schema has been applied; it lets pass what is not its business: comments, processing
instructions, white space between elements, ``xsi:`` attributes, unused namespace declarations.  None
of these is covered by a signature everywhere, so none of them may be there.
"""

from collections.abc import Iterator
from typing import cast

from lxml import etree

from hocba.documents.layout import DS, XADES
from hocba.documents.reasons import Reason
from hocba.documents.shape import Shape
from hocba.documents.verdict import Finding

_FOREIGN = tuple(
    etree.XPath(path)
    for path in (
        "boolean(//comment())",
        "boolean(/*//processing-instruction())",
        "boolean(//text()/following-sibling::*)",
        "boolean(//text()/preceding-sibling::*)",
        "boolean(/HOC_BA/DANH_SACH_THONG_TIN_KY/text())",
        "boolean(/HOC_BA/DANH_SACH_THONG_TIN_KY/DANH_SACH_GVBM/text())",
    )
)
_QUALIFIED = etree.XPath("boolean(//@*[namespace-uri()])")
_INSTRUCTIONS = etree.XPath("/processing-instruction()")
_NAMESPACES = etree.XPath("//namespace::*")
_IDS = etree.XPath("//@Id", smart_strings=False)

_DECLARATIONS = (f' xmlns="{DS}"'.encode(), f' xmlns:xades="{XADES}"'.encode())
_Instruction = etree._ProcessingInstruction  # noqa: SLF001 -- lxml's name for it
_KNOWN = {("xml", "http://www.w3.org/XML/1998/namespace"), (None, DS), ("xades", XADES)}


def has_unique_ids(root: etree._Element) -> bool:
    """Whether no Id occurs twice: then an element that carries an Id is the one it names."""
    ids = cast(list[str], _IDS(root))
    return len(set(ids)) == len(ids)


def foreign(root: etree._Element, xml: bytes, shape: Shape) -> Iterator[Finding]:
    """What stands in the file and is nobody's; ``xml`` is what ``root`` was parsed from."""
    if any(found(root) for found in _FOREIGN):
        yield Finding(Reason.UNEXPECTED_NODE, detail="a comment, an instruction or stray text")
    elif not _only_known_namespaces(root, xml):
        yield Finding(Reason.UNEXPECTED_NODE, detail="a foreign namespace or attribute")
    elif not _is_ours(cast(list[_Instruction], _INSTRUCTIONS(root)), shape):
        yield Finding(Reason.UNEXPECTED_NODE, detail="an instruction that is not the stylesheet's")


def _only_known_namespaces(root: etree._Element, xml: bytes) -> bool:
    """Counting is enough when nothing else is called xmlns; a text may be, then the tree is asked.

    Where only ours are declared no attribute is of ``xsi``, the one namespace that the schema lets pass.
    """
    if xml.count(b"xmlns") == sum(xml.count(declaration) for declaration in _DECLARATIONS):
        return True
    return set(cast(list[object], _NAMESPACES(root))) <= _KNOWN and not _QUALIFIED(root)


def _is_ours(instructions: list[_Instruction], shape: Shape) -> bool:
    said = [(instruction.target, instruction.text) for instruction in instructions]
    return said in ([], [("xml-stylesheet", shape.instruction)])
